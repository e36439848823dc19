// Proves that what is computed of a trace is computed once a revision, says the same as if it were computed anew, and goes with its trace or for want of room.

import Testing

@testable import TraceDistiller
@testable import TraceRecords

struct AnalysisTests {
  /// A root with so many calls, one in ten of them failed, and what its summary says.
  private static func lines(_ id: String, calls: Int) -> String {
    (["\(id)/r<- start 0 name job"]
      + (0..<calls).map { "\(id)/c\($0)<r span \($0) took 1 name call\($0 % 7)\($0 % 10 == 0 ? " status error" : "")" }
      + ["\(id)/r end took \(calls)"]).joined(separator: "\n")
  }

  private static func analysis(_ store: SharedTraceStore, _ name: String, now: Int64 = 0) throws -> TraceAnalysis {
    try store.analysis(name, now: now).get().analysis
  }

  private static func summary(_ store: SharedTraceStore, _ name: String, now: Int64 = 0) throws -> String {
    let found = try store.analysis(name, now: now).get()
    return try found.analysis.distilled(found.trace).summary().text
  }

  private static func fresh(_ store: SharedTraceStore, _ name: String, now: Int64 = 0) throws -> String {
    DistilledTrace(try store.snapshot(name, now: now).get()).summary().text
  }

  /// Bytes of analyses after the next look at the store, which is when the bound is kept.
  private static func keptBytes(_ store: SharedTraceStore) -> Int {
    store.withLock { _ in }
    return store.analysisBytes
  }

  @Test func `The second question finds what the first one computed, until a record comes`() throws {
    let store = SharedTraceStore()
    store.feed(Self.lines("one", calls: 30))
    let first = try Self.analysis(store, "one")
    #expect(try Self.analysis(store, "one") === first)
    #expect(try Self.analysis(store, "latest") === first, "by whatever name")
    store.feed(Self.lines("two", calls: 3))
    #expect(try Self.analysis(store, "one") === first, "another trace's records change nothing")
    store.feed("one/late<r span 3 took 1")
    #expect(try Self.analysis(store, "one") !== first)
  }

