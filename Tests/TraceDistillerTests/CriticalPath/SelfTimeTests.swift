// Self time is the time that no blocking child covers: never negative, never more than the duration, and equal to a count by time slots.

import Testing

@testable import TraceDistiller

@Suite struct SelfTimeTests {
  @Test func concurrentChildrenCountOnce() {
    check(
      """
      root  |----------|
        a     |-----|
        b       |-----|
      """, selfMs: ["root": 3, "a": 6, "b": 6], overlapMs: ["root": 4])
  }

  @Test func childrenCountOnlyInsideTheirParent() {
    check(
      """
      root    |-----|
        a   |---|
        b         |-----|
        ~c      |-|
      """, selfMs: ["root": 2, "a": 4, "b": 6, "c": 2], overlapMs: [:])
  }

  @Test func randomTracesAgreeWithSlots() {
    for seed in 1_000...1_300 {
      let trace = TraceSketch(random: UInt64(seed)).distilled()
      for row in 0..<trace.tree.count where trace.tree.isIncluded[row] {
        let (expected, overlap) = slots(trace.tree, row)
        let got = trace.selfNanos[row]
        #expect(got == expected, "seed \(seed), \(trace.id(row))\n  expected \(expected) ns\n  got      \(got) ns")
        #expect(trace.childOverlapNanos[row] == overlap, "seed \(seed), overlap of \(trace.id(row))")
        #expect((0...trace.tree.duration(row)).contains(got))
      }
    }
  }

  /// Counts each nanosecond: those that no child covers, and how often one is covered more than once.
  private func slots(_ tree: CallTree, _ row: Int) -> (free: Int64, overlap: Int64) {
    var free: Int64 = 0
    var overlap: Int64 = 0
    for time in tree.start[row]..<tree.end[row] {
      let covering = tree.children(of: row).filter { !tree.isDetached[Int($0)] && tree.start[Int($0)] <= time && time < tree.end[Int($0)] }
        .count
      if covering == 0 { free += 1 } else { overlap += Int64(covering - 1) }
    }
    return (free, overlap)
  }

  private func check(
    _ timeline: String, selfMs: [String: Int64], overlapMs: [String: Int64], at location: SourceLocation = #_sourceLocation
  ) {
    let trace = TraceSketch(timeline).distilled()
    for row in 0..<trace.tree.count where trace.tree.isIncluded[row] {
      let got = trace.selfNanos[row] / 1_000_000
      let expected = selfMs[trace.id(row)]
      #expect(got == expected, "\(timeline)\n  \(trace.id(row)): expected \(expected ?? -1) ms, got \(got) ms", sourceLocation: location)
      let overlap = trace.childOverlapNanos[row] / 1_000_000
      #expect(overlap == overlapMs[trace.id(row)] ?? 0, "\(timeline)\n  \(trace.id(row)): overlap \(overlap) ms", sourceLocation: location)
    }
  }
}
