// Proves that lines created in batches equal those that the store creates at once, and that similar names found outside of the store's lock
// are the same as those found inside it.

import Testing

@testable import TraceDistiller
@testable import TraceRecords

@Suite struct SharedOverviewTests {
  /// A store with that many traces, some of which are gone.
  private static func store(traces: Int) -> SharedTraceStore {
    var limits = StoreLimits()
    limits.maxTraces = traces * 3 / 4
    let store = SharedTraceStore(limits: limits)
    var stream = RecordStream()
    for index in 0..<traces {
      let outcome = index % 7 == 0 ? " status error" : ""
      let line = storeLine("trace_\(index)/a span \(index) took \(1 + index % 9) name op\(index % 5)\(outcome)")
      Array((line + "\n").utf8).withUnsafeBytes { bytes in
        stream.feed(bytes) { store.apply($0, $1, source: SourceID(0), now: Int64(index)) }
      }
    }
    return store
  }

  @Test(arguments: [0, 1, 40, 341, 342, 700, 1_500])
  func linesMadeSomeAtATimeAreThoseOfTheStore(traces: Int) {
    let store = SharedOverviewTests.store(traces: traces)
    let now = Int64(traces) + 10_000_000_000
    let (lines, losses) = store.overviews(now: now)
    let expected = store.withLock { $0.overviews(now: now) }
    #expect(lines.map { "\($0)" } == expected.map { "\($0)" })
    #expect(losses == store.withLock { $0.losses })
    #expect(store.withLock { $0.liveSpanCount } == expected.reduce(0) { $0 + $1.spanCount })
  }

  @Test(arguments: ["trace_77777", "trace_1", "t1", "t999999", "trace_69", "trace_699", "nothing", "latest", "slowest", "latest-error", ""])
  func namesLeadToTheSameInsideAndOutsideOfTheLock(name: String) {
    let store = SharedOverviewTests.store(traces: 700)
    let now: Int64 = 10_000_000_000
    let outside = store.snapshot(name, now: now).map(\.traceID)
    let inside = store.withLock { store in store.find(name, now: now).map { store.displayID($0) } }
    #expect(outside == inside)
  }

  /// Distances are the same without common prefixes and suffixes.
  @Test(arguments: 0..<20)
  func nearestIsByEditDistance(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func word() -> String { String((0..<random.below(9)).map { _ in "abc".randomElement(using: &random)! }) }
    let wanted = word()
    let names = Array(Set((0..<30).map { _ in word() }))
    let expected = names.sorted { left, right in
      (SharedOverviewTests.distance(wanted, left), left) < (SharedOverviewTests.distance(wanted, right), right)
    }
    #expect(nearest(wanted, among: names, limit: names.count) == expected)
  }

  /// Levenshtein distance, with a table.
  private static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    var table = (0...left.count).map { row in (0...right.count).map { row == 0 ? $0 : row } }
    for row in 0..<left.count {
      for column in 0..<right.count {
        let change = table[row][column] + (left[row] == right[column] ? 0 : 1)
        table[row + 1][column + 1] = min(change, table[row][column + 1] + 1, table[row + 1][column] + 1)
      }
    }
    return table[left.count][right.count]
  }
}
