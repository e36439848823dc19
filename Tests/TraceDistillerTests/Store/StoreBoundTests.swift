// Boundary values of the store: an id of exactly the maximum length, a reused id exactly at its limit, a record without a run beside an
// earlier program's trace.

import Testing

@testable import TraceDistiller

@Suite struct StoreBoundTests {
  @Test func anIdOfExactlyTheLongest() {
    for (length, isTaken) in [(1_023, true), (1_024, true), (1_025, false)] {
      let store = StoreHarness("\(String(repeating: "x", count: length))/a start 0")
      #expect(store.ids.count == (isTaken ? 1 : 0), "\(length) bytes")
      #expect(store.store.statistics.invalidRecords == (isTaken ? 0 : 1), "\(length) bytes")
    }
  }

  /// This many live traces may have one id; the next one evicts the oldest.
  @Test func aRecycledIdAtItsLimit() {
    let store = StoreHarness { $0.maxLiveGenerations = 3 }
    for number in 1...3 { store.feed("t/a start \(number)\nt/a end \(number) took 0") }
    #expect(store.store.liveCount == 3 && store.store.evictedCount == 0, "\(store.list)")
    store.feed("t/a start 4")
    #expect(store.store.liveCount == 3 && store.store.evictedCount == 1, "\(store.list)")
  }

  /// A record without a run does not join a trace that ended with the previous program.
  @Test func aRecordWithoutARunBesideAnEndedTrace() {
    let ended = StoreHarness("session one\nt/a start 0\nt/a end 5 took 5\nsession two\nt/b<a start 6")
    #expect(ended.store.liveCount == 2, "\(ended.list)")
    let running = StoreHarness("session one\nt/a start 0\nsession two\nt/b<a start 6")
    #expect(running.store.liveCount == 1, "\(running.list)")
  }

  /// A span line that begins exactly when the trace ended belongs to it.
  @Test func aSpanLineThatBeginsAtTheEnd() {
    let store = StoreHarness("t/b<a line 5 took 1\nt/a<- line 10 took 10")
    #expect(store.store.liveCount == 1, "\(store.list)")
    store.feed("t/c<a line 12 took 2")
    #expect(store.store.liveCount == 1, "begins at 10, when the trace ended: \(store.list)")
    store.feed("t/d<- line 14 took 1")
    #expect(store.store.liveCount == 2, "begins after the end: \(store.list)")
  }
}
