// Waiting for a pipe that another server owns, without polling.

import Platform
import Synchronization

/// One wait for a lock, in a thread of its own: poll(2) knows nothing of flock(2), and the thread that reads the other pipes must not wait.
/// The thread lives until the owner lets go.
final class LockWait: Sendable {
  enum Outcome: Sendable {
    case taken
    case failed(errno: Int32)
  }

  private let end = Mutex<Outcome?>(nil)

  /// - Parameter onEnd: called on that thread once there is an outcome.
  init(_ lock: PipeLock, onEnd: @escaping @Sendable () -> Void) {
    do {
      try SystemThread.start { [self] in
        let outcome = lock.waitForLock() ? Outcome.taken : .failed(errno: errno)
        end.withLock { $0 = outcome }
        onEnd()
      }
    } catch {
      end.withLock { $0 = .failed(errno: error.errorNumber) }
      onEnd()
    }
  }

  /// Nil as long as it waits.
  var outcome: Outcome? { end.withLock { $0 } }
}
