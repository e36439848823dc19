// A lock that a child process may use. `Synchronization.Mutex` on Linux keeps the thread's number, which fork makes a wrong one: where two threads of the
// child then meet, it stops the process (seen with Swift 6.3.1: "Unknown error occurred while attempting to acquire a Mutex").

package import Glibc

/// A value behind a POSIX mutex. For what runs inside programs that are not ours; the server's own state has `Synchronization.Mutex`.
///
/// `@unchecked Sendable`: the value is reached under the lock alone.
package struct ForkSafeMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  // Both on the heap: a POSIX mutex must not move.
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
  @usableFromInline let value: UnsafeMutablePointer<Value>

  package init(_ initial: consuming sending Value) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    value = .allocate(capacity: 1)
    value.initialize(to: initial)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    value.deinitialize(count: 1)
    value.deallocate()
  }

  /// Runs the body with the value to itself.
  @inlinable
  package borrowing func withLock<Result: ~Copyable, Failure>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }
}
