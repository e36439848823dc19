// Proves that clocks of hosts are corrected only on request, only between hosts, only up to the limit, and never silently. The rule is that
// of the shared vectors; our own cases are here, and the others are read if the shared folder is present.

import JSON
import Testing
import TraceRecords

@testable import TraceDistiller

struct ClockAdjustmentTests {
  /// The parent is at 10…110 ms on host a. The start and end of its call on host b, the limit, and the corrected start and end.
  @Test(
    arguments: [
      // It fits, also exactly.
      (20, 70, 1_000, 20, 70), (10, 110, 1_000, 10, 110),
      // Too early or too late: both directions of the call take the same time.
      (0, 50, 1_000, 35, 85), (90, 140, 1_000, 35, 85), (500, 520, 1_000, 50, 70),
      // Longer than its caller: it must only not begin before the caller.
      (0, 150, 1_000, 10, 160), (20, 200, 1_000, 20, 200),
      // The limit is exact, and 0 turns the correction off.
      (0, 50, 35, 35, 85), (0, 50, 34, 0, 50), (0, 50, 0, 0, 50), (90, 140, 54, 90, 140),
    ] as [(Int64, Int64, Int64, Int64, Int64)])
  func calls(start: Int64, end: Int64, bound: Int64, expectedStart: Int64, expectedEnd: Int64) {
    let trace = distilled([span("p", nil, 10, 110, "a"), span("c", "p", start, end, "b")], bound: bound)
    check(trace, "c", expectedStart, expectedEnd)
    check(trace, "p", 10, 110)
  }

  @Test func whatTheSameHostDidMovesAlong() {
    let trace = distilled(
      [
        span("p", nil, 10, 110, "a"), span("c", "p", 0, 50, "b"), span("inner", "c", 5, 45, "b"), span("unknown", "inner", 6, 7, ""),
        // Back on the first host, whose clock needs no correction.
        span("back", "inner", 50, 60, "a"),
      ], bound: 1_000)
    for (id, start, end) in [("c", 35, 85), ("inner", 40, 80), ("unknown", 41, 42), ("back", 50, 60)] as [(String, Int64, Int64)] {
      check(trace, id, start, end)
    }
    #expect(trace.tree.clockShifts == [ClockShift(row: 1, nanos: 35_000_000, spans: 2, isApplied: true)])
    #expect(trace.summary().text.contains("Clocks set right, times are not the records' own: b +35.00 ms (2 spans)\n"))
    #expect(!trace.summary().text.contains("Clock skew"))
  }

  @Test func whoIsNotWaitedForOnlyMustNotBeginBeforeItsCause() {
    var consumer = span("c", "p", 5, 25, "b")
    (consumer.kind, consumer.end) = (.consumer, consumer.start + 20_000_000)
    var producer = span("p", nil, 10, 110, "a")
    producer.kind = .producer
    check(distilled([producer, consumer], bound: 1_000), "c", 10, 30)
    consumer.start += 200_000_000
    consumer.end! += 200_000_000
    check(distilled([producer, consumer], bound: 1_000), "c", 205, 225)
  }

  @Test func aLargerDifferenceIsToldAndLeft() {
    let trace = distilled([span("p", nil, 10, 110, "a"), span("c", "p", -9_000, -8_950, "b")], bound: 1_000)
    check(trace, "c", -9_000, -8_950)
    let text = trace.summary().text
    #expect(text.contains("Clocks differ by more than is set right: b +9.04 s (1 span)\n"), "\(text)")
    #expect(text.contains("Clock skew: c starts 9.01 s before its caller p"), "\(text)")
  }

  @Test func withoutTheOptionItIsOnlyTold() {
    let text = distilled([span("p", nil, 10, 110, "a"), span("c", "p", 0, 50, "b")], bound: 0).summary().text
    #expect(text.contains("Clock skew: c starts 10.00 ms before its caller p"), "\(text)")
    #expect(!text.contains("Clocks"))
  }

  /// Two services on one host share a clock. A service on two hosts has no single clock, and is identified by its name.
  @Test func hostsAreClocksWhereTheyAreTold() {
    let spans = [span("p", nil, 10, 110, "a"), span("c", "p", 0, 50, "b")]
    check(distilled(spans, bound: 1_000, hosts: ["a": "h1", "b": "h1"]), "c", 0, 50)
    check(distilled(spans, bound: 1_000, hosts: ["a": "h1", "b": "h2"]), "c", 35, 85)
    #expect(distilled(spans, bound: 0, hosts: ["a": "h1", "b": "h1"]).insights().allSatisfy { $0.kind != .clockSkew })
  }

  /// Cases adapted from another project: read if ../shared/data/critical-path is beside the package, otherwise reported as skipped.
  @Test(.enabled(if: Vector.hasRestated, "the shared folder is not beside the package"), arguments: Vector.clockSkew)
  func restated(_ vector: Vector) {
    var snapshot = vector.sketch.snapshot()
    snapshot.maxClockAdjustNanos = vector.json["maxAdjustUs"]!.integer! * 1_000
    let trace = DistilledTrace(snapshot)
    for (id, start) in vector.expected["adjustedStartUs"]!.integers {
      let got = trace.row(ofSpan: id).map { trace.tree.start[$0] / 1_000 }
      #expect(got == start, "\(vector.name), span \(id)\n  expected \(start)\n  got      \(got ?? -1)")
    }
  }

  @Test(.enabled(if: Vector.hasRestated, "the shared folder is not beside the package")) func allRestatedCasesAreThere() {
    #expect(Vector.clockSkew.count == 6)
  }

  // MARK: Sketches

  private func span(_ id: String, _ parent: String?, _ start: Int64, _ end: Int64, _ service: String) -> SketchSpan {
    SketchSpan(id: id, parent: parent, name: id, start: start * 1_000_000, end: end * 1_000_000, service: service)
  }

  private func distilled(_ spans: [SketchSpan], bound: Int64, hosts: [String: String] = [:]) -> DistilledTrace {
    var sketch = TraceSketch()
    sketch.spans = spans
    sketch.hosts = hosts
    var snapshot = sketch.snapshot()
    snapshot.maxClockAdjustNanos = bound * 1_000_000
    return DistilledTrace(snapshot)
  }

  private func check(_ trace: DistilledTrace, _ id: String, _ start: Int64, _ end: Int64, at location: SourceLocation = #_sourceLocation) {
    let row = trace.row(ofSpan: id)!
    let got = [trace.tree.start[row], trace.tree.end[row]].map { ($0 - TraceSketch.origin) / 1_000_000 }
    #expect(got == [start, end], "\(id)", sourceLocation: location)
  }
}
