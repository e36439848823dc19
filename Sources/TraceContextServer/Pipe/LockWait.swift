// Waits, without polling, for a pipe that another server owns.

import Platform
import Synchronization

/// Waits for one lock on a thread of its own: poll(2) cannot wait for flock(2), and the thread that reads the other pipes must not block.
/// The thread ends when the owner releases the lock.
final class LockWait: Sendable {
  enum Outcome: Sendable {
    case taken
    case failed(errno: Int32)
  }

  private let end = Mutex<Outcome?>(nil)

  /// - Parameter onEnd: called on that thread when there is an outcome.
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

  /// Nil while it waits.
  var outcome: Outcome? { end.withLock { $0 } }
}
