// Secrets that are recognised by their form: tokens with the prefix of who issued them, signed tokens, private keys, passwords in URLs, HTTP's headers.

extension SecretScan {
  /// `eyJ….eyJ….…`: a signed token; `J` is its third character. A signature may be missing.
  func jwt(at place: Int) -> SecretFinding? {
    let start = place - 2
    guard has("eyJ", at: start), isWordStart(start) else { return nil }
    var end = wordEnd(start)
    guard end - start >= 10, end < text.count, text[end] == UInt8(ascii: ".") else { return nil }
    let payload = end + 1
    end = wordEnd(payload)
    guard end - payload >= 5, end < text.count, text[end] == UInt8(ascii: ".") else { return nil }
    // Encrypted ones have five parts.
    for _ in 0..<3 where end < text.count && text[end] == UInt8(ascii: ".") { end = wordEnd(end + 1) }
    return SecretFinding(range: start..<end, reason: .jwt)
  }

  /// `AKIA` or `ASIA` and 16 capital letters or digits.
  func awsKey(at place: Int) -> SecretFinding? {
    let start = place - 2
    guard has("AKIA", at: start) || has("ASIA", at: start), isWordStart(start) else { return nil }
    var end = start + 4
    while end < text.count, Self.isUpperOrDigit(text[end]) { end += 1 }
    guard end - start == 20, end == text.count || !Self.isWord(text[end]) else { return nil }
    return SecretFinding(range: start..<end, reason: .awsKey)
  }

  /// `AIza` and 35 more.
  func googleKey(at place: Int) -> SecretFinding? {
    let start = place - 2
    guard has("AIza", at: start), isWordStart(start) else { return nil }
    let end = wordEnd(start)
    return end - start == 39 ? SecretFinding(range: start..<end, reason: .apiKey) : nil
  }

  /// `ghp_…` and its kin, `github_pat_…`, `sk_live_…`, `npm_…`, `hf_…`.
  func underscored(at place: Int) -> SecretFinding? {
    guard place >= 2, place + 10 < text.count else { return nil }
    switch text[place - 1] {
    case UInt8(ascii: "p"), UInt8(ascii: "o"), UInt8(ascii: "u"), UInt8(ascii: "s"), UInt8(ascii: "r"):
      if has("gh", at: place - 3) { return prefixed(from: place - 3, prefix: 4, least: 30, .githubToken) }
    case UInt8(ascii: "b"):
      if has("github_pat_", at: place - 6) { return prefixed(from: place - 6, prefix: 11, least: 22, .githubToken) }
    case UInt8(ascii: "k"):
      guard text[place - 2] == UInt8(ascii: "s") || text[place - 2] == UInt8(ascii: "r") else { return nil }
      if has("_live_", at: place) || has("_test_", at: place) { return prefixed(from: place - 2, prefix: 8, least: 10, .apiKey) }
    case UInt8(ascii: "m"):
      if has("np", at: place - 3) { return prefixed(from: place - 3, prefix: 4, least: 30, .apiKey) }
    case UInt8(ascii: "f"):
      if text[place - 2] == UInt8(ascii: "h") { return prefixed(from: place - 2, prefix: 3, least: 30, .apiKey) }
    default: break
    }
    return nil
  }

  /// `sk-…`, `xoxb-…` and its kin, `glpat-…`, and the line above a private key.
  func dashed(at place: Int) -> SecretFinding? {
    guard place + 10 < text.count else { return nil }
    if text[place + 1] == UInt8(ascii: "-") { return privateKey(at: place) }
    guard place >= 2 else { return nil }
    if has("sk", at: place - 2) { return prefixed(from: place - 2, prefix: 3, least: 16, .apiKey) }
    if has("xox", at: place - 4) { return prefixed(from: place - 4, prefix: 5, least: 10, isSplit: true, .slackToken) }
    if has("glpat", at: place - 5) { return prefixed(from: place - 5, prefix: 6, least: 16, isSplit: true, .apiKey) }
    return nil
  }

  /// A word with a prefix and a random part behind it: one piece of `least` letters and digits, among them a digit, or where dashes may split
  /// it so many in all. `sk-learn-pipeline-v2` is none.
  private func prefixed(from start: Int, prefix: Int, least: Int, isSplit: Bool = false, _ reason: RedactionReason) -> SecretFinding? {
    guard isWordStart(start) else { return nil }
    let end = wordEnd(start)
    var length = 0
    var hasDigit = false
    var place = start + prefix
    while place < end {
      if Self.isLetterOrDigit(text[place]) {
        length += 1
        hasDigit = hasDigit || Self.isDigit(text[place])
        if length >= least, hasDigit { return SecretFinding(range: start..<end, reason: reason) }
      } else if !isSplit {
        (length, hasDigit) = (0, false)
      }
      place += 1
    }
    return nil
  }

