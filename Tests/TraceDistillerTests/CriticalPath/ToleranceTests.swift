// Two spans that overlap by no more than the resolution of their clocks are consecutive: on the critical path, and in every finding that
// depends on it.

import Testing
import TraceRecords

@testable import TraceDistiller

/// Spans as (id, parent, start, end) in microseconds after an instant with whole milliseconds; the first is the root.
private func spans(_ spans: [(id: String, start: Int64, end: Int64)], origin: Int64 = 1_700_000_000_000_000_000) -> TraceSketch {
  var sketch = TraceSketch()
  sketch.origin = origin
  for (index, span) in spans.enumerated() {
    sketch.spans.append(
      SketchSpan(id: span.id, parent: index == 0 ? nil : spans[0].id, name: span.id, start: span.start * 1_000, end: span.end * 1_000))
  }
  return sketch
}

private func path(_ sketch: TraceSketch, _ tolerance: OverlapTolerance = .usual) -> String {
  let trace = sketch.distilled()
  let path = trace.tree.roots.first.map { trace.tree.criticalPath(root: $0.row, tolerance: tolerance) }
  return trace.steps(path, origin: sketch.origin, unit: 1_000).map(\.description).joined(separator: ", ")
}

@Suite struct ToleranceTests {
  /// One row per case: spans in microseconds, the tolerance, the path.
  static let vectors: [(name: String, spans: [(id: String, start: Int64, end: Int64)], tolerance: OverlapTolerance, path: String)] = [
    // A statement that ends 2 µs after its successor began: it is 20 ms of the path.
    (
      "2 µs", [("root", 0, 50_003), ("a", 1_001, 21_003), ("b", 21_001, 41_007)], .usual,
      "root 0–1001, a 1001–21001, b 21001–41007, root 41007–50003"
    ),
    (
      "2 µs, turned off", [("root", 0, 50_003), ("a", 1_001, 21_003), ("b", 21_001, 41_007)], .nanos(0),
      "root 0–21001, b 21001–41007, root 41007–50003"
    ),
    (
      "exactly what was given", [("root", 0, 30_003), ("a", 0, 10_500), ("b", 10_001, 30_003)], .nanos(499_000), "a 0–10001, b 10001–30003"
    ),
    (
      "more than was given", [("root", 0, 30_003), ("a", 0, 10_500), ("b", 10_001, 30_003)], .nanos(498_000), "root 0–10001, b 10001–30003"
    ),
    // One percent of the shorter of the two, not of the longer.
    ("a percent", [("root", 0, 200_003), ("a", 1, 10_101), ("b", 10_001, 200_003)], .usual, "root 0–1, a 1–10001, b 10001–200003"),
    ("over a percent", [("root", 0, 200_003), ("a", 1, 10_105), ("b", 10_001, 200_003)], .usual, "root 0–10001, b 10001–200003"),
    // A call without a part of its own before its successor is not on the path.
    ("begins together", [("root", 0, 9_003), ("a", 2_001, 2_401), ("b", 2_001, 9_003)], .nanos(1_000_000), "root 0–2001, b 2001–9003"),
    // Every start has whole milliseconds, the ends are finer: a clock with milliseconds combined with measured durations.
    (
      "ms clock", [("root", 0, 12_040), ("a", 0, 3_260), ("b", 3_000, 6_260), ("c", 7_000, 10_260)], .usual,
      "a 0–3000, b 3000–6260, root 6260–7000, c 7000–10260, root 10260–12040"
    ),
    // Overlaps of more than a millisecond are real on every such clock.
    (
      "ms clock, concurrent", [("root", 0, 12_040), ("a", 0, 5_260), ("b", 3_000, 8_260), ("c", 9_000, 10_260)], .usual,
      "root 0–3000, b 3000–8260, root 8260–9000, c 9000–10260, root 10260–12040"
    ),
  ]

  @Test(arguments: vectors.indices) func vector(_ index: Int) {
    let vector = Self.vectors[index]
    let got = path(spans(vector.spans), vector.tolerance)
    #expect(got == vector.path, "\(vector.name)\n  expected \(vector.path)\n  got      \(got)")
  }

  /// A cut applies to the whole span: children after the cut are cut as well, and no two segments overlap.
  @Test func whatIsBelowACutIsCutToo() {
    var sketch = spans([("root", 0, 41_007), ("a", 1_001, 21_003), ("b", 21_001, 41_007)])
    sketch.spans.append(SketchSpan(id: "c", parent: "a", name: "c", start: 2_001_000, end: 21_003_000))
    #expect(path(sketch) == "root 0–1001, a 1001–2001, c 2001–21001, b 21001–41007")
  }

  @Test func theAnswerCountsWhatWasForgiven() {
    let trace = spans([("root", 0, 50_003), ("a", 1_001, 21_003), ("b", 21_001, 41_007)]).distilled()
    #expect(trace.criticalPath?.forgiven == CriticalPath.Forgiven(calls: 1, largestNanos: 2_000))
    #expect(trace.tree.criticalPath(root: 0, tolerance: .nanos(0)).forgiven == CriticalPath.Forgiven())
  }