  @Test func `Answers are those of a trace that is computed anew, after every record`() throws {
    let store = SharedTraceStore()
    for line in Self.lines("one", calls: 40).split(separator: "\n") {
      store.feed(String(line))
      for _ in 0..<2 { #expect(try Self.summary(store, "one") == Self.fresh(store, "one"), "after \(line)") }
    }
  }

  @Test func `What is not the trace's own is told as it is now`() throws {
    let store = SharedTraceStore()
    store.feed(Self.lines("one", calls: 5))
    let before = try Self.summary(store, "one")
    #expect(before.contains("recentRecords"))
    store.withLock { $0.count(lostLines: 3) }
    let after = try Self.summary(store, "one", now: 600_000_000)
    #expect(!after.contains("recentRecords") && after.contains("3 lines"), "\(after)")
    #expect(after == (try Self.fresh(store, "one", now: 600_000_000)))
  }

  @Test func `Parts under a focus are apart from those of the whole`() throws {
    let store = SharedTraceStore()
    store.feed(Self.lines("one", calls: 30))
    let found = try store.analysis("one", now: 0).get()
    let trace = try found.analysis.distilled(found.trace)
    let row = try #require(trace.row(ofSpan: "c10"))
    var options = SummaryOptions()
    options.scope.focus = row
    let focused = trace.summary(options).text
    #expect(try Self.summary(store, "one") == Self.fresh(store, "one"))
    #expect(focused == DistilledTrace(found.trace).summary(options).text)
    #expect(trace.focused(on: row).criticalPath?.root == row && trace.criticalPath?.root != row)
  }

  @Test func `An analysis goes with its trace, and nothing holds it any more`() throws {
    let endings: [(name: String, end: (SharedTraceStore) -> Void)] = [
      ("a record", { $0.feed("one/late<r span 3 took 1") }),
      ("cleared", { store in _ = store.withLock { $0.clear($0.overviews(now: 0)) } }),
      (
        "evicted",
        {
          $0.feed(Self.lines("two", calls: 1))
          $0.withLock { $0.advance(to: 10_000_000_000) }
        }
      ),
    ]
    for (name, end) in endings {
      let store = SharedTraceStore { $0.maxTraces = 1 }
      store.feed(Self.lines("one", calls: 30))
      store.withLock { $0.advance(to: 1_000_000_000) }
      weak let analysis = try Self.analysis(store, "one")
      weak var parts: SharedParts?
      do {
        let found = try store.analysis("one", now: 0).get()
        let trace = try found.analysis.distilled(found.trace)
        parts = trace.parts
        _ = trace.summary()
      }
      #expect(analysis != nil && parts != nil && store.analysisBytes > 0, "\(name)")
      end(store)
      #expect(analysis == nil && parts == nil && store.analysisBytes == 0, "\(name)")
    }
  }

  @Test func `Analyses keep to their bound in bytes, those that were asked for last stay`() throws {
    let store = SharedTraceStore {
      $0.maxTraces = 0
      $0.maxAnalysisBytes = 300_000
    }
    for index in 0..<6 {
      store.feed(Self.lines("trace\(index)", calls: 500))
      _ = try Self.summary(store, "trace\(index)")
      #expect(Self.keptBytes(store) <= 300_000)
    }
    #expect(Self.keptBytes(store) > 100_000, "some are kept")
    let last = try Self.analysis(store, "trace5")
    _ = try Self.summary(store, "trace0")
    #expect(try Self.analysis(store, "trace5") === last)
    // One that is larger than the bound serves its request and is not kept.
    store.feed(Self.lines("large", calls: 5_000))
    #expect(try Self.summary(store, "large") == Self.fresh(store, "large"))
    #expect(Self.keptBytes(store) <= 300_000)
  }

  /// They count against the store's bound: older completed traces go for them, what was asked about and what runs does not.
  @Test func `Completed traces make room for analyses`() throws {
    let bound = 300_000
    let store = SharedTraceStore {
      $0.maxTraces = 0
      $0.maxBytes = bound
    }
    var count = 0
    while store.withLock({ $0.statistics.evictedCompleted }) == 0, count < 1_000 {
      store.feed(Self.lines("trace\(count)", calls: 500))
      count += 1
      store.withLock { $0.advance(to: Int64(count) * 1_000_000_000) }
    }
    let full = store.withLock { $0.completedCount }
    for index in count - 3..<count { _ = try Self.summary(store, "trace\(index)") }
    #expect(store.analysisBytes > 0)
    let (kept, counted) = store.withLock { ($0.completedCount, $0.countedBytes) }
    #expect(kept < full && counted <= bound, "\(kept) of \(full) traces, \(counted) of \(bound) bytes")
    let isAskedKept = (try? store.snapshot("trace\(count - 3)", now: Int64(count) * 1_000_000_000).get()) != nil
    #expect(isAskedKept, "a trace that was asked about went")
  }

  @Test func `No more than eight are kept, and never more bytes than a quarter of the store's`() throws {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    for index in 0..<20 { store.feed(Self.lines("trace\(index)", calls: 1)) }
    let kept = try (0..<20).map { try Self.analysis(store, "trace\($0)") }
    store.withLock { _ in }
    let again = try (0..<20).reversed().map { try Self.analysis(store, "trace\($0)") }.reversed()
    #expect(zip(kept, again).map { $0 === $1 } == (0..<20).map { $0 >= 12 })
    let small = SharedTraceStore { $0.maxBytes = 1 << 20 }
    small.feed(Self.lines("large", calls: 2_500))
    _ = try Self.summary(small, "large")
    #expect(Self.keptBytes(small) <= 1 << 18)
  }

  @Test func `Requests at the same time share one computation`() async throws {
    let store = SharedTraceStore()
    store.feed(Self.lines("one", calls: 2_000))
    let texts = try await withThrowingTaskGroup(of: (String, ObjectIdentifier).self) { group in
      for _ in 0..<8 {
        group.addTask {
          let found = try store.analysis("one", now: 0).get()
          let trace = try found.analysis.distilled(found.trace)
          return (trace.summary().text, ObjectIdentifier(trace.parts))
        }
      }
      return try await group.reduce(into: [(String, ObjectIdentifier)]()) { $0.append($1) }
    }
    let expected = try Self.fresh(store, "one")
    #expect(texts.allSatisfy { $0.0 == expected } && Set(texts.map(\.1)).count == 1)
  }

  @Test func `Cancelled work ends between two stages and leaves the rest to the next`() async throws {
    let store = SharedTraceStore()
    store.feed(Self.lines("one", calls: 300))
    let found = try store.analysis("one", now: 0).get()
    let cancelled = Task {
      while !Task.isCancelled { await Task.yield() }
      return try found.analysis.distilled(found.trace)
    }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
    let trace = try found.analysis.distilled(found.trace)
    let preparing = Task {
      while !Task.isCancelled { await Task.yield() }
      try trace.prepare(Set(SummaryOptions.Section.allCases))
    }
    preparing.cancel()
    await #expect(throws: CancellationError.self) { try await preparing.value }
    try trace.prepare(Set(SummaryOptions.Section.allCases))
    #expect(try trace.summary().text == Self.fresh(store, "one"))
  }
}
