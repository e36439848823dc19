// The extent of a value whose quotes cannot be trusted: by brackets alone, whatever they stand in, or by its neighbour's beginning.

/// Goes over the bytes of an element of a list that is no JSON. One backslash too many turns text and structure around up to the end of a document of one
/// line; brackets are nearly never in texts, and the next element begins like this one.
struct BrokenValueScan: Sendable {
  /// `{"name":`, with which the element begins; empty where it begins otherwise.
  private(set) var beginning: [UInt8] = []
  private var depth = 0
  /// Behind a comma at which the next element may begin: how much of `beginning` stood there.
  private var matched = 0
  /// The same with the blanks between.
  private var neighbourBytes = 0
  private var isBehindComma = false
  private var isAtLineStart = false
  static let maxBeginning = 64

  enum Outcome {
    case open
    /// The element ends before `end`.
    case ended
    /// Its neighbour begins so many bytes before `end`.
    case neighbour(bytes: Int)
    /// A line begins a record of its own.
    case torn
  }

  /// - Parameter bytes: what is known of the element, from its bracket on.
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
    // What was known of it already closes it.
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
          if matched == beginning.count { return (at, .neighbour(bytes: neighbourBytes)) }
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
