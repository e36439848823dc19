// Flushes waiting records at a normal exit: the last records of a program are often the important ones.

import Platform
import Synchronization

/// Flushes every living manager when the program calls exit or returns from main.
enum ExitFlush {
  private struct Entry: Sendable {
    weak let manager: NamedPipeLogManager?
  }

  private static let managers = ForkSafeMutex<[Entry]>([])
  /// The fork generation of the process that last used a manager.
  private static let generation = Atomic<UInt64>(.max)
  private static let handler: Int32 = atexit { ExitFlush.flushAll() }

  static func register(_ manager: NamedPipeLogManager) {
    _ = handler
    noteUse()
    managers.withLock { entries in
      entries.removeAll { $0.manager == nil }
      entries.append(Entry(manager: manager))
    }
  }

  /// Records that this process sends records and has to flush at exit.
  static func noteUse() { generation.store(ForkGeneration.current, ordering: .releasing) }

  /// One second for all managers together.
  private static func flushAll() {
    // A child of `fork` that sent nothing has nothing to write.
    guard generation.load(ordering: .acquiring) == ForkGeneration.current else { return }
    let deadline = MonotonicClock.nanos + NamedPipeLogManager.flushNanos
    for entry in managers.withLock({ $0 }) { _ = entry.manager?.flush(until: deadline) }
  }
}
