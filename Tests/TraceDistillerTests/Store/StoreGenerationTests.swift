// Proves that reused trace ids begin new generations: the finished one stays, the open one is abandoned, records go to the newest.

import Testing

@testable import TraceDistiller

@Suite struct StoreGenerationTests {
  @Test func oneIDForThousandsOfTracesKeepsTheLatestOfThem() {
    let store = StoreHarness {
      $0.maxLiveGenerations = 4
      $0.maxTraces = 0
    }
    for _ in 0..<10 { store.feed("t/a span 0 took 1") }
    #expect(store.ids == ["t~7", "t~8", "t~9", "t~10"], "\(store.ids)")
    #expect(store.store.statistics.evictedCompleted == 6)
  }

  @Test func anIDThatReadsLikeASelectorOrAHandleIsFoundByItself() {
    let store = StoreHarness("latest/a span 0 took 1\nt1/a span 0 took 1\nother/a span 0 took 9")
    for (name, id) in [("latest", "latest"), ("t1", "t1"), ("t3", "other"), ("slowest", "other")] {
      let slot = try? store.store.find(name, now: 0).get()
      #expect(slot.flatMap { store.store.snapshot(slot: $0, now: 0)?.traceID } == id, "\(name)")
    }
  }

  @Test func aRootThatStartsAgainIsANewTrace() {
    let store = StoreHarness("trace_1/a start 0\ntrace_1/a end 10 took 10")
    store.advance(500)
    store.feed("trace_1/a start 100\ntrace_1/b<a start 101")
    store.expectList("trace_1 completed a 10ms", "trace_1~2 running a 1ms spans=2 (rootRunning openSpans)")
    store.feed("trace_1/b end 103 took 2\ntrace_1/a end 105 took 5")
    store.expectList("trace_1 completed a 10ms", "trace_1~2 settling a 5ms spans=2 (recentRecords)")
    store.feed("trace_1/a span 200 took 1")
    store.expectList("trace_1 completed a 10ms", "trace_1~2 completed a 5ms spans=2", "trace_1~3 settling a 1ms (recentRecords)")
    store.expectCounters("tracesCompleted=2")
  }

  @Test func theOpenOldOneIsAbandoned() {
    let store = StoreHarness("t/a start 0\nt/b<a start 1\nt/a start 100\nt/a end 110 took 10")
    store.expectList("t abandoned a 1ms spans=2 (rootRunning openSpans abandoned)", "t~2 settling a 10ms (recentRecords)")
    store.expectCounters("tracesAbandoned=1")
  }

  @Test func aRootThatIsLateForItsOwnTraceBeginsNothing() {
    let store = StoreHarness("t/b<a start 1\nt/b end 3 took 2\nt/a log 4 says INFO x\nt/a start 0\nt/a end 5 took 5")
    store.expectList("t settling a 5ms spans=2 (recentRecords)")
  }

  @Test func manyGenerationsOfOneIDStayApart() {
    let store = StoreHarness { $0.maxTraces = 0 }
    for number in 0..<100 { store.feed("t/a start \(number * 10)\nt/b<a span \(number * 10 + 1) took \(1 + number % 3)\nt/a end took 8") }
    #expect(store.ids == ["t"] + (2...100).map { "t~\($0)" })
    for number in [1, 2, 57, 100] {
      let name = number == 1 ? "t" : "t~\(number)"
      let start = (number - 1) * 10
      store.expectSpans(name, "a \(start)...\(start + 8) root", "b<a \(start + 1)...\(start + 2 + (number - 1) % 3)")
    }
  }

  @Test func spanLinesCloseBeforeTheirRootAndRecycleByTime() {
    // Children are reported before their root: one trace. Once it is structurally complete, a span that starts later belongs to the next
    // one.
    let store = StoreHarness("7/b<a line 5 took 3\n7/c<a line 8 took 2\n7/a line 10 took 10")
    store.expectList("7 settling a 10ms spans=3 (recentRecords)")
    store.feed("7/b<a line 105 took 3\n7/a line 110 took 10")
    store.expectList("7 completed a 10ms spans=3", "7~2 settling a 10ms spans=2 (recentRecords)")
    // A span that began before the end is a late part of it.
    store.feed("7/d<a line 112 took 5")
    store.expectList("7 completed a 10ms spans=3", "7~2 settling a 10ms spans=3 (recentRecords)")
  }
}
