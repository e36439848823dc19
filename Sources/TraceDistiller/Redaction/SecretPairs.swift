// Secrets that are named by a key in the same text: `password=…` in a query, a command line or a connection string, `"password":"…"` in
// JSON, however often it was encoded as a string, `Password: …` in a header or in YAML.

/// A name in a text, and what it says about the value that follows.
struct SecretKey {
  var verdict: KeyVerdict
  /// The start of the name, without its quote.
  var start: Int
  /// The number of backslashes before each of its quotes; nil if there are no quotes. JSON in a string has one, JSON in a string of such
  /// JSON three.
  var escapes: Int?
  var quote: UInt8 = UInt8(ascii: "\"")

  /// Why a value must be removed; nil if it may stay.
  func reason(for value: UnsafeRawBufferPointer) -> RedactionReason? {
    switch verdict {
    case .secret(let reason): SecretValues.isHarmless(value, reason) ? nil : reason
    case .maybe(let reason): SecretValues.isRandom(value) && !SecretValues.isHarmless(value, reason) ? reason : nil
    case .ordinary, .identifier, .code: nil
    }
  }
}

extension SecretScan {
  private static let longestKey = 96

  /// The value after `key=`, `key = ` or `key =>`. `place` is the index of the sign.
  func assignment(at place: Int) -> SecretFinding? {
    guard place >= 2, place + 3 < text.count, text[place + 1] != UInt8(ascii: "="), !Self.isComparison(text[place - 1]) else { return nil }
    // `:=`.
    let end = text[place - 1] == UInt8(ascii: ":") ? place - 1 : place
    guard let key = secretKey(before: end, spaces: 4) ?? namedBefore(end) ?? cookieKey(before: end, place) else {
      return formPart(at: place)
    }
    return value(at: text[place + 1] == UInt8(ascii: ">") ? place + 2 : place + 1, of: key, isSentence: false)
  }

  /// `sessionid=…; theme=dark`: among other cookies, a doubtful name is the name of a cookie.
  private func cookieKey(before end: Int, _ place: Int) -> SecretKey? {
    guard Self.mayEndSessionName(text[end - 1]) else { return nil }
    var start = end
    while start > max(done, end - 48), Self.isWord(text[start - 1]) || text[start - 1] == UInt8(ascii: ".") { start -= 1 }
    guard end - start >= 3, Self.isSessionName(bytes(start..<end)) else { return nil }
    var stop = place + 1
    // No cookie is longer. The limit keeps many names in a row linear.
    while stop < min(text.count, place + 256), text[stop] > 0x20, text[stop] != UInt8(ascii: ";"), text[stop] != UInt8(ascii: ","),
      text[stop] != UInt8(ascii: "\""), text[stop] != UInt8(ascii: "'")
    {
      stop += 1
    }
    let isBehindOther = start > 1 && text[start - 1] == UInt8(ascii: " ") && text[start - 2] == UInt8(ascii: ";")
    guard stop - place > 6, isBehindOther || isCookie(at: stop) else { return nil }
    return SecretKey(verdict: .secret(.cookie), start: start)
  }

