// Why a trace is slow, failed or incomplete: what happened, ranked findings, and what they leave unexplained. explain.md gives the reasons
// for each step.

import TraceRecords

/// The answer to "why", as facts.
package struct Explanation: Sendable {
  package private(set) var trace: DistilledTrace
  package let base: ExplainBase
  /// What happened, compared with what is usual.
  package struct Verdict: Sendable, Equatable {
    package var rootNanos: Int64
    /// The median of the base; nil without one.
    package var baseNanos: Int64?
    /// The longest value that is not unusual; nil if there are too few traces.
    package var usualNanos: Int64?
    /// The number of traces in the base that are slower than this one.
    package var slower = 0
    /// The number that are faster.
    package var faster = 0
    package var baseCount = 0
    package var errors = 0
    package var warnings = 0
    /// How the run of an agent ended.
    package var end: AgentRun.End?
    /// All steps of an agent last exactly as long: these times were not measured, so they were not analysed.
    package var hasMadeUpTimes = false
  }

  package internal(set) var verdict: Verdict
  /// The most likely cause first.
  package internal(set) var findings: [Finding] = []
  /// The time on the critical path that the findings explain, and the total: the added time if there is a base, otherwise all of it.
  package internal(set) var explainedNanos: Int64 = 0
  package internal(set) var wholeNanos: Int64 = 0

  init(trace: DistilledTrace, base: ExplainBase, verdict: Verdict) {
    (self.trace, self.base, self.verdict) = (trace, base, verdict)
  }

  /// The same for a trace with unchanged records: only losses and quiet may have changed since.
  package func of(_ trace: DistilledTrace) -> Explanation {
    var copy = self
    copy.trace = trace
    return copy
  }

  /// The approximate size in bytes, without the trace.
  package var allocatedBytes: Int { 1_024 + findings.count * 2_048 }
}

