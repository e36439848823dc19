// The only part of the scanner that accesses memory without bounds checks, and why that is safe.
//
// A cursor walks through complete lines: bytes followed by a newline (the sentinel) and by `LineCursor.padding` readable bytes after it.
// 1. `at` never passes the sentinel. It moves over a byte only if that byte was read and is not a newline: every `pass` compares with bytes
//    that are not newlines, `passStringBytes` stops at each control character, `passBlanks` and `passDigits` at any other byte.
// 2. A position in the line (`offset`, `ScannedText`) is where `at` was, or the line's start. Loads from there begin at most 16 bytes
//    further.
// 3. So every load begins at most 16 bytes after the sentinel and reads at most 32 bytes: within the padding.
// A line that is not JSON ends the walk at its newline at the latest, because a single-line JSON value contains no newline. The same holds
// for a whole text with NUL as its sentinel, which JSON text never contains: only there may `passWhitespace` be used, which passes
// newlines.

import CScan
import Platform

/// A position in a line that is being read.
struct LineCursor {
  /// How many bytes after the sentinel must be readable.
  static let padding = 64

  private let start: UnsafeRawPointer
  private var at: UnsafeRawPointer

  /// - Parameter line: the first byte of a line for which the rules above hold.
  @inline(__always)
  init(line: UnsafeRawPointer) {
    start = line
    at = line
  }

  /// The offset from the line's start.
  @inline(__always)
  var offset: Int { at - start }

  @inline(__always)
  var byte: UInt8 { at.load(as: UInt8.self) }

  /// Eight bytes at an offset, the first in the lowest bits.
  @inline(__always)
  func word(at offset: Int) -> UInt64 { UInt64(littleEndian: (start + offset).loadUnaligned(as: UInt64.self)) }

  @inline(__always)
  func byte(at offset: Int) -> UInt8 { (start + offset).load(as: UInt8.self) }

  /// A byte of the line that the cursor has passed.
  @inline(__always)
  func bytes(_ text: ScannedText) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start + Int(text.start), count: Int(text.count))
  }

  /// Moves back to a text that was passed.
  @inline(__always)
  mutating func go(backTo text: ScannedText) { at = start + Int(text.start) }

  /// Passes a byte that the caller knows to be `byte`, or checks it; false if it is another one.
  @inline(__always)
  mutating func pass(_ byte: UInt8) -> Bool {
    guard self.byte == byte else { return false }
    at += 1
    return true
  }

  /// Passes a name of at most 32 bytes without newlines; false if the bytes differ.
  @inline(__always)
  mutating func pass(_ name: StaticString) -> Bool {
    guard memcmp(at, name.utf8Start, name.utf8CodeUnitCount) == 0 else { return false }
    at += name.utf8CodeUnitCount
    return true
  }

  /// Passes the bytes of a word without newlines; false if the bytes differ.
  @inline(__always)
  mutating func pass(_ word: ScannedWord) -> Bool {
    let differs = (self.word(at: offset) ^ word.low) & word.lowMask | (self.word(at: offset + 8) ^ word.middle) & word.middleMask
    guard differs == 0, word.count <= 16 || (self.word(at: offset + 16) ^ word.high) & word.highMask == 0 else { return false }
    at += word.count
    return true
  }

  /// Passes known bytes without newlines; false if the bytes differ. A block is compared only if the whole block before it matched, so that
  /// no load begins after the sentinel.
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

  /// Passes blanks and newlines: only for texts whose sentinel is a NUL.
  @inline(__always)
  mutating func passWhitespace() {
    while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  /// Passes digits and adds them to a number, which wraps around on overflow: the caller counts the digits.
  @inline(__always)
  mutating func passDigits(_ number: inout UInt64) {
    while true {
      let digit = byte &- 0x30
      guard digit < 10 else { return }
      number = number &* 10 &+ UInt64(digit)
      at += 1
    }
  }

  /// The number that eight digits represent; nil if one of the bytes is not a digit. The first digit is in the lowest byte. After Lemire,
  /// "Quickly parsing eight digits" (2022): pairs, then fours, then all eight in three multiplications.
  @inline(__always)
  static func eightDigits(_ word: UInt64) -> UInt64? {
    let digits = word &- 0x3030_3030_3030_3030
    guard (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0 else { return nil }
    let pairs = (digits &* 10) &+ (digits >> 8)
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = ((pairs >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) >> 32
  }

  /// Passes bytes of a string up to one that needs a check: quote, backslash, control character, beyond ASCII.
  @inline(__always)
  mutating func passStringBytes() {
    var stops = scan_string_stops(at)
    while stops == 0 {
      at += 32
      stops = scan_string_stops(at)
    }
    at += stops.trailingZeroBitCount
  }

  /// Passes the inside of a string of plain ASCII and its closing quote; false, and nothing passed, if it is not such a string.
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

/// A range of a line, counted from its start.
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

/// Up to 24 bytes, compared at once.
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
