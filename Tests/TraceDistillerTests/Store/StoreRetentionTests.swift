// Proves how many traces are kept and which are evicted first, and that evicted ones are remembered: late records are counted, never taken
// for a new trace.

import Testing

@testable import TraceDistiller

@Suite struct StoreRetentionTests {
  @Test func theNewestFiftyCompletedTracesStay() {
    let store = StoreHarness()
    for number in 1...60 {
      store.feed("n\(number)/a span 0 took 1")
      store.advance(500)
    }
    #expect(store.ids == (11...60).map { "n\($0)" })
    store.expectCounters("tracesCompleted=60 evictedCompleted=10")
  }

  @Test func theOldestCompletionGoesFirst() {
    let store = StoreHarness { $0.maxTraces = 2 }
    // `first` begins first and completes last; running and abandoned traces do not count.
    store.feed("first/a start 0\nlost/a start 0\nb/a span 0 took 1")
    store.advance(500)
    store.feed("c/a span 0 took 1")
    store.advance(500)
    store.feed("first/a end 5 took 5\nrunning/a start 0")
    store.advance(500)
    #expect(store.ids == ["first", "lost", "c", "running"])
    store.feed("d/a span 0 took 1")
    store.advance(500)
    #expect(store.ids == ["first", "lost", "running", "d"])
    // A late record makes a completed trace the newest completion.
    store.feed("first/b<a span 1 took 1")
    store.advance(500)
    store.feed("e/a span 0 took 1")
    store.advance(500)
    #expect(store.ids == ["first", "lost", "running", "e"])
    store.advance(300_000)
    #expect(store.ids == ["first", "lost", "running", "e"])
    store.expectCounters("tracesCompleted=6 tracesAbandoned=2 evictedCompleted=3")
  }

  @Test func zeroMeansNoCount() {
    let store = StoreHarness { $0.maxTraces = 0 }
    for number in 1...200 { store.feed("n\(number)/a span 0 took 1") }
    store.finishInput()
    #expect(store.ids.count == 200)
    store.expectCounters("tracesCompleted=200")
  }

  @Test func recordsOfAnEvictedTraceAreCountedAndNotTaken() {
    let store = StoreHarness { $0.maxTraces = 1 }
    store.feed("old/a span 0 took 1")
    store.advance(500)
    store.feed("new/a span 0 took 1")
    store.advance(500)
    #expect(store.ids == ["new"])
    store.feed("old/b<a span 0 took 1\nold/a end 2 took 2\nold/c log 3 says ERROR late\nold/d<a start 4")
    #expect(store.ids == ["new"])
    store.expectCounters("tracesCompleted=2 evictedCompleted=1 lateRecords=4")
    // A root that starts with this id is another trace.
    store.feed("old/a start 10\nold/b<a span 11 took 1\nold/a end 12 took 2")
    store.expectList("new completed a 1ms", "old~2 settling a 2ms spans=2 (recentRecords)")
    #expect(store.store.statistics.lateRecords == 4)
  }

  @Test func onlySoManyEvictedIDsAreRemembered() {
    let store = StoreHarness {
      $0.maxTraces = 1
      $0.maxEvictedIDs = 3
    }
    for number in 1...6 {
      store.feed("n\(number)/a span 0 took 1")
      store.advance(500)
    }
    // n1...n5 are evicted; the ids of n1 and n2 are no longer remembered either.
    for number in 1...5 { store.feed("n\(number)/late<a span 0 took 1") }
    #expect(store.store.statistics.lateRecords == 3)
    #expect(store.ids == ["n6", "n1", "n2"])
  }

  @Test func theMemoryOfEvictedIDsStaysBoundedOverManyTraces() {
    let store = StoreHarness {
      $0.maxTraces = 2
      $0.maxEvictedIDs = 10
    }
    for number in 1...2_000 {
      // Every third id is used again while it is remembered.
      store.feed("n\(number % 3 == 0 ? number - 3 : number)/a span 0 took 1")
      store.advance(500)
    }
    #expect(store.ids.count == 2)
    #expect(store.store.idTable.count <= 12, "\(store.store.idTable.count) ids")
    #expect(store.store.knownIDs.count <= 16, "\(store.store.knownIDs.count) rows")
    #expect(store.store.evictedIDs.count <= 32, "\(store.store.evictedIDs.count) places in the queue")
    #expect(store.store.slots.count <= 4)
  }
}
