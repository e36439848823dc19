// The common shape of detectors, and the list of them. See distilling.md, "Insights": a detector that is not sure reports nothing.

/// Finds one kind of insight.
protocol InsightDetector {
  /// Spans are visited through `context.order` and `context.groups`, which do not depend on the order of records.
  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight]
}

/// What detectors have already explained, so that a later one does not report the same time or failure under another name.
struct InsightClaims {
  /// Failed calls that were retried and succeeded in the end.
  var recovered: Set<Int> = []
  /// Failed calls that were retried: the time between them is back-off.
  var retried: Set<Int> = []
  /// By the key of a caller: time on the critical path of calls that it repeats.
  var repeated: [Int32: Int64] = [:]
  /// Callers that repeat calls, each with its own time between these calls that the loop's insight reports.
  var loops: [Int: PathParts] = [:]
  /// By span: time between its calls that was already reported.
  var gaps: [Int: Int64] = [:]
  /// Calls that were reported as repeated below several similar callers: the key of the caller, then that of the call.
  var pieces: Set<[Int32]> = []
}

enum InsightRegistry {
  /// In the order in which they depend on each other's claims.
  static let detectors: [any (InsightDetector & SendableMetatype).Type] = [
    RetryDetector.self, RepeatedCallDetector.self, SequentialCallsDetector.self, ResourceWaitDetector.self,
    CalleeWaitDetector.self, GapDetector.self, UncoveredTimeDetector.self, CycleDetector.self, SlowOutlierDetector.self,
    WorkAfterAnswerDetector.self, QueueWaitDetector.self, WorkAfterRootDetector.self, SwallowedErrorDetector.self, NeverEndedDetector.self,
    DetachedChildDetector.self,
    MissingCallDetector.self, ClockSkewDetector.self, ChattyLogDetector.self,
  ]
}

extension DistilledTrace {
  package func insights(below focus: Int?, keys: CallKeys) -> [Insight] { insights(below: focus, keys: keys) {} }

  /// Patterns that cost time or hide failures: the most expensive first, then by kind, then by span.
  /// - Parameters:
  ///   - focus: only this span and what is below it.
  ///   - keys: the call keys of the trace.
  ///   - check: called between detectors. An error that it throws ends the search.
  /// - Complexity: O(n log n) time, O(n) memory.
  package func insights<Stop>(
    below focus: Int?, keys: CallKeys, betweenStages check: () throws(Stop) -> Void
  ) throws(Stop) -> [Insight] {
    guard !tree.roots.isEmpty else { return [] }
    let context = InsightContext(self, focus: focus, keys: keys)
    var claims = InsightClaims()
    var found: [Insight] = []
    for detector in InsightRegistry.detectors {
      try check()
      found += detector.find(in: context, claims: &claims)
    }
    for index in found.indices { found[index].settle() }
    // If all self time of a span is reported, its parts are not reported again.
    let uncovered = Set(found.lazy.filter { $0.kind == .uncoveredTime }.map(\.row))
    found.removeAll { $0.kind == .gap && uncovered.contains($0.row) }
    // If all steps have the same duration, they were not measured: findings about their time would be meaningless.
    if let run = AgentRun(self, below: focus) {
      if run.hasMadeUpTimes { found.removeAll { $0.costNanos > 0 } }
      // A model's answering time is its own: spans inside could not explain it.
      let models = Set(run.steps.lazy.filter { $0.kind == .model }.map(\.row))
      found.removeAll { $0.kind == .uncoveredTime && models.contains($0.row) }
    }
    for index in found.indices { context.describe(&found[index]) }
    let rank = Dictionary(uniqueKeysWithValues: Insight.Kind.allCases.enumerated().map { ($1, $0) })
    return found.sorted { left, right in
      if left.costNanos != right.costNanos { return left.costNanos > right.costNanos }
      if left.kind != right.kind { return rank[left.kind]! < rank[right.kind]! }
      return left.row != right.row && tree.startPrecedes(left.row, right.row)
    }
  }
}
