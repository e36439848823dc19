// Quotes a client's text inside our messages: short, in quotes and in one line, so that it can neither flood the reader nor imitate our own
// text.

enum Quoting {
  /// The text in single quotes, with control characters replaced, cut after `limit` scalars.
  static func quote(_ text: some StringProtocol, limit: Int = 100) -> String {
    var quoted = "'"
    for scalar in text.unicodeScalars.prefix(limit) {
      quoted.unicodeScalars.append(breaksLines(scalar) ? "\u{FFFD}" : scalar)
    }
    if text.unicodeScalars.dropFirst(limit).first != nil { quoted += "…" }
    return quoted + "'"
  }

  private static func breaksLines(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .format: true
    default: false
    }
  }
}
