// From the text of a rule to the rule. The language is one line:
//
//   rule = ["optional"] ("no errors" ["but" text {"," text}] | "no findings" ["of" kind {"," kind}] ["above" limit]
//        | "no regression" ["above" limit] | stat "(" (text | ("root" | "service") "(" text ")") ")" ("<=" | "<" | ">=" | ">" | "==") limit)

extension CheckRule {
  /// Longer ones are refused: nobody writes them.
  package static let maxScalars = 4_096
  /// Rules of one check.
  package static let mostRules = 200

  /// - Complexity: O(n).
  package init(parsing text: String) throws(RuleError) {
    let length = text.unicodeScalars.count
    guard length <= Self.maxScalars else {
      throw RuleError(
        column: Self.maxScalars + 1, expected: "a rule of at most \(Self.maxScalars) characters", found: "one of \(length)", near: nil,
        rule: text)
    }
    var parser = RuleParser(rule: text, tokens: try RuleTokens(text).tokens)
    self = try parser.parse()
  }
}

private struct RuleParser {
  let rule: String
  let tokens: [RuleToken]
  var place = 0

  private var token: RuleToken { tokens[place] }

  private func failure(_ expected: String, near known: [String] = []) -> RuleError {
    var meant: String?
    if case .word(let word) = token.kind { meant = nearest(word, among: known, limit: 1).first }
    return RuleError(column: token.column, expected: expected, found: token.shown, near: meant, rule: rule)
  }

  private mutating func take(_ word: String) -> Bool {
    guard token.kind == .word(word) else { return false }
    place += 1
    return true
  }

  private mutating func need(sign: String) throws(RuleError) {
    guard token.kind == .sign(sign) else { throw failure(sign) }
    place += 1
  }

  private mutating func needText(_ what: String) throws(RuleError) -> String {
    guard case .text(let text) = token.kind else { throw failure("\(what) in \"\"") }
    guard !text.isEmpty else {
      throw RuleError(column: token.column, expected: "\(what) in \"\"", found: "an empty one", near: nil, rule: rule)
    }
    place += 1
    return text
  }

  mutating func parse() throws(RuleError) -> CheckRule {
    let isOptional = take("optional")
    let claim = take("no") ? try absence() : try measure()
    guard token.kind == .end else { throw failure(ending(claim), near: ["but", "of", "above"]) }
    return CheckRule(claim, isOptional: isOptional, text: rule)
  }

  private func ending(_ claim: CheckRule.Claim) -> String {
    switch claim {
    case .noErrors(let but): but.isEmpty ? "but, or the end" : ", or the end"
    case .noFindings(let kinds, nil): kinds.isEmpty ? "of, above, or the end" : ", or above, or the end"
    case .noRegression(nil): "above, or the end"
    default: "the end"
    }
  }

  // MARK: no …

  private mutating func absence() throws(RuleError) -> CheckRule.Claim {
    if take("errors") {
      guard take("but") else { return .noErrors(but: []) }
      var names = [try needText("the name of an operation")]
      while token.kind == .sign(",") {
        place += 1
        names.append(try needText("the name of an operation"))
      }
      return .noErrors(but: names)
    }
    if take("findings") {
      var kinds: [Insight.Kind] = []
      if take("of") {
        kinds.append(try kind())
        while token.kind == .sign(",") {
          place += 1
          kinds.append(try kind())
        }
      }
      return .noFindings(kinds: kinds, above: take("above") ? try threshold() : nil)
    }
    if take("regression") { return .noRegression(above: take("above") ? try threshold() : nil) }
    throw failure("errors, findings or regression", near: ["errors", "findings", "regression"])
  }

  private mutating func kind() throws(RuleError) -> Insight.Kind {
    let known = Insight.Kind.allCases.map(\.rawValue)
    guard case .word(let word) = token.kind, let kind = Insight.Kind(rawValue: word) else {
      throw failure("a kind of finding: \(known.joined(separator: ", "))", near: known)
    }
    place += 1
    return kind
  }

