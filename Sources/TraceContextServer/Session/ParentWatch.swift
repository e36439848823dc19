// Ends the process when the client that started it is gone, even if another process still holds our standard input open.

import Platform

package enum ParentWatch {
  private static let everyMicros: UInt32 = 1_000_000

  /// Calls `onEnd` within two seconds after the end of the process that the client named. Returns false if there is no such process here:
  /// the client may run in another container or on another machine, and the end of our standard input then shows that it is gone.
  package static func start(process: Int32, onEnd: @escaping @Sendable () -> Void) -> Bool {
    guard process > 0, isAlive(process) else { return false }
    try? SystemThread.start {
      while isAlive(process) { usleep(everyMicros) }
      onEnd()
    }
    return true
  }

  /// Calls `onEnd` within two seconds after the end of the process that started this one. If the system refuses a thread, the end of
  /// standard input has to do.
  package static func start(_ parent: StartingParent, onEnd: @escaping @Sendable () -> Void) {
    try? SystemThread.start {
      guard !parent.takesOrphansIn else { return }
      // A process whose parent ended gets another parent. So the old parent's id cannot be confused with that of a later process.
      while getppid() == parent.process { usleep(everyMicros) }
      onEnd()
    }
  }

  private static func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 || errno == EPERM }
}
