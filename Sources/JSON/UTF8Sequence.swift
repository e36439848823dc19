// Which bytes make a well-formed UTF-8 sequence: the one table for the scanner of lines, the repair of JSON, and binary texts.

/// Table 3-7 of the Unicode standard.
public enum UTF8Sequence {
  /// What must follow a first byte of 0x80 or more: how many bytes, and the range of the first of them; those behind it are 0x80 to 0xBF.
  /// Nil if no sequence begins with the byte.
  @inlinable @inline(__always)
  public static func following(_ lead: UInt8) -> (count: Int, first: ClosedRange<UInt8>)? {
    switch lead {
    case 0xC2...0xDF: (1, 0x80...0xBF)
    case 0xE0: (2, 0xA0...0xBF)
    case 0xED: (2, 0x80...0x9F)
    case 0xE1...0xEF: (2, 0x80...0xBF)
    case 0xF0: (3, 0x90...0xBF)
    case 0xF1...0xF3: (3, 0x80...0xBF)
    case 0xF4: (3, 0x80...0x8F)
    default: nil
    }
  }

  /// The length of the sequence of two to four bytes that begins at a place; 0 if there is none, or not all of it.
  @inlinable
  public static func length(in bytes: UnsafeRawBufferPointer, at place: Int) -> Int {
    guard let (count, first) = following(bytes[place]), place + count < bytes.count, first.contains(bytes[place + 1]) else { return 0 }
    for offset in 2..<max(2, count + 1) where bytes[place + offset] & 0xC0 != 0x80 { return 0 }
    return count + 1
  }

  /// - Complexity: O(n).
  @inlinable
  public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place < bytes.count {
      if bytes[place] < 0x80 {
        place += 1
        continue
      }
      let length = length(in: bytes, at: place)
      guard length > 0 else { return false }
      place += length
    }
    return true
  }
}
