// Proves that stores that follow each other never give a handle twice, whenever the one before was killed.

import Synchronization
import Testing

@testable import TraceDistiller

struct SerialNumberTests {
  /// What a hub keeps in its file.
  private final class Kept: Sendable {
    let end = Mutex(1)
    var numbers: SerialNumbers { SerialNumbers(first: end.withLock { $0 }) { end in self.end.withLock { $0 = max($0, end) } } }
  }

  @Test(arguments: [0, 1, 5, 1_023, 1_024, 1_025, 3_000]) func noHandleIsGivenTwice(_ count: Int) {
    let kept = Kept()
    var given: Set<String> = []
    for generation in 0..<3 {
      let store = StoreHarness(numbers: kept.numbers)
      for number in 0..<count { store.feed("g\(generation)n\(number)/a span 0 took 1") }
      for line in store.store.overviews(now: store.now) {
        #expect(given.insert(line.handle).inserted, "\(line.handle) was given twice, \(count) traces each")
      }
    }
    #expect(given.count == min(3 * count, 150) || given.count == 3 * count, "\(given.count) handles")
  }

  @Test func completionsAreNumberedOnAsWell() {
    // One trace that completes again and again has more completions than traces.
    let kept = Kept()
    let first = StoreHarness(numbers: kept.numbers)
    for number in 0..<1_500 {
      first.feed("t/a\(number) span \(number) took 1")
      first.advance(500)
    }
    let second = StoreHarness(numbers: kept.numbers)
    #expect(second.store.latestCompletion >= first.store.latestCompletion)
    #expect(second.store.lostCompletion(after: first.store.latestCompletion - 1), "what completed before is gone, and that is not said")
  }

  @Test func handlesFromBeforeAreGoneAndNeverAnotherTrace() {
    let store = StoreHarness(numbers: SerialNumbers(first: 1_025) { _ in })
    store.feed("a/a span 0 took 1\nb/a span 0 took 1")
    #expect(store.store.overviews(now: 0).map(\.handle) == ["t1025", "t1026"])
    for name in ["t1", "t1024"] {
      guard case .failure(.notFound(_, .hubRestarted)) = store.store.find(name, now: 0) else {
        Issue.record("\(name) is \(store.store.find(name, now: 0))")
        continue
      }
    }
    guard case .failure(.notFound(_, nil)) = store.store.find("t1027", now: 0) else {
      Issue.record("t1027 was never given: \(store.store.find("t1027", now: 0))")
      return
    }
  }
}
