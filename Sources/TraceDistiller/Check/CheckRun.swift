// One check: traces are added one by one, each read once for all rules; then every rule is answered.

package struct CheckReport: Sendable {
  package var answers: [RuleAnswer]
  package var traces: Int
  package var incomplete: Int
  package var spans: Int
  package var base: CheckBaseline?
  package var verdict: CheckVerdict { .of(answers.lazy.map(\.verdict)) }

  package func count(_ verdict: CheckVerdict) -> Int { answers.count { $0.verdict == verdict } }
}

package struct CheckRun: Sendable {
  private let rules: [CheckRule]
  private let base: CheckBaseline?
  private let tolerance: ComparisonTolerance
  private var subjects: [SubjectSamples] = []
  /// By rule: its subject.
  private var subjectOfRule: [Int?] = []
  private var failures = FailureSamples()
  private var findings: [Int: FindingGroups] = [:]
  private var target = BaselineBuilder()
  private var snapshots: [TraceSnapshot] = []
  private var incomplete = 0
  private var spans = 0
  private let needsTarget: Bool
  private let needsErrors: Bool

  package init(_ rules: [CheckRule], base: CheckBaseline?, tolerance: ComparisonTolerance = ComparisonTolerance()) {
    (self.rules, self.base, self.tolerance) = (rules, base, tolerance)
    var (needsTarget, needsErrors) = (false, false)
    for (number, rule) in rules.enumerated() {
      var subject: Int?
      switch rule.claim {
      case .noErrors: needsErrors = true
      case .noFindings: findings[number] = FindingGroups()
      case .noRegression: if base != nil { needsTarget = true }
      case .measure(let statistic, let wanted, _, _):
        let counts = statistic == .repeats
        // Rules about the same spans share them.
        subject = subjects.firstIndex { $0.subject == wanted && ($0.countsRepeats || !counts) && !counts }
        if subject == nil {
          subjects.append(SubjectSamples(wanted, countsRepeats: counts))
          subject = subjects.count - 1
        }
      }
      subjectOfRule.append(subject)
    }
    (self.needsTarget, self.needsErrors) = (needsTarget, needsErrors)
  }

  var needs: CheckedTrace.Needs {
    CheckedTrace.Needs(
      tree: needsTarget || !findings.isEmpty || !subjects.isEmpty, keys: needsTarget || !findings.isEmpty, insights: !findings.isEmpty,
      problems: needsErrors)
  }

  /// A trace in which nothing failed, where no rule asks for more.
  mutating func count(_ snapshot: TraceSnapshot) {
    snapshots.append(snapshot)
    spans += snapshot.storage.spanCount
    if !snapshot.isComplete { incomplete += 1 }
    failures.addWithoutFailure(spans: snapshot.storage.spanCount)
  }

  /// - Complexity: O(n log n), and that of insights where a rule speaks of findings.
  package mutating func add(_ snapshot: TraceSnapshot) { add(DistilledTrace(snapshot)) }

  package mutating func add(_ trace: DistilledTrace) { add(TraceAnalysis(trace)) }

  mutating func add(_ analysis: TraceAnalysis) {
    let trace = analysis.trace
    let number = snapshots.count
    snapshots.append(trace.snapshot)
    spans += trace.snapshot.storage.spanCount
    if !trace.snapshot.isComplete { incomplete += 1 }
    for index in subjects.indices { subjects[index].add(trace, number: number) }
    if needsErrors { failures.add(analysis, number: number) }
    for (rule, _) in findings {
      guard case .noFindings(let kinds, let above) = rules[rule].claim else { continue }
      let wanted = FindingRule(rule: rules[rule], kinds: kinds, above: above)
      findings[rule]!.add(analysis, number: number, where: wanted.isWanted)
    }
    if needsTarget { target.add(analysis, number: number) }
  }

  /// - Parameter doubt: why records of traces may be missing that nothing tells of; nil where all came.
  package func report(doubt: String? = nil) -> CheckReport {
    let unsure = self.unsure(doubt)
    func example(_ place: SamplePlace, _ method: String) -> CheckExample {
      CheckExample(DistilledTrace(snapshots[place.trace]), row: place.row, method: method)
    }
    func title(_ place: SamplePlace, _ kind: Insight.Kind) -> String? {
      let analysis = TraceAnalysis(DistilledTrace(snapshots[place.trace]))
      let found = analysis.insights().first { $0.kind == kind && $0.row == place.row }
      return found.map { InsightWords(trace: analysis.trace, language: .english).title($0) }
    }
    let answers = rules.enumerated().map { number, rule in
      switch rule.claim {
      case .noErrors(let but): return ErrorRule(rule: rule, allowed: but).answer(failures, unsure: unsure, example: example)
      case .noFindings(let kinds, let above):
        return FindingRule(rule: rule, kinds: kinds, above: above)
          .answer(findings[number]!, spans: spans, unsure: unsure, example: example, title: title)
      case .noRegression(let above):
        return RegressionRule(rule, above: above, tolerance).answer(base: base, target: target, unsure: unsure) {
          TraceAnalysis(DistilledTrace(snapshots[$0]))
        }
      case .measure(let statistic, _, let relation, let limit):
        let samples = subjects[subjectOfRule[number]!]
        return MeasureRule(rule: rule, statistic: statistic, relation: relation, limit: limit, samples: samples)
          .answer(unsure: unsure, example: example)
      }
    }
    return CheckReport(answers: answers, traces: snapshots.count, incomplete: incomplete, spans: spans, base: base)
  }

  private func unsure(_ doubt: String?) -> String? {
    guard incomplete > 0 else { return doubt }
    let first = snapshots.first { !$0.isComplete }
    let which = first.map { ", \($0.handle) among them: \($0.reasons.joined(separator: ", "))" } ?? ""
    return
      "\(DurationText.count(incomplete)) of \(AnswerCount.of(snapshots.count, "trace")) \(incomplete == 1 ? "is" : "are") not complete\(which)"
  }
}
