// One trace of a base. Most findings need only its profile; it is distilled when one asks for its calls.

import TraceRecords

/// A trace of the base, with the step of each row.
struct BaseTrace: Sendable {
  var trace: DistilledTrace
  var stepOfRow: [Int32]
}

/// A trace of the base that may not be distilled yet.
struct BaseCandidate: Sendable {
  let snapshot: TraceSnapshot
  private let distilled = Lazy<DistilledTrace>()
  private let rows: [Int32]?

  init(_ trace: DistilledTrace, stepOfRow: [Int32]) {
    (snapshot, rows) = (trace.snapshot, stepOfRow)
    _ = distilled.value { trace }
  }

  init(_ snapshot: TraceSnapshot) { (self.snapshot, rows) = (snapshot, nil) }

  var trace: DistilledTrace { distilled.value { DistilledTrace(snapshot) } }

  /// - Parameter paths: a table that has its steps.
  func resolved(_ paths: StepPaths) -> BaseTrace {
    if let rows { return BaseTrace(trace: trace, stepOfRow: rows) }
    var paths = paths
    return BaseTrace(trace: trace, stepOfRow: paths.add(trace, CallKeys(trace)))
  }
}
