// The normalised text of a call's key: names, URLs and statements without the parts that differ from call to call.

/// A normalised text under construction. Its first bytes are kept; the rest only enters the hash.
struct CallText {
  private(set) var kept: [UInt8] = []
  /// FNV-1a of the text that was cut: long statements with the same beginning stay different.
  private(set) var restHash: UInt64 = 0
  /// For a statement of 64 KiB, this much is enough to distinguish it.
  private static let maxRead = 4_096

  init() { kept.reserveCapacity(64) }

  mutating func appendSpace() { append(UInt8(ascii: " ")) }

  /// `step 17 of 4f2a9c01` as `step # of #`.
  mutating func append(name: UnsafeRawBufferPointer) { appendWords(name, 0..<min(name.count, Self.maxRead)) }

  /// `/orders/17/items?page=2` as `/orders/*/items`.
  mutating func append(url: UnsafeRawBufferPointer) {
    var cursor = 0
    let end = min(url.count, Self.maxRead)
    while cursor < end {
      let byte = url[cursor]
      if byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { return }
      if byte == UInt8(ascii: "/") {
        append(byte)
        cursor += 1
        continue
      }
      var segmentEnd = cursor
      while segmentEnd < end, !Self.endsSegment(url[segmentEnd]) { segmentEnd += 1 }
      let words = CallWord(url, cursor..<segmentEnd)
      if words.end == segmentEnd, words.isIdentifier {
        append(UInt8(ascii: "*"))
      } else {
        appendWords(url, cursor..<segmentEnd)
      }
      cursor = segmentEnd
    }
  }

  /// `SELECT * FROM t WHERE id IN (1, 2) AND n = 'x' /* trace */` as `SELECT * FROM t WHERE id IN (?) AND n = ?`.
  mutating func append(statement: UnsafeRawBufferPointer) {
    var cursor = 0
    let end = min(statement.count, Self.maxRead)
    while cursor < end {
      let byte = statement[cursor]
      let following = cursor + 1 < end ? statement[cursor + 1] : 0
      switch byte {
      case UInt8(ascii: " "), 0x09, 0x0A, 0x0D:
        appendGap()
        cursor += 1
      case UInt8(ascii: "'"):
        cursor = Self.endOfLiteral(statement, cursor, end)
        appendPlaceholder()
      case UInt8(ascii: "/") where following == UInt8(ascii: "*"):
        cursor += 2
        while cursor < end, !(statement[cursor] == UInt8(ascii: "/") && statement[cursor - 1] == UInt8(ascii: "*")) { cursor += 1 }
        cursor += 1
      case UInt8(ascii: "-") where following == UInt8(ascii: "-"):
        while cursor < end, statement[cursor] != 0x0A { cursor += 1 }
      case UInt8(ascii: "$") where Self.isDigit(following), UInt8(ascii: "?"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        cursor += 1
        while cursor < end, Self.isWordByte(statement[cursor]) || statement[cursor] == UInt8(ascii: ".") { cursor += 1 }
        appendPlaceholder()
      case UInt8(ascii: "%") where following == UInt8(ascii: "s"):
        cursor += 2
        appendPlaceholder()
      case UInt8(ascii: ","):
        dropGap()
        append(byte)
        append(UInt8(ascii: " "))
        cursor += 1
      case UInt8(ascii: ")"):
        dropGap()
        append(byte)
        // The number of rows in an INSERT does not matter.
        while endsWith("(?), (?)") { kept.removeLast(5) }
        cursor += 1
      default:
        if Self.isWordByte(byte) {
          var wordEnd = cursor
          while wordEnd < end, Self.isWordByte(statement[wordEnd]) { wordEnd += 1 }
          appendWords(statement, cursor..<wordEnd)
          cursor = wordEnd
        } else {
          append(byte)
          cursor += 1
        }
      }
    }
    dropGap()
  }

  // MARK: Parts

  private mutating func append(_ byte: UInt8) {
    if kept.count < CallKeys.maxLabelBytes, restHash == 0 {
      kept.append(byte)
    } else {
      restHash = StableHash.add(byte, to: restHash == 0 ? StableHash.start : restHash)
    }
  }

  private mutating func appendWords(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    var cursor = range.lowerBound
    while cursor < range.upperBound {
      let word = CallWord(text, cursor..<range.upperBound)
      guard word.end > cursor else {
        append(text[cursor])
        cursor += 1
        continue
      }
      if word.isIdentifier {
        append(UInt8(ascii: "#"))
      } else {
        for place in cursor..<word.end {
          if !Self.isDigit(text[place]) {
            append(text[place])
          } else if place == cursor || !Self.isDigit(text[place - 1]) {
            append(UInt8(ascii: "#"))
          }
        }
      }
      cursor = word.end
    }
  }

  /// One placeholder for a whole list of values.
  private mutating func appendPlaceholder() {
    if endsWith("?, ") {
      kept.removeLast(2)
    } else {
      append(UInt8(ascii: "?"))
    }
  }

  private mutating func appendGap() {
    guard let last = kept.last, last != UInt8(ascii: " "), last != UInt8(ascii: "(") else { return }
    append(UInt8(ascii: " "))
  }

  private mutating func dropGap() {
    if restHash == 0, kept.last == UInt8(ascii: " ") { kept.removeLast() }
  }

  private func endsWith(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard restHash == 0, kept.count >= count else { return false }
    return kept.suffix(count).elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
  }

  private static func endOfLiteral(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
    var cursor = start + 1
    while cursor < end {
      if text[cursor] == UInt8(ascii: "\\") {
        cursor += 2
      } else if text[cursor] == UInt8(ascii: "'") {
        // A doubled quote is an escaped quote.
        guard cursor + 1 < end, text[cursor + 1] == UInt8(ascii: "'") else { return cursor + 1 }
        cursor += 2
      } else {
        cursor += 1
      }
    }
    return end
  }

  private static func endsSegment(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
  }
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
  private static func isWordByte(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_") || byte >= 0x80 }
}

/// A run of letters and digits, and whether it looks like an id rather than a word.
private struct CallWord {
  private(set) var end: Int
  private(set) var isIdentifier = false

  init(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    end = range.lowerBound
    if let uuidEnd = Self.endOfUUID(text, range) {
      end = uuidEnd
      isIdentifier = true
      return
    }
    var digits = 0
    var changes = 0
    var isHex = true
    var hasLower = false
    var wasDigit = false
    while end < range.upperBound, CallText.isDigit(text[end]) || CallText.isLetter(text[end]) {
      let byte = text[end]
      let isDigit = CallText.isDigit(byte)
      if isDigit { digits += 1 } else if (byte | 0x20) > UInt8(ascii: "f") { isHex = false }
      if !isDigit, byte & 0x20 != 0 { hasLower = true }
      if end > range.lowerBound, isDigit != wasDigit { changes += 1 }
      wasDigit = isDigit
      end += 1
    }
    let count = end - range.lowerBound
    guard digits > 0 else { return }
    // All digits; long hexadecimals; `OLJCESPC7Z`; `a1b2c3d4x`. `utf8`, `v2` and `oauth2` are words.
    isIdentifier = digits == count || count >= 8 && (isHex || !hasLower || changes >= 3)
  }

  private static func endOfUUID(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
    guard range.count >= 36 else { return nil }
    for offset in 0..<36 {
      let byte = text[range.lowerBound + offset]
      if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard CallText.isDigit(byte) || (byte | 0x20) &- 0x61 < 6 else { return nil }
      }
    }
    return range.lowerBound + 36
  }
}