  private mutating func threshold() throws(RuleError) -> CheckRule.Threshold {
    guard case .number(let digits, let unit) = token.kind else { throw failure("a time such as 5ms, or a percentage such as 10%") }
    if unit == "%", let percent = Self.percent(digits) {
      place += 1
      return .percent(percent)
    }
    guard let nanos = Self.nanos(digits, unit) else { throw failure("a time such as 5ms, or a percentage such as 10%") }
    place += 1
    return .nanos(nanos)
  }

  // MARK: stat(subject) op limit

  private mutating func measure() throws(RuleError) -> CheckRule.Claim {
    let known = CheckRule.Statistic.allCases.map(\.rawValue)
    guard case .word(let word) = token.kind, let statistic = CheckRule.Statistic(rawValue: word) else {
      let all = known.joined(separator: ", ")
      throw failure(
        place == 0 ? "no, optional, or one of \(all)" : "no, or one of \(all)", near: ["no", "optional"] + known)
    }
    place += 1
    try need(sign: "(")
    let subject = try subject()
    try need(sign: ")")
    let relation = try relation()
    return .measure(statistic, subject, relation, try limit(of: statistic))
  }

  private mutating func subject() throws(RuleError) -> CheckRule.Subject {
    let isRoot = take("root")
    if isRoot || take("service") {
      try need(sign: "(")
      let name = try needText(isRoot ? "the name of a root" : "the name of a service")
      try need(sign: ")")
      return isRoot ? .root(name) : .service(name)
    }
    if case .word = token.kind {
      throw failure("the name of an operation in \"\", root(\"…\") or service(\"…\")", near: ["root", "service"])
    }
    return .operation(try needText("the name of an operation"))
  }

  private mutating func relation() throws(RuleError) -> CheckRule.Relation {
    guard case .sign(let sign) = token.kind, let relation = CheckRule.Relation(rawValue: sign) else {
      throw failure("one of <= < >= > ==")
    }
    place += 1
    return relation
  }

  private mutating func limit(of statistic: CheckRule.Statistic) throws(RuleError) -> CheckRule.Limit {
    let expected =
      switch statistic.unit {
      case .time: "a time with its unit (ns, us, ms, s), such as 50ms"
      case .number: "a whole number"
      case .percent: "a percentage, such as 10%"
      }
    guard case .number(let digits, let unit) = token.kind else { throw failure(expected) }
    var limit: CheckRule.Limit?
    switch statistic.unit {
    case .time: limit = Self.nanos(digits, unit).map { .nanos($0) }
    case .number: limit = unit.isEmpty ? Int64(digits).map { .number($0) } : nil
    case .percent: limit = unit == "%" ? Self.percent(digits).map { .percent($0) } : nil
    }
    guard let limit else { throw failure(expected) }
    place += 1
    return limit
  }

  // MARK: Numbers

  private static let units: [(name: String, nanos: Int64)] = [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)]

  /// `1.5ms`, exactly; what is finer than a nanosecond, or does not fit, is none.
  static func nanos(_ digits: String, _ unit: String) -> Int64? {
    guard let scale = units.first(where: { $0.name == unit })?.nanos, let (whole, fraction) = parts(digits) else { return nil }
    var (nanos, overflow) = whole.multipliedReportingOverflow(by: scale)
    guard !overflow else { return nil }
    var part = scale
    for digit in fraction {
      // Further zeros say nothing.
      guard part % 10 == 0 || digit == 0 else { return nil }
      part /= 10
      (nanos, overflow) = nanos.addingReportingOverflow(part * digit)
      guard !overflow else { return nil }
    }
    return nanos
  }

  static func percent(_ digits: String) -> Double? {
    guard parts(digits) != nil, let value = Double(digits), value <= 1e9 else { return nil }
    return value
  }

  /// Digits, and digits behind one point.
  private static func parts(_ digits: String) -> (whole: Int64, fraction: [Int64])? {
    let parts = digits.utf8.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count <= 2, !parts[0].isEmpty, let whole = Int64(String(decoding: Array(parts[0]), as: UTF8.self)) else { return nil }
    guard parts.count == 2 else { return (whole, []) }
    guard !parts[1].isEmpty, parts[1].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return (whole, parts[1].map { Int64($0) - 0x30 })
  }
}
