// A byte queue in one contiguous block of memory, so that memchr can search it.

import Platform

/// A first-in-first-out queue of bytes. Every byte is moved a constant number of times, whatever the sizes of the chunks.
package struct ByteQueue: Sendable {
  private var storage: [UInt8] = []
  private var start = 0

  package init() {}

  package var count: Int { storage.count - start }
  package var isEmpty: Bool { start == storage.count }

  /// The byte at an offset from the front.
  subscript(offset: Int) -> UInt8 { storage[start + offset] }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    // Moving the rest costs less than the bytes that were removed since the last move.
    if start > 4_096, start > storage.count / 2 {
      storage.removeSubrange(0..<start)
      start = 0
    }
    storage.append(contentsOf: bytes)
  }

  /// The offset of the first such byte at or after `from`.
  func firstIndex(of byte: UInt8, from: Int) -> Int? {
    guard from < count else { return nil }
    return withBytes { bytes in
      guard let base = bytes.baseAddress, let found = memchr(base + from, Int32(byte), bytes.count - from) else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
  }

  /// A copy of the first bytes.
  func prefix(_ length: Int) -> [UInt8] { Array(storage[start..<start + length]) }

  package mutating func drop(_ length: Int) {
    start += length
    guard start == storage.count else { return }
    start = 0
    // Releases the memory of one very large message.
    storage.removeAll(keepingCapacity: storage.capacity <= 1 << 20)
  }
}
