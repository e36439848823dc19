// Spans are many and short: a lock of its own would cost each a block of memory, and every fork a walk over all of them.

import PipeBasics
import Platform

/// A fixed number of locks that all spans share, each span one of them, held across `fork`.
///
/// Under such a lock nothing of the program runs, no value of the program is freed and no other lock is taken: two spans may have the same.
enum SpanLocks {
  /// A power of two: threads rarely meet at one.
  private static let count = 64
  /// A cache line each, so that neighbours do not slow each other down.
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

  /// Before the first span, so that no fork finds it half done.
  static func prepare() { _ = block }

  /// The lock of an object, by its address.
  @inline(__always)
  static func lock(of object: AnyObject) -> UnsafeMutablePointer<pthread_mutex_t> {
    let spread = UInt64(UInt(bitPattern: ObjectIdentifier(object))) &* 0x9E37_79B9_7F4A_7C15
    return (block + Int(spread >> 58) * stride).assumingMemoryBound(to: pthread_mutex_t.self)
  }
}
