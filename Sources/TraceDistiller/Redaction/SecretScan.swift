// Finds secrets in a text by their form. Ordinary text is read once: every form contains a byte that is rare in ordinary text, and only
// there the text is examined more closely. No text is read more than a few times.

import CScan
import Platform

/// A text without its secrets, and how many were removed.
struct CleanedText {
  var bytes: [UInt8]
  var count: Int
}

/// A range of a text that must be removed.
struct SecretFinding {
  var range: Range<Int>
  var reason: RedactionReason
  /// The mark replaces a JSON value without quotes, so it gets quotes, with this many backslashes before each; nil if it needs none.
  var escapes: Int?
}

struct SecretScan {
  let text: UnsafeRawBufferPointer
  /// The text is JSON: values outside of quotes have types, and quotes must be kept.
  let isJSON: Bool
  /// False if the key names an id.
  let allowsCards: Bool
  private var position = 0
  /// The end of the latest finding.
  private(set) var done = 0
  /// The verdicts for the columns of the latest SQL INSERT statement.
  var columns: [KeyVerdict] = []
  // Whether `quoteCursor` is inside a JSON string.
  private var quoteCursor = 0
  private var isQuoted = false

  init(_ text: UnsafeRawBufferPointer, isJSON: Bool = false, allowsCards: Bool = true) {
    self.text = text
    self.isJSON = isJSON
    self.allowsCards = allowsCards
  }

