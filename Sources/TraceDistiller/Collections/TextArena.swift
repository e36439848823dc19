// The texts of one trace: appended, never moved, freed with the trace.

import CScan
import Platform

/// The location of a text in a `TextArena`: page in the upper half, offset in the lower half.
package struct TextReference: Sendable, BitwiseCopyable, Equatable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Texts in pages of 64 KiB, each with its length in front. A longer text gets a page of its own.
package struct TextArena: Sendable {
  /// The full pages.
  private var pages: [[UInt8]] = []
  /// The last page, including its unused bytes, which are zero.
  private var tail: [UInt8] = []
  private var used = 0
  /// The size of the pages, including the header of each.
  package private(set) var allocatedBytes = 0
  private static let pageSize = 1 << 16
  private static let firstPage = 256
  /// The length value that marks an id of 16 hex digits stored in 8 bytes.
  private static let hexLength: UInt8 = 0x7F

  package init() {}

  /// Adds a text; nil if the arena's 65,536 pages are used up.
  package mutating func append(_ text: UnsafeRawBufferPointer) -> TextReference? {
    append(upTo: text.count) { memory in
      memory.copy(text, to: 0)
      return text.count
    }
  }

  /// Adds a text of at most `count` bytes, which the body writes. The body returns how many bytes it wrote.
  @inline(__always)
  mutating func append(upTo most: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) -> TextReference? {
    let lead = most < Int(Self.hexLength) ? 1 : most < 0x4000 ? 2 : 5
    if used + lead + most > tail.count { guard grow(by: lead + most) else { return nil } }
    let offset = used
    let count = tail.withUnsafeMutableBytes { page in
      let count = body(UnsafeMutableRawBufferPointer(rebasing: page[offset + lead..<offset + lead + most]))
      page.writeLength(count, in: lead, at: offset)
      return count
    }
    used = offset + lead + count
    return TextReference(rawValue: UInt32(pages.count) << 16 | UInt32(offset))
  }

  /// Adds an id. Reading it gives the same text, but ids of the usual form take half the memory.
  mutating func append(id: UnsafeRawBufferPointer) -> TextReference? {
    guard let hex = HexID(id) else { return append(id) }
    return append(hex)
  }

  @inline(__always)
  mutating func append(_ hex: HexID) -> TextReference? {
    let size = 1 + MemoryLayout<UInt64>.size
    if used + size > tail.count { guard grow(by: size) else { return nil } }
    let offset = used
    used += size
    tail.withUnsafeMutableBytes { page in
      page[offset] = Self.hexLength
      page.storeBytes(of: hex.bytes.littleEndian, toByteOffset: offset + 1, as: UInt64.self)
    }
    return TextReference(rawValue: UInt32(pages.count) << 16 | UInt32(offset))
  }

  /// Extends the last page or begins another one. The first page of a small trace grows as needed; later pages are allocated at full size.
  @inline(never)
  private mutating func grow(by needed: Int) -> Bool {
    if used + needed <= Self.pageSize {
      resize(to: pages.isEmpty ? min(Self.pageSize, max(2 * tail.count, used + needed, Self.firstPage)) : Self.pageSize)
      return true
    }
    guard !tail.isEmpty else {
      resize(to: needed)
      return true
    }
    // One page less than references could address: the last reference value means none.
    guard pages.count < 1 << 16 - 2 else { return false }
    seal()
    pages.append(tail)
    allocatedBytes += 8
    tail = []
    used = 0
    resize(to: max(needed, Self.pageSize))
    return true
  }

  private mutating func resize(to length: Int) {
    allocatedBytes -= Self.bytes(of: tail)
    let old = tail
    tail = Array(unsafeUninitializedCapacity: length) { memory, count in
      count = length
      memory.initialize(repeating: 0)
      UnsafeMutableRawBufferPointer(memory).copyBytes(from: old.prefix(used))
    }
    allocatedBytes += Self.bytes(of: tail)
  }

  private static func bytes(of page: [UInt8]) -> Int { HeapBytes.ofArray(page.capacity) }

  /// Passes a text's bytes to the body. Inlined with its body: a closure call would retain everything it captures, for every text.
  @inline(__always)
  package func withBytes<Result>(_ reference: TextReference, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let page = Int(reference.rawValue >> 16)
    if page == pages.count { return tail.withUnsafeBytes { TextArena.text(reference, of: $0, body) } }
    return pages[page].withUnsafeBytes { TextArena.text(reference, of: $0, body) }
  }

  @inline(__always)
  private static func text<Result>(
    _ reference: TextReference, of page: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    var cursor = Int(reference.rawValue & 0xFFFF)
    if page[cursor] == hexLength {
      let id = HexID(bytes: UInt64(littleEndian: page.loadUnaligned(fromByteOffset: cursor + 1, as: UInt64.self)))
      return withUnsafeBytes(of: id.text) { body($0) }
    }
    let count = Int(page.readVarint(&cursor))
    return body(UnsafeRawBufferPointer(rebasing: page[cursor..<cursor + count]))
  }

  /// Asks for the memory of its first texts before they are needed.
  @inline(__always)
  func prefetch() {
    tail.withUnsafeBytes { texts in
      guard let first = texts.baseAddress else { return }
      for line in stride(from: 0, to: min(used, 512), by: 64) { find_prefetch(first + line) }
    }
  }

  /// Calls the body with the memory of all texts, page by page, until it returns true. Returns whether it did. No text spans two pages.
  func contains(_ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    for page in pages where page.withUnsafeBytes({ body($0) }) { return true }
    return tail.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<used])) }
  }

  /// Whether there is a character beyond ASCII whose lower case is ASCII: İ (U+0130, C4 B0) or the Kelvin sign (U+212A, E2 84 AA).
  var hasOddFolding: Bool {
    contains { texts in
      withUnsafeBytes(of: (0xC4, 0xB0) as (UInt8, UInt8)) { find_folded(texts.baseAddress, texts.count, $0.baseAddress, 2) != 0 }
        || withUnsafeBytes(of: (0xE2, 0x84, 0xAA) as (UInt8, UInt8, UInt8)) {
          find_folded(texts.baseAddress, texts.count, $0.baseAddress, 3) != 0
        }
    }
  }

  package func string(_ reference: TextReference) -> String { withBytes(reference) { String(decoding: $0, as: UTF8.self) } }

  /// Whether a stored text is that id.
  @inline(__always)
  func equals(_ reference: TextReference, _ hex: HexID) -> Bool {
    let page = Int(reference.rawValue >> 16)
    let place = Int(reference.rawValue & 0xFFFF)
    func isSame(_ page: UnsafeRawBufferPointer) -> Bool {
      page[place] == Self.hexLength && UInt64(littleEndian: page.loadUnaligned(fromByteOffset: place + 1, as: UInt64.self)) == hex.bytes
    }
    return page == pages.count ? tail.withUnsafeBytes(isSame) : pages[page].withUnsafeBytes(isSame)
  }

  package func equals(_ reference: TextReference, _ text: UnsafeRawBufferPointer) -> Bool {
    withBytes(reference) { stored in
      stored.count == text.count && (text.isEmpty || memcmp(stored.baseAddress!, text.baseAddress!, text.count) == 0)
    }
  }

  /// Whether one text sorts before the other, byte by byte.
  package func precedes(_ left: TextReference, _ right: TextReference) -> Bool {
    withBytes(left) { left in
      withBytes(right) { right in
        let common = min(left.count, right.count)
        let order = common == 0 ? 0 : memcmp(left.baseAddress!, right.baseAddress!, common)
        return order == 0 ? left.count < right.count : order < 0
      }
    }
  }

  /// Releases the unused capacity of the last page.
  package mutating func seal() {
    guard tail.count > used + used / 8 else { return }
    resize(to: used)
  }
}

