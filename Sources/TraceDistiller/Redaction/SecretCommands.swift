// Secrets in command lines whose short flags do not describe themselves: the meaning depends on the command.

extension SecretScan {
  /// One way in which commands take a secret after a one-letter flag.
  private struct ShortFlag {
    var letter: UInt8
    /// The secret may follow directly: `-phunter2`.
    var isAttached: Bool
    /// The secret may be the next word.
    var isApart: Bool
    /// The secret comes after this separator: `ada:hunter2`.
    var separator: UInt8? = nil
    /// Names of commands, with blanks around each; empty if the form alone decides.
    var commands: [StaticString]
  }

  private static let shortFlags: [ShortFlag] = [
    ShortFlag(letter: UInt8(ascii: "u"), isAttached: false, isApart: true, separator: UInt8(ascii: ":"), commands: []),
    ShortFlag(letter: UInt8(ascii: "u"), isAttached: true, isApart: false, separator: UInt8(ascii: ":"), commands: ["curl"]),
    ShortFlag(letter: UInt8(ascii: "U"), isAttached: true, isApart: true, separator: UInt8(ascii: ":"), commands: ["curl"]),
    ShortFlag(letter: UInt8(ascii: "b"), isAttached: false, isApart: true, separator: UInt8(ascii: "="), commands: ["curl"]),
    ShortFlag(
      letter: UInt8(ascii: "a"), isAttached: false, isApart: true, separator: UInt8(ascii: ":"), commands: ["http", "https", "xh"]),
    ShortFlag(
      letter: UInt8(ascii: "U"), isAttached: true, isApart: true, separator: UInt8(ascii: "%"),
      commands: ["smbclient", "rpcclient", "smbget", "winexe", "net"]),
    ShortFlag(
      letter: UInt8(ascii: "p"), isAttached: true, isApart: false, commands: ["mysql", "mariadb", "7z", "7za", "rar", "unrar", "sshpass"]),
    ShortFlag(
      letter: UInt8(ascii: "p"), isAttached: false, isApart: true,
      commands: [
        "sshpass", "mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport", "cqlsh", "docker login", "podman login",
        "az login", "rabbitmqadmin", "influx", "ipmitool", "twine upload", "helm registry login", "nerdctl login", "buildah login",
        "skopeo login", "oc login",
      ]),
    ShortFlag(letter: UInt8(ascii: "a"), isAttached: false, isApart: true, commands: ["redis-cli", "valkey-cli"]),
    ShortFlag(letter: UInt8(ascii: "N"), isAttached: true, isApart: true, commands: ["ssh-keygen"]),
    ShortFlag(letter: UInt8(ascii: "k"), isAttached: false, isApart: true, commands: ["openssl enc", "openssl aes"]),
    ShortFlag(letter: UInt8(ascii: "t"), isAttached: false, isApart: true, commands: ["doctl auth", "doctl", "vault login"]),
    ShortFlag(letter: UInt8(ascii: "u"), isAttached: false, isApart: true, separator: UInt8(ascii: ","), commands: ["lftp"]),
    ShortFlag(
      letter: UInt8(ascii: "w"), isAttached: false, isApart: true,
      commands: ["ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldapwhoami", "ldappasswd"]),
    ShortFlag(
      letter: UInt8(ascii: "P"), isAttached: true, isApart: true,
      commands: ["sqlcmd", "bcp", "isql", "tsql", "osql", "zip", "unzip", "mosquitto_pub", "mosquitto_sub", "ipmitool"]),
  ]

  /// `-u ada:hunter2`, `sshpass -p hunter2`, `mysql -phunter2`, `redis-cli -a hunter2`, `-storepass hunter2`. `place` is the index of the
  /// dash.
  func shortFlag(at place: Int) -> SecretFinding? {
    guard place > done, place + 4 < text.count, text[place - 1] == UInt8(ascii: " ") else { return nil }
    let letter = text[place + 1]
    let isApart = text[place + 2] == UInt8(ascii: " ")
    if letter == UInt8(ascii: "S"), isApart, let found = suppliedToSudo(before: place) { return found }
    for flag in Self.shortFlags where flag.letter == letter && (isApart ? flag.isApart : flag.isAttached) {
      let start = isApart ? place + 3 : place + 2
      guard let found = short(flag, from: start), flag.commands.isEmpty || isCommand(flag.commands, before: place) else { continue }
      return found
    }
    return isApart ? nil : longFlag(at: place)
  }

