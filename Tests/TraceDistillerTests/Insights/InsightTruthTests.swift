// Proves of random requests with a planted pattern that it is found, that whatever else is said of them is true, and that ordinary ones give nothing.

import Testing

@testable import TraceDistiller

@Suite struct InsightTruthTests {
  @Test(arguments: PatternPlan.Kind.allCases) func whatIsPlantedIsFoundAndAllIsTrue(_ kind: PatternPlan.Kind) {
    for seed in 1...40 {
      let sketch = PatternPlan(kind, seed: UInt64(seed)).sketch
      let trace = sketch.distilled()
      let (truth, words) = (InsightTruth(sketch, trace), InsightWords(trace: trace, language: .english))
      let found = trace.insights()
      if let expected = kind.expected {
        #expect(found.contains { $0.kind == expected }, "\(kind), seed \(seed): \(found.map { words.title($0) })")
      } else {
        #expect(found.isEmpty, "\(kind), seed \(seed): \(found.map { words.title($0) })")
      }
      for insight in found {
        if let fault = truth.fault(insight) { Issue.record("\(kind), seed \(seed): \(words.title(insight)): \(fault)") }
      }
    }
  }

  /// Without a base: the pattern first, every sentence true, every moment in one finding.
  @Test(arguments: PatternPlan.Kind.allCases) func explainedOnce(_ kind: PatternPlan.Kind) {
    for seed in 1...40 {
      let sketch = PatternPlan(kind, seed: UInt64(seed)).sketch
      let trace = sketch.distilled()
      let explanation = Explainer(TraceAnalysis(trace)).explanationAgainstLike()
      let text = ExplanationText(explanation, language: .english, maxChars: 3_600).text
      if let first = kind.first { #expect(explanation.findings.first?.kind == first, "\(kind), seed \(seed):\n\(text)") }
      var truth = StatementTruth(target: SlowTrace(sketch), base: [], insights: InsightTruth(sketch, trace))
      truth.others = explanation.findings.reduce(into: PathParts()) { $0.formUnion($1.parts) }
      for finding in explanation.findings {
        for statement in [finding.head] + finding.evidence + finding.counter {
          if let fault = truth.fault(statement, of: finding) { Issue.record("\(kind), seed \(seed): \(statement): \(fault)\n\(text)") }
        }
      }
      let sum = explanation.findings.reduce(Int64(0)) { $0 + ($1.hasOwnShare ? $1.nanos : 0) }
      #expect(sum <= explanation.wholeNanos && sum == explanation.explainedNanos, "\(kind), seed \(seed):\n\(text)")
      let parts = explanation.findings.map(\.parts)
      for (index, one) in parts.enumerated() {
        for other in parts[..<index] {
          #expect(one.intersection(other).isEmpty, "\(kind), seed \(seed): two findings count the same moment")
        }
      }
    }
  }

  @Test func setsOfMoments() {
    var random = SplitMix64(seed: 7)
    func set() -> (PathParts, Set<Int64>) {
      let parts = (0..<random.below(6)).map { _ in
        let start = Int64(random.below(40))
        return PathParts.Part(start: start, end: start + Int64(random.below(9)))
      }
      return (PathParts(parts), Set(parts.flatMap { Array($0.start..<$0.end) }))
    }
    func moments(_ parts: PathParts) -> Set<Int64> { Set(parts.parts.flatMap { Array($0.start..<$0.end) }) }
    for _ in 0..<400 {
      let ((left, one), (right, other)) = (set(), set())
      var both = left
      both.formUnion(right)
      #expect(moments(left) == one && left.nanos == Int64(one.count))
      #expect(moments(both) == one.union(other) && both.nanos == Int64(one.union(other).count))
      #expect(moments(left.subtracting(right)) == one.subtracting(other))
      #expect(moments(left.intersection(right)) == one.intersection(other))
      #expect(left.nanos(from: 10, to: 30) == Int64(one.count { (10..<30).contains($0) }))
      let last = left.suffix(5)
      #expect(moments(last) == Set(one.sorted().suffix(5)))
    }
  }
}
