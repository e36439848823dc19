// Proves that analyses are computed once per revision, equal a new computation, and are removed with their trace or when memory is needed.

import Synchronization
import Testing

@testable import TraceDistiller
@testable import TraceRecords

struct AnalysisTests {
  /// A root with that many calls, one in ten of them failed.
  private static func lines(_ id: String, calls: Int) -> String {
    (["\(id)/r<- start 0 name job"]
      + (0..<calls).map { "\(id)/c\($0)<r span \($0) took 1 name call\($0 % 7)\($0 % 10 == 0 ? " status error" : "")" }
      + ["\(id)/r end took \(calls)"]).joined(separator: "\n")
  }

  /// What two requests about one revision of a trace share.
  private static func parts(_ cache: AnalysisCache, _ name: String, now: Int64 = 0) throws -> TraceAnalysis.Parts {
    try cache.analysis(name, now: now).get().parts
  }

  private static func summary(_ cache: AnalysisCache, _ name: String, now: Int64 = 0) throws -> String {
    try cache.analysis(name, now: now).get().summary().text
  }

  private static func fresh(_ store: SharedTraceStore, _ name: String, now: Int64 = 0) throws -> String {
    DistilledTrace(try store.snapshot(name, now: now).get()).summary().text
  }

  /// The bytes of analyses after the next request or change, which is when the limit is enforced.
  private static func keptBytes(_ cache: AnalysisCache) -> Int {
    cache.settle()
    return cache.allocatedBytes
  }

  @Test func `The second question finds what the first one computed, until a record comes`() throws {
    let store = SharedTraceStore()
    let cache = AnalysisCache(store)
    store.feed(Self.lines("one", calls: 30))
    let first = try Self.parts(cache, "one")
    #expect(try Self.parts(cache, "one") === first)
    #expect(try Self.parts(cache, "latest") === first, "by whatever name")
    store.feed(Self.lines("two", calls: 3))
    #expect(try Self.parts(cache, "one") === first, "another trace's records change nothing")
    store.feed("one/late<r span 3 took 1")
    #expect(try Self.parts(cache, "one") !== first)
  }

  @Test func `Answers are those of a trace that is computed anew, after every record`() throws {
    let store = SharedTraceStore()
    let cache = AnalysisCache(store)
    for line in Self.lines("one", calls: 40).split(separator: "\n") {
      store.feed(String(line))
      for _ in 0..<2 { #expect(try Self.summary(cache, "one") == Self.fresh(store, "one"), "after \(line)") }
    }
  }

  @Test func `What is not the trace's own is told as it is now`() throws {
    let store = SharedTraceStore()
    let cache = AnalysisCache(store)
    store.feed(Self.lines("one", calls: 5))
    let before = try Self.summary(cache, "one")
    #expect(before.contains("recentRecords"))
    store.withLock { $0.count(lostLines: 3) }
    let after = try Self.summary(cache, "one", now: 600_000_000)
    #expect(!after.contains("recentRecords") && after.contains("3 lines"), "\(after)")
    #expect(after == (try Self.fresh(store, "one", now: 600_000_000)))
  }

  @Test func `Parts under a focus are apart from those of the whole`() throws {
    let store = SharedTraceStore()
    let cache = AnalysisCache(store)
    store.feed(Self.lines("one", calls: 30))
    let analysis = try cache.analysis("one", now: 0).get()
    let row = try #require(analysis.trace.row(ofSpan: "c10"))
    var options = SummaryOptions()
    options.scope.focus = row
    let focused = analysis.summary(options).text
    #expect(try Self.summary(cache, "one") == Self.fresh(store, "one"))
    #expect(focused == DistilledTrace(analysis.trace.snapshot).summary(options).text)
    #expect(analysis.focused(on: row).trace.criticalPath?.root == row && analysis.trace.criticalPath?.root != row)
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
      let cache = AnalysisCache(store)
      store.feed(Self.lines("one", calls: 30))
      store.withLock { $0.advance(to: 1_000_000_000) }
      weak let parts = try Self.parts(cache, "one")
      _ = try Self.summary(cache, "one")
      #expect(parts != nil && Self.keptBytes(cache) > 0 && store.withLock { $0.analysisBytes } > 0, "\(name)")
      end(store)
      let (counted, interest) = store.withLock { ($0.analysisBytes, $0.changeLog.interest) }
      #expect(parts == nil && cache.allocatedBytes == 0 && counted == 0, "\(name)")
      #expect(interest == [], "\(name): once nothing is kept, ingestion pays nothing")
    }
  }

  @Test func `Analyses keep to their bound in bytes, those that were asked for last stay`() throws {
    let store = SharedTraceStore {
      $0.maxTraces = 0
      $0.maxAnalysisBytes = 300_000
    }
    let cache = AnalysisCache(store)
    for index in 0..<6 {
      store.feed(Self.lines("trace\(index)", calls: 500))
      _ = try Self.summary(cache, "trace\(index)")
      #expect(Self.keptBytes(cache) <= 300_000)
    }
    #expect(Self.keptBytes(cache) > 100_000, "some are kept")
    let last = try Self.parts(cache, "trace5")
    _ = try Self.summary(cache, "trace0")
    #expect(try Self.parts(cache, "trace5") === last)
    // An analysis larger than the limit serves its request and is not kept.
    store.feed(Self.lines("large", calls: 5_000))
    #expect(try Self.summary(cache, "large") == Self.fresh(store, "large"))
    #expect(Self.keptBytes(cache) <= 300_000)
  }

