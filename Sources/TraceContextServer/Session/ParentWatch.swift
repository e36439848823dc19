// Ends the process when the client that started it is gone, even if somebody still holds our standard input open.

import Platform

package enum ParentWatch {
  private static let everyMicros: UInt32 = 1_000_000

  /// Calls `onEnd` within two seconds of the end of a process that the client named. False where there is no such process here: the client
  /// may live in another container or on another machine, and the end of our standard input shows its end.
  package static func start(process: Int32, onEnd: @escaping @Sendable () -> Void) -> Bool {
    guard process > 0, isAlive(process) else { return false }
    try? SystemThread.start {
      while isAlive(process) { usleep(everyMicros) }
      onEnd()
    }
    return true
  }

  /// Calls `onEnd` within two seconds of the end of the process that started this one. Where the system gives no thread for it, the end of standard input
  /// must do.
  package static func start(_ parent: StartingParent, onEnd: @escaping @Sendable () -> Void) {
    try? SystemThread.start {
      guard !parent.takesOrphansIn else { return }
      // Who has lost its parent gets another one: the number of the first cannot be mistaken for that of a later process.
      while getppid() == parent.process { usleep(everyMicros) }
      onEnd()
    }
  }

  private static func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 || errno == EPERM }
}