/// Collects a base trace by trace, then explains.
package struct Explainer: Sendable {
  /// The maximum number of findings in an answer.
  package static let maxFindings = 6

  private let target: TraceAnalysis
  private var paths = StepPaths()
  private let stepOfRow: [Int32]
  private let charge: TimeCharge
  private let profile: TraceProfile
  private var candidates: [Candidate] = []

  private struct Candidate: Sendable {
    var base: BaseCandidate
    var profile: TraceProfile
    var likeness: Double
    /// The number of steps of the explained trace that also occur here.
    var shared: Int
  }

  /// - Complexity: O(n log n).
  package init(_ target: TraceAnalysis) {
    self.target = target
    stepOfRow = paths.add(target.trace, target.keys)
    charge = TimeCharge(target.trace)
    profile = TraceProfile(target.trace, charge, stepOfRow: stepOfRow, paths)
  }

  /// Adds a trace that may be (a part of) the base, the newest first: among equal traces, earlier ones are preferred.
  /// - Complexity: O(n log n).
  package mutating func add(_ trace: DistilledTrace) { add(trace, CallKeys(trace)) }

  package mutating func add(_ analysis: TraceAnalysis) { add(analysis.trace, analysis.keys) }

  private mutating func add(_ trace: DistilledTrace, _ keys: CallKeys) {
    guard !trace.tree.roots.isEmpty else { return }
    let rows = paths.add(trace, keys)
    add(BaseCandidate(trace, stepOfRow: rows), TraceProfile(trace, TimeCharge(trace), stepOfRow: rows, paths))
  }

  private mutating func add(_ base: BaseCandidate, _ profile: TraceProfile) {
    candidates.append(
      Candidate(
        base: base, profile: profile, likeness: self.profile.likeness(to: profile), shared: self.profile.sharedSteps(with: profile)))
  }

  /// Adds traces by their kept profiles. Only what a finding needs of them is distilled.
  /// - Complexity: O(steps) for each.
  package mutating func add(_ traces: [TraceSnapshot], from kept: ProfileTable) {
    let numbers = paths.add(kept.paths)
    for snapshot in traces {
      guard let profile = kept.profile(of: snapshot), profile.rootRow >= 0 else { continue }
      add(BaseCandidate(snapshot), profile.renumbered(numbers, count: paths.count, services: paths.services.count))
    }
  }

  /// The number of added traces.
  package var count: Int { candidates.count }

  /// Compares with all added traces.
  package func explanation(against subject: ExplainBase) -> Explanation { explanation(subject, candidates) }

  /// Compares with the similar traces, if there are at least five.
  package func explanationAgainstLike() -> Explanation {
    let like: [Candidate] = likeTraces()
    guard like.count >= Baseline.least else { return explanation(.none(like: like.count), []) }
    return explanation(.like(count: like.count, looked: candidates.count), like)
  }

  /// The similar traces among those that were added.
  package func likeTraces() -> [DistilledTrace] { likeTraces().map { (candidate: Candidate) in candidate.base.trace } }

  /// Traces that have half of their steps in common with the explained one. A trace that was cut short has fewer steps in common: then
  /// traces that contain nearly all of its steps count as similar.
  private func likeTraces() -> [Candidate] {
    let near = candidates.map(\.likeness).max() ?? 0
    if near >= 0.5 {
      let close = candidates.filter { $0.likeness >= max(0.5, near - 0.1) }
      return close.count >= Baseline.least ? close : candidates.filter { $0.likeness >= 0.5 }
    }
    let others = max(1, profile.stepCount / 10)
    return candidates.filter { $0.shared >= 2 && profile.stepCount - $0.shared <= others }
  }

  private func explanation(_ subject: ExplainBase, _ candidates: [Candidate]) -> Explanation {
    let trace = target.trace
    let baseline = Baseline(subject: subject, profiles: candidates.map(\.profile))
    let root = baseline.root()
    var verdict = Explanation.Verdict(rootNanos: profile.rootNanos)
    verdict.errors = trace.snapshot.storage.errorSpanCount
    verdict.warnings = trace.snapshot.storage.warningCount
    let run = target.agentRun()
    (verdict.end, verdict.hasMadeUpTimes) = (run?.end, run?.hasMadeUpTimes ?? false)
    if !baseline.isEmpty, !verdict.hasMadeUpTimes {
      verdict.baseNanos = root.median
      verdict.usualNanos = baseline.isUsual ? root.high : nil
      verdict.baseCount = candidates.count
      verdict.faster = candidates.reduce(0) { $0 + ($1.profile.rootNanos < profile.rootNanos ? 1 : 0) }
      verdict.slower = candidates.reduce(0) { $0 + ($1.profile.rootNanos > profile.rootNanos ? 1 : 0) }
    }
    var explanation = Explanation(trace: trace, base: subject, verdict: verdict)
    let least = InsightContext.leastShare(of: profile.rootNanos, trace.tree)
    let insights = target.insights()
    var (causes, time) = self.time(self.causes(baseline, candidates, insights), baseline, insights, least)
    if baseline.isUsual,
      let attribute = SlowAttribute(trace, profile, candidates.map { ($0.base.snapshot, $0.profile) }).find(near: time.first)
    {
      time.insert(attribute, at: min(1, time.count))
    }
    if verdict.hasMadeUpTimes {
      // What a pattern costs is unknown too; that it is there is not.
      explanation.findings = rank(causes: causes, time: time.filter { $0.nanos == 0 })
      return explanation
    }
    explanation.findings = rank(causes: causes, time: time)
    let added = baseline.isEmpty ? profile.rootNanos : max(0, profile.rootNanos - root.median)
    explanation.wholeNanos = added
    explanation.explainedNanos = min(added, explanation.findings.reduce(0) { $0.addingSaturated($1.hasOwnShare ? $1.nanos : 0) })
    return explanation
  }

  /// Causes that are not about time: errors, missing answers, an early stop.
  private func causes(_ baseline: Baseline, _ candidates: [Candidate], _ insights: [Insight]) -> [Finding] {
    var causes: [Finding] = []
    let problems = target.problems()
    let retried = Set(insights.filter { $0.kind == .retry }.flatMap(\.rows))
    if problems.contains(where: { $0.severity == .error }) {
      var known: ErrorTexts?
      for candidate in candidates {
        if known == nil { known = ErrorTexts() }
        known?.add(candidate.base.trace.problems(below: nil), candidate.base.trace)
      }
      if let error = ErrorFindings.find(
        problems, target.trace, base: known, retried: retried,
        followed: insights.filter { $0.kind == .swallowedError && $0.calls.count > 1 })
      {
        causes.append(error)
      }
    }
    if let base = candidates.max(by: { $0.likeness < $1.likeness }) {
      let stopped = StoppedEarly(
        trace: target.trace, stepOfRow: stepOfRow, profile: profile, baseline: baseline, base: base.base.resolved(paths), paths: paths)
      if let finding = stopped.find() { causes.append(finding) }
    }
    return causes
  }

  private func time(_ causes: [Finding], _ baseline: Baseline, _ insights: [Insight], _ least: Int64) -> (
    causes: [Finding], time: [Finding]
  ) {
    let patterns = InsightFindings(
      trace: target.trace, stepOfRow: stepOfRow, profile: profile, baseline: baseline, least: least
    ).find(insights)
    let byService = TimeFindings(
      trace: target.trace, stepOfRow: stepOfRow, profile: profile, charge: charge, baseline: baseline, paths: paths,
      rest: charge.without((causes + patterns).reduce(into: PathParts()) { $0.formUnion($1.parts) }), least: least)
    let detached = DetachedFindings(
      trace: target.trace, stepOfRow: stepOfRow, profile: profile, baseline: baseline, paths: paths, least: least)
    var found = FindingMerge(charge: charge, stepOfRow: stepOfRow, paths: paths, least: least)
      .merge(causes: causes, time: byService.find(), patterns: patterns + detached.find(), hasBase: !baseline.isEmpty)
    if !baseline.isEmpty, let first = found.time.firstIndex(where: { $0.hasOwnShare }) {
      found.time[first].counter.insert(others(besides: found.time[first].service, baseline), at: 0)
    }
    return found
  }

  /// The totals of the services that a finding is not about.
  private func others(besides service: String, _ baseline: Baseline) -> Finding.Statement {
    var (services, nanos) = (0, Int64(0))
    for other in paths.services.indices where !paths.services[other].utf8.elementsEqual(service.utf8) {
      let (own, usual) = (profile.sums(ofService: other).total, baseline.value { $0.sums(ofService: other).total }.median)
      guard own > 0 || usual > 0 else { continue }
      services += 1
      nanos += own - usual
    }
    return .othersChanged(besides: service, services: services, nanos: nanos)
  }

  private func rank(causes: [Finding], time: [Finding]) -> [Finding] {
    Array((causes + time).prefix(Explainer.maxFindings))
  }
}
