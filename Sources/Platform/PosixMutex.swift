// A lock for code that runs inside programs that are not ours. On Linux `Synchronization.Mutex` stores the thread's id, which is wrong
// after fork: when two threads of the child then contend for it, the process is stopped (seen with Swift 6.3.1: "Unknown error occurred
// while attempting to acquire a Mutex").

/// A value behind a POSIX mutex. After `fork` a child may use it only if no other thread held it at the fork. State that a child inherits
/// and uses belongs behind a `ForkSafeMutex`; the server's own state uses `Synchronization.Mutex`.
///
/// `@unchecked Sendable`: the value is accessed only under the lock.
package struct PosixMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  /// One block on the heap, because a POSIX mutex must not move: the mutex, then the value.
  @usableFromInline let block: UnsafeMutableRawPointer

  package init(_ initial: consuming sending Value) {
    let alignment = max(MemoryLayout<pthread_mutex_t>.alignment, MemoryLayout<Value>.alignment)
    block = .allocate(byteCount: PosixMutex.valueOffset + MemoryLayout<Value>.size, alignment: alignment)
    let mutex = block.bindMemory(to: pthread_mutex_t.self, capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    (block + PosixMutex.valueOffset).bindMemory(to: Value.self, capacity: 1).initialize(to: initial)
  }

  deinit {
    pthread_mutex_destroy(block.assumingMemoryBound(to: pthread_mutex_t.self))
    (block + PosixMutex.valueOffset).assumingMemoryBound(to: Value.self).deinitialize(count: 1)
    block.deallocate()
  }

  /// The address of the `pthread_mutex_t`, valid as long as this value lives.
  package var lock: UnsafeMutableRawPointer { block }

  /// The first offset after the mutex that is aligned for the value.
  @inlinable @inline(__always)
  static var valueOffset: Int {
    let alignment = MemoryLayout<Value>.alignment
    return (MemoryLayout<pthread_mutex_t>.size + alignment - 1) / alignment * alignment
  }

  /// Runs the body with exclusive access to the value.
  @inlinable @inline(__always)
  package borrowing func withLock<Result: ~Copyable, Failure>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    let mutex = block.assumingMemoryBound(to: pthread_mutex_t.self)
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&(block + PosixMutex.valueOffset).assumingMemoryBound(to: Value.self).pointee)
  }
}
