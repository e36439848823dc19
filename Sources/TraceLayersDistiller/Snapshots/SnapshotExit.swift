// Writes a last report at a normal exit: it is often the important one.

import Platform
import Synchronization
import TraceLayers
import TraceRecords

/// The reports to write at the end of the program. They are retained here, so the program does not have to.
enum SnapshotExit {
  private static let waiting = ForkSafeMutex<[SnapshotReports]>([])
  /// The fork generation of the process that registered the latest of them.
  private static let generation = Atomic<UInt64>(.max)
  private static let handler: Int32 = atexit { SnapshotExit.writeAll() }

  static func register(_ reports: SnapshotReports) {
    _ = handler
    generation.store(ForkGeneration.current, ordering: .releasing)
    waiting.withLock { $0.append(reports) }
  }

  static func remove(_ reports: SnapshotReports) { waiting.withLock { $0.removeAll { $0 === reports } } }

  /// All at the same time, with one second for all of them together.
  private static func writeAll() {
    // A child of `fork` writes none in its parent's name.
    guard generation.load(ordering: .acquiring) == ForkGeneration.current else { return }
    write(waiting.withLock { $0 })
  }

  static func write(_ all: [SnapshotReports]) {
    let deadline = MonotonicClock.nanos + SnapshotReports.exitNanos
    for reports in all { reports.beginExitReport() }
    for reports in all { reports.awaitExitReport(until: deadline) }
  }
}
