// The extent of one JSON value: its end is found by brackets and quotes alone.

import CScan

/// Goes over the bytes of a value that may arrive in several chunks.
struct ValueScan: Sendable {
  enum Outcome { case open, whole, torn }

  /// Where the value begins in the piece.
  private(set) var start = 0
  private(set) var isName = false
  private(set) var isOpen = false
  private var depth = 0
  /// A bit for each of the innermost 64 containers, set for objects, the innermost lowest.
  private var objects: UInt64 = 0
  private var isInString = false
  private var isEscaped = false
  private var previous: UInt8 = 0

  init() {}

  /// - Parameter first: the byte that begins the value, which `scan` does not see again.
  init(first: UInt8, isName: Bool, start: Int) {
    self.start = start
    self.isName = isName
    isOpen = true
    switch first {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"): (depth, objects) = (1, 1)
    case UInt8(ascii: "["): depth = 1
    default: break
    }
  }

  /// A number or a word ends where something else begins, or the input.
  var endsWithInput: Bool { depth == 0 && !isInString && !isName }

  var isInText: Bool { isInString }

  /// Goes over bytes of a string that need no look, 32 at a time as long as there are so many.
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

  /// - Returns: up to where the bytes belong to the value, and whether it is whole there. A line break inside a string, and a line that begins a
  ///   record of its own (`{` in its first column) where a member's name belongs, tear the value.
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
          if depth == 0 { return (at + 1, .whole) }
        } else if byte == 0x0A {
          return (at, .torn)
        }
        at += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where depth > 0: isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // Two values without a comma.
        if depth == 0 { return (at, .whole) }
        let isObject = byte == UInt8(ascii: "{")
        if isObject, previous == 0x0A, objects & 1 == 1 { return (at, .torn) }
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return (at, .whole) }
        depth -= 1
        objects >>= 1
        if depth == 0 { return (at + 1, .whole) }
      case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "\""), 0x20, 0x0A, 0x0D, 0x09:
        if depth == 0 { return (at, .whole) }
      default: break
      }
      previous = byte
      at += 1
    }
    return (at, .open)
  }
}
