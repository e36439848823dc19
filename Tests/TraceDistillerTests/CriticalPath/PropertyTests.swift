// The invariants of a critical path hold on random traces with overlaps, overflow, ties, open spans, cycles, orphans and detached edges.
// critical-path.md, section 4: I1 to I8.

import Testing

@testable import TraceDistiller

@Suite struct CriticalPathPropertyTests {
  static let seeds = 1...300

  /// One property of all random traces. A failure names the seed.
  private func check(_ property: String, _ test: (TraceSketch, DistilledTrace, inout SplitMix64) -> String?) {
    for seed in Self.seeds {
      let sketch = TraceSketch(random: UInt64(seed))
      var random = SplitMix64(seed: UInt64(seed) &* 7_919)
      if let problem = test(sketch, sketch.distilled(), &random) { Issue.record("\(property), seed \(seed): \(problem)") }
    }
  }

  @Test func generatorMakesWhatItPromises() {
    var seen: Set<String> = []
    var orphans = 0
    for seed in Self.seeds {
      let tree = TraceSketch(random: UInt64(seed)).distilled().tree
      orphans += tree.roots.filter(\.isOrphan).count
      seen.formUnion(tree.diagnostics.map(\.kind))
      for root in tree.roots { seen.formUnion(tree.criticalPath(root: root.row).diagnostics.map(\.kind)) }
      if tree.isOpen.contains(true) { seen.insert("open") }
      if tree.isDetached.contains(true) { seen.insert("detached") }
    }
    #expect(
      seen.isSuperset(of: [
        "missingParent", "selfParent", "parentCycle", "outlivesParent", "startsBeforeParent", "outsideParent", "open", "detached",
      ]))
    #expect(orphans > 100)
  }

  @Test func segmentsTileTheRoot() {
    check("I1, I2, I3, I8") { _, trace, _ in
      for root in trace.tree.roots {
        let path = trace.tree.criticalPath(root: root.row)
        let (low, high) = (trace.tree.start[root.row], trace.tree.end[root.row])
        guard low < high else {
          if !path.segments.isEmpty { return "segments of a root without duration: \(trace.steps(path))" }
          continue
        }
        guard path.segments.first?.start == low, path.segments.last?.end == high else {
          return "does not reach from \(low) to \(high): \(trace.steps(path))"
        }
        for (left, right) in zip(path.segments, path.segments.dropFirst()) {
          if left.end != right.start { return "a hole or an overlap: \(trace.steps(path))" }
          if left.row == right.row { return "two segments of one span in a row: \(trace.steps(path))" }
        }
        if path.segments.contains(where: { $0.end <= $0.start }) { return "an empty segment: \(trace.steps(path))" }
        if path.segments.count > 2 * trace.tree.count - 1 { return "\(path.segments.count) segments of \(trace.tree.count) spans" }
        if path != trace.tree.criticalPath(root: root.row) { return "a second call answers otherwise" }
      }
      return nil
    }
  }

  @Test func segmentsLieInsideTheirSpansAndAllAncestors() {
    check("I4") { _, trace, _ in
      for root in trace.tree.roots {
        for segment in trace.tree.criticalPath(root: root.row).segments {
          let path = trace.path(to: segment.row)
          if path.first != root.row { return "\(trace.id(segment.row)) is not below \(trace.id(root.row))" }
          for row in path where trace.tree.start[row] > segment.start || trace.tree.end[row] < segment.end {
            return "\(trace.id(segment.row)) \(segment.start)–\(segment.end) reaches beyond \(trace.id(row))"
          }
          if path.dropFirst().contains(where: { trace.tree.isDetached[$0] }) {
            return "\(trace.id(segment.row)) lies below a detached edge"
          }
        }
      }
      return nil
    }
  }

  @Test func criticalTimeAddsUp() {
    check("I5") { _, trace, _ in
      guard let root = trace.primaryRoot else { return nil }
      var inclusive = trace.criticalNanos
      for row in trace.tree.parentsFirst.reversed().map(Int.init) where trace.tree.parent[row] >= 0 {
        inclusive[Int(trace.tree.parent[row])] += inclusive[row]
      }
      for row in inclusive.indices where trace.tree.isIncluded[row] {
        if trace.criticalNanos[row] > trace.tree.duration(row) { return "\(trace.id(row)) is critical for longer than it lasts" }
        let parent = Int(trace.tree.parent[row])
        if parent >= 0, inclusive[row] > inclusive[parent] { return "\(trace.id(row)) has more than its parent" }
      }
      if inclusive[root.row] != root.durationNanos { return "\(inclusive[root.row]) is not the root's duration \(root.durationNanos)" }
      let totals = trace.criticalPath.map { trace.totals(of: $0) } ?? []
      if totals.reduce(0, { $0 + $1.nanos }) != root.durationNanos { return "totals by operation do not add up" }
      return nil
    }
  }

  @Test func orderShiftAndScaleDoNotMatter() {
    check("I6") { sketch, trace, random in
      let expected = trace.steps(trace.criticalPath)
      let shuffled = sketch.distilled { $0.shuffle(using: &random) }
      if shuffled.steps(shuffled.criticalPath) != expected {
        return "shuffled\n  expected \(expected)\n  got \(shuffled.steps(shuffled.criticalPath))"
      }
      for (offset, factor) in [(12_345, 1), (0, 7), (-900, 3)] as [(Int64, Int64)] {
        let moved = sketch.moved(by: offset, scaled: factor).distilled()
        let got = moved.steps(moved.criticalPath)
        let wanted = expected.map { PathStep(span: $0.span, start: $0.start * factor + offset, end: $0.end * factor + offset) }
        if got != wanted { return "moved by \(offset), times \(factor)\n  expected \(wanted)\n  got \(got)" }
      }
      var atZero = sketch
      atZero.origin = -(sketch.spans.map(\.start).min() ?? 0)
      let zero = atZero.distilled()
      return zero.steps(zero.criticalPath, origin: atZero.origin) == expected ? nil : "differs where the trace starts at 0"
    }
  }

  @Test func spansWithoutDurationChangeNothing() {
    check("I7, added") { sketch, trace, random in
      var more = sketch
      let ends = sketch.spans.map { $0.end ?? $0.start }
      for index in 0..<10 {
        let time = sketch.spans.map(\.start).min()! + Int64(random.below(Int(max(1, ends.max()! - sketch.spans.map(\.start).min()!))))
        let parent = sketch.spans[random.below(sketch.spans.count)].id
        more.spans.append(SketchSpan(id: "zero\(index)", parent: parent, name: "zero", start: time, end: time))
      }
      let got = more.distilled()
      return got.steps(got.criticalPath) == trace.steps(trace.criticalPath) ? nil : "\(got.steps(got.criticalPath))"
    }
  }

  @Test func subtreesOffThePathChangeNothing() {
    check("I7, removed") { sketch, trace, _ in
      // A running span reaches to the latest instant of the trace, so removing any span may shorten it.
      guard !trace.tree.isOpen.contains(true), let root = trace.primaryRoot else { return nil }
      var isNeeded = [Bool](repeating: false, count: trace.tree.count)
      for segment in trace.criticalPath?.segments ?? [] { for row in trace.path(to: segment.row) { isNeeded[row] = true } }
      let rows = trace.tree.isIncluded.indices.filter {
        trace.tree.isIncluded[$0] && trace.path(to: $0).first == root.row && $0 != root.row && !isNeeded[$0]
      }
      for top in rows.prefix(5) {
        let gone = Set(rows.filter { trace.path(to: $0).contains(top) }.map { trace.id($0) })
        var fewer = sketch
        fewer.spans.removeAll { gone.contains($0.id) }
        fewer.logs.removeAll { gone.contains($0.span) }
        let got = fewer.distilled()
        if got.steps(got.criticalPath) != trace.steps(trace.criticalPath) {
          return "without \(trace.id(top)): \(got.steps(got.criticalPath))"
        }
      }
      return nil
    }
  }
}
