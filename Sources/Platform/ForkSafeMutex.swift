// A lock that a child of `fork` may use, whatever the parent's threads were doing at the fork. The forking thread holds the lock during the
// fork, so that in the child the lock is free and its value is consistent.

/// A value behind a POSIX mutex that is held during `fork`. Only for long-lived values: each one is added to a list and makes every fork
/// take one more lock.
///
/// Code that may fork must not run under the lock. `@unchecked Sendable`: the value is accessed only under the lock.
package struct ForkSafeMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let mutex: PosixMutex<Value>

  package init(_ initial: consuming sending Value) {
    mutex = PosixMutex(initial)
    ForkLocks.add(mutex.lock)
  }

  deinit { ForkLocks.remove(mutex.lock) }

  /// Runs the body with exclusive access to the value.
  @inlinable @inline(__always)
  package borrowing func withLock<Result: ~Copyable, Failure>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    ForkLocks.giveWay()
    return try mutex.withLock(body)
  }
}
