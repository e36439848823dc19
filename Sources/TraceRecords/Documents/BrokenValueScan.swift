// Finds the end of a value whose quotes are unreliable: by brackets alone, inside strings or not, or by the beginning of the next element.

/// Scans the bytes of a list element that is not valid JSON. One backslash too many inverts text and structure up to the end of a
/// single-line document. But brackets in texts are rare, and the next element begins like this one.
struct BrokenValueScan: Sendable {
  /// `{"name":`, the beginning of the element; empty if it begins in another way.
  private(set) var beginning: [UInt8] = []
  private var depth = 0
  /// After a comma where the next element may begin: how many bytes of `beginning` have matched.
  private var matched = 0
  /// The same including the blanks in between.
  private var neighbourBytes = 0
  private var isBehindComma = false
  private var isAtLineStart = false
  static let maxBeginning = 64

  enum Outcome {
    case open
    /// The element ends before `end`.
    case ended
    /// The next element begins this many bytes before `end`.
    case neighbour(bytes: Int)
    /// A line begins another record.
    case torn
  }

  /// - Parameter bytes: the element so far, from its bracket on.
  init(_ bytes: UnsafeRawBufferPointer) {
    if let colon = bytes.prefix(BrokenValueScan.maxBeginning).firstIndex(of: UInt8(ascii: ":")), bytes.count > 1,
      bytes[0] == UInt8(ascii: "{")
    {
      let name = bytes[..<(colon + 1)].filter { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
      if name.count > 4, name[1] == UInt8(ascii: "\"") { beginning = name }
    }
    for byte in bytes { count(byte) }
  }

  private mutating func count(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
    default: break
    }
  }

  mutating func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> (end: Int, outcome: Outcome) {
    // The bytes so far already close it.
    if depth <= 0 { return (start, .ended) }
    var at = start
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "{"), isAtLineStart, at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\""), !isBehindComma {
        return (at, .torn)
      }
      at += 1
      if matched > 0 {
        neighbourBytes += 1
        if byte == beginning[matched] {
          matched += 1
          if matched == beginning.count {
            // The caller may go on all the same: it skips an element that is too long.
            matched = 0
            return (at, .neighbour(bytes: neighbourBytes))
          }
        } else if byte != 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D {
          matched = 0
        }
      } else if isBehindComma, !beginning.isEmpty, byte == beginning[0] {
        (matched, neighbourBytes) = (1, 1)
      }
      switch byte {
      case UInt8(ascii: ","): isBehindComma = true
      case 0x20, 0x09, 0x0D: break
      case 0x0A:
        isAtLineStart = true
        continue
      default: isBehindComma = false
      }
      isAtLineStart = false
      count(byte)
      if depth <= 0 { return (at, .ended) }
    }
    return (at, .open)
  }
}
