// Spans are many and short-lived: a lock per span would need an allocation each, and every fork would have to visit all of them.

import PipeBasics
import Platform

/// A fixed number of locks, shared by all spans and held during `fork`. Each span uses one of them.
///
/// Under such a lock no code of the program runs, no value of the program is released, and no other lock is taken: two spans may share a
/// lock.
enum SpanLocks {
  /// A power of two, large enough that threads rarely contend.
  private static let count = 64
  /// A cache line each, to avoid false sharing.
  private static let stride = 64

  private nonisolated(unsafe) static let block: UnsafeMutableRawPointer = {
    let block = UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: stride)
    for index in 0..<count {
      let lock = (block + index * stride).bindMemory(to: pthread_mutex_t.self, capacity: 1)
      lock.initialize(to: pthread_mutex_t())
      pthread_mutex_init(lock, nil)
      ForkLocks.add(lock)
    }
    return block
  }()

  /// Called before the first span, so that no fork happens in the middle of it.
  static func prepare() { _ = block }

  /// The lock of an object, by its address.
  @inline(__always)
  static func lock(of object: AnyObject) -> UnsafeMutablePointer<pthread_mutex_t> {
    let spread = UInt64(UInt(bitPattern: ObjectIdentifier(object))) &* 0x9E37_79B9_7F4A_7C15
    return (block + Int(spread >> 58) * stride).assumingMemoryBound(to: pthread_mutex_t.self)
  }
}
