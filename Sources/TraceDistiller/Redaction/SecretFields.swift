// Secrets that a key in the same text names: `password=…` in a query, a command line or a connection string, `"password":"…"` in JSON.

import TraceRecords

extension SecretScan {
  private static let longestKey = 64

  /// The value behind `key=`; `place` is that of the sign.
  func assignment(at place: Int) -> SecretFinding? {
    guard place + 3 < text.count, text[place + 1] != UInt8(ascii: "="), let (reason, _) = secretKey(before: place) else { return nil }
    var start = place + 1
    if text[start] == UInt8(ascii: "\\"), isJSON { start += 1 }
    if text[start] == UInt8(ascii: "\"") && (!isJSON || start > place + 1) || text[start] == UInt8(ascii: "'") {
      let quote = text[start]
      start += 1
      var end = start
      while end < text.count, text[end] != quote, !isJSON || text[end] != UInt8(ascii: "\"") { end += 1 }
      // The quote of a JSON string stays, and what escapes it.
      if end < text.count, isJSON, text[end] == UInt8(ascii: "\""), end > start, text[end - 1] == UInt8(ascii: "\\") { end -= 1 }
      return finding(start..<end, reason)
    }
    start = place + 1
    var end = valueEnd(start)
    switch reason {
    case .authorization:
      // `Basic` and the like are not the secret; the word behind is.
      if end - start <= 10, end + 1 < text.count, text[end] == UInt8(ascii: " ") { end = valueEnd(end + 1) }
    case .cookie:
      while end + 2 < text.count, text[end] == UInt8(ascii: ";") {
        let next = valueEnd(end + (text[end + 1] == UInt8(ascii: " ") ? 2 : 1))
        guard text[end + 1..<next].contains(UInt8(ascii: "=")) else { break }
        end = next
      }
    default: break
    }
    return finding(start..<end, reason)
  }

  private func valueEnd(_ start: Int) -> Int {
    var end = start
    while end < text.count {
      switch text[end] {
      // An apostrophe inside of a password is none that ends it.
      case UInt8(ascii: "'") where end + 1 < text.count && Self.isLetterOrDigit(text[end + 1]): end += 1
      case 0...0x20, UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"),
        UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"):
        return end
      case UInt8(ascii: "\\") where isJSON:
        guard end + 1 < text.count, text[end + 1] == UInt8(ascii: "\\") else { return end }
        end += 2
      default: end += 1
      }
    }
    return end
  }

  /// The value behind `"key":`, `'key':` or, in JSON that is itself a string, `\"key\":`.
  func member(at place: Int) -> SecretFinding? {
    guard place >= 4, place + 3 < text.count else { return nil }
    let quote = text[place - 1]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    let isEscaped = text[place - 2] == UInt8(ascii: "\\")
    guard let (reason, keyStart) = secretKey(before: place - (isEscaped ? 2 : 1)), keyStart > 0, text[keyStart - 1] == quote else {
      return nil
    }
    var start = place + 1
    while start < text.count, start < place + 4, text[start] == UInt8(ascii: " ") { start += 1 }
    guard start < text.count else { return nil }
    if isEscaped, text[start] == UInt8(ascii: "\\") { start += 1 }
    guard start < text.count else { return nil }
    switch text[start] {
    case quote:
      return finding(start + 1..<stringEnd(start + 1, quote, isEscaped: isEscaped), reason)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let end = nestEnd(start, isEscaped: isEscaped)
      guard end - start > 2 else { return nil }
      return SecretFinding(range: start..<end, reason: reason, quotes: isEscaped ? .escaped : .plain)
    case UInt8(ascii: "-"), 0x30...0x39:
      guard reason.coversNumbers else { return nil }
      var end = start + 1
      while end < text.count, Self.isLetterOrDigit(text[end]) || text[end] == UInt8(ascii: ".") { end += 1 }
      return SecretFinding(range: start..<end, reason: reason, quotes: isEscaped ? .escaped : .plain)
    default: return nil
    }
  }

  /// The reason that the key before a place gives, and where the key starts.
  private func secretKey(before end: Int) -> (reason: RedactionReason, start: Int)? {
    let start = keyStart(before: end)
    guard end - start >= 3, start >= done,
      case .secret(let reason) = SecretKeys.verdict(UnsafeRawBufferPointer(rebasing: text[start..<end]))
    else { return nil }
    return (reason, start)
  }

  private func keyStart(before end: Int) -> Int {
    var start = end
    while start > max(0, end - Self.longestKey), Self.isWord(text[start - 1]) || text[start - 1] == UInt8(ascii: ".") { start -= 1 }
    return start
  }

