// A regular expression as a tree that is asked directly which pieces of a text it matches: slow, and written without a look at the machine.

indirect enum SlowRegex {
  case character(Unicode.Scalar)
  case any(withNewline: Bool)
  case set([ClosedRange<Unicode.Scalar>], isInverted: Bool)
  case digit, word, space, noWord
  case start, end, lineStart, lineEnd, boundary, noBoundary
  case sequence([SlowRegex])
  case choice([SlowRegex])
  case repeated(SlowRegex, Int, Int?)

  /// Whether it is somewhere in a text, in either case.
  func matches(_ text: String) -> Bool {
    let scalars = Array(text.lowercased().unicodeScalars)
    return (0...scalars.count).contains { !ends([$0], scalars).isEmpty }
  }

  private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar { Array(scalar.properties.lowercaseMapping.unicodeScalars)[0] }

  /// A text in lower case is of a set where some character of the set has that lower case.
  private static func isIn(_ ranges: [ClosedRange<Unicode.Scalar>], _ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { range in
      range.contains(scalar) || (0..<0x500).contains { Unicode.Scalar($0).map { range.contains($0) && lower($0) == scalar } ?? false }
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
  }

  /// Where matches end that begin at one of these places.
  private func ends(_ starts: Set<Int>, _ text: [Unicode.Scalar]) -> Set<Int> {
    func one(_ holds: (Unicode.Scalar) -> Bool) -> Set<Int> { Set(starts.filter { $0 < text.count && holds(text[$0]) }.map { $0 + 1 }) }
    func isBoundary(_ place: Int) -> Bool {
      (place > 0 && Self.isWord(text[place - 1])) != (place < text.count && Self.isWord(text[place]))
    }
    switch self {
    case .character(let scalar): return one { $0 == Self.lower(scalar) }
    case .any(let withNewline): return one { withNewline || $0 != "\n" }
    case .set(let ranges, let isInverted): return one { Self.isIn(ranges, $0) != isInverted }
    case .digit: return one { ("0"..."9").contains($0) }
    case .word: return one { Self.isWord($0) }
    case .noWord: return one { !Self.isWord($0) }
    case .space: return one { " \t\n\r\u{C}".unicodeScalars.contains($0) }
    case .start: return starts.filter { $0 == 0 }
    case .end: return starts.filter { $0 == text.count }
    case .lineStart: return starts.filter { $0 == 0 || text[$0 - 1] == "\n" }
    case .lineEnd: return starts.filter { $0 == text.count || text[$0] == "\n" }
    case .boundary: return starts.filter { isBoundary($0) }
    case .noBoundary: return starts.filter { !isBoundary($0) }
    case .sequence(let parts): return parts.reduce(starts) { $1.ends($0, text) }
    case .choice(let parts): return parts.reduce(into: []) { $0.formUnion($1.ends(starts, text)) }
    case .repeated(let part, let least, let most):
      var (now, all) = (starts, least == 0 ? starts : [])
      var count = 0
      while count < most ?? (least + text.count + 1), !now.isEmpty {
        now = part.ends(now, text)
        count += 1
        if count >= least { all.formUnion(now) }
      }
      return all
    }
  }

  /// As it is written, in one of the ways in which it can be.
  func pattern(_ random: inout some RandomNumberGenerator) -> String {
    func escaped(_ scalar: Unicode.Scalar, inSet: Bool) -> String {
      if scalar == "\n" { return "\\n" }
      if Int.random(in: 0..<6, using: &random) == 0 { return "\\x{\(String(scalar.value, radix: 16))}" }
      return (inSet ? "\\]^-[" : "\\.+*?()|[]{}^$").unicodeScalars.contains(scalar) ? "\\\(scalar)" : "\(scalar)"
    }
    switch self {
    case .character(let scalar): return escaped(scalar, inSet: false)
    case .any(let withNewline): return withNewline ? "(?s:.)" : "."
    case .set(let ranges, let isInverted):
      let parts = ranges.map { range in
        range.lowerBound == range.upperBound
          ? escaped(range.lowerBound, inSet: true) : escaped(range.lowerBound, inSet: true) + "-" + escaped(range.upperBound, inSet: true)
      }
      return "[\(isInverted ? "^" : "")\(parts.joined())]"
    case .digit: return Bool.random(using: &random) ? "\\d" : "[[:digit:]]"
    case .word: return "\\w"
    case .noWord: return Bool.random(using: &random) ? "\\W" : "[\\W]"
    case .space: return "\\s"
    case .start: return Bool.random(using: &random) ? "^" : "\\A"
    case .end: return Bool.random(using: &random) ? "$" : "\\z"
    case .lineStart: return "(?m:^)"
    case .lineEnd: return "(?m:$)"
    case .boundary: return "\\b"
    case .noBoundary: return "\\B"
    case .sequence(let parts): return parts.map { $0.pattern(&random) }.joined()
    case .choice(let parts): return "(" + parts.map { $0.pattern(&random) }.joined(separator: "|") + ")"
    case .repeated(let part, let least, let most):
      let inner = "(?:\(part.pattern(&random)))"
      let lazy = Int.random(in: 0..<4, using: &random) == 0 ? "?" : ""
      switch (least, most) {
      case (0, nil): return inner + "*" + lazy
      case (1, nil): return inner + "+" + lazy
      case (0, 1): return inner + "?" + lazy
      case (_, nil): return inner + "{\(least),}" + lazy
      case (_, let most?): return inner + (least == most ? "{\(least)}" : "{\(least),\(most)}") + lazy
      }
    }
  }

  /// Of so many parts, at most.
  static func random(_ size: Int, _ random: inout some RandomNumberGenerator) -> SlowRegex {
    func one<Element>(_ all: [Element]) -> Element { all.randomElement(using: &random)! }
    let letters: [Unicode.Scalar] = ["a", "b", "A", "B", "é", "É", "1", "_", " ", "\n", "中", "😀", "-", "."]
    if size <= 1 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0: return .any(withNewline: Bool.random(using: &random))
      case 1: return one([.digit, .word, .space, .noWord])
      case 2: return one([.start, .end, .lineStart, .lineEnd])
      case 3: return one([.boundary, .noBoundary])
      case 4, 5, 6:
        let ranges = (0..<Int.random(in: 1...3, using: &random)).map { _ -> ClosedRange<Unicode.Scalar> in
          let (low, high) = (one(letters), one(letters))
          return Bool.random(using: &random) ? low...low : min(low, high)...max(low, high)
        }
        return .set(ranges, isInverted: Bool.random(using: &random))
      default: return .character(one(letters))
      }
    }
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      let least = Int.random(in: 0...2, using: &random)
      return .repeated(.random(size - 1, &random), least, one([nil, nil, max(1, least), least + 2]))
    case 1: return .choice([.random(size / 2, &random), .random(size - size / 2, &random)])
    default: return .sequence([.random(size / 2, &random), .random(size - size / 2, &random)])
    }
  }
}
