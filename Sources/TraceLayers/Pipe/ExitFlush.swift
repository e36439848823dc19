// A normal exit writes what waits: the last records of a program are often the ones that matter.

import Platform
import Synchronization

/// Flushes every living manager when the program calls exit or returns from main.
enum ExitFlush {
  private struct Entry: Sendable {
    weak let manager: NamedPipeLogManager?
  }

  private static let managers = ForkSafeMutex<[Entry]>([])
  /// In which process of a family a manager was used last.
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

  /// This process sends records, and has something to write at its end.
  static func noteUse() { generation.store(ForkGeneration.current, ordering: .releasing) }

  /// One second for all of them together.
  private static func flushAll() {
    // A child of `fork` that sent nothing has nothing to write.
    guard generation.load(ordering: .acquiring) == ForkGeneration.current else { return }
    let deadline = MonotonicClock.nanos + NamedPipeLogManager.flushNanos
    for entry in managers.withLock({ $0 }) { _ = entry.manager?.flush(until: deadline) }
  }
}
