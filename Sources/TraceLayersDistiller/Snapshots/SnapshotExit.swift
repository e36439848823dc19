// A normal exit leaves a last report: often the one that matters.

import Platform
import Synchronization
import TraceLayers
import TraceRecords

/// The reports that wait for the end of the program. Nobody else needs to hold on to them.
enum SnapshotExit {
  private static let waiting = ForkSafeMutex<[SnapshotReports]>([])
  /// In which process of a family the latest of them was registered.
  private static let generation = Atomic<UInt64>(.max)
  private static let handler: Int32 = atexit { SnapshotExit.writeAll() }

  static func register(_ reports: SnapshotReports) {
    _ = handler
    generation.store(ForkGeneration.current, ordering: .releasing)
    waiting.withLock { $0.append(reports) }
  }

  static func remove(_ reports: SnapshotReports) { waiting.withLock { $0.removeAll { $0 === reports } } }

  /// All at the same time, and one second for them together.
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
