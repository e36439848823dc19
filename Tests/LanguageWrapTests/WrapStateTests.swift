// Proves where each message of a client, of the server that it wanted, and of ours goes: as values, without a process.

import JSON
import JSONRPC
import Testing

@testable import LanguageWrap

@Suite struct WrapStateTests {
  private typealias Action = WrapState.Action

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
  private func request(_ id: String, _ method: String, _ params: String = "{}") -> [UInt8] {
    bytes(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
  }
  private func result(_ id: String, _ value: String) -> [UInt8] { bytes(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(value)}"#) }
  private func value(_ action: Action?) throws -> JSONValue {
    guard case .toClient(let text)? = action else { return .null }
    return try JSONValue(parsing: text)
  }

  /// A session in which both have begun.
  private func begun(_ capabilities: String = #"{"hoverProvider":true,"codeLensProvider":{"resolveProvider":true}}"#) throws -> WrapState {
    var state = WrapState()
    let params =
      #"{"capabilities":{"textDocument":{"diagnostic":{}},"general":{"positionEncodings":["utf-8"]}},"initializationOptions":{"their":1,"traceDistiller":{"minMs":3}}}"#
    #expect(state.client(request("1", "initialize", params), now: 0) == [.toServer(request("1", "initialize", params))])
    let asked = state.server(result("1", #"{"capabilities":\#(capabilities)}"#), now: 0)
    guard case .toOurs(let text)? = asked.first else {
      Issue.record("ours is not asked: \(asked)")
      return state
    }
    let own = try JSONValue(parsing: text)["params"]
    #expect(own?["initializationOptions"] == ["minMs": 3], "the server's options are none of ours")
    #expect(own?["capabilities"]?["general"]?["positionEncodings"] == ["utf-16"], "as the server counts")
    #expect(own?["capabilities"]?["textDocument"]?["diagnostic"] == nil, "the server answers no pulls")
    let ours =
      #"{"capabilities":{"hoverProvider":true,"codeLensProvider":{"resolveProvider":false},"inlayHintProvider":true,"diagnosticProvider":{},"executeCommandProvider":{"commands":["traceDistiller.explain"]}}}"#
    let both = try value(state.own(result("1", ours), now: 1).first)["result"]?["capabilities"]
    #expect(
      both?["codeLensProvider"]?["resolveProvider"] == .bool(capabilities.contains("codeLens")) && both?["inlayHintProvider"] == true
        && both?["diagnosticProvider"] == nil)
    #expect(both?["executeCommandProvider"]?["commands"] == ["traceDistiller.explain"])
    return state
  }

  @Test func `What only the server knows passes as it was written`() throws {
    var state = try begun()
    let odd = bytes(#" {"method":"textDocument\/completion","id":1.50,"params":{"\u0061":[1e2]},"jsonrpc":"2.0"} "#)
    #expect(state.client(odd, now: 1) == [.toServer(odd)])
    let answer = bytes(#"{"id":1.50, "jsonrpc":"2.0","result":{"x":1.0}}"#)
    #expect(state.server(answer, now: 1) == [.toClient(answer)])
    let asked = request("\"s1\"", "workspace/configuration")
    #expect(state.server(asked, now: 1) == [.toClient(asked)])
    let told = result("\"s1\"", "[]")
    #expect(state.client(told, now: 1) == [.toServer(told)])
  }

  @Test func `Both are asked what both know, the server's answer first in one`() throws {
    var state = try begun()
    let lenses = request("2", "textDocument/codeLens")
    #expect(state.client(lenses, now: 1) == [.toOurs(lenses), .toServer(lenses)])
    #expect(state.own(result("2", "[2]"), now: 1) == [])
    #expect(try value(state.server(result("2", "[1]"), now: 2).first)["result"] == [1, 2])
    // Only ours can answer: the server would say that it does not know the method.
    let hints = request("3", "textDocument/inlayHint")
    #expect(state.client(hints, now: 1) == [.toOurs(hints)])
    #expect(state.own(result("3", "[7]"), now: 1) == [.toClient(result("3", "[7]"))])
    // Ours has nothing: the server's bytes.
    _ = state.client(request("4", "textDocument/hover"), now: 1)
    _ = state.own(result("4", "null"), now: 1)
    let hover = bytes(#"{"jsonrpc":"2.0", "id":4,"result":{"contents":"x"}}"#)
    #expect(state.server(hover, now: 1) == [.toClient(hover)])
    let error = bytes(#"{"jsonrpc":"2.0","id":5,"error":{"code":-1,"message":"no"}}"#)
    _ = state.client(request("5", "textDocument/hover"), now: 1)
    _ = state.own(result("5", #"{"contents":{"kind":"markdown","value":"ours"}}"#), now: 1)
    #expect(state.server(error, now: 1) == [.toClient(error)], "an error of the server's stays one")
  }

  @Test func `Ours holds no answer of the server up`() throws {
    var state = try begun()
    _ = state.client(request("2", "textDocument/codeLens"), now: 0)
    let answer = result("2", "[1]")
    #expect(state.server(answer, now: 10) == [])
    #expect(state.nextDeadline == 10 + WrapState.graceNanos)
    #expect(state.tick(now: 10) == [])
    #expect(state.tick(now: 10 + WrapState.graceNanos) == [.toClient(answer)])
    #expect(state.own(result("2", "[2]"), now: 20_000_000) == [], "nothing is answered twice")
    _ = state.client(request("3", "textDocument/codeLens"), now: 0)
    _ = state.server(result("3", "[]"), now: 0)
    #expect(state.nextDeadline == WrapState.emptyGraceNanos, "an answer that says nothing may wait for one that does")
    #expect(try value(state.own(result("3", "[2]"), now: 5_000_000).first)["result"] == [2])
  }

  @Test func `Ids of both servers' requests are kept apart`() throws {
    var state = try begun()
    let asked = state.own(request("\"server-1\"", "workspace/codeLens/refresh"), now: 0)
    #expect(asked == [.toClient(request("\"trace-distiller:server-1\"", "workspace/codeLens/refresh"))])
    #expect(state.client(result("\"trace-distiller:server-1\"", "null"), now: 0) == [.toOurs(result("\"server-1\"", "null"))])
    #expect(state.client(result("\"server-1\"", "null"), now: 0) == [.toServer(result("\"server-1\"", "null"))])
  }

  @Test func `Diagnostics of both are told together, whoever speaks`() throws {
    var state = try begun()
    func publish(_ list: String) -> [UInt8] {
      bytes(
        #"{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"file:///srv/a","version":3,"diagnostics":\#(list)}}"#
      )
    }
    #expect(state.server(publish("[1]"), now: 0) == [.toClient(publish("[1]"))])
    #expect(try value(state.own(publish("[2]"), now: 0).first)["params"]?["diagnostics"] == [1, 2])
    #expect(state.own(publish("[2]"), now: 0) == [], "the same is not said twice")
    #expect(try value(state.server(publish("[]"), now: 0).first)["params"]?["diagnostics"] == [2])
    #expect(state.own(publish("[]"), now: 0) == [.toClient(publish("[]"))])
  }

  @Test func `Without ours there is the server`() throws {
    var state = try begun()
    _ = state.client(request("2", "textDocument/hover"), now: 0)
    _ = state.client(request("3", "textDocument/inlayHint"), now: 0)
    _ = state.server(result("2", #"{"contents":"x"}"#), now: 0)
    let lost = state.oursLost("it ended", now: 0)
    #expect(
      lost.count == 3 && lost.contains(.toClient(result("2", #"{"contents":"x"}"#))) && lost.contains(.toClient(result("3", "null"))),
      "\(lost)")
    #expect(try value(lost.last)["params"]?["message"]?.string?.contains("goes on alone") == true)
    let hover = request("4", "textDocument/hover")
    #expect(state.client(hover, now: 0) == [.toServer(hover)])
    #expect(state.oursLost("again", now: 0) == [] && state.own(result("9", "1"), now: 0) == [])
  }

  @Test func `Ours that does not begin holds the session up for two seconds at most`() throws {
    var state = WrapState()
    _ = state.client(request("1", "initialize"), now: 0)
    let answer = result("1", #"{"capabilities":{}}"#)
    _ = state.server(answer, now: 5)
    #expect(state.tick(now: WrapState.initializeNanos) == [])
    let actions = state.tick(now: WrapState.initializeNanos + 5)
    #expect(actions.first == .toClient(answer) && actions.count == 2, "\(actions)")
    let lens = request("2", "textDocument/codeLens")
    #expect(state.client(lens, now: 9) == [.toServer(lens)])
  }

  @Test func `What the server registers later it is asked too`() throws {
    var state = try begun("{}")
    let hover = request("2", "textDocument/hover")
    #expect(state.client(hover, now: 0) == [.toOurs(hover)])
    let register = request("7", "client/registerCapability", #"{"registrations":[{"id":"h","method":"textDocument/hover"}]}"#)
    #expect(state.server(register, now: 0) == [.toClient(register)])
    let again = request("3", "textDocument/hover")
    #expect(state.client(again, now: 0) == [.toOurs(again), .toServer(again)])
  }

  @Test func `Ours that leaves requests unanswered is left`() throws {
    var state = try begun()
    var actions: [Action] = []
    for number in 2...(WrapState.mostLate + 2) {
      _ = state.client(request("\(number)", "textDocument/hover"), now: 0)
      _ = state.server(result("\(number)", #"{"contents":"x"}"#), now: 0)
      actions = state.tick(now: WrapState.graceNanos)
    }
    #expect(actions.count == 1, "the last that may be: \(actions)")
    let lost = state.tick(now: 0)
    #expect(try value(lost.last)["params"]?["message"]?.string?.contains("unanswered") == true, "\(lost)")
    #expect(state.own(result("2", "[]"), now: 0) == [], "what it answers then is nobody's")
  }

  @Test func `Diagnostics that are not held are not cleared`() throws {
    var state = try begun()
    func publish(_ number: Int, _ list: String) -> [UInt8] {
      bytes(
        #"{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"file:///srv/\#(number)","diagnostics":\#(list)}}"#)
    }
    for number in 0..<WrapState.mostDocuments { _ = state.server(publish(number, "[1]"), now: 0) }
    #expect(state.server(publish(9_999, "[1]"), now: 0) == [.toClient(publish(9_999, "[1]"))])
    #expect(state.own(publish(9_999, "[2]"), now: 0) == [], "with ours alone the server's would be gone")
    #expect(try value(state.own(publish(3, "[2]"), now: 0).first)["params"]?["diagnostics"] == [1, 2])
    #expect(state.server(publish(3, "[]"), now: 0).count == 1)
  }

  @Test func `What ours made needs no server to be resolved`() throws {
    var state = try begun()
    let hint = #"{"label":"89 ms","data":{"traceDistiller":true}}"#
    #expect(try value(state.client(request("2", "inlayHint/resolve", hint), now: 0).first)["result"] == JSONValue(parsing: hint))
    let theirs = request("3", "inlayHint/resolve", #"{"label":"int","data":7}"#)
    #expect(state.client(theirs, now: 0) == [.toServer(theirs)])
  }

  @Test func `Hovers of every form`() throws {
    let ours = try JSONValue(parsing: #"{"contents":{"kind":"markdown","value":"O"}}"#)
    let rows: [(server: String, contents: String)] = [
      (#"{"contents":{"kind":"markdown","value":"S"},"range":1}"#, #"{"kind":"markdown","value":"S\n\n---\n\nO"}"#),
      (#"{"contents":{"kind":"plaintext","value":"S"}}"#, #"{"kind":"plaintext","value":"S\n\nO"}"#), (#"{"contents":"S"}"#, #"["S","O"]"#),
      (#"{"contents":{"language":"c","value":"int"}}"#, #"[{"language":"c","value":"int"},"O"]"#), (#"{"contents":["S"]}"#, #"["S","O"]"#),
    ]
    for (server, contents) in rows {
      let merged = WrapMerge.answer("textDocument/hover", try JSONValue(parsing: server), ours)
      #expect(try merged?["contents"] == JSONValue(parsing: contents), "\(server): got \(merged?.serializedString ?? "nothing")")
    }
    #expect(WrapMerge.answer("textDocument/hover", .null, ours) == ours)
    #expect(WrapMerge.answer("textDocument/hover", ["contents": "S"], .null) == nil)
  }
}