  /// `-----BEGIN … PRIVATE KEY-----` up to its end, or to the end of the text. A certificate is no secret.
  private func privateKey(at place: Int) -> SecretFinding? {
    guard has("-----BEGIN ", at: place) else { return nil }
    var end = place + 11
    // The longest kind: `ENCRYPTED `, `OPENSSH `, `PGP `.
    while end < min(text.count, place + 32), !has("PRIVATE KEY", at: end) {
      guard text[end] == UInt8(ascii: " ") || text[end] &- 0x41 < 26 else { return nil }
      end += 1
    }
    guard has("PRIVATE KEY", at: end) else { return nil }
    end += 11
    while end < text.count, text[end] != UInt8(ascii: "\"") {
      if text[end] == UInt8(ascii: "-"), has("-----END ", at: end) {
        var last = end + 9
        while last < min(text.count, end + 60), text[last] != UInt8(ascii: "-") { last += 1 }
        while last < min(text.count, end + 65), text[last] == UInt8(ascii: "-") { last += 1 }
        return SecretFinding(range: place..<last, reason: .privateKey)
      }
      end += 1
    }
    if end < text.count, text[end - 1] == UInt8(ascii: "\\") { end -= 1 }
    return SecretFinding(range: place..<end, reason: .privateKey)
  }

  /// `scheme://user:password@host`: what stands before the host. A user alone is no secret.
  func urlCredentials(at place: Int) -> SecretFinding? {
    var start = place
    var colon: Int?
    let least = max(done, place - 512)
    while start > least {
      let byte = text[start - 1]
      if byte == UInt8(ascii: "/") { break }
      guard byte > 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "<"), byte != UInt8(ascii: ">"), byte != UInt8(ascii: "@") else {
        return nil
      }
      if byte == UInt8(ascii: ":") { colon = start - 1 }
      start -= 1
    }
    guard has("://", at: start - 3), let colon, colon + 1 < place, RedactionReason.markLength(text, at: start) == 0 else { return nil }
    // A password may hold an `@` of its own: the last before the host ends it.
    var end = place
    var next = place + 1
    while next < min(text.count, place + 256), text[next] > 0x20 {
      switch text[next] {
      case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ","),
        UInt8(ascii: "\\"):
        return SecretFinding(range: start..<end, reason: .urlCredentials)
      case UInt8(ascii: "@"): end = next
      default: break
      }
      next += 1
    }
    return SecretFinding(range: start..<end, reason: .urlCredentials)
  }

  /// `Bearer …` and `Basic …`, as HTTP's headers have them.
  func httpScheme(at place: Int) -> SecretFinding? {
    guard place + 14 < text.count else { return nil }
    let isBearer = text[place + 1] | 0x20 == UInt8(ascii: "e") && (has("arer ", at: place + 2) || has("ARER ", at: place + 2))
    guard isBearer || has("asic ", at: place + 1) || has("ASIC ", at: place + 1), isWordStart(place) else { return nil }
    let start = place + (isBearer ? 7 : 6)
    var end = start
    while end < text.count, Self.isTokenByte(text[end]) { end += 1 }
    guard isBearer ? isRandom(start..<end) : isBasic(start..<end) else { return nil }
    return SecretFinding(range: start..<end, reason: .authorization)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
      || byte == UInt8(ascii: "=")
  }

  /// Whether a word is a token and no word of a sentence: eight characters with a digit, or twenty-four.
  private func isRandom(_ range: Range<Int>) -> Bool {
    range.count >= 24 || range.count >= 8 && text[range].contains { Self.isDigit($0) }
  }

  /// Whether a word is base64 of `user:password`: no English word is.
  private func isBasic(_ range: Range<Int>) -> Bool {
    var word = text[range]
    while word.last == UInt8(ascii: "=") { word = word.dropLast() }
    guard word.count >= 4 else { return false }
    var (bits, count, hasColon) = (UInt32(0), 0, false)
    for byte in word {
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
      case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
      default: return false
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      let decoded = UInt8(truncatingIfNeeded: bits >> UInt32(count))
      if decoded == UInt8(ascii: ":") { hasColon = true }
      guard decoded >= 0x20, decoded != 0x7F else { return false }
    }
    return hasColon
  }
}
