// A lock that a child of `fork` may use whatever the parent's threads did at that moment: the forking thread holds it across the fork, so that the child
// gets it free and its value whole.

import Glibc

/// A value behind a POSIX mutex that is taken over `fork`. For what lives long: each one costs every fork a lock, and is entered in a list.
///
/// No code that may fork runs under the lock. `@unchecked Sendable`: the value is reached under the lock alone.
package struct ForkSafeMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let mutex: PosixMutex<Value>

  package init(_ initial: consuming sending Value) {
    mutex = PosixMutex(initial)
    ForkLocks.add(mutex.lock)
  }

  deinit { ForkLocks.remove(mutex.lock) }

  /// Runs the body with the value to itself.
  @inlinable @inline(__always)
  package borrowing func withLock<Result: ~Copyable, Failure>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    ForkLocks.giveWay()
    return try mutex.withLock(body)
  }
}
