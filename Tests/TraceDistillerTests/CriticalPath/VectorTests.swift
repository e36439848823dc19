// The critical path, self times and totals equal those of the shared vectors: ours, 100 random traces, and adapted cases of other projects.

import JSON
import Testing

@testable import TraceDistiller

@Suite struct VectorTests {
  @Test(arguments: Vector.own) func own(_ vector: Vector) { check(vector) }

  @Test(arguments: Vector.random) func random(_ vector: Vector) { check(vector) }

  /// Runs if ../shared/data/critical-path is beside the package, otherwise reported as skipped.
  @Test(.enabled(if: Vector.hasRestated), arguments: Vector.restated) func restated(_ vector: Vector) { check(vector) }

  @Test func allVectorsAreThere() {
    #expect(Vector.own.count == 14)
    #expect(Vector.random.count == 100)
  }

  /// Everything that a vector expects, with times in microseconds.
  private func check(_ vector: Vector) {
    let trace = vector.sketch.distilled()
    let expected = vector.expected
    // The vectors take every instant as exact.
    let path = trace.tree.roots.first.map { trace.tree.criticalPath(root: $0.row, tolerance: .nanos(0)) }
    compare(vector, "segments", expected["segments"]!.pathSteps, trace.steps(path, origin: 0, unit: 1_000))
    let ids = trace.tree.isIncluded.indices.filter { trace.tree.isIncluded[$0] }.map { trace.id($0) }
    let selfTimes = Dictionary(
      uniqueKeysWithValues: zip(ids, trace.tree.isIncluded.indices.filter { trace.tree.isIncluded[$0] }.map { trace.selfNanos[$0] / 1_000 })
    )
    compare(vector, "selfTimeUs", expected["selfTimeUs"]!.integers, selfTimes)
    if let root = vector.json["rootSpanId"]?.string { compare(vector, "rootSpanId", root, trace.primaryRoot?.spanID ?? "") }
    if let members = expected["byRoot"]?.object?.members {
      compare(vector, "roots", members.map(\.key).sorted(), trace.tree.roots.map { trace.id($0.row) }.sorted())
      for (root, segments) in members {
        let path = trace.row(ofSpan: root).map { trace.tree.criticalPath(root: $0, tolerance: .nanos(0)) }
        compare(vector, "byRoot \(root)", segments.pathSteps, trace.steps(path, origin: 0, unit: 1_000))
      }
    }
    if let segments = expected["overflowIgnore"]?["segments"] {
      let path = trace.tree.roots.first.map { trace.tree.criticalPath(root: $0.row, overflow: .ignore, tolerance: .nanos(0)) }
      compare(vector, "overflowIgnore", segments.pathSteps, trace.steps(path, origin: 0, unit: 1_000))
    }
    if let totals = expected["totalsByOperation"]?.integers, let path {
      let got = trace.totals(of: path).map { ("[\($0.service ?? "")] \($0.name)", $0.nanos / 1_000) }
      compare(vector, "totalsByOperation", totals, Dictionary(uniqueKeysWithValues: got))
    }
  }

  private func compare<Value: Equatable>(_ vector: Vector, _ what: String, _ expected: Value, _ got: Value) {
    #expect(got == expected, "\(vector.name), \(what)\n  expected \(expected)\n  got      \(got)")
  }
}
