// The one place of the scanner that touches memory without bounds checks, and why it may.
//
// A cursor walks through whole lines: bytes in which a newline (the sentinel) follows, with `LineCursor.padding` readable bytes behind it.
// 1. `at` never passes the sentinel. It moves over a byte only when that byte was looked at and is no newline: every `pass` compares with bytes
//    that are no newlines, `passStringBytes` stops at each control character, `passBlanks` and `passDigits` at whatever is none.
// 2. A place in the line (`offset`, `ScannedText`) is where `at` was, or the line's start. Loads from there begin at most 16 bytes further.
// 3. So every load begins at most 16 bytes behind the sentinel and takes at most 32: within the padding.
// A line that is no JSON ends the walk at its newline at the latest, because no JSON value of one line holds one. The same holds for a whole text with
// a NUL as its sentinel, which no JSON text holds: there alone `passWhitespace` may be used, which goes over newlines.

import CScan
import Platform

/// A place in a line that is being read.
struct LineCursor {
  /// How many bytes behind the sentinel must be readable.
  static let padding = 64

  private let start: UnsafeRawPointer
  private var at: UnsafeRawPointer

  /// - Parameter line: the first byte of a line; the rules above hold for it.
  @inline(__always)
  init(line: UnsafeRawPointer) {
    start = line
    at = line
  }

  /// Bytes from the line's start.
  @inline(__always)
  var offset: Int { at - start }

  @inline(__always)
  var byte: UInt8 { at.load(as: UInt8.self) }

  /// Eight bytes from a place on, the first in the lowest bits.
  @inline(__always)
  func word(at offset: Int) -> UInt64 { UInt64(littleEndian: (start + offset).loadUnaligned(as: UInt64.self)) }

  @inline(__always)
  func byte(at offset: Int) -> UInt8 { (start + offset).load(as: UInt8.self) }

  /// Bytes of the line that the cursor has passed.
  @inline(__always)
  func bytes(_ text: ScannedText) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start + Int(text.start), count: Int(text.count))
  }

  /// Goes back to a text that was passed.
  @inline(__always)
  mutating func go(backTo text: ScannedText) { at = start + Int(text.start) }

  /// Goes over a byte that the caller has seen to be `byte`, or that is; false where another one stands.
  @inline(__always)
  mutating func pass(_ byte: UInt8) -> Bool {
    guard self.byte == byte else { return false }
    at += 1
    return true
  }

  /// Goes over a name of at most 32 bytes, none of which is a newline; false where others stand.
  @inline(__always)
  mutating func pass(_ name: StaticString) -> Bool {
    guard memcmp(at, name.utf8Start, name.utf8CodeUnitCount) == 0 else { return false }
    at += name.utf8CodeUnitCount
    return true
  }

  /// Goes over the bytes of a word, none of which is a newline; false where others stand.
  @inline(__always)
  mutating func pass(_ word: ScannedWord) -> Bool {
    let differs = (self.word(at: offset) ^ word.low) & word.lowMask | (self.word(at: offset + 8) ^ word.middle) & word.middleMask
    guard differs == 0, word.count <= 16 || (self.word(at: offset + 16) ^ word.high) & word.highMask == 0 else { return false }
    at += word.count
    return true
  }

  /// Goes over bytes that are known, none of which is a newline; false where others stand. A block is compared only where all of the one before it
  /// stood there, so that no load begins behind the sentinel.
  @inline(__always)
  mutating func pass(_ literal: ShapeLiteral, of literals: UnsafeRawBufferPointer) -> Bool {
    precondition(Int(literal.end) <= literals.count && literal.start < literal.end)
    guard let first = literals.baseAddress else { return false }
    var known = first + Int(literal.start)
    let last = first + Int(literal.end) - ShapeLiteral.blockBytes
    var here = at
    while known < last {
      guard scan_equal_bytes_16(here, known) == 0xFFFF else { return false }
      here += ShapeLiteral.blockBytes
      known += ShapeLiteral.blockBytes
    }
    guard ~scan_equal_bytes_16(here, last) & UInt32(literal.lastBytes) == 0 else { return false }
    at += Int(literal.count)
    return true
  }

  @inline(__always)
  mutating func passBlanks() {
    while byte == 0x20 || byte == 0x09 || byte == 0x0D { at += 1 }
  }

  /// Goes over blanks and newlines: for texts whose sentinel is a NUL.
  @inline(__always)
  mutating func passWhitespace() {
    while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  /// Goes over digits and adds them to a number, which wraps around: the caller counts them.
  @inline(__always)
  mutating func passDigits(_ number: inout UInt64) {
    while true {
      let digit = byte &- 0x30
      guard digit < 10 else { return }
      number = number &* 10 &+ UInt64(digit)
      at += 1
    }
  }

  /// The number that eight digits are; nil where one of the bytes is none. The first digit is in the lowest byte.
  /// After Lemire, "Quickly parsing eight digits" (2022): pairs, then fours, then all eight in three multiplications.
  @inline(__always)
  static func eightDigits(_ word: UInt64) -> UInt64? {
    let digits = word &- 0x3030_3030_3030_3030
    guard (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0 else { return nil }
    let pairs = (digits &* 10) &+ (digits >> 8)
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = ((pairs >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) >> 32
  }

  /// Goes over bytes of a string up to one that needs a look: quote, backslash, control character, beyond ASCII.
  @inline(__always)
  mutating func passStringBytes() {
    var stops = scan_string_stops(at)
    while stops == 0 {
      at += 32
      stops = scan_string_stops(at)
    }
    at += stops.trailingZeroBitCount
  }

  /// Goes over the inside of a string of plain ASCII, and over its closing quote; false, and nothing passed, where it is no such string.
  @inline(__always)
  mutating func passPlainString(_ text: inout ScannedText) -> Bool {
    var end = at
    var stops = scan_string_stops_16(end)
    while stops == 0 {
      end += 16
      stops = scan_string_stops_16(end)
    }
    end += stops.trailingZeroBitCount
    guard end.load(as: UInt8.self) == UInt8(ascii: "\"") else { return false }
    text = ScannedText(start: offset, count: end - at)
    at = end + 1
    return true
  }
}

/// Bytes of a line, counted from its start.
struct ScannedText: BitwiseCopyable, Sendable {
  var start: UInt32
  var count: UInt32

  static let empty = ScannedText(start: 0, count: 0)

  @inline(__always)
  init(start: Int, count: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.count = UInt32(truncatingIfNeeded: count)
  }
}

/// Up to 24 bytes that are compared at once.
struct ScannedWord: BitwiseCopyable, Sendable {
  static let maxCount = 24

  let low, middle, high, lowMask, middleMask, highMask: UInt64
  let count: Int

  init(_ text: [UInt8]) {
    let count = text.count
    precondition(count <= ScannedWord.maxCount && !text.contains(0x0A))
    func word(_ from: Int) -> UInt64 { text.dropFirst(from).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    func mask(_ from: Int) -> UInt64 { count >= from + 8 ? .max : count <= from ? 0 : 1 << UInt64((count - from) * 8) - 1 }
    (low, middle, high) = (word(0), word(8), word(16))
    (lowMask, middleMask, highMask) = (mask(0), mask(8), mask(16))
    self.count = count
  }
}
