// Proves the order of eviction by the byte bound, that each step is counted, and that the trace that just grew is the last.

import Testing

@testable import TraceDistiller

@Suite struct StoreByteBoundTests {
  @Test func roomIsMadeInTheOrderOfTheDesign() {
    let store = StoreHarness {
      $0.maxBytes = 1 << 20
      $0.maxLiveNanos = 10_000_000_000
    }
    // An abandoned trace, a completed one, a large running one, a settling one, an idle one; then one that grows. Each takes slightly more
    // than a page of text, which is the step by which the growing one grows: one eviction per step.
    let wide = " | \"text\":\"\(String(repeating: "x", count: 65_400))\""
    store.feed("abandoned/a start 0\(wide)")
    store.advance(5_000)
    store.feed("completed/a span 0 took 1\(wide)")
    store.advance(5_000)
    store.feed("idle/a start 0\(wide)\nlarge/a start 0\(wide)")
    for number in 0..<2_000 { store.feed("large/b\(number)<a span \(number) took 1 name b") }
    store.feed("settling/a span 0 took 1\(wide)\ngrown/a start 0")
    store.expectList(
      "abandoned abandoned a 0ms (rootRunning openSpans abandoned)", "completed completed a 1ms",
      "idle running a 0ms (rootRunning openSpans)",
      "large running a 2000ms spans=2001 (rootRunning openSpans)", "settling settling a 1ms (recentRecords)",
      "grown running a 0ms (rootRunning openSpans)")
    var events: [String] = []
    var ids = store.ids
    var collapsed: UInt64 = 0
    for number in 0..<3_000 where ids.count > 1 {
      store.feed("grown/a log \(number) says INFO x | \"text\":\"\(String(repeating: "x", count: 1_000))\"")
      events += ids.filter { !store.ids.contains($0) }
      ids = store.ids
      if store.store.statistics.collapsedSpans > collapsed {
        collapsed = store.store.statistics.collapsedSpans
        events.append("collapse")
      }
      #expect(store.store.allocatedBytes <= 1 << 20)
    }
    #expect(events == ["completed", "abandoned", "collapse", "settling", "idle", "large"], "got \(events)")
    #expect(ids == ["grown"])
    store.expectCounters("tracesCompleted=1 tracesAbandoned=1 evictedCompleted=2 evictedAbandoned=1 evictedRunning=2 collapsedSpans=2000")
  }

  @Test func theTraceThatJustGrewSurvives() {
    // It is structurally complete with its last record, which also reaches the bound: the idle trace is evicted, not the one that a client
    // may be waiting for.
    let wide = " | \"text\":\"\(String(repeating: "x", count: 4_000))\""
    let wider = " | \"text\":\"\(String(repeating: "x", count: 40_000))\""
    for last in ["t/a end 5 took 5\(wide)", "t/b<a span 1 took 1\(wide)"] {
      let first = "idle/a start 0\(wider)\nt/a start 0"
      let bound = StoreHarness(first).store.allocatedBytes + 2_000
      let store = StoreHarness { $0.maxBytes = bound }
      store.feed(first)
      #expect(store.ids == ["idle", "t"])
      store.feed(last)
      #expect(store.ids == ["t"], "\(last.prefix(20))")
      store.expectCounters("evictedRunning=1")
    }
  }

  @Test func oneTraceLargerThanTheBoundGoesItself() {
    let store = StoreHarness { $0.maxBytes = 100_000 }
    store.feed("t/a start 0")
    for number in 0..<200 { store.feed("t/a log \(number) says INFO x | \"text\":\"\(String(repeating: "x", count: 1_000))\"") }
    #expect(store.ids == [])
    #expect(store.store.allocatedBytes == 0)
    #expect(store.store.statistics.evictedRunning == 1)
    #expect(store.store.statistics.lateRecords > 0, "what follows is counted")
    #expect(store.store.find("t", now: 0) == .failure(.notFound(near: [], gone: .evicted)))
  }

  @Test func aHundredThousandNeverEndedSpansStayWithinTheBound() {
    let store = StoreHarness { $0.maxBytes = 2 << 20 }
    #if DEBUG
      let count = 20_000
    #else
      let count = 100_000
    #endif
    for number in 0..<count {
      store.feed("t\(number % 100)/s\(number)<\(number < 100 ? "-" : "s\(number - 100)") start \(number % 50_000)")
    }
    #expect(store.store.allocatedBytes <= 2 << 20)
    let statistics = store.store.statistics
    #expect(statistics.evictedRunning > 0)
    let kept = store.store.overviews(now: 0).reduce(0) { $0 + $1.spanCount }
    #expect(kept + Int(statistics.lateRecords) <= count && kept > 0)
  }
}