  /// Whether the key before a value, if there is one, is that of an id: `order_id=4111…`, `"orderId":"4111…"`.
  func isIdentifier(at place: Int) -> Bool {
    var end = place
    while end > max(0, place - 5) {
      switch text[end - 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "\\"): end -= 1
      default:
        return SecretKeys.verdict(UnsafeRawBufferPointer(rebasing: text[keyStart(before: end)..<end])) == .identifier
      }
    }
    return false
  }

  /// The closing quote of a string, or the end of the text.
  private func stringEnd(_ start: Int, _ quote: UInt8, isEscaped: Bool) -> Int {
    var end = start
    while end < text.count {
      if text[end] == quote || isJSON && text[end] == UInt8(ascii: "\"") { return end }
      if text[end] == UInt8(ascii: "\\") {
        if isEscaped, end + 1 < text.count, text[end + 1] == quote { return end }
        end = afterEscape(end, isEscaped: isEscaped)
      } else {
        end += 1
      }
    }
    return text.count
  }

  /// Behind a backslash and the character that it escapes. In JSON that is itself a string, each of both may have a backslash of its own.
  private func afterEscape(_ start: Int, isEscaped: Bool) -> Int {
    var end = start + 2
    if isEscaped, end < text.count, text[start + 1] == UInt8(ascii: "\\") { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(end, text.count)
  }

  /// The end of an object or array. Brackets inside of strings do not count.
  private func nestEnd(_ start: Int, isEscaped: Bool) -> Int {
    var depth = 0
    var end = start
    var isInString = false
    while end < text.count {
      switch text[end] {
      case UInt8(ascii: "\\"):
        if isEscaped, end + 1 < text.count, text[end + 1] == UInt8(ascii: "\"") {
          isInString.toggle()
          end += 2
        } else {
          end = afterEscape(end, isEscaped: isEscaped)
        }
        continue
      case UInt8(ascii: "\""):
        // The string that holds the escaped JSON ends.
        if isEscaped { return end }
        isInString.toggle()
      case UInt8(ascii: "{"), UInt8(ascii: "["): if !isInString { depth += 1 }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if !isInString { depth -= 1 }
        if depth == 0 { return end + 1 }
      default: break
      }
      end += 1
    }
    return text.count
  }

  /// Nothing where there is nothing to hide: placeholders, values of two characters, and what was taken out before.
  private func finding(_ range: Range<Int>, _ reason: RedactionReason) -> SecretFinding? {
    guard range.count > 2 else { return nil }
    let mark = RedactionReason.markLength(text, at: range.lowerBound)
    // Without quotes the value ends before the bracket.
    if mark > 0, mark - range.count <= 1, mark >= range.count { return nil }
    let first = text[range.lowerBound]
    if first == UInt8(ascii: "*"), text[range].allSatisfy({ $0 == first }) { return nil }
    if first == UInt8(ascii: "$"), text[range].dropFirst().allSatisfy({ Self.isDigit($0) }) { return nil }
    for word in Self.harmless where range.count == word.utf8CodeUnitCount && has(word, at: range.lowerBound) { return nil }
    return SecretFinding(range: range, reason: reason)
  }

  private static let harmless: [StaticString] = [
    "null", "true", "false", "none", "None", "nil", "NULL", "True", "False", "undefined", "...",
  ]
}

extension RedactionReason {
  /// A typed number under such a key is taken for a secret: tokens, keys and cookies are counted more often than they are numbers.
  var coversNumbers: Bool { self == .password }

  /// Whether an attribute's value must go because of its key. Flags say nothing, and what is a mark already stays.
  func covers(_ value: AttributeValue, _ texts: BatchTexts) -> Bool {
    switch value {
    case .string(let range):
      let text = texts[range]
      return !text.isEmpty && RedactionReason.markLength(text, at: 0) != text.count
    // `[]`, `{}`.
    case .json(let range): return range.count > 2
    case .integer, .double: return coversNumbers
    case .bool: return false
    }
  }
}

extension AttributeValue {
  var isJSON: Bool { if case .json = self { true } else { false } }
}

/// An attribute's value without its secrets.
struct CleanedValue {
  var bytes: [UInt8]
  var count: Int
  var isJSON: Bool
}

extension Attribute {
  /// The value without what its key or its own form shows to be secret; nil where there is nothing to take out.
  func cleaned(_ texts: BatchTexts) -> CleanedValue? {
    if case .secret(let reason) = SecretKeys.verdict(texts[key]), reason.covers(value, texts) {
      return CleanedValue(bytes: Array(reason.markBytes), count: 1, isJSON: false)
    }
    switch value {
    case .string(let range), .json(let range):
      guard let text = SecretScan.cleaned(texts[range], key: texts[key], isJSON: value.isJSON) else { return nil }
      return CleanedValue(bytes: text.bytes, count: text.count, isJSON: value.isJSON)
    case .integer, .double, .bool: return nil
    }
  }
}

extension AttributeValue {
  /// Bytes of its text; 0 where it is none.
  var textCount: Int {
    switch self {
    case .string(let range), .json(let range): Int(range.count)
    case .integer, .double, .bool: 0
    }
  }
}
