// Finds the extent of one JSON value: its end by brackets and quotes, and errors by tokens that cannot follow each other.

import CScan

/// Scans the bytes of a value that may span several lines.
struct ValueScan: Sendable {
  enum Outcome {
    case open, whole
    /// It ends here but is incomplete: too many line breaks inside a string, or a line that begins another record.
    case torn
    /// The next token cannot follow: a superfluous quote or a missing comma. The brackets do not show where it ends.
    case broken
  }

  /// The last token, ignoring blanks.
  private enum Last: UInt8 { case opening, comma, colon, value, word }

  /// The start of the value in the piece.
  private(set) var start = 0
  private(set) var isName = false
  private(set) var isOpen = false
  private var depth = 0
  /// A bit for each of the innermost 64 containers, set for objects; the innermost is the lowest bit.
  private var objects: UInt64 = 0
  private var isInString = false
  private var isEscaped = false
  private var last = Last.opening
  /// The previous byte is a line break.
  private var isAtLineStart = false
  /// Unescaped line breaks in strings: multi-line text, or a line whose writer died.
  private(set) var rawBreaks = 0
  private static let mostRawBreaks = 256

  init() {}

  /// - Parameter first: the first byte of the value, which is not passed to `scan` again.
  init(first: UInt8, isName: Bool, start: Int) {
    self.start = start
    self.isName = isName
    isOpen = true
    switch first {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"): (depth, objects) = (1, 1)
    case UInt8(ascii: "["): depth = 1
    default: last = .word
    }
  }

  /// A string has begun and has not ended.
  var isInText: Bool { isOpen && isInString }

  /// A number or a word ends where something else begins, or at the end of the input.
  var endsWithInput: Bool { depth == 0 && !isInString && !isName }

  /// Skips ordinary bytes of a string, 32 at a time while there are enough.
  @inline(__always)
  private static func skipPlain(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var at = start
    while at + 32 <= bytes.count {
      let stops = scan_string_stops(bytes.baseAddress! + at)
      guard stops == 0 else { return at + stops.trailingZeroBitCount }
      at += 32
    }
    return at
  }

  /// - Returns: the end of the bytes that belong to the value, and the value's state there.
  mutating func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> (end: Int, outcome: Outcome) {
    var at = start
    while at < bytes.count {
      if isInString, !isEscaped { at = ValueScan.skipPlain(bytes, from: at) }
      guard at < bytes.count else { break }
      let byte = bytes[at]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
          last = .value
          if depth == 0 { return (at + 1, .whole) }
        }
        if byte == 0x0A {
          // The caller decides whether the value continues in the next line.
          rawBreaks += 1
          if rawBreaks > ValueScan.mostRawBreaks || isName { return (at, .torn) }
        }
        at += 1
        continue
      }
      switch byte {
      case 0x20, 0x0D, 0x09:
        if depth == 0 { return (at, .whole) }
        if last == .word { last = .value }
      case 0x0A:
        if depth == 0 { return (at, .whole) }
        if last == .word { last = .value }
        isAtLineStart = true
        at += 1
        continue
      case UInt8(ascii: "\""):
        if depth == 0 { return (at, .whole) }
        guard last != .value, last != .word else { return (at, .broken) }
        isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // Two values without a comma in between.
        if depth == 0 { return (at, .whole) }
        let isObject = byte == UInt8(ascii: "{")
        let isMisplaced = last == .value || last == .word || (objects & 1 == 1 && last != .colon)
        if isAtLineStart, isObject, objects & 1 == 1 || isMisplaced { return (at, .torn) }
        if isMisplaced { return (at, .broken) }
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        last = .opening
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return (at, .whole) }
        if depth <= 64, (objects & 1 == 1) != (byte == UInt8(ascii: "}")) { return (at, .broken) }
        depth -= 1
        objects >>= 1
        last = .value
        if depth == 0 { return (at + 1, .whole) }
      case UInt8(ascii: ","):
        if depth == 0 { return (at, .whole) }
        last = .comma
      case UInt8(ascii: ":"):
        if depth == 0 { return (at, .whole) }
        last = .colon
      default:
        guard last != .value else { return (at, .broken) }
        last = .word
      }
      isAtLineStart = false
      at += 1
    }
    return (at, .open)
  }
}
