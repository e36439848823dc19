// Proves that one process can serve several clients at a time, each in its own way: what one negotiates, waits for, subscribes to or ends
// affects only itself, and all see the same store.

import JSON
import JSONRPC
import Platform
import Synchronization
import Testing
import TraceDistiller

@testable import TraceContextServer

@Suite(.timeLimit(.minutes(1))) struct SeveralConnectionsTests {
  @Test func `Two clients of different kinds share a store and nothing else`() async throws {
    let test = AwaitTests.server()
    let agent = try SocketClient(test, framing: .line)
    let editor = try SocketClient(test, framing: .contentLength)

    // Each sends one handshake: if the session were shared, the second would be rejected as a duplicate.
    let hands = try await agent.ask(
      "initialize", ["protocolVersion": "2025-06-18", "capabilities": [:], "clientInfo": ["name": "a", "version": "1"]])
    #expect(hands["result"]?["protocolVersion"] == "2025-06-18", "\(hands.serializedString)")
    let hello = try await editor.ask("initialize", ["processId": nil, "locale": "zh-CN", "capabilities": [:]])
    #expect(hello["result"]?["serverInfo"]?["name"] == "trace-distiller", "\(hello.serializedString)")

    // One waits while the other sends requests; both see the new trace.
    async let waited = agent.ask("tools/call", ["name": "await_trace", "arguments": ["timeoutMs": 20_000]])
    await AwaitTests.waiting(agent.server, 1)
    test.feed(RecordLines.trace("a", name: "job"))
    #expect(try await waited["result"]?["content"]?[0]?["text"]?.string?.contains("job") == true)
    // The language belongs to the editor's session.
    let chinese = try await editor.ask("trace/summary", ["traceId": "a"])["result"]?["text"]?.string ?? ""
    let english = try await agent.ask("trace/summary", ["traceId": "a"])["result"]?["text"]?.string ?? ""
    #expect(chinese.contains("执行") && english.contains("Execution"), "\(chinese)\n\(english)")

    // The editor disconnects; the agent and its waits stay.
    async let later = agent.ask("traces/await", ["timeoutMs": 20_000])
    await AwaitTests.waiting(agent.server, 1)
    #expect(try await editor.ask("shutdown", nil)["result"] == .null)
    editor.notify("exit")
    #expect(await editor.ended() == .exit(0))
    test.feed(RecordLines.trace("b", name: "job"))
    #expect(try await later["result"]?["traces"]?[0]?["traceId"] == "b")
    agent.close()
    #expect(await agent.ended() == .endOfInput)
  }
}

extension AwaitTests {
  static func waiting(_ server: TraceContextServer, _ count: Int) async {
    while server.waits.waiting < count { await Task.yield() }
  }
}

/// A client over a socket, whose connection runs on a thread of its own as in a process with many connections.
private final class SocketClient: Sendable {
  let server: TraceContextServer
  private let socket: Int32
  private let framing: MessageFraming
  private let latest = Mutex(0)
  private let unread = Mutex<[UInt8]>([])
  private let end = Ending()

  private final class Ending: Sendable {
    let reason = Mutex<ConnectionEnd?>(nil)
  }

  init(_ test: TestServer, framing: MessageFraming) throws {
    var ends: [Int32] = [-1, -1]
    #if os(Linux)
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    #else
      try #require(socketpair(AF_UNIX, SOCK_STREAM, 0, &ends) == 0)
    #endif
    let (ours, theirs) = (ends[0], ends[1])
    socket = ours
    self.framing = framing
    server = TraceContextServer(
      store: test.store, clock: { MonotonicClock.nanos }, workers: testWorkers,
      report: { ServerReport(pid: 1, sources: [], residentBytes: 1) })
    let connection = Connection(input: theirs, output: theirs, handler: server, workers: testWorkers)
    server.notify { method, params, _ in connection.notify(method: method, params: params) }
    try SystemThread.start { [end] in
      let reason = connection.run()
      Platform.close(theirs)
      end.reason.withLock { $0 = reason }
    }
  }

  deinit { Platform.close(socket) }

  func close() { shutdown(socket, Int32(SHUT_WR)) }

  func ended() async -> ConnectionEnd? {
    while end.reason.withLock({ $0 }) == nil { await Task.yield() }
    return end.reason.withLock { $0 }
  }

  func notify(_ method: String) { write(["jsonrpc": "2.0", "method": .string(method)]) }

  /// The answer to a request; messages before it are ignored.
  func ask(_ method: String, _ params: JSONValue?) async throws -> JSONValue {
    let id = latest.withLock { latest in
      latest += 1
      return latest
    }
    var message: JSONObject = ["jsonrpc": "2.0", "id": .integer(id), "method": .string(method)]
    message.append("params", params)
    write(.object(message))
    return try await onOwnThread { [self] in
      while true {
        let message = try JSONValue(parsing: read())
        if message["id"] == .integer(id) { return message }
      }
    }
  }

  private func write(_ message: JSONValue) {
    let body = message.serialized
    let bytes = framing == .line ? body + [0x0A] : Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
    _ = Platform.write(socket, bytes, bytes.count)
  }

  /// The next message's text.
  private func read() throws -> [UInt8] {
    while true {
      if let text = unread.withLock({ take(&$0) }) { return text }
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      let count = Platform.read(socket, &piece, piece.count)
      try #require(count > 0, "the server closed the connection")
      unread.withLock { $0.append(contentsOf: piece[..<count]) }
    }
  }

  private func take(_ bytes: inout [UInt8]) -> [UInt8]? {
    if framing == .line {
      guard let newline = bytes.firstIndex(of: 0x0A) else { return nil }
      defer { bytes.removeSubrange(...newline) }
      return Array(bytes[..<newline])
    }
    guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let digits = bytes[..<head.lowerBound].drop { $0 < 0x30 || $0 > 0x39 }
    guard let length = Int(String(decoding: digits, as: UTF8.self)), bytes.count >= head.upperBound + length else { return nil }
    defer { bytes.removeSubrange(..<(head.upperBound + length)) }
    return Array(bytes[head.upperBound..<head.upperBound + length])
  }
}

/// Runs a blocking closure on a thread of its own: the tests share the few threads that tasks run on.
private func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    do { try SystemThread.start { continuation.resume(with: Result { try body() }) } } catch { continuation.resume(throwing: error) }
  }
}
