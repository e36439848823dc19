// Ends the process when the client that started it is gone, even if somebody still holds our standard input open.

import Glibc

package enum ParentWatch {
  /// Calls `onEnd` within two seconds of the process' end.
  package static func start(process: Int32, onEnd: @escaping @Sendable () -> Void) {
    guard process > 0 else { return }
    ServerThread.start {
      while kill(process, 0) == 0 || errno == EPERM { usleep(1_000_000) }
      onEnd()
    }
  }
}
