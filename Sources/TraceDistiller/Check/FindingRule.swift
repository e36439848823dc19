// No findings: the patterns of trace/insights, over all traces, of some kinds and above a cost.

struct FindingRule {
  let rule: CheckRule
  let kinds: [Insight.Kind]
  let above: CheckRule.Threshold?

  func isWanted(_ kind: Insight.Kind, _ cost: Int64, _ root: Int64) -> Bool {
    guard kinds.isEmpty || kinds.contains(kind) else { return false }
    switch above {
    case nil: return true
    case .nanos(let nanos): return cost > nanos
    case .percent(let percent): return Double(cost) * 100 > Double(root) * percent
    }
  }

  func answer(
    _ found: FindingGroups, spans: Int, unsure: String?, example: (SamplePlace, String) -> CheckExample,
    title: (SamplePlace, Insight.Kind) -> String?
  ) -> RuleAnswer {
    guard found.traces > 0 else { return .unmatched(rule, "no trace") }
    let groups = found.sorted
    var answer = RuleAnswer(
      rule: rule, verdict: groups.isEmpty ? .holds : .broken,
      looked: "\(AnswerCount.of(spans, "span")) in \(AnswerCount.of(found.traces, "trace"))")
    (answer.spans, answer.traces) = (spans, found.traces)
    if groups.isEmpty, let unsure { (answer.verdict, answer.reason) = (.undecided, unsure) }
    var claims: [CheckClaim] = []
    for (number, group) in groups.enumerated() {
      var claim = CheckClaim(kind: group.kind.rawValue, sentence: Self.sentence(group))
      (claim.service, claim.operation, claim.nanos) = (group.service, group.operation, group.costNanos)
      if number < RuleAnswer.mostClaims, let worst = group.examples.first {
        claim.example = example(worst.place, "trace/span")
        if let title = title(worst.place, group.kind) { claim.sentence = "\(title) — \(Self.counts(group))" }
      }
      claims.append(claim)
    }
    answer.keep(claims)
    return answer
  }

  private static func counts(_ group: FindingGroup) -> String {
    let cost =
      group.costNanos > 0 ? ", \(DurationText.format(group.costNanos)) together, at most \(DurationText.format(group.worstNanos))" : ""
    return "\(AnswerCount.of(group.count, "time")) in \(AnswerCount.of(group.traces, "trace"))\(cost)"
  }

  private static func sentence(_ group: FindingGroup) -> String {
    let service = group.service.isEmpty ? "" : "\(FieldText.step.make(group.service, limit: 72)): "
    return "\(service)\(group.kind.rawValue) at \(FieldText.step.make(group.operation, limit: 72)) — \(counts(group))"
  }
}