  /// `sessionid`, `session`, `auth`, in capitals or small.
  private static func mayEndSessionName(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    case UInt8(ascii: "d"), UInt8(ascii: "n"), UInt8(ascii: "h"): true
    default: false
    }
  }

  /// `; name=`.
  private func isCookie(at place: Int) -> Bool {
    guard has("; ", at: place) else { return false }
    let end = wordEnd(place + 2)
    return end > place + 2 && end < text.count && text[end] == UInt8(ascii: "=")
  }

  private static func isSessionName(_ name: UnsafeRawBufferPointer) -> Bool {
    let last = String(decoding: name.suffix(9), as: UTF8.self).lowercased()
    return last == "sessionid" || last.hasSuffix("_session") || last.hasSuffix(".sid") || last == "sid" || last == "session"
      || last.hasSuffix("auth")
  }

  private static func isComparison(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "=") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
  }

  /// `key="Password" value="…"`, and `- name: DB_PASSWORD` with `value: …` on the next line. `end` is the end of the word `value`.
  private func namedBefore(_ end: Int) -> SecretKey? {
    guard has("value", at: end - 5) || has("Value", at: end - 5), end - 5 > done else { return nil }
    var before = end - 5
    let least = max(done, before - 40)
    while before > least, text[before - 1] <= 0x20 { before -= 1 }
    return before < end - 5 ? secretKey(before: before, spaces: 0) : nil
  }

  /// The value after `"key":`, `'key':`, `\"key\":` or `Key:`. `place` is the index of the colon.
  func member(at place: Int) -> SecretFinding? {
    guard place >= 3, place + 3 < text.count else { return nil }
    switch text[place + 1] {
    case UInt8(ascii: ":"), UInt8(ascii: "="): return nil
    case UInt8(ascii: "/"):
      guard text[place + 2] == UInt8(ascii: "/") else { break }
      return webhook(at: place)
    default: break
    }
    if Self.isDigit(text[place - 1]), text[place + 1] == UInt8(ascii: "A"), let found = botToken(at: place) { return found }
    // `openssl … -passin pass:…`.
    if has("-passin pass", at: place - 12) || has("-passout pass", at: place - 13) {
      return value(at: place + 1, of: SecretKey(verdict: .secret(.password), start: place - 4), isSentence: false)
    }
    // IRC's `PASS oauth:…`, Windows' `net use \\host\share /user:ada …`.
    if has("PASS oauth", at: place - 10) {
      return value(at: place + 1, of: SecretKey(verdict: .secret(.password), start: place - 5), isSentence: false)
    }
    if has("/user", at: place - 5), isCommand(["net use"], before: place - 5) {
      let behind = valueEnd(place + 1)
      return value(at: behind, of: SecretKey(verdict: .secret(.password), start: place - 4), isSentence: false)
    }
    // npm's `config set //host/:_authToken …`.
    if text[place + 1] == UInt8(ascii: "_"),
      has("_authToken ", at: place + 1) || has("_password ", at: place + 1) || has("_auth ", at: place + 1)
    {
      return value(at: wordEnd(place + 1), of: SecretKey(verdict: .secret(.token), start: place + 1), isSentence: false)
    }
    if let found = passFile(at: place) { return found }
    // `arn:aws:secretsmanager:…:secret:name`, `Token::new`.
    guard let key = secretKey(before: place, spaces: 2) ?? namedBefore(place), key.start == 0 || text[key.start - 1] != UInt8(ascii: ":")
    else {
      return nil
    }
    return value(at: place + 1, of: key, isSentence: key.escapes == nil)
  }

  /// A line of .pgpass: `host:5432:database:user:hunter2`; `place` is that of the last colon.
  private func passFile(at place: Int) -> SecretFinding? {
    var colons: [Int] = []
    var start = place
    while start > max(done, place - 160), colons.count < 4, text[start - 1] > 0x20, text[start - 1] != UInt8(ascii: "/") {
      start -= 1
      if text[start] == UInt8(ascii: ":") { colons.append(start) }
      // The port comes after two names; a text without it costs a few steps.
      if colons.count == 3 { break }
    }
    guard colons.count == 3, colons[1] - colons[2] > 3, colons[1] - colons[2] <= 6,
      text[(colons[2] + 1)..<colons[1]].allSatisfy({ Self.isDigit($0) }),
      place - colons[0] > 1, colons[0] - colons[1] > 1
    else { return nil }
    return value(at: place + 1, of: SecretKey(verdict: .secret(.password), start: place), isSentence: false)
  }

  // MARK: Keys

  /// The key before `place`, if it names a secret: a word, a quoted text, or a text in brackets.
  /// - Parameter spaces: The maximum number of spaces between both.
  func secretKey(before place: Int, spaces: Int) -> SecretKey? {
    var end = place
    while end > max(done, place - spaces), text[end - 1] == UInt8(ascii: " ") { end -= 1 }
    guard end > done else { return nil }
    var last = text[end - 1]
    // PHP writes `["password"]=>`.
    if last == UInt8(ascii: "]"), end > done + 4, text[end - 2] == UInt8(ascii: "\"") || text[end - 2] == UInt8(ascii: "'") {
      end -= 1
      last = text[end - 1]
    }
    if last == UInt8(ascii: "\"") || last == UInt8(ascii: "'") { return quotedKey(endingAt: end - 1, quote: last) }
    // `user[password]=…`, `user%5Bpassword%5D=…`.
    if last == UInt8(ascii: "]") { end -= 1 } else if has("%5D", at: end - 3) || has("%5d", at: end - 3) { end -= 3 }
    var start = end
    while start > max(done, end - Self.longestKey), Self.isNameByte(text[start - 1]) { start -= 1 }
    if start > done, text[start - 1] == UInt8(ascii: "%") { start = min(end, start + 2) }
    guard end - start >= 2 else { return nil }
    let verdict = SecretKeys.verdict(bytes(start..<end))
    if verdict.isPlain {
      // `API Key: …`: one name of two words.
      guard has("ey", at: end - 2), start > done + 2, text[start - 1] == UInt8(ascii: " ") else { return nil }
      let word = wordStart(before: start - 1)
      let both = SecretKeys.verdict(bytes(word..<end))
      return both.isPlain ? nil : SecretKey(verdict: both, start: word)
    }
    // `next token: …`: the word before changes the meaning.
    if start > done + 2, text[start - 1] == UInt8(ascii: " "), SecretKeys.verdict(bytes(wordStart(before: start - 1)..<end)).isPlain {
      return nil
    }
    return SecretKey(verdict: verdict, start: start)
  }

  /// Bytes beyond ASCII belong to words of other languages.
  static func isNameByte(_ byte: UInt8) -> Bool { isWord(byte) || byte == UInt8(ascii: ".") || byte >= 0x80 }

  func wordStart(before end: Int) -> Int {
    var start = end
    while start > max(done, end - 32), Self.isWord(text[start - 1]) { start -= 1 }
    return start
  }

  /// A quoted key of any characters, with its escapes decoded.
  func quotedKey(endingAt end: Int, quote: UInt8) -> SecretKey? {
    let escapes = backslashes(before: end)
    let close = end - escapes
    var start = close
    while start > max(done, close - Self.longestKey), text[start - 1] != quote, text[start - 1] > 0x1F { start -= 1 }
    guard start > done, text[start - 1] == quote, close - start >= 2, backslashes(before: start - 1) == escapes else { return nil }
    let verdict =
      text[start..<close].contains { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "%") }
      ? decodedVerdict(start..<close) : SecretKeys.verdict(bytes(start..<close))
    return verdict.isPlain ? nil : SecretKey(verdict: verdict, start: start, escapes: escapes, quote: quote)
  }

  /// The verdict of a key that contains `\u0061` or `%61`.
  private func decodedVerdict(_ range: Range<Int>) -> KeyVerdict {
    var decoded: [UInt8] = []
    var place = range.lowerBound
    while place < range.upperBound {
      var digits = 0
      var next = place
      if text[place] == UInt8(ascii: "\\") {
        while next < range.upperBound, text[next] == UInt8(ascii: "\\") { next += 1 }
        if next < range.upperBound, text[next] == UInt8(ascii: "u") { (next, digits) = (next + 1, 4) }
      } else if text[place] == UInt8(ascii: "%") {
        (next, digits) = (place + 1, 2)
      }
      if digits > 0, next + digits <= range.upperBound,
        let code = UInt32(String(decoding: text[next..<next + digits], as: UTF8.self), radix: 16)
      {
        decoded.append(code < 0x80 ? UInt8(code) : 0x80)
        place = next + digits
      } else {
        decoded.append(text[place])
        place += 1
      }
    }
    return decoded.withUnsafeBytes { SecretKeys.verdict($0) }
  }

  /// Whether the key before a value, if there is one, names an id: `order_id=4111…`, `"orderId":"4111…"`.
  func isIdentifier(at place: Int) -> Bool {
    var end = place
    while end > max(0, place - 5) {
      switch text[end - 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "\\"): end -= 1
      default:
        var start = end
        while start > max(0, end - Self.longestKey), Self.isWord(text[start - 1]) || text[start - 1] == UInt8(ascii: ".") { start -= 1 }
        return SecretKeys.verdict(bytes(start..<end)) == .identifier
      }
    }
    return false
  }

  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: text[range]) }

  func backslashes(before place: Int) -> Int {
    var count = 0
    while count < min(place, 64), text[place - 1 - count] == UInt8(ascii: "\\") { count += 1 }
    return count
  }
}
