// Patterns in one trace as findings. With a base, only those whose calls cost more here than in the base.

import TraceRecords

struct InsightFindings {
  let trace: DistilledTrace
  let stepOfRow: [Int32]
  let profile: TraceProfile
  let baseline: Baseline
  let least: Int64

  /// Patterns that are held against each other: the dearest, of which an answer tells a few.
  private static let most = 64

  func find(_ insights: [Insight]) -> [Finding] { Array(insights.lazy.compactMap { finding($0) }.prefix(Self.most)) }

  private func finding(_ insight: Insight) -> Finding? {
    let kind: Finding.Kind
    switch insight.kind {
    case .repeatedCall: kind = .repeatedCalls
    case .sequentialCalls: kind = .sequentialCalls
    case .retry: kind = .retries
    case .resourceWait: kind = .waitingInLine
    case .slowOutlier: kind = .slowOutlier
    case .workAfterAnswer: kind = .workAfterAnswer
    case .cycle: kind = .cycle
    case .neverEnded: kind = .neverEnded
    // The other kinds are covered by findings about errors and time, or cost no time.
    case .gap, .uncoveredTime, .calleeWait, .queueWait, .workAfterRoot, .swallowedError, .detachedChild, .missingCall, .clockSkew,
      .chattyLog:
      return nil
    }
    guard insight.costNanos >= least || kind == .neverEnded else { return nil }
    if !baseline.isEmpty, !grew(insight) { return nil }
    // Of several that wait for one other, that one is the cause.
    let row = insight.kind == .resourceWait ? insight.calls.first?.row ?? insight.row : insight.row
    let node = trace.node(row)
    var finding = Finding(
      kind: kind, service: node.service ?? "", operation: node.name, nanos: insight.parts.nanos, row: row, head: .insight(insight))
    finding.parts = insight.parts
    return finding
  }

  private func steps(_ insight: Insight) -> Set<Int> { Set(([insight.row] + insight.calls.map(\.row)).map { Int(stepOfRow[$0]) }) }

  /// Whether at least half of its cost is an increase over the base.
  private func grew(_ insight: Insight) -> Bool {
    if insight.kind == .neverEnded { return baseline.traces(with: Int(stepOfRow[insight.row])) > 0 }
    let steps = steps(insight)
    // Where the number of calls is close to that of the base, the number of calls is not the cause.
    if insight.kind == .repeatedCall || insight.kind == .sequentialCalls {
      func calls(_ profile: TraceProfile) -> Int64 { steps.reduce(0) { $0 + Int64(profile.sums(of: $1).calls) } }
      guard calls(profile) >= baseline.value(calls).median / 2 * 3 else { return false }
    }
    func cost(_ profile: TraceProfile) -> Int64 { steps.reduce(0) { $0 + profile.sums(of: $1).duration } }
    return cost(profile) - baseline.value(cost).median >= insight.costNanos / 2
  }
}
