// Secrets that follow the word that names them without a sign in between: `password is hunter2`, a line of .netrc, a part of a form.

extension SecretScan {
  /// `password is hunter2`, `login ada password hunter2`. `place` is the index of the `w` in `password`.
  func spoken(at place: Int) -> SecretFinding? {
    var start = place
    while start > max(done, place - 24), Self.isWord(text[start - 1]) { start -= 1 }
    if has("chpasswd", at: place - 6), let found = piped(before: place - 6) { return found }
    let end = wordEnd(place)
    guard end + 4 < text.count else { return nil }
    if text[end] == UInt8(ascii: "(") { return argument(start..<end, behind: end) }
    // `passwordField.fill('hunter2')`: what is typed into a form.
    for call in [".fill", ".type", ".sendKeys"] as [StaticString] where has(call, at: end) {
      let open = end + call.utf8CodeUnitCount
      return open < text.count && text[open] == UInt8(ascii: "(") ? argument(start..<min(end, place + 4), behind: open) : nil
    }
    guard text[end] == UInt8(ascii: " "), case .secret(let reason) = SecretKeys.verdict(bytes(start..<end)) else {
      return nil
    }
    var begin = end + 1
    var isTold = false
    for words in ["is ", "was ", "set to ", "changed to ", "reset to ", "-> ", "→ "] as [StaticString] where has(words, at: begin) {
      begin += words.utf8CodeUnitCount
      isTold = true
      break
    }
    // `the password of ada is hunter2`.
    if !isTold, has("of ", at: begin) || has("for ", at: begin) {
      let name = begin + (text[begin] == UInt8(ascii: "o") ? 3 : 4)
      let rest = wordEnd(name)
      for words in [" is ", " was ", " is now ", " set to ", " changed to "] as [StaticString] where rest > name && has(words, at: rest) {
        let range = rest + words.utf8CodeUnitCount..<valueEnd(rest + words.utf8CodeUnitCount)
        let isSecret = hasDigits(bytes(range)) && !SecretValues.isHarmless(bytes(range), reason)
        return isSecret ? SecretFinding(range: range, reason: reason) : nil
      }
    }
    guard begin < text.count, text[begin] != UInt8(ascii: "-") else { return nil }
    let quote = text[begin]
    if isTold, quote == UInt8(ascii: "\"") && !isJSON || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`") {
      let close = stringEnd(begin + 1, quote, escapes: 0)
      let key = SecretKey(verdict: .secret(reason), start: start)
      return key.reason(for: bytes(begin + 1..<close)).map { SecretFinding(range: begin + 1..<close, reason: $0) }
    }
    let close = valueEnd(begin)
    let value = bytes(begin..<close)
    guard !SecretValues.isHarmless(value, reason), SecretValues.looksChosen(value) else { return nil }
    // Without a word like "is" this may be a sentence: only accepted if the value mixes digits and letters, or if a login name precedes.
    guard isTold || hasDigits(value) || isOfLogin(before: start) else { return nil }
    return SecretFinding(range: begin..<close, reason: reason)
  }

  /// `aws configure set aws_secret_access_key wJalr…`, `AUTH PLAIN AGFk…`, `using passphrase 3k9…`: a long word that nobody writes, right behind the name of a
  /// secret. `start` is where the word begins.
  func behindName(_ start: Int) -> SecretFinding? {
    guard start > done + 4, text[start - 1] == UInt8(ascii: " ") else { return nil }
    let isProtocol =
      has("AUTH PLAIN ", at: start - 11) || has("AUTH LOGIN ", at: start - 11) || has("PASS ", at: start - 5) && isWordStart(start - 5)
    let name = wordStart(before: start - 1)
    guard isProtocol || name < start - 4 else { return nil }
    guard case .secret(let reason) = isProtocol ? .secret(.password) : SecretKeys.verdict(bytes(name..<start - 1)) else { return nil }
    let end = valueEnd(start)
    let value = bytes(start..<end)
    guard SecretValues.isRandom(value), !SecretValues.isHarmless(value, reason) else { return nil }
    return SecretFinding(range: start..<end, reason: reason)
  }

  /// `setPassword("hunter2")`, `.withPassword('hunter2')`.
  private func argument(_ name: Range<Int>, behind call: Int) -> SecretFinding? {
    var open = call + 1
    while open < text.count, text[open] == UInt8(ascii: "\\") { open += 1 }
    guard open + 4 < text.count, text[open] == UInt8(ascii: "\"") || text[open] == UInt8(ascii: "'") else { return nil }
    guard !isJSON || text[open] != UInt8(ascii: "\"") || open > call + 1 else { return nil }
    let key = SecretKey(verdict: SecretKeys.verdict(bytes(name)), start: name.lowerBound)
    let close = stringEnd(open + 1, text[open], escapes: open - call - 1)
    // What follows shows that it was a call with one text, and no word of a sentence.
    return key.reason(for: bytes(open + 1..<close)).map { SecretFinding(range: open + 1..<close, reason: $0) }
  }

  /// `echo 'ada:hunter2' | chpasswd`; `place` is that of the command.
  private func piped(before place: Int) -> SecretFinding? {
    guard has("| ", at: place - 2), let word = echoed(before: place - 2), let colon = text[word].firstIndex(of: UInt8(ascii: ":")),
      word.upperBound - colon > 3
    else { return nil }
    return SecretFinding(range: colon + 1..<word.upperBound, reason: .password)
  }

  private func hasDigits(_ value: UnsafeRawBufferPointer) -> Bool {
    value.count >= 6 && value.contains { Self.isDigit($0) } && value.contains { ($0 | 0x20) &- 0x61 < 26 }
  }

  /// `machine example.org login ada password …`.
  private func isOfLogin(before start: Int) -> Bool {
    var end = start
    while end > max(0, start - 80), text[end - 1] != 0x0A {
      end -= 1
      if has("login ", at: end) { return true }
    }
    return false
  }

  /// A part of a form: `name="password"`, an empty line, the value. `place` is the index of the `=`.
  func formPart(at place: Int) -> SecretFinding? {
    guard has("name=\"", at: place - 4) || has("name=\\\"", at: place - 4) else { return nil }
    let isEscaped = text[place + 1] == UInt8(ascii: "\\")
    let start = place + (isEscaped ? 3 : 2)
    var end = start
    while end < min(text.count, start + 96), text[end] != UInt8(ascii: "\""), text[end] != UInt8(ascii: "\\") { end += 1 }
    var next = end + (isEscaped ? 2 : 1)
    guard end - start >= 2, next < text.count, isLineBreak(next) else { return nil }
    let key = SecretKey(verdict: SecretKeys.verdict(bytes(start..<end)), start: start)
    guard !key.verdict.isPlain else { return nil }
    // Skip further headers of the part, up to an empty line.
    for _ in 0..<4 {
      next = behindLineBreak(next)
      if isLineBreak(next) {
        let begin = behindLineBreak(next)
        var close = begin
        while close < text.count, !isLineBreak(close), text[close] != UInt8(ascii: "\"") { close += 1 }
        return key.reason(for: bytes(begin..<close)).map { SecretFinding(range: begin..<close, reason: $0) }
      }
      while next < text.count, !isLineBreak(next) { next += 1 }
    }
    return nil
  }

  /// A line break, raw or in the escaped form of JSON and other languages.
  private func isLineBreak(_ place: Int) -> Bool {
    guard place < text.count else { return false }
    return text[place] == 0x0A || text[place] == 0x0D || has("\\n", at: place) || has("\\r", at: place)
  }

  private func behindLineBreak(_ place: Int) -> Int {
    var end = place
    if end < text.count, text[end] == 0x0D { end += 1 } else if has("\\r", at: end) { end += 2 }
    if end < text.count, text[end] == 0x0A { end += 1 } else if has("\\n", at: end) { end += 2 }
    return end
  }
}
