// A rule cut into words, texts, numbers and signs, each with its column.

struct RuleToken: Equatable {
  enum Kind: Equatable {
    case word(String)
    case text(String)
    /// A number as it is written, and its unit.
    case number(String, unit: String)
    case sign(String)
    case end
  }

  var kind: Kind
  var column: Int

  /// How a complaint calls it.
  var shown: String {
    switch kind {
    case .word(let word), .sign(let word): VisibleText.quoted(word, limit: 40)
    case .text(let text): "the text " + VisibleText.quoted(text, limit: 40)
    case .number(let digits, let unit): VisibleText.quoted(digits + unit, limit: 40)
    case .end: "the end"
    }
  }
}

struct RuleTokens {
  private(set) var tokens: [RuleToken] = []

  /// - Complexity: O(n).
  init(_ rule: String) throws(RuleError) {
    let scalars = Array(rule.unicodeScalars)
    var place = 0
    func fail(_ expected: String, _ found: String) -> RuleError {
      RuleError(column: place + 1, expected: expected, found: found, near: nil, rule: rule)
    }
    while place < scalars.count {
      let start = place
      let scalar = scalars[place]
      switch scalar {
      case " ", "\t":
        place += 1
        continue
      case "\"":
        var text = String.UnicodeScalarView()
        place += 1
        while place < scalars.count, scalars[place] != "\"" {
          if scalars[place] == "\\" {
            place += 1
            guard place < scalars.count else { break }
            guard scalars[place] == "\"" || scalars[place] == "\\" else {
              throw fail("\\\" or \\\\ in a text", VisibleText.quoted("\\" + String(scalars[place]), limit: 12))
            }
          }
          text.append(scalars[place])
          place += 1
        }
        guard place < scalars.count else { throw fail("\" at the end of the text that begins in column \(start + 1)", "the end") }
        place += 1
        tokens.append(RuleToken(kind: .text(String(text)), column: start + 1))
        continue
      case "(", ")", ",":
        place += 1
      case "<", ">", "=":
        place += 1
        if place < scalars.count, scalars[place] == "=" { place += 1 }
      case "0"..."9":
        while place < scalars.count, Self.isDigit(scalars[place]) || scalars[place] == "." { place += 1 }
        let digits = Self.string(scalars[start..<place])
        let unitStart = place
        while place < scalars.count, Self.isLetter(scalars[place]) || scalars[place] == "%" { place += 1 }
        tokens.append(RuleToken(kind: .number(digits, unit: Self.string(scalars[unitStart..<place])), column: start + 1))
        continue
      case _ where Self.isLetter(scalar):
        while place < scalars.count, Self.isLetter(scalars[place]) || Self.isDigit(scalars[place]) { place += 1 }
        tokens.append(RuleToken(kind: .word(Self.string(scalars[start..<place])), column: start + 1))
        continue
      default:
        throw fail("a word, a text in \"\", a number, or one of ( ) , < > =", VisibleText.quoted(String(scalar), limit: 12))
      }
      tokens.append(RuleToken(kind: .sign(Self.string(scalars[start..<place])), column: start + 1))
    }
    tokens.append(RuleToken(kind: .end, column: scalars.count + 1))
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { "a"..."z" ~= scalar || "A"..."Z" ~= scalar || scalar == "_" }
  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
