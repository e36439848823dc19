// What a door keeps of a session and what it does when its hub is gone: as values, without a process.

import JSON
import JSONRPC
import Testing

@testable import TraceHub

@Suite struct DoorStateTests {
  private typealias Action = DoorState.Action

  /// A door that has greeted and was welcomed.
  private func attached(pid: Int32 = 7) -> DoorState {
    var state = DoorState(hello: HubHello(binary: "0", pid: 1))
    #expect(state.connected(now: 0).count == 1, "a greeting")
    _ = state.hub(Self.welcome(1, pid: pid), now: 0)
    #expect(state.isAttached)
    return state
  }

  private static func welcome(_ number: Int, protocolVersion: Int = HubWire.version, pid: Int32 = 7) -> [UInt8] {
    let welcome = HubWelcome(protocolVersion: protocolVersion, binary: "0", pid: pid)
    return JSONValue.object(["jsonrpc": "2.0", "id": .string("\(HubWire.ownID)\(number)"), "result": welcome.json]).serialized
  }

  private func request(_ id: String, _ method: String, _ params: String = "{}") -> [UInt8] {
    Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#.utf8)
  }

  private func result(_ id: String) -> [UInt8] { Array(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#.utf8) }

  private func texts(_ actions: [Action]) -> [String] {
    actions.map { action in
      switch action {
      case .toHub(let message): "hub " + String(decoding: message, as: UTF8.self).split(separator: "\r\n\r\n", maxSplits: 1)[1]
      case .toClient(let message): "client " + String(decoding: message, as: UTF8.self)
      case .tell(let line): "tell " + line
      default: "\(action)"
      }
    }
  }

  @Test func `Messages go through as they were written`() {
    var state = attached()
    let odd = Array(#" {"id" : 1.50 ,"method":"traces/list", "jsonrpc":"2.0","params":{"a":"\u0041"}} "#.utf8)
    #expect(state.client(.message(odd), now: 1) == [.toHub(HubWire.frame(odd))])
    let answer = Array(#"{"jsonrpc":"2.0","id":1.50,"result":{"id":2}}"#.utf8)
    #expect(state.hub(answer, now: 2) == [.toClient(answer)])
    #expect(!state.isAwaiting)
    let notice = Array(#"{"jsonrpc":"2.0","method":"window/logMessage","params":{}}"#.utf8)
    #expect(state.hub(notice, now: 2) == [.toClient(notice)])
  }

  @Test func `When a hub is lost reads are asked again and anything else is answered with an error, each once`() {
    var state = attached()
    for (id, method) in [("1", "traces/list"), ("\"two\"", "traces/clear"), ("3", "no/such")] {
      _ = state.client(.message(request(id, method)), now: 1)
    }
    let lost = texts(state.lost())
    #expect(lost.count == 2, "\(lost)")
    #expect(lost[0].hasPrefix(#"client {"jsonrpc":"2.0","id":"two","error":{"code":1005"#), "\(lost)")
    #expect(lost[0].contains(#""retry":true"#), "\(lost)")
    #expect(lost[1].hasPrefix(#"client {"jsonrpc":"2.0","id":3,"error""#), "\(lost)")
    _ = state.connected(now: 2)
    #expect(texts(state.hub(Self.welcome(2), now: 3)) == ["hub " + String(decoding: request("1", "traces/list"), as: UTF8.self)])
    #expect(state.hub(result("1"), now: 4) == [.toClient(result("1"))])
    #expect(!state.isAwaiting)
  }

  @Test func `A handshake and subscriptions are replayed under other ids, and their answers kept from the client`() {
    var state = attached()
    for (id, method, params) in [
      ("1", "initialize", #"{"protocolVersion":"2025-06-18"}"#), ("2", "resources/subscribe", #"{"uri":"trace://a"}"#),
      ("3", "resources/subscribe", #"{"uri":"trace://b"}"#), ("4", "resources/unsubscribe", #"{"uri":"trace://a"}"#),
    ] {
      _ = state.client(.message(request(id, method, params)), now: 1)
      _ = state.hub(result(id), now: 1)
    }
    _ = state.client(.message(Array(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.utf8)), now: 1)
    #expect(state.lost().isEmpty)
    _ = state.connected(now: 2)
    let replayed = texts(state.hub(Self.welcome(2), now: 3))
    #expect(replayed.count == 3, "\(replayed)")
    #expect(replayed[0].contains(#""id":"trace-distiller-door:3","method":"initialize""#), "\(replayed)")
    #expect(replayed[1].contains("notifications/initialized"), "\(replayed)")
    #expect(replayed[2].contains("trace://b"), "\(replayed)")
    #expect(state.hub(result("\"trace-distiller-door:3\""), now: 4).isEmpty)
  }

  @Test func `What an editor has open is told to the next hub, once and with its changes`() {
    func notice(_ method: String, _ uri: String, _ more: String = "") -> [UInt8] {
      Array(#"{"jsonrpc":"2.0","method":"textDocument/\#(method)","params":{"textDocument":{"uri":"\#(uri)"}\#(more)}}"#.utf8)
    }
    var state = attached()
    let (open, change, other) = (
      notice("didOpen", "file:///srv/a"), notice("didChange", "file:///srv/a", #","n":1"#), notice("didOpen", "file:///srv/b")
    )
    for text in [open, other, change] { #expect(state.client(.message(text), now: 1) == [.toHub(HubWire.frame(text))]) }
    _ = state.client(.message(notice("didClose", "file:///srv/b")), now: 1)
    _ = state.lost()
    // While no hub is there.
    let later = notice("didChange", "file:///srv/a", #","n":2"#)
    #expect(state.client(.message(later), now: 2).isEmpty)
    _ = state.client(.message(request("5", "textDocument/hover")), now: 2)
    _ = state.connected(now: 3)
    let told = texts(state.hub(Self.welcome(2), now: 3))
    let expected = [open, change, later, request("5", "textDocument/hover")].map { "hub " + String(decoding: $0, as: UTF8.self) }
    #expect(told == expected, "expected \(expected), got \(told)")
    let lost = texts(state.lost())
    #expect(lost.isEmpty, "a hover is asked again: \(lost)")
  }

  @Test func `Documents beyond the bound are not told`() {
    var documents = OpenDocuments()
    func note(_ method: String, _ uri: String, _ bytes: Int) {
      documents.note(
        ClientMessage(
          Array(
            #"{"jsonrpc":"2.0","method":"textDocument/\#(method)","params":{"textDocument":{"uri":"\#(uri)"},"text":"\#(String(repeating: "x", count: bytes))"}}"#
              .utf8)))
    }
    note("didOpen", "a", 6 << 20)
    note("didOpen", "b", 3 << 20)
    #expect(documents.messages.count == 1, "the second has no room")
    note("didChange", "b", 1)
    #expect(documents.messages.count == 1, "changes of what is not held are not held")
    note("didChange", "a", 3 << 20)
    #expect(documents.messages.isEmpty, "a part of the changes would be another text")
    note("didOpen", "a", 7 << 20)
    #expect(documents.messages.count == 1, "what was dropped takes no room")
  }

  @Test func `A message that waits for a hub is sent when one is there, in order`() {
    var state = DoorState(hello: HubHello(binary: "0", pid: 1))
    let (first, second) = (request("1", "initialize"), Array(#"{"jsonrpc":"2.0","method":"initialized"}"#.utf8))
    #expect(state.client(.message(first), now: 0).isEmpty)
    #expect(state.client(.message(second), now: 0).isEmpty)
    #expect(state.hasUnsent)
    _ = state.connected(now: 1)
    let sent = state.hub(Self.welcome(1), now: 2)
    #expect(sent.contains(.toHub(HubWire.frame(first))), "\(texts(sent))")
    #expect(!state.hasUnsent)
  }

  @Test func `What ends hubs is not asked for ever`() {
    var state = attached()
    _ = state.client(.message(request("1", "trace/summary")), now: 1)
    var answers: [String] = []
    for number in 2...5 {
      answers += texts(state.lost())
      _ = state.connected(now: 2)
      _ = state.hub(Self.welcome(number), now: 3)
    }
    #expect(answers.count == 1, "\(answers)")
  }

  @Test func `A request that the client took back gets no answer`() {
    var state = attached()
    _ = state.client(.message(request(#""a""#, "tools/call", #"{"name":"await_trace"}"#)), now: 1)
    _ = state.client(.message(Array(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"\u0061"}}"#.utf8)), now: 1)
    #expect(!state.isAwaiting)
    #expect(state.lost().isEmpty)
  }

  @Test func `An unreadable message is matched by the answer without an id`() {
    var state = attached()
    _ = state.client(.message(request("1", "traces/list")), now: 1)
    _ = state.client(.message(Array(#"{"jsonrpc":"2.0","id":2,"method":"traces/list""#.utf8)), now: 1)
    let error = Array(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}"#.utf8)
    #expect(state.hub(error, now: 2) == [.toClient(error)])
    #expect(state.isAwaiting)
    _ = state.hub(result("1"), now: 2)
    #expect(!state.isAwaiting)
  }

  @Test(arguments: [0, 99]) func `A hub of another protocol is refused with words`(version: Int) {
    var state = DoorState(hello: HubHello(binary: "0", pid: 1))
    _ = state.connected(now: 0)
    let actions = state.hub(Self.welcome(1, protocolVersion: version), now: 1)
    guard case .refused(let reason, nil)? = actions.last else {
      Issue.record("\(actions)")
      return
    }
    #expect(reason.contains("version \(version) of the wire"), "\(reason)")
  }

  @Test func `Of two versions the newest that both speak is taken`() {
    #expect(HubWire.common(99, 1) == HubWire.version)
    #expect(HubWire.common(99, 98) == nil)
    #expect(HubWire.common(0, 0) == nil)
  }

  @Test func `A silent hub is asked whether it lives, and told of once within a second`() {
    var state = attached()
    #expect(state.nextTick == nil, "nothing is awaited")
    _ = state.client(.message(request("1", "traces/list")), now: 1_000)
    var told: [(Int64, String)] = []
    var now: Int64 = 1_000
    while let due = state.nextTick, now < 5_000_000_000 {
      now = due
      for text in texts(state.tick(now: now)) where text.hasPrefix("tell") { told.append((now, text)) }
    }
    #expect(told.count == 1 && told[0].0 <= 1_000_000_000, "\(told)")
    #expect(told.first?.1.contains("pid 7") == true)
    #expect(texts(state.hub(result("1"), now: now)).first == "tell the hub answers again")
  }

  @Test func `Bad framing is answered here, as this client's protocol has it`() {
    var state = attached()
    #expect(texts(state.client(.failure(.emptyBody), now: 0)).last?.hasPrefix(#"client {"jsonrpc":"2.0","id":null,"error""#) == true)
    _ = state.hub(Array(#"{"jsonrpc":"2.0","method":"hub/rules","params":{"omitsUnknownIDs":true}}"#.utf8), now: 0)
    #expect(texts(state.client(.failure(.emptyBody), now: 0)).last?.hasPrefix(#"client {"jsonrpc":"2.0","error""#) == true)
  }

  @Test func `More is not taken than may wait`() {
    var state = DoorState(hello: HubHello(binary: "0", pid: 1))
    var count = 0
    while state.hasRoom, count < 10_000 {
      _ = state.client(.message(request("\(count)", "traces/list")), now: 0)
      count += 1
    }
    #expect(count == DoorState.maxPending)
  }
}
