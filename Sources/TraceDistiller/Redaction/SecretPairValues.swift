// Finds where the value of a key ends: in quotes at any escape depth, in brackets, or as a bare word.

extension SecretScan {
  /// The secret that begins at `place`, after spaces; nil if there is none.
  /// - Parameter isSentence: The value may be the next word of a sentence: `password: must be longer`.
  func value(at place: Int, of key: SecretKey, isSentence: Bool) -> SecretFinding? {
    var start = place
    while start < text.count, start < place + 8, text[start] == UInt8(ascii: " ") || text[start] == 0x09 { start += 1 }
    guard start + 2 < text.count else { return nil }
    if text[start] == UInt8(ascii: "|") || text[start] == UInt8(ascii: ">") || text[start] == 0x0A, key.escapes == nil {
      if let found = yamlBlock(at: start, key) { return found }
    }
    if key.escapes == nil || text[start] == 0x0A || has("string", at: start) { start = unwrapped(start) }
    guard start + 2 < text.count else { return nil }
    var open = start
    // Prefixes of string literals: Python's bytes, SQL's and Python's other literals.
    if "bBeEnNuUrRfF".utf8.contains(text[open]), text[open + 1] == UInt8(ascii: "'") || text[open + 1] == UInt8(ascii: "\"") { open += 1 }
    while open < text.count, text[open] == UInt8(ascii: "\\") { open += 1 }
    guard open < text.count else { return nil }
    let quote = text[open]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`") {
      // In JSON text an unescaped quote ends the string that contains the key.
      if isJSON, quote == UInt8(ascii: "\""), key.escapes == nil, backslashes(before: open) == 0 { return nil }
      let end = stringEnd(open + 1, quote, escapes: backslashes(before: open))
      return quoted(open + 1..<end, key)
    }
    if key.escapes != nil {
      switch text[start] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): return nest(from: start, key)
      case UInt8(ascii: "-"), 0x30...0x39:
        guard case .secret(let reason) = key.verdict, reason.coversNumbers else { return nil }
        var end = start + 1
        while end < text.count, Self.isLetterOrDigit(text[end]) || text[end] == UInt8(ascii: ".") { end += 1 }
        return SecretFinding(range: start..<end, reason: reason, escapes: key.escapes)
      default: break
      }
    }
    return bare(from: start, key, isSentence: isSentence)
  }

  /// The index after what languages write around a printed value: `Some(`, `string(7) `, `[`.
  private func unwrapped(_ place: Int) -> Int {
    var start = place
    for _ in 0..<3 where RedactionReason.markLength(text, at: start) == 0 {
      let before = start
      for wrapper in Self.wrappers where has(wrapper, at: start) {
        start += wrapper.utf8CodeUnitCount
        break
      }
      // PHP: `=>`, a line break, `string(7) "…"`.
      if start < text.count, text[start] == 0x0A {
        var next = start
        while next < min(text.count, start + 40), text[next] <= 0x20 { next += 1 }
        if has("string(", at: next) { start = next }
      }
      if has("string(", at: start) {
        var next = start + 7
        while next < text.count, Self.isDigit(text[next]) { next += 1 }
        if has(") ", at: next) { start = next + 2 }
      }
      if start == before { break }
    }
    return start
  }

  private static let wrappers: [StaticString] = [
    "Some(", "Just ", "Optional(", "Ok(", "Right(", "Secret(", "SecretString(", "SecretStr(", "PASSWORD(", "password(", "string ",
    "[]string{", "[]byte(",
    "[",
  ]

  /// `password: |` and the more indented lines below it. `place` is after the blank that follows the colon.
  private func yamlBlock(at place: Int, _ key: SecretKey) -> SecretFinding? {
    var next = place
    if text[next] != 0x0A {
      next += 1
      while next < min(text.count, place + 4),
        text[next] == UInt8(ascii: "-") || text[next] == UInt8(ascii: "+") || Self.isDigit(text[next])
      { next += 1 }
    } else if key.start == 0 || text[key.start - 1] != 0x0A && text[key.start - 1] != UInt8(ascii: " ") {
      return nil
    }
    guard next + 2 < text.count, text[next] == 0x0A else { return nil }
    var begin = next + 1
    while begin < text.count, text[begin] == UInt8(ascii: " ") { begin += 1 }
    let indent = begin - next - 1
    // The key's own line is indented less.
    var line = key.start
    while line > 0, text[line - 1] == UInt8(ascii: " ") { line -= 1 }
    guard indent > key.start - line, line == 0 || text[line - 1] == 0x0A else { return nil }
    var end = begin
    while end < text.count {
      while end < text.count, text[end] != 0x0A { end += 1 }
      // Without the `|` sign only one line is the value.
      guard text[place] != 0x0A, end + indent < text.count, text[(end + 1)..<(end + 1 + indent)].allSatisfy({ $0 == UInt8(ascii: " ") })
      else { break }
      end += 1 + indent
    }
    let value = bytes(begin..<end)
    // A mapping or a list below the key is not a value.
    guard text[place] != 0x0A || !value.contains(UInt8(ascii: ":")) && value.first != UInt8(ascii: "-") else { return nil }
    return key.reason(for: value).map { SecretFinding(range: begin..<end, reason: $0) }
  }

  /// A quoted value. A scheme such as `Bearer` before the secret of a header is kept.
  private func quoted(_ range: Range<Int>, _ key: SecretKey) -> SecretFinding? {
    key.reason(for: bytes(range)).map { SecretFinding(range: range, reason: $0) }
  }

  private func nest(from start: Int, _ key: SecretKey) -> SecretFinding? {
    guard case .secret(let reason) = key.verdict, let escapes = key.escapes else { return nil }
    let end = nestEnd(start, escapes: escapes)
    return end - start > 2 ? SecretFinding(range: start..<end, reason: reason, escapes: escapes) : nil
  }

  private func bare(from start: Int, _ key: SecretKey, isSentence: Bool) -> SecretFinding? {
    var (start, end) = (start, start)
    if case .maybe = key.verdict {
      // No session id is longer. Without a limit, many such names in a row would each be read to the end of the text.
      end = valueEnd(start, atMost: Self.longestDoubtful + 1)
      if end - start > Self.longestDoubtful { return nil }
    } else {
      end = valueEnd(start)
    }
    var isScheme = false
    switch key.verdict {
    case .secret(.authorization), .maybe(.authorization):
      // `Basic` and similar words are not the secret. The next word is, together with those that continue it: `Credential=…, Signature=…`.
      if (3...16).contains(end - start), end + 1 < text.count, text[end] == UInt8(ascii: " "), isSentence || end - start <= 10 {
        let next = valueEnd(end + 1)
        if next - end > 3 {
          if isSentence { start = end + 1 }
          (end, isScheme) = (next, true)
          // `Digest username="…", response="…"`.
          if end < text.count, text[end] == UInt8(ascii: "\""), text[end - 1] == UInt8(ascii: "="), key.escapes == nil, !isJSON {
            while end < text.count, text[end] > 0x1F { end += 1 }
          }
          while end + 2 < text.count, text[end] == UInt8(ascii: ",") {
            let further = valueEnd(end + (text[end + 1] == UInt8(ascii: " ") ? 2 : 1))
            guard text[end + 1..<further].contains(UInt8(ascii: "=")) else { break }
            end = further
          }
        }
      }
    case .secret(.cookie), .maybe(.cookie):
      while end + 2 < text.count, text[end] == UInt8(ascii: ";") {
        let next = valueEnd(end + (text[end + 1] == UInt8(ascii: " ") ? 2 : 1))
        guard text[end + 1..<next].contains(UInt8(ascii: "=")) else { break }
        end = next
      }
    default: break
    }
    // Text that was already redacted, without its closing bracket here.
    if RedactionReason.markLength(text, at: start) >= end - start { return nil }
    let value = bytes(start..<end)
    guard let reason = key.reason(for: value) else { return nil }
    if isSentence, !isScheme, !SecretValues.looksChosen(value), !endsLine(end), !isField(key, start, end) { return nil }
    return SecretFinding(range: start..<end, reason: reason)
  }

  /// `{User:ada Password:love}`, `map[password:love]`: no blank after the colon, and a bracket or the next field after the value.
  private func isField(_ key: SecretKey, _ start: Int, _ end: Int) -> Bool {
    guard text[start - 1] == UInt8(ascii: ":"), end < text.count else { return false }
    if text[end] == UInt8(ascii: "}") || text[end] == UInt8(ascii: "]") { return true }
    guard text[end] == UInt8(ascii: " ") else { return false }
    let next = wordEnd(end + 1)
    return next > end + 1 && next < text.count && text[next] == UInt8(ascii: ":")
  }

  private func endsLine(_ place: Int) -> Bool { place == text.count || text[place] == 0x0A || text[place] == 0x0D || has("\\n", at: place) }

  private static let longestDoubtful = 1_024

  func valueEnd(_ start: Int, atMost most: Int = .max) -> Int {
    var end = start
    let limit = most < text.count - start ? start + most : text.count
    while end < limit {
      switch text[end] {
      // An apostrophe inside a password does not end it.
      case UInt8(ascii: "'") where end + 1 < text.count && Self.isLetterOrDigit(text[end + 1]) && end > start: end += 1
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

  /// The end of a string, before its closing quote and that quote's escapes.
  ///
  /// If there are n backslashes before each quote, then a quote with n of them closes the string, one with fewer closes an enclosing
  /// string, and one with 2n + 1 belongs to the value. Pairs of backslashes before it belong to the value as well.
  func stringEnd(_ start: Int, _ quote: UInt8, escapes: Int) -> Int {
    var end = start
    let unit = 2 * (escapes + 1)
    while end < text.count {
      if text[end] == quote || text[end] == UInt8(ascii: "\"") && (isJSON || escapes > 0) {
        var before = 0
        while end - before > start, text[end - before - 1] == UInt8(ascii: "\\") { before += 1 }
        if before < escapes { return end - before }
        if (before - escapes) % unit == 0 { return end - escapes }
      }
      end += 1
    }
    return text.count
  }

  /// The end of an object or array. Brackets inside strings do not count.
  private func nestEnd(_ start: Int, escapes: Int) -> Int {
    var depth = 0
    var end = start
    while end < text.count {
      switch text[end] {
      case UInt8(ascii: "\""):
        // A quote with fewer backslashes ends the enclosing string.
        let before = backslashes(before: end)
        if before < escapes { return end - before }
        let close = stringEnd(end + 1, UInt8(ascii: "\""), escapes: escapes)
        end = min(text.count, close + escapes)
        if end == text.count { return end }
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return end + 1 }
      default: break
      }
      end += 1
    }
    return text.count
  }
}
