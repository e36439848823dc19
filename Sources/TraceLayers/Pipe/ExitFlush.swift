// A normal exit writes what waits: the last records of a program are often the ones that matter.

import Glibc
import TraceRecords

/// Flushes every living manager when the program calls exit or returns from main.
enum ExitFlush {
  private struct Entry: Sendable {
    weak let manager: NamedPipeLogManager?
  }

  private static let managers = ForkSafeMutex<[Entry]>([])
  private static let handler: Int32 = atexit { ExitFlush.flushAll() }

  static func register(_ manager: NamedPipeLogManager) {
    _ = handler
    managers.withLock { entries in
      entries.removeAll { $0.manager == nil }
      entries.append(Entry(manager: manager))
    }
  }

  private static func flushAll() {
    for entry in managers.withLock({ $0 }) { entry.manager?.flush() }
  }
}
