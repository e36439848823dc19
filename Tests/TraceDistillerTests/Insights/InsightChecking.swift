// How insights are checked: each as one line, `kind row < within ×count cost`.

import Testing

@testable import TraceDistiller

extension DistilledTrace {
  /// `retry get < job ×3 cost 12`, in milliseconds; a cost of zero is left out.
  var insightLines: [String] {
    insights().map { insight in
      var line = "\(insight.kind.rawValue) \(id(insight.row))"
      if let within = insight.within { line += " < \(id(within))" }
      if insight.count > 1 { line += " ×\(insight.count)" }
      if insight.costNanos > 0 { line += " cost \(insight.costNanos / 1_000_000)" }
      return line
    }
  }
}

/// Checks that the timeline gives these insights, in this order.
func check(_ timeline: String, finds expected: String..., at location: SourceLocation = #_sourceLocation) {
  check(TraceSketch(timeline), finds: expected, timeline, at: location)
}

func check(
  _ sketch: TraceSketch, finds expected: [String], _ what: String = "", at location: SourceLocation = #_sourceLocation
) {
  let trace = sketch.distilled()
  // Most sketches leave much of the root uncovered: insights about that are only compared if the test expects them.
  let isAboutBareTime = expected.contains { $0.hasPrefix("uncoveredTime") }
  let got = trace.insightLines.filter { isAboutBareTime || !$0.hasPrefix("uncoveredTime") }
  #expect(got == expected, "\(what)\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
  for insight in trace.insights() {
    #expect(insight.rows.count <= Insight.maxRows && insight.rows.contains(insight.row), sourceLocation: location)
    #expect(Set(insight.rows).count == insight.rows.count, "\(insight.kind): a span twice", sourceLocation: location)
    #expect(insight.costNanos >= 0 && insight.costNanos <= trace.tree.duration(trace.tree.roots[0].row), sourceLocation: location)
  }
  checkPromises(trace, SummaryOptions(), what, at: location)
}

extension TraceSketch {
  /// A root with `count` consecutive calls: `call0`, `call1`, …
  static func loop(
    of count: Int, name: String = "SELECT", each: Int64 = 2, between: Int64 = 0, rootMs: Int64? = nil,
    attributes: (Int) -> [(key: String, value: SketchSpan.Value)] = { _ in [("db.statement", .text("SELECT a FROM t WHERE id = ?"))] }
  ) -> TraceSketch {
    let millisecond: Int64 = 1_000_000
    var sketch = TraceSketch()
    let length = rootMs ?? Int64(count) * (each + between)
    sketch.spans.append(SketchSpan(id: "job", parent: nil, name: "job", start: 0, end: length * millisecond))
    for index in 0..<count {
      let start = Int64(index) * (each + between) * millisecond
      var span = SketchSpan(id: "call\(index)", parent: "job", name: name, start: start, end: start + each * millisecond)
      span.attributes = attributes(index)
      sketch.spans.append(span)
    }
    return sketch
  }
}