  /// A child that ends later than its parent by less than the clock's resolution does not outlive it, and is on the path even if
  /// overflowing children are ignored.
  @Test func nestingAllowsForTheClock() {
    let sketch = spans([("root", 0, 20_001), ("a", 1_003, 20_004)])
    let tree = sketch.distilled().tree
    #expect(tree.criticalPath(root: 0).diagnostics.isEmpty)
    #expect(tree.criticalPath(root: 0, tolerance: .nanos(0)).diagnostics.map(\.kind) == ["outlivesParent"])
    #expect(tree.criticalPath(root: 0, overflow: .ignore).segments.count == 2)
    #expect(tree.criticalPath(root: 0, overflow: .ignore, tolerance: .nanos(0)).segments.count == 1)
  }

  /// The shared random traces and their invariants, with any tolerance: segments cover the root without gaps and are within their spans.
  @Test func segmentsStayDisjoint() {
    for seed in 1...200 {
      let trace = TraceSketch(random: UInt64(seed)).distilled()
      for tolerance in [OverlapTolerance.usual, .nanos(3), .nanos(40), .nanos(.max)] {
        for root in trace.tree.roots {
          let segments = trace.tree.criticalPath(root: root.row, tolerance: tolerance).segments
          let sum = segments.reduce(Int64(0)) { $0 + $1.nanos }
          #expect(sum == trace.tree.duration(root.row), "seed \(seed), \(tolerance)")
          let isTiled = zip(segments, segments.dropFirst()).allSatisfy { $0.end == $1.start && $0.row != $1.row }
          #expect(isTiled, "seed \(seed), \(tolerance): \(trace.steps(trace.tree.criticalPath(root: root.row, tolerance: tolerance)))")
          let isInside = segments.allSatisfy { segment in
            trace.path(to: segment.row).allSatisfy { trace.tree.start[$0] <= segment.start && segment.end <= trace.tree.end[$0] }
          }
          #expect(isInside, "seed \(seed), \(tolerance)")
        }
      }
    }
  }
}

@Suite struct ClockResolutionTests {
  private func resolution(_ starts: [Int64], each: Int64) -> Int64 {
    var sketch = TraceSketch()
    sketch.origin = 1_700_000_000_000_000_000
    for (index, start) in starts.enumerated() {
      sketch.spans.append(
        SketchSpan(id: "s\(index)", parent: index == 0 ? nil : "s0", name: "s", start: start, end: start + each + Int64(index) * 17))
    }
    return sketch.distilled().tree.clockResolution(0)
  }

  @Test func instantsTellTheirClock() {
    let millisecond: Int64 = 1_000_000
    #expect(resolution([0, 3 * millisecond, 7 * millisecond], each: 3_260_001) == millisecond)
    #expect(resolution([0, 3_001_000, 7_000_000], each: 3_260_001) == 1_000)
    #expect(resolution([0, 3_001_200, 7_000_000], each: 3_260_001) == 250)
    #expect(resolution([0, 3_001_201, 7_000_000], each: 3_260_001) == 1)
    // Two may agree by chance, and several equal instants count only once.
    #expect(resolution([0, 3 * millisecond], each: 3_260_001) == 1)
    #expect(resolution([0, 0, 0, 0], each: 3_260_001) == 1)
    // Whole seconds in a few spans are treated as written by hand.
    #expect(resolution([0, 1_000, 2_000].map { $0 * millisecond }, each: 3_260_001) == millisecond)
    #expect(resolution((0..<9).map { $0 * 1_000 * millisecond }, each: 3_260_001) == 1_000 * millisecond)
  }

  /// Each service has its own clock; for two spans the coarser one decides.
  @Test func everyServiceHasItsOwn() {
    var sketch = TraceSketch()
    sketch.origin = 1_700_000_000_000_000_000
    for index in 0..<8 {
      var span = SketchSpan(
        id: "s\(index)", parent: index == 0 ? nil : "s0", name: "s", start: Int64(index) * 2_000_000 + (index % 2 == 0 ? 0 : 7), end: 0)
      span.end = span.start + 1_000_003
      span.service = index % 2 == 0 ? "coarse" : "fine"
      sketch.spans.append(span)
    }
    let tree = sketch.distilled().tree
    #expect(tree.clockResolution(0) == 1_000_000)
    #expect(tree.clockResolution(1) == 1)
    #expect(tree.overlapTolerance(0, 1) == 1_000_000)
    #expect(tree.overlapTolerance(1, 3) == 10_000)
  }

  @Test func printedDurationsAreKnownToHalfAUnit() {
    for (text, nanos) in [
      ("12.4ms", 50_000), ("1.06µs", 5), ("1.06μs", 5), ("100ms", 500_000), ("3.00s", 5_000_000), ("791ns", 0), ("", nil), ("fast", nil),
      ("3 m", nil),
    ] as [(String, Int64?)] {
      #expect(PrintedDuration.halfUnitNanos(text) == nanos, "\(text)")
    }
    var sketch = spans([("root", 0, 60_007), ("a", 1_003, 13_401), ("b", 13_371, 25_799)], origin: 1_700_000_000_000_000_011)
    let plain = path(sketch)
    sketch.spans[2].attributes = [("time.busy", .text("12.4ms")), ("time.idle", .text("1.06µs"))]
    let trace = sketch.distilled()
    #expect(trace.tree.clockResolution(2) == 50_005)
    #expect(trace.tree.clockResolution(1) == 1)
    #expect(plain == path(sketch), "30 µs are less than a percent of both")
    sketch.spans[1].start = 13_371_000 - 900_000
    #expect(path(sketch) == "root 0–12471, a 12471–13371, b 13371–25799, root 25799–60007")
  }
}
