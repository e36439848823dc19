// Secrets that stand behind the word that names them, with no sign between: `password is hunter2`, a line of .netrc, a part of a form.

extension SecretScan {
  /// `password is hunter2`, `login ada password hunter2`; `place` is that of the `w` of `password`.
  func spoken(at place: Int) -> SecretFinding? {
    var start = place
    while start > max(done, place - 24), Self.isWord(text[start - 1]) { start -= 1 }
    let end = wordEnd(place)
    guard end + 4 < text.count, text[end] == UInt8(ascii: " "), case .secret(let reason) = SecretKeys.verdict(bytes(start..<end)) else {
      return nil
    }
    var begin = end + 1
    var isTold = false
    for words in ["is ", "was ", "set to ", "changed to ", "reset to ", "-> ", "→ "] as [StaticString] where has(words, at: begin) {
      begin += words.utf8CodeUnitCount
      isTold = true
      break
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
    // Without a word between, a sentence may go on: only what has digits among its letters, or what a name stands before.
    guard isTold || hasDigits(value) || isOfLogin(before: start) else { return nil }
    return SecretFinding(range: begin..<close, reason: reason)
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

  /// A part of a form: `name="password"`, an empty line, the value. `place` is that of the `=`.
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
    // Further headers of the part, up to an empty line.
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

  /// As it is, or as JSON and languages write it.
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
