// Other places where a name and its secret are adjacent: flags of a command line, lists of headers, XML elements, SQL, and URL-encoded
// pairs.

extension SecretScan {
  /// `--password hunter2`, `"--password","hunter2"`, `-u ada:hunter2`. `place` is the index of the first dash.
  func flag(at place: Int) -> SecretFinding? {
    guard place == 0 || !Self.isWord(text[place - 1]) else { return nil }
    let name = place + 2
    var end = name
    while end < min(text.count, name + 48), Self.isWord(text[end]) { end += 1 }
    guard end - name >= 3, end + 2 < text.count else { return nil }
    let isUser = has("user", at: name) && end - name == 4
    let verdict = isUser ? .secret(.password) : SecretKeys.verdict(bytes(name..<end))
    guard case .secret(let reason) = verdict else { return nil }
    let key = SecretKey(verdict: verdict, start: name)
    switch text[end] {
    case UInt8(ascii: " "):
      let start = end + 1
      // This is the next flag, or the end of an option without a value.
      guard text[start] != UInt8(ascii: "-") else { return nil }
      guard isUser else { return value(at: start, of: key, isSentence: false) }
      let stop = valueEnd(start)
      guard let colon = text[start..<stop].firstIndex(of: UInt8(ascii: ":")), stop - colon > 3 else { return nil }
      return SecretFinding(range: colon + 1..<stop, reason: reason)
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): return isUser ? nil : nextInList(from: end, key)
    default: return nil
    }
  }

  /// The next element of a list: `","value"` with any quotes.
  private func nextInList(from end: Int, _ key: SecretKey) -> SecretFinding? {
    var place = end
    while place < text.count, text[place] == UInt8(ascii: "\\") { place += 1 }
    guard place + 2 < text.count, text[place] == UInt8(ascii: "\"") || text[place] == UInt8(ascii: "'"),
      text[place + 1] == UInt8(ascii: ",")
    else {
      return nil
    }
    var key = key
    key.escapes = backslashes(before: place)
    return value(at: place + 2, of: key, isSentence: false)
  }

  /// `["authorization","Bearer …"]`, `(b'cookie', b'…')`, `{"name":"cookie","value":"…"}`. `place` is the index of the comma.
  func listed(at place: Int) -> SecretFinding? {
    guard place >= 4, place + 4 < text.count else { return nil }
    guard text[place - 1] == UInt8(ascii: "\"") || text[place - 1] == UInt8(ascii: "'") else {
      // `{:password, "…"}`.
      guard let key = secretKey(before: place, spaces: 0), key.start > 0, text[key.start - 1] == UInt8(ascii: ":") else { return nil }
      return value(at: place + 1, of: key, isSentence: false)
    }
    let quote = text[place - 1]
    guard let key = quotedKey(endingAt: place - 1, quote: quote) else { return nil }
    var start = place + 1
    while start < min(text.count, place + 8), text[start] <= 0x20 || text[start] == UInt8(ascii: "b") || text[start] == UInt8(ascii: "\\") {
      start += 1
    }
    guard start < text.count, text[start] == quote else { return nil }
    let escapes = key.escapes ?? 0
    let end = stringEnd(start + 1, quote, escapes: escapes)
    var next = end + escapes + 1
    while next < min(text.count, end + escapes + 4), text[next] == UInt8(ascii: " ") { next += 1 }
    if next < text.count, text[next] == UInt8(ascii: ":") {
      guard has("alue", at: end - 4) || has("val", at: end - 3) || has("v", at: end - 1) else { return nil }
      return value(at: next + 1, of: key, isSentence: false)
    }
    // Lists may also contain names of columns and fields.
    let found = bytes(start + 1..<end)
    guard found.count >= 6, SecretValues.looksChosen(found), found.contains(where: { !Self.isWord($0) || Self.isDigit($0) }) else {
      return nil
    }
    return key.reason(for: found).map { SecretFinding(range: start + 1..<end, reason: $0) }
  }

  /// `<password>…</password>`. `place` is the index of the first `>`.
  func element(at place: Int) -> SecretFinding? {
    guard place + 4 < text.count, place > done else { return nil }
    var open = place
    while open > max(done, place - 96), text[open - 1] != UInt8(ascii: "<"), text[open - 1] != UInt8(ascii: ">") { open -= 1 }
    guard open > 0, text[open - 1] == UInt8(ascii: "<"), text[open] != UInt8(ascii: "/") else { return nil }
    var start = open
    var end = open
    while end < place, Self.isWord(text[end]) || text[end] == UInt8(ascii: ":") || text[end] == UInt8(ascii: ".") {
      if text[end] == UInt8(ascii: ":") { start = end + 1 }
      end += 1
    }
    guard end - start >= 3 else { return nil }
    var verdict = SecretKeys.verdict(bytes(start..<end))
    if verdict.isPlain { verdict = namedInTag(end..<place) }
    guard !verdict.isPlain else { return nil }
    let isRaw = has("<![CDATA[", at: place + 1)
    let begin = isRaw ? place + 10 : place + 1
    var close = begin
    while close < text.count, isRaw ? !has("]]>", at: close) : text[close] != UInt8(ascii: "<") { close += 1 }
    guard begin < close, close < text.count else { return nil }
    let key = SecretKey(verdict: verdict, start: start)
    return key.reason(for: bytes(begin..<close)).map { SecretFinding(range: begin..<close, reason: $0) }
  }

  /// `<property name="password">`: the verdict of the name in a tag's attribute.
  private func namedInTag(_ tag: Range<Int>) -> KeyVerdict {
    for name in ["name=\"", "key=\""] as [StaticString] {
      for place in tag where text[place - 1] == UInt8(ascii: " ") && has(name, at: place) {
        let start = place + name.utf8CodeUnitCount
        guard let end = text[start..<max(start, tag.upperBound)].firstIndex(of: UInt8(ascii: "\"")) else { continue }
        return SecretKeys.verdict(bytes(start..<end))
      }
    }
    return .ordinary
  }

  /// `IDENTIFIED BY '…'`, `PASSWORD '…'`, `SET PASSWORD FOR x = '…'`. `place` is the index of the opening quote.
  mutating func sqlLiteral(at place: Int) -> SecretFinding? {
    guard place >= 4, place + 3 < text.count else { return nil }
    guard isPasswordOfUser(before: place) else { return text[place - 1] == UInt8(ascii: "=") ? nil : inserted(at: place) }
    let key = SecretKey(verdict: .secret(.password), start: place - 1)
    let close = stringEnd(place + 1, UInt8(ascii: "'"), escapes: 0)
    return key.reason(for: bytes(place + 1..<close)).map { SecretFinding(range: place + 1..<close, reason: $0) }
  }

  private func isPasswordOfUser(before place: Int) -> Bool {
    var end = place
    if text[end - 1] == UInt8(ascii: "(") { return hasWord("PASSWORD", endingAt: end - 1) }
    while end > max(0, place - 3), text[end - 1] == UInt8(ascii: " ") { end -= 1 }
    if hasWord("PASSWORD", endingAt: end) || hasWord("IDENTIFIED BY", endingAt: end) { return true }
    // `IDENTIFIED WITH plugin BY '…'`, `SET PASSWORD FOR 'ada'@'host' = '…'`: there are a few words in between.
    let isBy = hasWord("BY", endingAt: end) || hasWord("AS", endingAt: end)
    guard isBy || text[end - 1] == UInt8(ascii: "=") else { return false }
    let word: StaticString = isBy ? "IDENTIFIED WITH" : "SET PASSWORD FOR"
    var position = end
    while position > max(0, end - 160), text[position - 1] != UInt8(ascii: ";") {
      position -= 1
      if text[position] == UInt8(ascii: " "), hasWord(word, endingAt: position) { return true }
    }
    return false
  }

  /// `INSERT INTO t (name, password) VALUES ('ada', '…'), ('bob', '…')`: the value of a column that names a secret. `place` is the index of
  /// the opening quote.
  private mutating func inserted(at place: Int) -> SecretFinding? {
    // Search back to the bracket that opens the row, counting the values before this one.
    var (position, column, isQuoted) = (place, 0, false)
    let least = max(0, place - 1_024)
    while position > least, isQuoted || text[position - 1] != UInt8(ascii: "(") {
      position -= 1
      switch text[position] {
      case UInt8(ascii: "'"): isQuoted.toggle()
      case UInt8(ascii: ","): if !isQuoted { column += 1 }
      case UInt8(ascii: ")"): if !isQuoted { return nil }
      default: break
      }
    }
    var end = position - 1
    while end > least, text[end - 1] <= 0x20 { end -= 1 }
    if hasWord("VALUES", endingAt: end) {
      readColumns(before: end, least)
    } else {
      // Another row of the same statement.
      guard end > least, text[end - 1] == UInt8(ascii: ",") else { return nil }
      end -= 1
      while end > least, text[end - 1] <= 0x20 { end -= 1 }
      guard end > least, text[end - 1] == UInt8(ascii: ")") else { return nil }
    }
    guard column < columns.count else { return nil }
    let key = SecretKey(verdict: columns[column], start: position)
    let last = stringEnd(place + 1, UInt8(ascii: "'"), escapes: 0)
    return key.reason(for: bytes(place + 1..<last)).map { SecretFinding(range: place + 1..<last, reason: $0) }
  }

  private mutating func readColumns(before end: Int, _ least: Int) {
    columns = []
    guard let close = text[least..<end].lastIndex(of: UInt8(ascii: ")")), let open = text[least..<close].lastIndex(of: UInt8(ascii: "("))
    else { return }
    let names = text[(open + 1)..<close].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    columns = names.prefix(256).map { SecretKeys.verdict(UnsafeRawBufferPointer(rebasing: $0)) }
  }

  /// Whether these letters precede `end`, in upper or lower case.
  func hasWord(_ word: StaticString, endingAt end: Int) -> Bool {
    let start = end - word.utf8CodeUnitCount
    guard start >= 0, start == 0 || !Self.isWord(text[start - 1]) else { return false }
    for offset in 0..<word.utf8CodeUnitCount {
      let byte = text[start + offset]
      guard (byte &- 0x61 < 26 ? byte & 0xDF : byte) == word.utf8Start[offset] else { return false }
    }
    return true
  }

  /// `password%3Dhunter2`, `%22password%22%3A%22hunter2%22`, also encoded twice (`%253D`). `place` is the index of the sign's percent
  /// character.
  func encodedPair(at place: Int) -> SecretFinding? {
    let again = has("%25", at: place) ? 2 : 0
    let sign = place + 1 + again
    guard place > done + 2, sign + 4 < text.count, text[sign] == UInt8(ascii: "3"),
      text[sign + 1] | 0x20 == UInt8(ascii: "d") || text[sign + 1] | 0x20 == UInt8(ascii: "a")
    else { return nil }
    var end = place
    for closing in ["%2522", "%22", "%2527", "%27", "%255D", "%5D", "%5d"] as [StaticString]
    where has(closing, at: end - closing.utf8CodeUnitCount) {
      end -= closing.utf8CodeUnitCount
      break
    }
    var start = end
    while start > max(done, end - 48), Self.isWord(text[start - 1]) || text[start - 1] == UInt8(ascii: ".") { start -= 1 }
    // The rest of a preceding `%22` or `%3F` is not part of the name.
    if start >= 1, text[start - 1] == UInt8(ascii: "%") { start = min(end, start + 2 + (has("25", at: start) ? 2 : 0)) }
    guard end - start >= 2 else { return nil }
    let key = SecretKey(verdict: SecretKeys.verdict(bytes(start..<end)), start: start)
    guard !key.verdict.isPlain else { return nil }
    var begin = sign + 2
    for opening in ["%2522", "%22", "%2527", "%27"] as [StaticString] where has(opening, at: begin) {
      begin += opening.utf8CodeUnitCount
      break
    }
    if has("%20", at: begin) { begin += 3 }
    let close = encodedEnd(begin, again: again > 0)
    return key.reason(for: bytes(begin..<close)).map { SecretFinding(range: begin..<close, reason: $0) }
  }

  /// The end at `&`, a quote, a comma, a bracket or a blank, encoded or not.
  private func encodedEnd(_ start: Int, again: Bool) -> Int {
    var end = start
    while end < text.count {
      switch text[end] {
      case 0...0x20, UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"):
        return end
      case UInt8(ascii: "%"):
        let code = end + 1 + (again && has("%25", at: end) ? 2 : 0)
        if has("26", at: code) || has("22", at: code) || has("27", at: code) || has("2C", at: code) || has("7D", at: code)
          || has("20", at: code)
        {
          return end
        }
        end += 1
      default: end += 1
      }
    }
    return end
  }
}
