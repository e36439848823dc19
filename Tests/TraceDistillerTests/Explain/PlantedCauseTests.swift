// Proves that a planted fault of each kind is the first finding, that healthy traces have none, and that every sentence is true.

import Testing

@testable import TraceDistiller

@Suite struct PlantedCauseTests {
  private static func explain(_ target: TraceSketch, _ base: [TraceSketch], isLike: Bool) -> Explanation {
    var explainer = Explainer(TraceAnalysis(target.distilled()))
    for sketch in base { explainer.add(sketch.distilled()) }
    return isLike ? explainer.explanationAgainstLike() : explainer.explanation(against: .trace(handle: "t1", id: base[0].id))
  }

  private static func check(_ explanation: Explanation, _ target: TraceSketch, _ base: [TraceSketch], _ what: String) {
    var truth = StatementTruth(
      target: SlowTrace(target), base: base.map { SlowTrace($0) }, insights: InsightTruth(target, explanation.trace))
    truth.others = explanation.findings.reduce(into: PathParts()) { $0.formUnion($1.parts) }
    for finding in explanation.findings {
      for statement in [finding.head] + finding.evidence + finding.counter {
        if let fault = truth.fault(statement, of: finding) { Issue.record("\(what): \(statement): \(fault)") }
      }
    }
    #expect(explanation.explainedNanos >= 0 && explanation.explainedNanos <= explanation.wholeNanos, "\(what)")
  }

  @Test(arguments: PlantedFault.Kind.allCases, 1...30) func plantedFaultComesFirst(_ kind: PlantedFault.Kind, _ seed: Int) {
    let system = RandomSystem(seed: UInt64(seed))
    guard let fault = system.fault(kind, seed: UInt64(seed)) else { return }
    let target = system.trace(seed: 1_000 + UInt64(seed), fault: fault)
    let (service, kinds) = system.expected(fault)
    for count in [1, 12] {
      let base = (1...count).map { system.trace(seed: 2_000 + UInt64(seed * 100 + $0)) }
      let explanation = Self.explain(target, base, isLike: count > 1)
      let what = "seed \(seed), \(kind) in \(system.steps[fault.step].name), base of \(count)"
      guard let first = explanation.findings.first else {
        Issue.record("\(what): no finding")
        continue
      }
      #expect(
        first.service == service && kinds.contains(first.kind), "\(what): expected \(service) \(kinds), got \(first.service) \(first.kind)")
      Self.check(explanation, target, base, what)
    }
  }

  @Test(arguments: 1...60) func healthyTracesHaveNone(_ seed: Int) {
    let system = RandomSystem(seed: UInt64(seed))
    let base = (1...24).map { system.trace(seed: 5_000 + UInt64(seed * 100 + $0)) }
    let explanation = Self.explain(system.trace(seed: UInt64(seed)), base, isLike: true)
    #expect(explanation.findings.isEmpty, "seed \(seed): \(explanation.findings.map { "\($0.service) \($0.kind) \($0.nanos)" })")
    guard case .like(24, 24) = explanation.base else {
      Issue.record("seed \(seed): \(explanation.base)")
      return
    }
    let text = ExplanationText(explanation, language: .english, maxChars: 3_600).text
    #expect(text.contains("No finding. Looked for: "), "\(text)")
  }

  /// With fewer than five similar traces nothing is called usual.
  @Test(arguments: 0...6) func underFiveNothingIsUsual(_ count: Int) {
    let system = RandomSystem(seed: 7)
    let base = (0..<count).map { system.trace(seed: 50 + UInt64($0)) }
    let target = system.trace(seed: 1)
    let explanation = Self.explain(target, base, isLike: true)
    let text = ExplanationText(explanation, language: .english, maxChars: 3_600).text
    #expect(text.contains("nothing here is called usual") == (count < 5), "\(text)")
    #expect(text.contains(" usual ") == (count >= 5) || count < 5, "\(text)")
    #expect((explanation.verdict.baseNanos != nil) == (count >= 5))
  }

  /// A trace of another kind with the same root is not used as a base.
  @Test func othersOfTheSameRootAreNotLike() {
    let system = RandomSystem(seed: 11)
    var explainer = Explainer(TraceAnalysis(system.trace(seed: 1).distilled()))
    for seed in 1...9 {
      var other = TraceSketch()
      other.id = "other-\(seed)"
      other.spans = [SketchSpan(id: "r", parent: nil, name: system.steps[0].name, start: 0, end: 5_000_000, service: "s0")]
      for child in 0..<12 {
        other.spans.append(
          SketchSpan(
            id: "c\(child)", parent: "r", name: "else \(UnicodeScalar(UInt8(97 + child)))", start: 0, end: 1_000_000, service: "s0"))
      }
      explainer.add(other.distilled())
    }
    guard case .none(like: 0) = explainer.explanationAgainstLike().base else {
      Issue.record("they are taken as like")
      return
    }
  }

  @Test(arguments: 1...40) func sameRecordsInAnyOrderGiveTheSameText(_ seed: Int) {
    let system = RandomSystem(seed: UInt64(seed))
    let kinds = PlantedFault.Kind.allCases
    let target = system.trace(seed: 3, fault: system.fault(kinds[seed % kinds.count], seed: UInt64(seed)))
    let base = (1...6).map { system.trace(seed: 60 + UInt64($0)) }
    func text(_ seed: UInt64?) -> String {
      func distilled(_ sketch: TraceSketch) -> DistilledTrace {
        guard let seed else { return sketch.distilled() }
        var random = SplitMix64(seed: seed)
        return sketch.distilled { $0.shuffle(using: &random) }
      }
      var explainer = Explainer(TraceAnalysis(distilled(target)))
      for sketch in base { explainer.add(distilled(sketch)) }
      return ExplanationText(explainer.explanationAgainstLike(), language: .english, maxChars: 3_600).text
    }
    let expected = text(nil)
    for order in 1...4 { #expect(text(UInt64(order)) == expected, "seed \(seed)") }
  }
}
