// The text of one trace: appended, never moved, freed with its trace.

import Glibc

/// The place of a text in a `TextArena`: page in the upper half, offset in the lower.
package struct TextReference: Sendable, BitwiseCopyable, Equatable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Texts in pages of 64 KiB, each led by its length. A longer text has a page of its own.
package struct TextArena: Sendable {
  private var pages: [[UInt8]] = []
  private var capacity = 0
  private static let pageSize = 1 << 16

  package init() {}

  package var allocatedBytes: Int { capacity + pages.count * 40 }

  /// Adds a text, or nil where the arena's 65,536 pages are used up.
  package mutating func append(_ text: UnsafeRawBufferPointer) -> TextReference? {
    let needed = text.count + (text.count < 0x80 ? 1 : text.count < 0x4000 ? 2 : 5)
    if pages.isEmpty || pages[pages.count - 1].count + needed > Self.pageSize {
      // One page less than the references could name: the last reference of all means none.
      guard pages.count < 1 << 16 - 1 else { return nil }
      seal()
      pages.append([])
      // The first page of a small trace grows as needed; later pages come whole.
      if pages.count > 1 { pages[pages.count - 1].reserveCapacity(max(Self.pageSize, needed)) }
      capacity += pages[pages.count - 1].capacity
    }
    let page = pages.count - 1
    let before = pages[page].capacity
    let offset = pages[page].count
    pages[page].appendLength(text.count)
    pages[page].append(contentsOf: text)
    capacity += pages[page].capacity - before
    return TextReference(rawValue: UInt32(page) << 16 | UInt32(offset))
  }

  /// Lends a text's bytes.
  package func withBytes<Result>(_ reference: TextReference, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    pages[Int(reference.rawValue >> 16)].withUnsafeBytes { page in
      var cursor = Int(reference.rawValue & 0xFFFF)
      let count = Int(page.readVarint(&cursor))
      return body(UnsafeRawBufferPointer(rebasing: page[cursor..<cursor + count]))
    }
  }

  package func string(_ reference: TextReference) -> String { withBytes(reference) { String(decoding: $0, as: UTF8.self) } }

  package func equals(_ reference: TextReference, _ text: UnsafeRawBufferPointer) -> Bool {
    withBytes(reference) { stored in
      stored.count == text.count && (text.isEmpty || memcmp(stored.baseAddress!, text.baseAddress!, text.count) == 0)
    }
  }

  /// Whether one text comes before the other, byte by byte.
  package func precedes(_ left: TextReference, _ right: TextReference) -> Bool {
    withBytes(left) { left in
      withBytes(right) { right in
        let common = min(left.count, right.count)
        let order = common == 0 ? 0 : memcmp(left.baseAddress!, right.baseAddress!, common)
        return order == 0 ? left.count < right.count : order < 0
      }
    }
  }

  /// Gives back the slack of the last page.
  package mutating func seal() {
    guard let last = pages.last, last.capacity > last.count + last.count / 8 else { return }
    capacity -= last.capacity
    pages[pages.count - 1] = Array(unsafeUninitializedCapacity: last.count) { buffer, count in
      count = buffer.initialize(fromContentsOf: last)
    }
    capacity += pages[pages.count - 1].capacity
  }
}

extension [UInt8] {
  /// LEB128.
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// A length takes 1, 2 or 5 bytes, so that the space needed is known beforehand.
  fileprivate mutating func appendLength(_ count: Int) {
    if count < 0x4000 { return appendVarint(UInt64(count)) }
    for shift in stride(from: 0, to: 28, by: 7) { append(UInt8(truncatingIfNeeded: count >> shift) | 0x80) }
    append(UInt8(truncatingIfNeeded: count >> 28) & 0x0F)
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func readVarint(_ cursor: inout Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = self[cursor]
      cursor += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }
}
