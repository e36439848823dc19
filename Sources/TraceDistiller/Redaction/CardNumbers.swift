// Payment card numbers: a known issuer's prefix and length, the check digit, and no adjacent character that makes it part of something
// else. One in ten numbers passes the check digit alone: ids, instants and other numbers must not be taken for cards.

extension SecretScan {
  /// The end of a card number that begins at `start`: only digits, or digits in the groups printed on cards.
  func cardEnd(at start: Int) -> Int? {
    guard start == 0 || Self.mayPrecede(text[start - 1]) else { return nil }
    var digits = Digits()
    var end = start
    while end < text.count {
      let byte = text[end]
      if Self.isDigit(byte) {
        digits.append(byte &- 0x30)
        if digits.count > 19 { return nil }
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") {
        guard digits.isGroupEnd(byte), end + 1 < text.count, Self.isDigit(text[end + 1]) else { break }
      } else {
        break
      }
      end += 1
    }
    guard digits.isCard, end == text.count || mayFollow(end), !isIdentifier(at: start) else { return nil }
    return end
  }

  /// Not a letter, a digit, or a part of a decimal, a path or an id with dashes.
  private static func mayPrecede(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "_"),
      UInt8(ascii: "%"):
      false
    default: byte < 0x80 && !isLetterOrDigit(byte)
    }
  }

  private func mayFollow(_ place: Int) -> Bool {
    let byte = text[place]
    if byte == UInt8(ascii: "."), place + 1 < text.count, Self.isDigit(text[place + 1]) { return false }
    return !Self.isWord(byte) && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "%") && byte < 0x80
  }

  private struct Digits {
    private(set) var count = 0
    private var first: UInt64 = 0
    private var sumFromEven = 0
    private var sumFromOdd = 0
    private var separator: UInt8?
    private var groupStart = 0
    private var shape = 0

    mutating func append(_ digit: UInt8) {
      count += 1
      if count <= 6 { first = first * 10 + UInt64(digit) }
      let doubled = digit > 4 ? Int(digit) * 2 - 9 : Int(digit) * 2
      // Which digits count twice is known only at the end.
      sumFromOdd += count % 2 == 1 ? doubled : Int(digit)
      sumFromEven += count % 2 == 0 ? doubled : Int(digit)
    }

    /// Whether a separator may be here: after groups of four digits, or after four and six.
    mutating func isGroupEnd(_ byte: UInt8) -> Bool {
      guard separator == nil ? count == 4 : separator == byte else { return false }
      let next = shape * 10 + count - groupStart
      guard next == 4 || next == 44 || next == 444 || next == 46 else { return false }
      (separator, shape, groupStart) = (byte, next, count)
      return true
    }

    /// The first digits of the number, as many as asked for, at most six.
    private func prefix(_ length: Int) -> UInt64 {
      var value = first
      for _ in length..<6 { value /= 10 }
      return value
    }

    var isCard: Bool {
      guard count >= 14, isGrouped else { return false }
      guard (count % 2 == 0 ? sumFromOdd : sumFromEven) % 10 == 0 else { return false }
      let (two, three, four) = (prefix(2), prefix(3), prefix(4))
      switch count {
      case 14: return (300...305).contains(three) || two == 36 || two == 38 || two == 39
      case 15: return two == 34 || two == 37
      case 16:
        return prefix(1) == 4 || (51...55).contains(two) || (2221...2720).contains(four) || four == 6011 || (644...649).contains(three)
          || two == 65 || (3528...3589).contains(four) || two == 62
      case 19: return prefix(1) == 4 || two == 62
      default: return false
      }
    }

    /// Ungrouped, 4-4-4-4, 4-6-5 or 4-6-4.
    private var isGrouped: Bool {
      let last = count - groupStart
      switch shape {
      case 0: return true
      case 444: return last == 4
      case 46: return last == 5 || last == 4
      default: return false
      }
    }
  }
}