  /// They count against the store's bound: older completed traces are evicted for them, but not requested or running traces.
  @Test func `Completed traces make room for analyses`() throws {
    let bound = 300_000
    let store = SharedTraceStore {
      $0.maxTraces = 0
      $0.maxBytes = bound
    }
    let cache = AnalysisCache(store)
    var count = 0
    while store.withLock({ $0.statistics.evictedCompleted }) == 0, count < 1_000 {
      store.feed(Self.lines("trace\(count)", calls: 500))
      count += 1
      store.withLock { $0.advance(to: Int64(count) * 1_000_000_000) }
    }
    let full = store.withLock { $0.completedCount }
    for index in count - 3..<count { _ = try Self.summary(cache, "trace\(index)") }
    #expect(Self.keptBytes(cache) > 0)
    let (kept, counted) = store.withLock { ($0.completedCount, $0.countedBytes) }
    #expect(kept < full && counted <= bound, "\(kept) of \(full) traces, \(counted) of \(bound) bytes")
    let isAskedKept = (try? store.snapshot("trace\(count - 3)", now: Int64(count) * 1_000_000_000).get()) != nil
    #expect(isAskedKept, "a trace that was asked about went")
  }

  @Test func `No more than eight are kept, and never more bytes than a quarter of the store's`() throws {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    let cache = AnalysisCache(store)
    for index in 0..<20 { store.feed(Self.lines("trace\(index)", calls: 1)) }
    let kept = try (0..<20).map { try Self.parts(cache, "trace\($0)") }
    cache.settle()
    let again = try (0..<20).reversed().map { try Self.parts(cache, "trace\($0)") }.reversed()
    #expect(zip(kept, again).map { $0 === $1 } == (0..<20).map { $0 >= 12 })
    let small = SharedTraceStore { $0.maxBytes = 1 << 20 }
    small.feed(Self.lines("large", calls: 2_500))
    let smallCache = AnalysisCache(small)
    _ = try Self.summary(smallCache, "large")
    #expect(Self.keptBytes(smallCache) <= 1 << 18)
  }

  @Test func `Requests at the same time share one computation`() async throws {
    let store = SharedTraceStore()
    let cache = AnalysisCache(store)
    store.feed(Self.lines("one", calls: 2_000))
    let texts = try await withThrowingTaskGroup(of: (String, ObjectIdentifier).self) { group in
      for _ in 0..<8 {
        group.addTask {
          let analysis = try cache.analysis("one", now: 0).get()
          return (analysis.summary().text, ObjectIdentifier(analysis.parts))
        }
      }
      return try await group.reduce(into: [(String, ObjectIdentifier)]()) { $0.append($1) }
    }
    let expected = try Self.fresh(store, "one")
    #expect(texts.allSatisfy { $0.0 == expected } && Set(texts.map(\.1)).count == 1)
  }

  @Test func `Cancelled work ends between two stages and leaves the rest to the next`() async throws {
    let store = SharedTraceStore()
    let cache = AnalysisCache(store)
    store.feed(Self.lines("one", calls: 300))
    let cancelled = Task {
      while !Task.isCancelled { await Task.yield() }
      return try cache.analysis("one", now: 0).get()
    }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
    let analysis = try cache.analysis("one", now: 0).get()
    let preparing = Task {
      while !Task.isCancelled { await Task.yield() }
      try analysis.prepare(Set(SummaryOptions.Section.allCases))
    }
    preparing.cancel()
    await #expect(throws: CancellationError.self) { try await preparing.value }
    try analysis.prepare(Set(SummaryOptions.Section.allCases))
    #expect(try analysis.summary().text == Self.fresh(store, "one"))
  }

  @Test func `Several caches of one store count together, and none that is gone`() throws {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    store.feed(Self.lines("one", calls: 30))
    let cache = AnalysisCache(store)
    var other: AnalysisCache? = AnalysisCache(store)
    for kept in [cache, other!] {
      _ = try Self.summary(kept, "one")
      kept.settle()
    }
    // Each for itself: the allocator may give one a larger piece of memory than the other.
    let (bytes, others) = (cache.allocatedBytes, other!.allocatedBytes)
    #expect(store.withLock { $0.analysisBytes } == bytes + others && bytes > 0 && others > 0)
    other = nil
    #expect(store.withLock { $0.analysisBytes } == bytes)
  }

  @Test func `Insights of a large trace are found beside its folding, once`() throws {
    let store = SharedTraceStore()
    let given = Mutex<[@Sendable () -> Void]>([])
    store.feed(Self.lines("large", calls: TraceAnalysis.besideFrom))
    let analysis = try AnalysisCache(store).analysis("large", now: 0).get()
    for _ in 0..<2 { try analysis.prepare([.insights]) { work in given.withLock { $0.append(work) } } }
    #expect(given.withLock { $0.count } == 1, "the second question finds them made")
    // The other thread's late work gives the same result.
    for work in given.withLock({ $0 }) { work() }
    #expect(analysis.insights().map(\.rows) == analysis.trace.insights().map(\.rows))
    let other = TraceAnalysis(DistilledTrace(try store.snapshot("large", now: 0).get()))
    try other.prepare([.tree]) { work in given.withLock { $0.append(work) } }
    #expect(given.withLock { $0.count } == 1, "where no insights are asked for, none are found")
  }
}