extension UnsafeMutableRawBufferPointer {
  /// LEB128 in exactly `bytes` bytes; short lengths are padded with empty groups.
  @inline(__always)
  fileprivate func writeLength(_ length: Int, in bytes: Int, at offset: Int) {
    for place in 0..<bytes - 1 { self[offset + place] = UInt8(truncatingIfNeeded: length >> (7 * place)) | 0x80 }
    self[offset + bytes - 1] = UInt8(truncatingIfNeeded: length >> (7 * (bytes - 1))) & 0x7F
  }

  @inline(__always)
  func copy(_ bytes: UnsafeRawBufferPointer, to offset: Int) {
    let count = bytes.count
    precondition(offset >= 0 && offset + count <= self.count)
    // Short texts are copied as two words that may overlap: a function call would cost more than the copy.
    switch count {
    case 0: return
    case 8...16:
      let last = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      storeBytes(of: bytes.loadUnaligned(as: UInt64.self), toByteOffset: offset, as: UInt64.self)
      storeBytes(of: last, toByteOffset: offset + count - 8, as: UInt64.self)
    case 4...7:
      let last = bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      storeBytes(of: bytes.loadUnaligned(as: UInt32.self), toByteOffset: offset, as: UInt32.self)
      storeBytes(of: last, toByteOffset: offset + count - 4, as: UInt32.self)
    default: (baseAddress! + offset).copyMemory(from: bytes.baseAddress!, byteCount: count)
    }
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
