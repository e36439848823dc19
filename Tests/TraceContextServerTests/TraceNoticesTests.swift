// Proves what a client that subscribed to traces is told, and that nothing is left out without a number.

import JSON
import Synchronization
import Testing

@testable import JSONRPC
@testable import TraceContextServer

@Suite(.timeLimit(.minutes(1))) struct TraceNoticesTests {
  /// What the server told, in order.
  private final class Told: Sendable {
    private let all = Mutex<[(method: String, params: JSONValue)]>([])

    init(_ test: TestServer) { test.server.notify { method, params, _ in self.all.withLock { $0.append((method, params)) } } }

    func of(_ method: String) -> [JSONValue] { all.withLock { $0.filter { $0.method == method }.map(\.params) } }
    func handles(_ method: String) -> [String] { of(method).flatMap { $0["traces"]?.array ?? [] }.compactMap { $0["handle"]?.string } }

    func until(_ condition: (Told) -> Bool) async { while !condition(self) { await Task.yield() } }
  }

  private func subscribe(_ test: TestServer, _ events: JSONValue) throws {
    _ = try test.server.respondNow(to: Request(id: RequestID(1)!, method: "traces/subscribe", params: ["events": events]))
  }

  @Test func `What begins, changes and completes is told to who asked for it`() async throws {
    let test = TestServer()
    let told = Told(test)
    test.feed(RecordLines.trace("before", name: "job"))
    try subscribe(test, ["didStart", "didChange"])
    test.feed(RecordLines.trace("a", name: "job"))
    await told.until { $0.handles("traces/didStart") == ["t2"] && $0.handles("traces/didChange").contains("t2") }
    #expect(told.of("traces/didComplete").isEmpty, "nobody asked for it")
    #expect(told.of("traces/didStart")[0]["traces"]?[0]?["traceId"] == "a")
    // A late record of a trace from before is no beginning.
    test.feed(RecordLines.trace("before", name: "job"))
    await told.until { $0.handles("traces/didChange").contains("t1") || $0.handles("traces/didStart").contains("t3") }
    #expect(!told.handles("traces/didStart").contains("t1"))
  }

  @Test func `More than a hundred at once are counted, each trace once`() async throws {
    let test = TestServer()
    let told = Told(test)
    try subscribe(test, ["didStart"])
    test.feed((0..<150).flatMap { RecordLines.trace("trace\($0)", name: "job") }.joined(separator: "\n"))
    func sum(_ told: Told) -> Int {
      told.of("traces/didStart").reduce(0) { $0 + ($1["traces"]?.array?.count ?? 0) + Int($1["omitted"]?.integer ?? 0) }
    }
    await told.until { sum($0) >= 150 }
    #expect(sum(told) == 150)
    for one in told.of("traces/didStart") { #expect((one["traces"]?.array?.count ?? 0) <= TraceNotices.most) }
    #expect(told.of("traces/didStart").contains { $0["omitted"] != nil }, "\(told.of("traces/didStart").count) notifications")
  }

  @Test func `Nothing is told any more when the subscription ends`() async throws {
    let test = TestServer()
    let told = Told(test)
    try subscribe(test, ["didStart"])
    _ = try test.server.respondNow(to: Request(id: RequestID(2)!, method: "traces/unsubscribe"))
    test.feed(RecordLines.trace("a", name: "job"))
    try subscribe(test, ["didStart"])
    test.feed(RecordLines.trace("b", name: "job"))
    await told.until { !$0.handles("traces/didStart").isEmpty }
    #expect(told.handles("traces/didStart") == ["t2"])
  }
}