  /// `echo hunter2 | sudo -S …`; `place` is that of the dash.
  private func suppliedToSudo(before place: Int) -> SecretFinding? {
    guard has("| sudo ", at: place - 7), let word = echoed(before: place - 7), isSecret(word) else { return nil }
    return SecretFinding(range: word, reason: .password)
  }

  /// The word that `echo` or `printf` hands on, in quotes or bare; `pipe` is the place of the bar behind it.
  func echoed(before pipe: Int) -> Range<Int>? {
    var end = pipe
    while end > done, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
    if end > done, text[end - 1] == UInt8(ascii: "'") || text[end - 1] == UInt8(ascii: "\"") { end -= 1 }
    var start = end
    while start > max(done, end - 96), text[start - 1] > 0x20, text[start - 1] != UInt8(ascii: "'"), text[start - 1] != UInt8(ascii: "\"") {
      start -= 1
    }
    let command = start > done && text[start - 1] != UInt8(ascii: " ") ? start - 1 : start
    guard end - start >= 3, has("echo ", at: command - 5) || has("printf ", at: command - 7) else { return nil }
    return start..<end
  }

  private func short(_ flag: ShortFlag, from start: Int) -> SecretFinding? {
    guard start < text.count else { return nil }
    var (begin, end) = (start, 0)
    if text[start] == UInt8(ascii: "'") || text[start] == UInt8(ascii: "\"") {
      begin = start + 1
      end = stringEnd(begin, text[start], escapes: backslashes(before: start))
    } else if flag.separator == UInt8(ascii: ",") {
      end = text[start...].firstIndex { $0 <= 0x20 } ?? text.count
    } else {
      end = valueEnd(start)
    }
    guard end - begin >= 3, text[begin] != UInt8(ascii: "-") else { return nil }
    guard let separator = flag.separator else { return isSecret(begin..<end) ? SecretFinding(range: begin..<end, reason: .password) : nil }
    guard let place = text[begin..<end].firstIndex(of: separator), end - place > 3, text[place + 1] != UInt8(ascii: "/") else { return nil }
    // Numbers are the ids of a user and a group.
    guard text[(place + 1)..<end].contains(where: { !Self.isDigit($0) }), isSecret(place + 1..<end) else { return nil }
    return SecretFinding(range: place + 1..<end, reason: separator == UInt8(ascii: "=") ? .cookie : .password)
  }

  private func isSecret(_ range: Range<Int>) -> Bool { !SecretValues.isHarmless(bytes(range), .password) }

  /// `keytool -storepass hunter2`: one dash and a whole word that names a secret.
  private func longFlag(at place: Int) -> SecretFinding? {
    var end = place + 1
    while end < min(text.count, place + 32), Self.isWord(text[end]) { end += 1 }
    guard end - place >= 5, end + 3 < text.count, text[end] == UInt8(ascii: " "), text[end + 1] != UInt8(ascii: "-") else { return nil }
    guard case .secret = SecretKeys.verdict(bytes(place + 1..<end)) else { return nil }
    return value(at: end + 1, of: SecretKey(verdict: .secret(.password), start: place + 1), isSentence: false)
  }

  /// Whether one of the commands precedes the flag, with only its own words in between.
  func isCommand(_ names: [StaticString], before place: Int) -> Bool {
    var position = place
    while position > max(0, place - 200), text[position - 1] != UInt8(ascii: "\n"), text[position - 1] != UInt8(ascii: ";"),
      text[position - 1] != UInt8(ascii: "|")
    {
      position -= 1
      guard position == 0 || !Self.isWord(text[position - 1]) else { continue }
      for name in names where has(name, at: position) {
        let end = position + name.utf8CodeUnitCount
        // `mysqldump` counts as `mysql`.
        if end < text.count, text[end] == UInt8(ascii: " ") || Self.isLetterOrDigit(text[end]) { return true }
      }
    }
    return false
  }
}
