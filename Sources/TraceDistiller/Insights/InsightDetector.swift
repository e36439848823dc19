// The detectors behind one small shape, listed in one place. distilling.md, "Insights": a detector that is not sure stays silent.

/// Finds one kind of insight.
protocol InsightDetector {
  /// Spans are visited through `context.order` and `context.groups`, whose order does not depend on that of the records.
  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight]
}

/// What detectors have explained already, so that no later one reports the same time or failure again under another name.
struct InsightClaims {
  /// Failed calls that were tried again in the end with success.
  var recovered: Set<Int> = []
  /// Failed calls that were tried again: the time between them is back-off.
  var retried: Set<Int> = []
  /// By the key of a caller: time on the critical path of calls that it repeats.
  var repeated: [Int32: Int64] = [:]
  /// Callers that repeat calls, with their own time between these that is told of with them.
  var loops: [Int: PathParts] = [:]
  /// By span: time between its calls that is told of.
  var gaps: [Int: Int64] = [:]
  /// Calls that are told of as repeated below each of several alike callers: the key of the caller, then that of the call.
  var pieces: Set<[Int32]> = []
}

enum InsightRegistry {
  /// In the order in which they may rely on each other's claims.
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

  /// Patterns that cost time or hide failures: the dearest first, then by kind, then by span.
  /// - Parameters:
  ///   - focus: only this span and what is below it.
  ///   - keys: those of the trace.
  ///   - check: called between detectors; what it throws ends the search.
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
    // Where all of a span's own time is told of, a part of it is not told again.
    let uncovered = Set(found.lazy.filter { $0.kind == .uncoveredTime }.map(\.row))
    found.removeAll { $0.kind == .gap && uncovered.contains($0.row) }
    // Steps that all took the same were not measured: what costs time in them is made up.
    if let run = AgentRun(self, below: focus) {
      if run.hasMadeUpTimes { found.removeAll { $0.costNanos > 0 } }
      // What a model takes to answer is its own: no span inside could say more.
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
