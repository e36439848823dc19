// Secrets with a recognisable form of more than one word (see `TokenForms` for single words): signed tokens, private keys, passwords and
// channels in URLs, HTTP headers.

extension SecretScan {
  /// `eyJ….eyJ….…`: a signed token in any of base64's alphabets. The signature may be missing.
  func jwt(from start: Int) -> SecretFinding? {
    var end = partEnd(start)
    guard end - start >= 10, end < text.count, text[end] == UInt8(ascii: ".") else { return nil }
    let payload = end + 1
    end = partEnd(payload)
    guard end - payload >= 5, end < text.count, text[end] == UInt8(ascii: ".") else { return nil }
    // Encrypted tokens have five parts.
    for _ in 0..<3 where end < text.count && text[end] == UInt8(ascii: ".") { end = partEnd(end + 1) }
    return SecretFinding(range: start..<end, reason: .jwt)
  }

  /// The end of a part of a token: base64url, base64, or URL-encoded base64. A part is limited to the length of a header, so that many
  /// possible beginnings do not take quadratic time.
  private func partEnd(_ start: Int) -> Int {
    var end = start
    let most = min(text.count, start + 4_096)
    while end < most {
      switch text[end] {
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): end += 1
      case UInt8(ascii: "%"):
        guard
          has("%2B", at: end) || has("%2F", at: end) || has("%3D", at: end) || has("%2b", at: end) || has("%2f", at: end)
            || has("%3d", at: end)
        else { return end }
        end += 3
      case let byte where Self.isWord(byte): end += 1
      default: return end
      }
    }
    return end
  }

  /// `1//0…`: Google's refresh tokens.
  func refreshToken(from start: Int) -> SecretFinding? {
    guard start == 0 || !Self.isWord(text[start - 1]) else { return nil }
    let end = wordEnd(start + 3)
    return end - start >= 30 ? SecretFinding(range: start..<end, reason: .token) : nil
  }

  /// The line above a private key, and command line flags that name a secret: `--password hunter2`.
  func dashed(at place: Int) -> SecretFinding? {
    guard place + 5 < text.count else { return nil }
    if text[place + 1] != UInt8(ascii: "-") { return shortFlag(at: place) }
    return privateKey(at: place) ?? flag(at: place)
  }

  /// The secret part of an address that lets anyone write to a channel: chat webhooks, bots, projects of error trackers. `place` is the
  /// index of `://`.
  func webhook(at place: Int) -> SecretFinding? {
    let host = place + 3
    for (prefix, isSecretBehind) in Self.webhooks where has(prefix, at: host) && isSecretBehind {
      let start = host + prefix.utf8CodeUnitCount
      let end = addressEnd(start)
      return end - start >= 16 ? SecretFinding(range: start..<end, reason: .urlCredentials) : nil
    }
    // Error trackers: the key alone precedes the host.
    if host + 32 < text.count, text[host + 32] == UInt8(ascii: "@"), text[host..<host + 32].allSatisfy({ Self.isLetterOrDigit($0) }) {
      return SecretFinding(range: host..<host + 32, reason: .urlCredentials)
    }
    // Office's channels: `….webhook.office.com/webhookb2/…`.
    let name = text[host..<min(text.count, host + 256)]
    if let slash = name.firstIndex(of: UInt8(ascii: "/")), has(".webhook.office.com/webhookb2/", at: slash - 19) {
      let start = slash + 11
      let end = addressEnd(start)
      return end - start >= 16 ? SecretFinding(range: start..<end, reason: .urlCredentials) : nil
    }
    return nil
  }

  private static let webhooks: [(StaticString, Bool)] = [
    ("hooks.slack.com/services/", true), ("hooks.slack.com/workflows/", true), ("hooks.slack.com/triggers/", true),
    ("discord.com/api/webhooks/", true), ("discordapp.com/api/webhooks/", true), ("hooks.zapier.com/hooks/catch/", true),
    ("outlook.office.com/webhook/", true), ("chat.googleapis.com/v1/spaces/", true), ("api.telegram.org/bot", true),
    ("maker.ifttt.com/trigger/", true), ("hook.eu1.make.com/", true), ("hook.us1.make.com/", true),
  ]

  private func addressEnd(_ start: Int) -> Int {
    var end = start
    while end < text.count {
      switch text[end] {
      case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ")"), UInt8(ascii: "\\"),
        UInt8(ascii: "|"), UInt8(ascii: "`"):
        return end
      default: end += 1
      }
    }
    return end
  }

  /// `123456789:AA…`: a bot's id and its token. `place` is the index of the colon.
  func botToken(at place: Int) -> SecretFinding? {
    var start = place
    while start > max(done, place - 11), Self.isDigit(text[start - 1]) { start -= 1 }
    guard (8...10).contains(place - start), has("AA", at: place + 1) || has("AE", at: place + 1) else { return nil }
    let end = wordEnd(place + 1)
    return end - place - 1 == 35 ? SecretFinding(range: start..<end, reason: .token) : nil
  }

  /// `-----BEGIN … PRIVATE KEY-----` up to its end, or to the end of the text. A certificate is not a secret.
  private func privateKey(at place: Int) -> SecretFinding? {
    guard has("-----BEGIN ", at: place) else { return nil }
    var end = place + 11
    // The longest variants: `ENCRYPTED `, `OPENSSH `, `PGP `.
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

  /// `scheme://user:password@host`: the part before the host. A user name alone is not a secret.
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
    guard has("://", at: start - 3) else { return addressCredentials(at: place, from: start, colon) }
    guard let colon, colon + 1 < place, RedactionReason.markLength(text, at: start) == 0 else { return nil }
    // A password may contain an `@`: the last one before the host ends it.
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

  /// `ada:love@tcp(host:3306)/db`, `thin:scott/tiger@host`, and a URL whose password contains a slash. `start` is after the last slash or
  /// at the bound.
  private func addressCredentials(at place: Int, from start: Int, _ colon: Int?) -> SecretFinding? {
    if has("tcp(", at: place + 1) || has("unix(", at: place + 1) || has("tcp6(", at: place + 1) {
      var begin = place
      while begin > max(done, place - 256), text[begin - 1] > 0x20, text[begin - 1] != UInt8(ascii: "\""),
        text[begin - 1] != UInt8(ascii: "'")
      { begin -= 1 }
      guard let colon = text[begin..<place].firstIndex(of: UInt8(ascii: ":")), place - colon > 2 else { return nil }
      return isMarked(colon + 1) ? nil : SecretFinding(range: colon + 1..<place, reason: .urlCredentials)
    }
    guard start > done + 1, text[start - 1] == UInt8(ascii: "/") else { return nil }
    var begin = start - 1
    while begin > max(done, place - 256), text[begin - 1] > 0x20, text[begin - 1] != UInt8(ascii: "\""),
      text[begin - 1] != UInt8(ascii: "'"),
      text[begin - 1] != UInt8(ascii: "@")
    {
      begin -= 1
    }
    // In Oracle's addresses a user name precedes the slash.
    let word = text[begin..<(start - 1)]
    let user = word.lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? begin
    if has("thin:", at: user - 5) || has("oci:", at: user - 4) || has("oci8:", at: user - 5) || begin >= 8 && has("sqlplus ", at: begin - 8)
      || begin >= 11 && has("sqlplus -s ", at: begin - 11)
    {
      guard user < start - 1, place - start > 2, !isMarked(start) else { return nil }
      return SecretFinding(range: start..<place, reason: .urlCredentials)
    }
    guard let scheme = Self.schemeEnd(in: text, begin..<start), let first = text[scheme..<place].firstIndex(of: UInt8(ascii: ":")),
      first < start - 1, let slash = text[scheme..<place].firstIndex(of: UInt8(ascii: "/")), slash > first
    else { return nil }
    // `host:8080/a@b` has no password.
    guard text[(first + 1)..<slash].contains(where: { !Self.isDigit($0) }), !text[scheme..<first].contains(UInt8(ascii: ".")),
      !isMarked(scheme)
    else {
      return nil
    }
    return SecretFinding(range: scheme..<place, reason: .urlCredentials)
  }

  private func isMarked(_ place: Int) -> Bool { RedactionReason.markLength(text, at: place) > 0 }

  /// The index after the `://` of a word.
  private static func schemeEnd(in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
    var place = range.lowerBound
    while place + 2 < range.upperBound {
      if text[place] == UInt8(ascii: ":"), text[place + 1] == UInt8(ascii: "/"), text[place + 2] == UInt8(ascii: "/") { return place + 3 }
      place += 1
    }
    return nil
  }

  /// `Bearer …` and `Basic …`, as in HTTP headers.
  func httpScheme(at place: Int) -> SecretFinding? {
    guard place + 14 < text.count else { return nil }
    let isBearer = text[place + 1] | 0x20 == UInt8(ascii: "e") && (has("arer ", at: place + 2) || has("ARER ", at: place + 2))
    guard isBearer || has("asic ", at: place + 1) || has("ASIC ", at: place + 1) || has("asic%20", at: place + 1),
      isWordStart(place) || has("%20", at: place - 3) || has("%3D", at: place - 3)
    else { return nil }
    let start = place + (isBearer ? 7 : text[place + 5] == UInt8(ascii: "%") ? 8 : 6)
    var end = start
    while end < text.count, Self.isTokenByte(text[end]) { end += 1 }
    // `Authorization Bearer …`: the header's name without a colon.
    let isNamed = place > 14 && hasWord("AUTHORIZATION", endingAt: place - 1) && end - start >= 6
    guard isNamed || (isBearer ? isRandom(start..<end) : isBasic(start..<end)) else { return nil }
    return SecretFinding(range: start..<end, reason: .authorization)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
      || byte == UInt8(ascii: "=")
  }

  /// Whether a word looks like a token and not like a word of a sentence: eight characters with a digit, or twenty-four characters.
  private func isRandom(_ range: Range<Int>) -> Bool {
    range.count >= 24 || range.count >= 8 && text[range].contains { Self.isDigit($0) }
  }

  /// Whether a word is base64 of `user:password`: English words never are.
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
