// Finds secrets in a text by their form. Ordinary text costs one look at each byte: every form has a byte that ordinary text seldom has,
// and only there the text is read more closely. Nothing is read more than a few times, whatever the text is made of.

import CScan
import Platform

/// A text without its secrets, and how many there were.
struct CleanedText {
  var bytes: [UInt8]
  var count: Int
}

/// A part of a text that must go.
struct SecretFinding {
  var range: Range<Int>
  var reason: RedactionReason
  /// The mark stands for a JSON value that had no quotes of its own, and gets them; inside a JSON string they are escaped.
  var quotes = Quotes.none

  enum Quotes { case none, plain, escaped }
}

struct SecretScan {
  let text: UnsafeRawBufferPointer
  /// The text is JSON: what stands outside of quotes is typed, and quotes are not ours to take.
  let isJSON: Bool
  /// False under the key of an id.
  let allowsCards: Bool
  private var position = 0
  /// Where the latest finding ended.
  private(set) var done = 0
  // Whether `quoteCursor` is inside of a JSON string.
  private var quoteCursor = 0
  private var isQuoted = false

  init(_ text: UnsafeRawBufferPointer, isJSON: Bool = false, allowsCards: Bool = true) {
    self.text = text
    self.isJSON = isJSON
    self.allowsCards = allowsCards
  }

  /// The text without secrets; nil where it has none.
  /// - Parameter key: Asked only where something was found: under the key of an id, digits are no card number.
  static func cleaned(_ text: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer? = nil, isJSON: Bool = false) -> CleanedText? {
    if isShortAndPlain(text) { return nil }
    var scan = SecretScan(text, isJSON: isJSON)
    guard var finding = scan.next() else { return nil }
    if let key, case .identifier = SecretKeys.verdict(key) {
      scan = SecretScan(text, isJSON: isJSON, allowsCards: false)
      guard let other = scan.next() else { return nil }
      finding = other
    }
    var result = CleanedText(bytes: [], count: 0)
    result.bytes.reserveCapacity(text.count + 32)
    var end = 0
    while true {
      result.bytes.append(contentsOf: text[end..<finding.range.lowerBound])
      result.count += 1
      let quote: StaticString = finding.quotes == .none ? "" : finding.quotes == .plain ? "\"" : "\\\""
      let quoteBytes = UnsafeRawBufferPointer(start: quote.utf8Start, count: quote.utf8CodeUnitCount)
      result.bytes.append(contentsOf: quoteBytes)
      result.bytes.append(contentsOf: finding.reason.markBytes)
      result.bytes.append(contentsOf: quoteBytes)
      end = finding.range.upperBound
      guard let further = scan.next() else { break }
      finding = further
    }
    result.bytes.append(contentsOf: text[end...])
    return result
  }

