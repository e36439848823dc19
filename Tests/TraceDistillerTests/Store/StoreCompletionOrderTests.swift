// Proves the basis of waiting: completions are numbered in order, the instant of the next one is known, and lost completions are reported.

import Testing

@testable import TraceDistiller

@Suite struct StoreCompletionOrderTests {
  private func completions(_ store: StoreHarness, after number: Int = 0) -> [String] {
    store.store.completions(after: number, now: store.now).map { "\($0.number) \($0.trace.traceID)" }
  }

  @Test func completionsComeInTheirOrder() {
    let store = StoreHarness("a/r start 0\nb/r span 0 took 1\nc/r span 0 took 1")
    #expect(store.store.nextCompletion == 500_000_000)
    store.advance(100)
    store.feed("a/r end 5 took 5\nb/x<r span 0 took 1")
    #expect(store.store.nextCompletion == 500_000_000, "c was heard of first")
    store.advance(400)
    #expect(completions(store) == ["1 c"] && store.store.nextCompletion == 600_000_000)
    store.advance(100)
    #expect(completions(store) == ["1 c", "2 a", "3 b"] && completions(store, after: 2) == ["3 b"])
    #expect(store.store.nextCompletion == nil && store.store.latestCompletion == 3)
    // Late records complete it again.
    store.feed("c/y<r span 0 took 1")
    #expect(completions(store, after: 0) == ["2 a", "3 b"])
    store.advance(500)
    #expect(completions(store, after: 3) == ["4 c"] && !store.store.lostCompletion(after: 0))
  }

  @Test func whatIsEvictedOrClearedIsGone() {
    let store = StoreHarness { $0.maxTraces = 2 }
    for number in 1...3 {
      store.feed("n\(number)/a span 0 took 1")
      store.advance(500)
    }
    #expect(completions(store) == ["2 n2", "3 n3"])
    #expect(store.store.lostCompletion(after: 0) && !store.store.lostCompletion(after: 1))
    let (traces, spans) = store.clear { $0.traceID == "n3" }
    #expect(traces == 1 && spans == 1 && store.ids == ["n2"])
    #expect(store.store.lostCompletion(after: 2) && !store.store.lostCompletion(after: 3))
    store.expectCounters("tracesCompleted=3 evictedCompleted=1 clearedTraces=1")
  }

  @Test func clearedTracesDoNotComeBackHalf() {
    let store = StoreHarness("session s\nrun/a start 0\nrun/b<a start 1\ndone/a span 0 took 1\nsettled/a span 0 took 1")
    store.advance(500)
    store.feed("settled/b<a span 1 took 1")
    let (traces, spans) = store.clear { _ in true }
    #expect(traces == 3 && spans == 5 && store.ids.isEmpty)
    store.feed("run/b end 3 took 2\nrun/a end 4 took 4\nrun/c log 2 says ERROR late\nsettled/c<a span 1 took 1")
    #expect(store.ids.isEmpty)
    store.expectCounters("sessions=1 tracesCompleted=2 clearedTraces=3 lateRecords=4")
    // A new trace with the same id is another trace, and a program that ran then no longer counts as running.
    store.feed("session s2\nrun/a start 10\nrun/a end 12 took 2")
    store.expectList("run~2 settling run=s2 a 2ms (recentRecords)")
    #expect(store.store.statistics.ambiguousRecords == 0)
    // An outdated line clears nothing.
    let old = store.store.overviews(now: store.now)
    _ = store.clear { _ in true }
    store.feed("other/a span 0 took 1")
    #expect(store.clear(old) == 0 && store.ids == ["other"])
  }

  /// Traces may go in another order than they completed in: the highest number that is gone counts.
  @Test func theLatestLostCompletionIsTheHighest() {
    let store = StoreHarness("a/x span 0 took 1")
    store.advance(500)
    store.feed("b/x span 0 took 1")
    store.advance(500)
    #expect(store.clear { $0.traceID == "b" }.traces == 1)
    #expect(store.clear { $0.traceID == "a" }.traces == 1)
    #expect(store.store.lostCompletion(after: 1) && !store.store.lostCompletion(after: 2))
  }
}
