// What is computed of one revision of a trace, shared by the requests that ask about it.

import Platform
import TraceRecords

/// A distilled trace that the first request makes; those beside it wait for it, those after it find it made.
package final class TraceAnalysis: Sendable {
  private let made = Once<DistilledTrace>()
  private let latest = ForkSafeMutex<DistilledTrace?>(nil)

  init() {}

  /// - Parameter snapshot: The trace of this analysis' revision; what is not the trace's own (losses, quiet) may have changed since.
  /// - Complexity: O(n log n) the first time, O(1) later.
  package func distilled(_ snapshot: TraceSnapshot) throws(CancellationError) -> DistilledTrace {
    var trace = try made.value { () throws(CancellationError) in
      let trace = try DistilledTrace(snapshot, betweenStages: Cancellation.check)
      latest.withLock { $0 = trace }
      return trace
    }
    trace.snapshot = snapshot
    return trace
  }

  /// Bytes that it takes by now, beyond the store's own. Never waits for who makes it.
  var allocatedBytes: Int { latest.withLock { $0?.allocatedBytes } ?? 0 }
}
