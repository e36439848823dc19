// The memory in which records wait for the writer thread: one block of bytes, allocated once, filled by memcpy under a lock.

import Platform

/// Consecutive complete lines, up to a fixed capacity. Not thread-safe by itself: `SendQueue` has the lock.
///
/// `@unchecked Sendable`: it cannot be copied, so its memory has one owner, who may move it to another thread.
struct RecordBuffer: ~Copyable, @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let capacity: Int
  private(set) var used = 0
  private(set) var records = 0

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 64)
    // Touch all pages now: the first record of a burst must not wait for the kernel.
    memset(base, 0, capacity)
  }

  deinit { base.deallocate() }

  var free: Int { capacity - used }
  var isEmpty: Bool { used == 0 }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    memcpy(base + used, start, bytes.count)
    used += bytes.count
  }

  /// Appends decimal digits, without a String.
  mutating func append(_ number: UInt64) {
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
      var rest = number
      var at = 20
      repeat {
        at -= 1
        digits[at] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
        rest /= 10
      } while rest > 0
      append(UnsafeRawBufferPointer(rebasing: digits[at...]))
    }
  }

  mutating func endRecord() {
    base.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: used, as: UInt8.self)
    used += 1
    records += 1
  }

  /// Ends a line that is not counted as a record: session markers and gap records have no sequence number.
  mutating func endUncountedLine() {
    base.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: used, as: UInt8.self)
    used += 1
  }

  mutating func removeAll() {
    used = 0
    records = 0
  }
}