  /// Most names and values, told by two words: up to 12 bytes hold no other secret than one behind `=` or `:`, or before `@`. The shortest of all is
  /// `pwd=abc`.
  @inline(__always)
  private static func isShortAndPlain(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count <= 12 else { return false }
    if text.count <= 6 { return true }
    if text.count == 7 {
      let first = UInt64(text.loadUnaligned(as: UInt32.self))
      return !hasSign(first | UInt64(text.loadUnaligned(fromByteOffset: 3, as: UInt32.self)) << 32)
    }
    let first = text.loadUnaligned(as: UInt64.self)
    let last = text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self)
    return !hasSign(first) && !hasSign(last)
  }

  /// Whether `cleaned` may find something.
  @inline(__always)
  static func mayHoldSecret(_ text: UnsafeRawBufferPointer, isJSON: Bool) -> Bool {
    !isShortAndPlain(text) && hasFinding(text, isJSON)
  }

  private static func hasFinding(_ text: UnsafeRawBufferPointer, _ isJSON: Bool) -> Bool {
    var scan = SecretScan(text, isJSON: isJSON)
    return scan.next() != nil
  }

  /// `=`, `:` or `@`.
  @inline(__always) private static func hasSign(_ word: UInt64) -> Bool {
    hasByte(0x3D, word) || hasByte(0x3A, word) || hasByte(0x40, word)
  }

  /// Whether one of a word's eight bytes is this one (Mycroft's test for a zero byte).
  @inline(__always)
  private static func hasByte(_ byte: UInt64, _ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let difference = word ^ byte &* ones
    return (difference &- ones) & ~difference & ones << 7 != 0
  }

  /// The bytes at which a closer look begins: `-` `2`…`6` `:` `=`, then `@` `B` `I` `J` `_` `b` `z`.
  private static let below64: UInt64 = 1 << 0x2D | 0x1F << 0x32 | 1 << 0x3A | 1 << 0x3D
  private static let from64: UInt64 = 1 << 0x00 | 1 << 0x02 | 1 << 0x09 | 1 << 0x0A | 1 << 0x1F | 1 << 0x22 | 1 << 0x3A

  mutating func next() -> SecretFinding? {
    while position < text.count {
      skipPlain()
      guard position < text.count else { return nil }
      let byte = text[position]
      let mask = byte < 64 ? Self.below64 : byte < 128 ? Self.from64 : 0
      if mask >> UInt64(byte & 63) & 1 != 0, let found = look(byte), found.range.lowerBound >= done {
        done = found.range.upperBound
        position = max(position + 1, done)
        return found
      }
      position += 1
    }
    return nil
  }

  /// Goes on to the next byte that deserves a closer look, as far as 16 bytes can be looked at at once.
  @inline(__always)
  private mutating func skipPlain() {
    guard text.count >= 16, let base = text.baseAddress else { return }
    while position < text.count {
      // The last 16 bytes are looked at again.
      let start = min(position, text.count - 16)
      let signs = scan_secret_signs(base + start) >> UInt32(position - start)
      if signs != 0 {
        position += signs.trailingZeroBitCount
        return
      }
      position = start + 16
    }
  }

  private mutating func look(_ byte: UInt8) -> SecretFinding? {
    let place = position
    switch byte {
    case UInt8(ascii: "="): return assignment(at: place)
    case UInt8(ascii: ":"): return member(at: place)
    case UInt8(ascii: "@"): return urlCredentials(at: place)
    case UInt8(ascii: "-"): return dashed(at: place)
    case UInt8(ascii: "_"): return underscored(at: place)
    case UInt8(ascii: "I"): return awsKey(at: place)
    case UInt8(ascii: "J"): return jwt(at: place)
    case UInt8(ascii: "z"): return googleKey(at: place)
    case UInt8(ascii: "B"), UInt8(ascii: "b"): return httpScheme(at: place)
    default:
      // A digit in the middle of a number, or with too little text behind it.
      guard allowsCards, place == 0 || text[place - 1] &- 0x30 >= 10, place + 14 <= text.count, let end = cardEnd(at: place) else {
        return nil
      }
      guard !isJSON || isInsideQuotes(place) else { return nil }
      return SecretFinding(range: place..<end, reason: .cardNumber)
    }
  }

  /// Whether a place of a JSON text belongs to a string. Places are asked in their order.
  private mutating func isInsideQuotes(_ place: Int) -> Bool {
    while quoteCursor < place {
      if text[quoteCursor] == UInt8(ascii: "\\") {
        quoteCursor += 1
      } else if text[quoteCursor] == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
      quoteCursor += 1
    }
    return isQuoted
  }

  // MARK: Reading bytes

  /// Whether the text has these bytes at a place.
  func has(_ expected: StaticString, at place: Int) -> Bool {
    guard place >= 0, place + expected.utf8CodeUnitCount <= text.count else { return false }
    return memcmp(text.baseAddress! + place, expected.utf8Start, expected.utf8CodeUnitCount) == 0
  }

  /// Whether a word may begin at a place: nothing that belongs to a word stands before it.
  func isWordStart(_ place: Int) -> Bool { place == 0 || place > 0 && (place == done || !Self.isWord(text[place - 1])) }

  /// The end of a run of `A`…`Z`, `a`…`z`, `0`…`9`, `_`, `-`.
  func wordEnd(_ start: Int) -> Int {
    var end = start
    while end < text.count, Self.isWord(text[end]) { end += 1 }
    return end
  }

  static func isWord(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") }
  static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 26 }
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  static func isUpperOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || byte &- 0x41 < 26 }
}
