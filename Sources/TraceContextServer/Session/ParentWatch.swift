// Ends the process when the client that started it is gone, even if somebody still holds our standard input open.

import Platform

package enum ParentWatch {
  /// Calls `onEnd` within two seconds of the process' end. Where the system gives no thread for it, the end of standard input must do.
  package static func start(process: Int32, onEnd: @escaping @Sendable () -> Void) {
    guard process > 0 else { return }
    try? SystemThread.start {
      while kill(process, 0) == 0 || errno == EPERM { usleep(1_000_000) }
      onEnd()
    }
  }
}
