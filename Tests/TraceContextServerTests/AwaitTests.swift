// Proves that waits end when a trace completes, in real time and without sleeping: by the timer after the last record, by the thread that
// ingests, by a cancellation, by the end of the input; and that the cursor misses nothing in between.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

@Suite(.timeLimit(.minutes(2))) struct AwaitTests {
  static func server(quietMillis: Int64 = 20, maxTraces: Int = 50) -> TestServer {
    var limits = StoreLimits()
    limits.quietNanos = quietMillis * 1_000_000
    limits.maxTraces = maxTraces
    return TestServer(limits: limits, isRealTime: true)
  }

  static func request(_ params: JSONValue) -> Request { Request(id: RequestID(.integer(1))!, method: "traces/await", params: params) }

  static func wait(_ server: TestServer, _ params: JSONValue) async throws -> JSONValue {
    try await server.server.respond(to: request(params))
  }

  static func ids(_ answer: JSONValue) -> [String] { (answer["traces"]?.array ?? []).compactMap { $0["traceId"]?.string } }

  /// Waits until that many requests wait, so that the test observes only what they do afterwards.
  static func waiting(_ server: TestServer, _ count: Int) async {
    while server.server.waits.waiting < count { await Task.yield() }
  }

  @Test func theTimerCompletesWhatIsQuiet() async throws {
    let server = Self.server()
    async let answer = Self.wait(server, [:])
    await Self.waiting(server, 1)
    server.feed(RecordLines.trace("a", name: "job"))
    let got = try await answer
    #expect(Self.ids(got) == ["a"] && got["timedOut"] == false && got["cursor"] == "c1", "\(got.serializedString)")
    #expect(got["traces"]?[0]?["complete"] == true && server.server.waits.waiting == 0)
  }

  @Test func ingestionCompletesWithoutATimer() async throws {
    // There is no quiet time: the batch itself completes the trace.
    let server = Self.server(quietMillis: 0)
    async let answer = Self.wait(server, ["filter": ["name": "wanted"]])
    await Self.waiting(server, 1)
    server.feed(RecordLines.trace("other", name: "other"))
    server.feed(RecordLines.trace("mine", name: "wanted"))
    #expect(try Self.ids(await answer) == ["mine"])
  }

  /// A completion between a look and the wait behind it is noticed.
  @Test func nothingIsMissedBetweenLookAndWait() async {
    let server = Self.server(quietMillis: 0)
    let waits = server.server.waits
    #expect(waits.enter())
    let seen = waits.generation
    server.feed(RecordLines.trace("a", name: "job"))
    #expect(await waits.wait(since: seen, until: waits.clock() + 100_000_000) == .changed)
    #expect(await waits.wait(since: waits.generation, until: waits.clock() + 1_000_000) == .timedOut)
    waits.leave()
  }

  /// A wait that was cancelled before it began ends at once.
  @Test func aCancelledTaskDoesNotWait() async {
    let waits = Self.server().server.waits
    #expect(waits.enter())
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await waits.wait(since: waits.generation, until: waits.clock() + 30_000_000_000)
    }
    task.cancel()
    #expect(await task.value == .cancelled)
    waits.leave()
  }

  @Test func sixteenMayWait() {
    let waits = Self.server().server.waits
    for _ in 0..<16 { #expect(waits.enter()) }
    #expect(!waits.enter(), "the seventeenth")
    waits.leave()
    #expect(waits.enter())
    for _ in 0..<16 { waits.leave() }
  }

  @Test func recordsPutTheCompletionOff() async throws {
    let server = Self.server(quietMillis: 150)
    async let answer = Self.wait(server, [:])
    await Self.waiting(server, 1)
    server.feed(RecordLines.trace("a"))
    // The second record arrives while the timer runs for the first.
    server.feed(RecordLines.span(TestSpan(id: "late", parent: "root", name: "late", start: 0, duration: 1), trace: "a"))
    let heard = server.now
    let got = try await answer
    #expect(got["traces"]?[0]?["spanCount"] == 2 && server.now - heard >= 150_000_000)
  }

  @Test func nothingBetweenTwoWaitsIsMissed() async throws {
    let server = Self.server(quietMillis: 0)
    let start = try await Self.wait(server, ["timeoutMs": 0])
    #expect(start["timedOut"] == true && start["cursor"] == "c0")
    for index in 1...5 { server.feed(RecordLines.trace("t\(index)x")) }
    let two = try await Self.wait(server, ["cursor": "c0", "limit": 2])
    #expect(Self.ids(two) == ["t1x", "t2x"] && two["cursor"] == "c2")
    let rest = try await Self.wait(server, ["cursor": "c2", "filter": ["text": "job"]])
    #expect(Self.ids(rest) == ["t3x", "t4x", "t5x"] && rest["cursor"] == "c5" && rest["missed"] == nil)
    // With a small bound as many as fit, and a cursor after them.
    let (entries, pages) = try await Self.walk(server, ["cursor": "c0", "maxChars": 600])
    #expect(entries == ["t1x", "t2x", "t3x", "t4x", "t5x"] && pages > 1)
    // Without a cursor the wait begins now.
    let none = try await Self.wait(server, ["timeoutMs": 1])
    #expect(Self.ids(none).isEmpty && none["timedOut"] == true && none["hint"]?.string?.contains("no trace is running") == true)
  }

  private static func walk(_ server: TestServer, _ params: JSONObject) async throws -> (ids: [String], pages: Int) {
    var (params, found, pages) = (params, [String](), 0)
    params["timeoutMs"] = 0
    while true {
      let answer = try await wait(server, .object(params))
      if ids(answer).isEmpty { return (found, pages) }
      found += ids(answer)
      pages += 1
      params["cursor"] = answer["cursor"]
    }
  }

  @Test func whatWasEvictedInBetweenIsTold() async throws {
    let server = Self.server(quietMillis: 0, maxTraces: 2)
    for index in 1...5 { server.feed(RecordLines.trace("t\(index)x")) }
    let answer = try await Self.wait(server, ["cursor": "c1"])
    #expect(Self.ids(answer) == ["t4x", "t5x"] && answer["missed"] == true)
    #expect(try await Self.wait(server, ["cursor": "c3"])["missed"] == nil)
  }

  @Test func aTimeoutTellsWhatIsRunning() async throws {
    let server = Self.server(quietMillis: 3_600_000)
    server.feed(RecordLines.trace("a", name: "slow\u{1B}job"))
    let begin = server.now
    let answer = try await Self.wait(server, ["timeoutMs": 30, "filter": ["name": "other"]])
    #expect(server.now - begin >= 30_000_000 && answer["timedOut"] == true)
    #expect(answer["hint"] == #"nothing that matches completed; not complete: 1 (t1 slow\u{1b}job)"#, "\(answer.serializedString)")
  }

  @Test func cancellationEndsAWait() async throws {
    let server = Self.server()
    let task = Task { try await Self.wait(server, [:]) }
    await Self.waiting(server, 1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(server.server.waits.waiting == 0)
    // A wait that is cancelled before it starts.
    let early = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await Self.wait(server, [:])
    }
    await #expect(throws: CancellationError.self) { try await early.value }
  }

  @Test(arguments: [true, false]) func theEndOfTheInputAndShutdownEndEveryWait(_ isShutdown: Bool) async throws {
    let server = Self.server()
    let tasks = (0..<5).map { _ in Task { try await Self.wait(server, [:]) } }
    await Self.waiting(server, 5)
    if isShutdown {
      _ = try server.server.respondNow(to: Request(id: RequestID(.integer(9))!, method: "shutdown", params: nil))
    } else {
      server.server.inputEnded()
    }
    for task in tasks { #expect(try await Self.ids(task.value).isEmpty) }
    if isShutdown {
      // Requests after a shutdown are rejected.
      await #expect(throws: ResponseError.self) { try await Self.wait(server, [:]) }
    } else {
      // A request that was read before the end but begins after it does not wait either.
      #expect(try await Self.ids(Self.wait(server, [:])).isEmpty)
    }
  }

  @Test func soManyWaitAtATime() async throws {
    let server = Self.server(quietMillis: 0)
    let tasks = (0..<CompletionWaits.maxWaits).map { _ in Task { try await Self.wait(server, [:]) } }
    await Self.waiting(server, CompletionWaits.maxWaits)
    await #expect(throws: ResponseError.busy(limit: CompletionWaits.maxWaits)) { try await Self.wait(server, [:]) }
    // A request that does not have to wait is still answered.
    #expect(try await Self.wait(server, ["timeoutMs": 0])["timedOut"] == true)
    server.feed(RecordLines.trace("a"))
    for task in tasks { #expect(try await Self.ids(task.value) == ["a"]) }
    server.feed(RecordLines.trace("b"))
    #expect(try await Self.ids(Self.wait(server, ["cursor": "c1"])) == ["b"])
  }

  /// Eight clients follow a stream by their cursors while it is fed: each gets every trace once, in order.
  @Test func manyFollowersOfAStreamMissNothing() async throws {
    let server = Self.server(quietMillis: 0, maxTraces: 0)
    let all = (1...300).map { "trace_\($0)" }
    let followers = (0..<8).map { follower in
      Task {
        var told: [String] = []
        var cursor = "c0"
        while told.count < all.count {
          let answer = try await Self.wait(server, ["cursor": .string(cursor), "limit": .integer(1 + follower * 3)])
          told += Self.ids(answer)
          cursor = answer["cursor"]?.string ?? ""
        }
        return told
      }
    }
    for id in all {
      server.feed(RecordLines.trace(id))
      await Task.yield()
    }
    for task in followers { #expect(try await task.value == all) }
  }
}