  /// The text without secrets; nil if it contains none.
  /// - Parameter key: Used only if something was found: if the key names an id, digits are not a card number.
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
      let quote = finding.escapes.map { [UInt8](repeating: UInt8(ascii: "\\"), count: $0) + [UInt8(ascii: "\"")] } ?? []
      result.bytes.append(contentsOf: quote)
      result.bytes.append(contentsOf: finding.reason.markBytes)
      result.bytes.append(contentsOf: quote)
      end = finding.range.upperBound
      guard let further = scan.next() else { break }
      finding = further
    }
    result.bytes.append(contentsOf: text[end...])
    return result
  }

  /// A fast check of two words for most names and values: a text of up to 12 bytes can only contain a secret after `=` or `:`, or before
  /// `@`. The shortest one is `pwd=abc`.
  @inline(__always)
  private static func isShortAndPlain(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count <= 12 else { return false }
    if text.count <= 6 { return true }
    if text.count == 7 {
      return scan_has_sign(
        UInt64(text.loadUnaligned(as: UInt32.self)), UInt64(text.loadUnaligned(fromByteOffset: 3, as: UInt32.self))) == 0
    }
    return scan_has_sign(text.loadUnaligned(as: UInt64.self), text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self)) == 0
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

  mutating func next() -> SecretFinding? {
    while position < text.count {
      let isLongWord = skipPlain()
      guard position < text.count else { return nil }
      let place = position
      position += 1
      if isLongWord, let found = token(endingBehind: place), found.range.lowerBound >= done { return take(found) }
      if isWorthALook(place), let found = look(at: place), found.range.lowerBound >= done { return take(found) }
    }
    return nil
  }

  /// Whether the neighbours of a sign match its form. Most do not, and then no function is called.
  @inline(__always)
  private func isWorthALook(_ place: Int) -> Bool {
    let before = place > 0 ? text[place - 1] : 0x20
    switch text[place] {
    case UInt8(ascii: "-"): return before == 0x20 || place + 1 < text.count && text[place + 1] == UInt8(ascii: "-")
    case UInt8(ascii: ","):
      if before == UInt8(ascii: "\"") || before == UInt8(ascii: "'") { return true }
      return place + 2 < text.count && text[place + 2] == UInt8(ascii: "\"") && text[place + 1] == 0x20 && Self.isWord(before)
    case UInt8(ascii: "w"), UInt8(ascii: "W"):
      return before | 0x20 == UInt8(ascii: "s") && place + 1 < text.count
        && (text[place + 1] | 0x20 == UInt8(ascii: "o") || text[place + 1] | 0x20 == UInt8(ascii: "d"))
    case UInt8(ascii: "'"):
      return before == 0x20 || before == UInt8(ascii: "(") || before == UInt8(ascii: ",") || before == UInt8(ascii: "=")
    case UInt8(ascii: ">"): return before == UInt8(ascii: "\"") || before == UInt8(ascii: "'") || Self.isWord(before)
    case UInt8(ascii: "%"): return place + 2 < text.count && (text[place + 1] == UInt8(ascii: "3") || text[place + 1] == UInt8(ascii: "2"))
    case UInt8(ascii: "B"), UInt8(ascii: "b"): return !Self.isWord(before) || has("%", at: place - 3)
    case UInt8(ascii: "2")...UInt8(ascii: "6"):
      // A digit inside a number, or with too little text after it.
      return allowsCards && before &- 0x30 >= 10 && place + 14 <= text.count && Self.isDigit(text[place + 1])
        && Self.isDigit(text[place + 2])
    case let byte: return scan_is_secret_sign(byte) != 0
    }
  }

  private mutating func take(_ finding: SecretFinding) -> SecretFinding {
    done = finding.range.upperBound
    position = max(position, done)
    return finding
  }

  /// Moves to the next byte that needs a closer look: a sign, or the 16th byte of a word. Returns whether it is the latter.
  ///
  /// `run` has a bit wherever 16 bytes of a word end. It is computed for 32 bytes at once.
  @inline(__always)
  private mutating func skipPlain() -> Bool {
    guard text.count >= 16, let base = text.baseAddress else { return false }
    // The bits of the 16 bytes before `start`, if they were just computed.
    var before: UInt32?
    while position < text.count {
      // The last 16 bytes may overlap those examined before.
      let start = min(position, text.count - 16)
      let places = scan_secret_places(base + start)
      var run = places & 0xFFFF_0000
      if start > 0 {
        if let before, start == position {
          run |= before >> 16
        } else if start >= 16 {
          run |= scan_secret_places(base + start - 16) >> 16
        } else {
          // Fewer than 16 bytes precede: use the bytes at the beginning of the text, shifted to their places.
          run |= ((scan_secret_places(base) >> 16) << UInt32(16 - start)) & 0xFFFF
        }
      }
      run &= run << 1
      run &= run << 2
      run &= run << 4
      run &= run << 8
      let words = (run & ~(run << 1)) >> 16
      let wanted = (places & 0xFFFF | words) >> UInt32(position - start)
      if wanted != 0 {
        position += wanted.trailingZeroBitCount
        return words >> UInt32(position - start) & 1 != 0
      }
      before = places
      position = start + 16
    }
    return false
  }

  /// The token in the word whose 16th byte is at `place`: at the word's beginning, after an escape that runs into it, or after a full stop.
  private func token(endingBehind place: Int) -> SecretFinding? {
    let start = place - 15
    guard start >= done else { return nil }
    if start > 0 {
      // `%3Dghp_…`, `\nghp_…`, `\u003dghp_…`.
      let before = text[start - 1]
      if before == UInt8(ascii: "%"), let found = tokenBeginning(at: start + 2) { return found }
      if before == UInt8(ascii: "\\"), let found = tokenBeginning(at: start + (text[start] == UInt8(ascii: "u") ? 5 : 1)) { return found }
    }
    if let found = tokenBeginning(at: start) { return found }
    var next = start + 1
    while next < text.count, scan_is_token_byte(text[next]) != 0 {
      if text[next] == UInt8(ascii: "."), let found = tokenBeginning(at: next + 1) { return found }
      next += 1
    }
    return behindName(start)
  }

  private func tokenBeginning(at start: Int) -> SecretFinding? {
    if let found = TokenFinder.shared.token(in: text, at: start) ?? TokenFinder.shared.headlessToken(in: text, at: start) { return found }
    if has("eyJ", at: start) { return jwt(from: start) }
    // Google's refresh tokens begin with digits and slashes.
    if has("1//0", at: start - 3) { return refreshToken(from: start - 3) }
    return nil
  }

  private mutating func look(at place: Int) -> SecretFinding? {
    switch text[place] {
    case UInt8(ascii: "="): return assignment(at: place)
    case UInt8(ascii: ":"): return member(at: place)
    case UInt8(ascii: "@"): return urlCredentials(at: place)
    case UInt8(ascii: "-"): return dashed(at: place)
    case UInt8(ascii: "%"): return encodedPair(at: place)
    case UInt8(ascii: ","): return listed(at: place)
    case UInt8(ascii: "'"): return sqlLiteral(at: place)
    case UInt8(ascii: ">"): return element(at: place)
    case UInt8(ascii: "w"), UInt8(ascii: "W"): return spoken(at: place)
    case UInt8(ascii: "B"), UInt8(ascii: "b"): return httpScheme(at: place)
    case UInt8(ascii: "2")...UInt8(ascii: "6"):
      guard let end = cardEnd(at: place) else { return nil }
      guard !isJSON || isInsideQuotes(place) else { return nil }
      return SecretFinding(range: place..<end, reason: .cardNumber)
    default: return nil
    }
  }

  /// Whether a position of a JSON text is inside a string. Must be called with ascending positions.
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

  /// Whether the text has these bytes at `place`.
  func has(_ expected: StaticString, at place: Int) -> Bool {
    guard place >= 0, place + expected.utf8CodeUnitCount <= text.count else { return false }
    return memcmp(text.baseAddress! + place, expected.utf8Start, expected.utf8CodeUnitCount) == 0
  }

  /// Whether a word may begin at `place`: the byte before it does not belong to a word.
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
