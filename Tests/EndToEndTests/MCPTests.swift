// Proves the MCP door of the real program over stdin: lines as careless clients write them, waits that report progress and can be cancelled
// without an answer, subscriptions, batches, and an end within the time that clients allow.

import JSON
import Platform
import Testing

@Suite struct MCPTests {
  static let hello =
    #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"REVISION","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#

  static let initialize: JSONValue = [
    "jsonrpc": "2.0", "id": 0, "method": "initialize",
    "params": ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "t", "version": "1"]],
  ]

  /// The metadata that replaces the handshake in the revision without one.
  static let stateless: JSONValue = [
    "jsonrpc": "2.0", "id": 0, "method": "server/discover",
    "params": ["_meta": ["io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:]]],
  ]

  /// A server that has completed the handshake.
  private func server(_ place: TestPlace, _ revision: String = "2025-11-25", options: [String] = ["--quiet-ms", "50"]) throws
    -> ServerProcess
  {
    let server = try ServerProcess(pipe: place.pipe, options: options)
    server.send(Self.hello.replacing("REVISION", with: revision) + "\n" + #"{"jsonrpc":"2.0","method":"notifications/initialized"}"# + "\n")
    #expect(try JSONValue(parsing: try server.readLine())["result"]?["protocolVersion"] == .string(revision))
    return server
  }

  private func call(_ id: String, _ tool: String, _ arguments: String = "{}", meta: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments),"_meta":\#(meta)}}"# + "\n"
  }

  private func next(_ server: ServerProcess) throws -> JSONValue { try JSONValue(parsing: try server.readLine()) }

  @Test func `Careless lines are read, ids come back as they were`() throws {
    let place = try TestPlace()
    let server = try server(place)
    server.send("\r\n\n  \r\n")
    for id in ["0", #""0""#, #""\u0061\/é""#, "9007199254740993", "18446744073709551615", "-1", "1.50"] {
      server.send(
        #"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"# + "\r\n" + #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#
          + "\r\n")
      #expect(try server.readLine() == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
    }
    // Bytes that are not UTF-8, and a message that is too long, are rejected; the process continues.
    writeAll([0x22, 0xFF, 0xFE, 0x22, 0x0A], to: server.input)
    #expect(try next(server)["error"]?["code"] == -32_700)
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    writeAll(Array(#"{"jsonrpc":"2.0","id":1,"method":""#.utf8), to: server.input)
    for _ in 0..<50 { writeAll(long, to: server.input) }
    server.send("\"}\n" + #"{"jsonrpc":"2.0","id":2,"method":"ping"}"# + "\n")
    let refused = try next(server)
    #expect(refused["error"]?["code"] == -32_700 && refused["id"] == nil, "\(refused.serializedString)")
    #expect(try next(server)["id"] == 2)
  }

  @Test func `Arguments as models and clients really send them are taken`() throws {
    let place = try TestPlace()
    let server = try server(place)
    wait(writer(traceLines("order-1", root: "checkout"), to: place.pipe))
    _ = try server.records(2)
    for arguments in [
      #"{"limit":"5"}"#, #"{"limit":5.0}"#, #"{"filter":"{\"hasErrors\":\"false\"}"}"#, #"{"cursor":"","sort":null,"filter":{"name":""}}"#,
      #""{\"limit\":5}""#, #"{"limit":99999}"#, #"{"_meta":{},"random_string":""}"#,
    ] {
      server.send(call("1", "list_traces", arguments))
      let result = try next(server)["result"]
      let text = result?["content"]?[0]?["text"]?.string ?? ""
      #expect(result?["isError"] == nil && text.contains("checkout"), "\(arguments): \(text)")
    }
  }

  @Test func `A wait tells its progress and is answered by the next run`() throws {
    let place = try TestPlace()
    let server = try server(place)
    server.send(call("7", "await_trace", meta: #"{"progressToken":"p"}"#))
    let progress = try next(server)
    #expect(progress["method"] == "notifications/progress" && progress["params"]?["progressToken"] == "p", "\(progress.serializedString)")
    wait(writer(traceLines("order-1", root: "checkout"), to: place.pipe))
    var answer = try next(server)
    while answer["method"] == "notifications/progress" { answer = try next(server) }
    #expect(answer["id"] == 7, "\(answer.serializedString)")
    #expect(answer["result"]?["content"]?[0]?["text"]?.string?.contains("checkout") == true, "\(answer.serializedString)")
  }

  @Test func `What is taken back is heard of no more`() throws {
    let place = try TestPlace()
    let server = try server(place)
    server.send(call("7", "await_trace", meta: #"{"progressToken":1}"#))
    // It is running, and reports that.
    #expect(try next(server)["method"] == "notifications/progress")
    server.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7,"reason":"changed my mind"}}"# + "\n")
    server.send(#"{"jsonrpc":"2.0","id":8,"method":"ping"}"# + "\n")
    var line = try next(server)
    // Progress notifications that were already on their way may arrive before the answer to the ping, but not after it.
    while line["method"] == "notifications/progress" { line = try next(server) }
    #expect(line["id"] == 8, "\(line.serializedString)")
    // One second without messages about it, measured by another wait.
    server.send(call("9", "await_trace", #"{"timeoutMs":1500}"#, meta: "{}"))
    let last = try next(server)
    #expect(last["id"] == 9, "\(last.serializedString)")
  }

  @Test func `Subscribers are told when another trace is the latest`() throws {
    let place = try TestPlace()
    let server = try server(place)
    server.send(#"{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"trace://latest/summary"}}"# + "\n")
    #expect(try next(server)["result"] == [:])
    wait(writer(traceLines("order-1"), to: place.pipe))
    let updated = try next(server)
    #expect(
      updated["method"] == "notifications/resources/updated" && updated["params"] == ["uri": "trace://latest/summary"],
      "\(updated.serializedString)")
  }

  @Test func `A listener is told what it asked for, and is answered at the end`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe, options: ["--quiet-ms", "50"])
    let meta = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#
    let wanted = #"{"toolsListChanged":true,"resourceSubscriptions":["trace://latest/summary","file:///x"]}"#
    server.send(#"{"jsonrpc":"2.0","id":"l","method":"subscriptions/listen","params":{\#(meta),"notifications":\#(wanted)}}"# + "\n")
    let acknowledged = try next(server)
    #expect(acknowledged["method"] == "notifications/subscriptions/acknowledged", "\(acknowledged.serializedString)")
    #expect(acknowledged["params"]?["notifications"] == ["resourceSubscriptions": ["trace://latest/summary"]])
    wait(writer(traceLines("order-1"), to: place.pipe))
    let updated = try next(server)
    #expect(
      updated["params"] == ["uri": "trace://latest/summary", "_meta": ["io.modelcontextprotocol/subscriptionId": "l"]],
      "\(updated.serializedString)")
    server.closeInput()
    let end = try next(server)
    #expect(end["id"] == "l" && end["result"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == "l", "\(end.serializedString)")
    #expect(server.end() == 0)
  }

  @Test func `Batches are answered where they were agreed on`() throws {
    let places = [try TestPlace(), try TestPlace()]
    let batch =
      #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"tools/list"},{"jsonrpc":"2.0","method":"notifications/x"}]"#
      + "\n"
    let old = try server(places[0], "2025-03-26")
    old.send(batch)
    #expect(try next(old).array?.map { $0["id"] } == [1, 2])
    let new = try server(places[1], "2025-06-18")
    new.send(batch)
    #expect(try next(new)["error"]?["code"] == -32_600)
  }

  @Test func `The end of its input ends the server, whatever waits`() throws {
    let place = try TestPlace()
    let server = try server(place)
    for id in 1...8 { server.send(call("\(id)", "await_trace")) }
    server.send(#"{"jsonrpc":"2.0","id":99,"method":"resources/subscribe","params":{"uri":"trace://latest/summary"}}"# + "\n")
    server.closeInput()
    var ids: Set<Int64> = []
    for _ in 0..<9 { ids.insert(try next(server)["id"]?.integer ?? -1) }
    #expect(ids == Set(1...8).union([99]))
    #expect(server.end() == 0)
  }
}
