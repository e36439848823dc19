// Proves that the tables beside traces (ids, runs, producers, sequence numbers) count against the byte bound and stay within their share of
// it.

import Testing

@testable import TraceDistiller

@Suite struct StoreTableTests {
  private static let bound = 400_000

  @Test func idsOfEvictedTracesAreRememberedWithinTheirShare() {
    let store = StoreHarness {
      $0.maxBytes = Self.bound
      $0.maxTraces = 1
    }
    let long = String(repeating: "i", count: 900)
    for number in 0..<200 {
      store.feed("\(long)\(number)/a span 0 took 1")
      store.advance(500)
      check(store, "trace \(number)")
    }
    #expect(store.store.rememberedBytes > Self.bound / 32, "\(store.store.rememberedBytes)")
    // The latest are still remembered, the first are not.
    store.feed("\(long)198/late<a span 1 took 1\n\(long)0/late<a span 1 took 1")
    store.expectCounters("tracesCompleted=200 evictedCompleted=199 lateRecords=1")
  }

  @Test func holesOfManyProducersAreForgottenOldestFirstAndCounted() {
    let store = StoreHarness { $0.maxBytes = Self.bound }
    store.feed("t/a start 0")
    for number in 0..<60 {
      for hole in 1...60 { store.feed("t/a log 1 seq producer\(number)#\(hole * 2) says INFO x") }
      check(store, "producer \(number)")
    }
    #expect(store.store.statistics.forgottenProducers > 0)
    #expect(store.store.missingRecords == 60 * 59, "what was missing stays counted")
  }

  @Test func namesOfRunsStayWithinTheirShare() {
    let store = StoreHarness { $0.maxBytes = Self.bound }
    let long = String(repeating: "r", count: 900)
    for number in 0..<200 {
      store.feed("session \(long)\(number)\nt\(number)/a span 0 took 1 run \(long)\(number)")
      store.advance(500)
      check(store, "run \(number)")
    }
    // The order list may double once more before it is compacted.
    #expect(store.store.runs.allocatedBytes <= Self.bound / 16 + 4_096, "\(store.store.runs.allocatedBytes)")
  }

  private func check(_ store: StoreHarness, _ place: String) {
    #expect(store.store.countedBytes <= Self.bound, "\(place): \(store.store.countedBytes)")
    #expect(store.store.tableBytes <= Self.bound / 16 * 3 + 20_000, "\(place): \(store.store.tableBytes)")
  }
}
