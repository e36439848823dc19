// A measure beside its limit.

struct MeasureRule {
  let rule: CheckRule
  let statistic: CheckRule.Statistic
  let relation: CheckRule.Relation
  let limit: CheckRule.Limit
  let samples: SubjectSamples

  /// - Parameters:
  ///   - unsure: why records may be missing; nil where all are there.
  ///   - example: a span to look at.
  func answer(unsure: String?, example: (SamplePlace, String) -> CheckExample) -> RuleAnswer {
    let found = samples.found
    guard !found.isEmpty else { return .unmatched(rule, "no \(Self.noun(samples.subject)) of that name", near: samples.near) }
    let all = NamedSamples.joined(found)
    var answer = RuleAnswer(rule: rule, verdict: .holds, looked: looked(found, all))
    (answer.spans, answer.traces) = (all.calls, all.own.count)
    guard let value = value(all, found) else {
      answer.verdict = .undecided
      answer.reason = "the durations of \(AnswerCount.of(all.groupedCalls, "call")) are known as a sum only"
      return answer
    }
    answer.value = value
    let holds = holds(value)
    answer.verdict = holds ? .holds : .broken
    if let unsure, holds || !isSettled {
      answer.verdict = .undecided
      answer.reason = unsure
    }
    guard !holds else { return answer }
    var claim = CheckClaim(kind: "limit", sentence: sentence(value))
    claim.operation = found.count == 1 ? found[0].name : ""
    if case .service = samples.subject { (claim.service, claim.operation) = (claim.operation, "") }
    if all.services.count == 1 { claim.service = all.services[0] }
    if case (.nanos(let value), .nanos(let limit)) = (value, limit), !relation.isLower {
      claim.nanos = max(0, value.subtractingSaturated(limit))
    }
    claim.example = place(all).map { example($0, Self.method(statistic, samples.subject)) }
    answer.claims = [claim]
    return answer
  }

  /// What is still missing could only make it worse.
  private var isSettled: Bool {
    switch (statistic, relation) {
    case (.count, .atMost), (.count, .below), (.errors, .atMost), (.errors, .below), (.max, .atMost), (.max, .below): true
    case (.repeats, .atMost), (.repeats, .below), (.min, .atLeast), (.min, .above): true
    default: false
    }
  }

  private func value(_ all: NamedSamples, _ found: [NamedSamples]) -> CheckRule.Limit? {
    let isWhole = all.groupedCalls == 0
    func percentile(_ percent: Int) -> CheckRule.Limit? {
      isWhole && !all.durations.isEmpty ? .nanos(TraceAggregate.percentile(all.durations.sorted(), percent)) : nil
    }
    switch statistic {
    case .p50: return percentile(50)
    case .p95: return percentile(95)
    case .p99: return percentile(99)
    case .max: return all.calls > 0 ? .nanos(Swift.max(all.durations.max() ?? .min, all.groupedMax)) : nil
    case .min: return isWhole ? all.durations.min().map { .nanos($0) } : nil
    case .mean:
      let sum = all.durations.reduce(all.groupedNanos) { $0.addingSaturated($1) }
      return all.calls > 0 ? .nanos(PathFigures.mean(sum, all.calls)) : nil
    case .count: return .number(Int64(all.calls))
    case .errors: return .number(Int64(all.failed))
    case .errorRate: return .percent(Double(all.failed) / Double(Swift.max(1, all.calls)) * 100)
    case .share:
      let roots = all.roots.reduce(Int64(0)) { $0.addingSaturated($1.nanos) }
      return .percent(Double(all.criticalNanos) / Double(Swift.max(1, roots)) * 100)
    case .own: return .nanos(TraceAggregate.percentile(all.own.map(\.nanos).sorted(), 50))
    case .repeats: return .number(Int64(all.repeats?.count ?? (all.calls > 0 ? 1 : 0)))
    }
  }

  private func holds(_ value: CheckRule.Limit) -> Bool {
    switch (value, limit) {
    case (.nanos(let value), .nanos(let limit)): relation.holds(value, limit)
    case (.number(let value), .number(let limit)): relation.holds(value, limit)
    case (.percent(let value), .percent(let limit)): relation.holds(value, limit)
    default: false
    }
  }

  private func place(_ all: NamedSamples) -> SamplePlace? {
    switch statistic {
    case .errors, .errorRate: all.failing ?? all.slowest?.place
    case .repeats: all.repeats?.place ?? all.slowest?.place
    default: all.slowest?.place
    }
  }

  private static func method(_ statistic: CheckRule.Statistic, _ subject: CheckRule.Subject) -> String {
    switch (statistic, subject) {
    case (.errors, _), (.errorRate, _): "trace/errors"
    case (.repeats, _): "trace/insights"
    case (_, .root): "trace/explain"
    default: "trace/span"
    }
  }

  // MARK: Words

  private static func noun(_ subject: CheckRule.Subject) -> String {
    switch subject {
    case .operation: "span"
    case .root: "trace with a root"
    case .service: "service"
    }
  }

  /// `120 spans of GET /orders (shop) in 20 traces`
  private func looked(_ found: [NamedSamples], _ all: NamedSamples) -> String {
    let names = found.prefix(3).map { FieldText.step.make($0.name, limit: 60) }.joined(separator: ", ")
    let more = found.count > 3 ? " and \(found.count - 3) more names" : ""
    let services =
      all.services.isEmpty ? "" : " (\(all.services.prefix(3).map { FieldText.step.make($0, limit: 40) }.joined(separator: ", ")))"
    let traces = AnswerCount.of(all.own.count, "trace")
    switch samples.subject {
    case .operation: return "\(AnswerCount.of(all.calls, "span")) of \(names)\(more)\(services) in \(traces)"
    case .root: return "\(traces) with the root \(names)\(more)\(services)"
    case .service: return "\(AnswerCount.of(all.calls, "call")) of service \(names)\(more) in \(traces)"
    }
  }

  private func sentence(_ value: CheckRule.Limit) -> String {
    guard case (.nanos(let value), .nanos(let limit)) = (value, limit), !relation.isLower, value > limit else {
      return "\(value.text), where the limit is \(relation.rawValue) \(limit.text)"
    }
    let share = limit > 0 ? " (\(DurationText.percent(Double(value - limit) / Double(limit))))" : ""
    return "\(DurationText.format(value)), \(DurationText.format(value - limit))\(share) above \(DurationText.format(limit))"
  }
}

extension CheckRule.Limit {
  package var text: String {
    switch self {
    case .nanos(let nanos): DurationText.format(nanos)
    case .number(let number): DurationText.count(Int(number))
    case .percent(let percent): DurationText.percent(percent / 100)
    }
  }
}
