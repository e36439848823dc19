// Proves what rules mean, and that a wrong one is told by its column, by what was expected, and by the nearest known word.

import Testing

@testable import TraceDistiller

@Suite struct RuleParserTests {
  static let rules: [(text: String, claim: CheckRule.Claim)] = [
    ("no errors", .noErrors(but: [])),
    (#"no errors but "a", "b \"c\"""#, .noErrors(but: ["a", "b \"c\""])),
    ("no findings", .noFindings(kinds: [], above: nil)),
    ("no findings of repeatedCall, retry above 5ms", .noFindings(kinds: [.repeatedCall, .retry], above: .nanos(5_000_000))),
    ("no findings above 10%", .noFindings(kinds: [], above: .percent(10))),
    ("no regression", .noRegression(above: nil)),
    ("no regression above 1.5s", .noRegression(above: .nanos(1_500_000_000))),
    (#"p95("GET /orders") <= 50ms"#, .measure(.p95, .operation("GET /orders"), .atMost, .nanos(50_000_000))),
    (#"p50(root("GET /orders"))<0.25us"#, .measure(.p50, .root("GET /orders"), .below, .nanos(250))),
    (#"self(service("db")) > 20ns"#, .measure(.own, .service("db"), .above, .nanos(20))),
    (#"count("x") == 3"#, .measure(.count, .operation("x"), .equal, .number(3))),
    (#"share("x") >= 12.5%"#, .measure(.share, .operation("x"), .atLeast, .percent(12.5))),
    (#"repeats("x") <= 4"#, .measure(.repeats, .operation("x"), .atMost, .number(4))),
  ]

  @Test(arguments: rules) func aRuleMeansWhatItSays(_ text: String, _ claim: CheckRule.Claim) throws {
    #expect(try CheckRule(parsing: text) == CheckRule(claim, text: text))
    let optional = "optional " + text
    #expect(try CheckRule(parsing: optional) == CheckRule(claim, isOptional: true, text: optional))
    // Blanks between tokens say nothing.
    #expect(try CheckRule(parsing: "  " + text.replacing("(", with: " ( ") + "\t").claim == claim || text.contains("\\\""))
  }

  /// Rule, column, a part of what was expected, what is meant.
  static let wrong: [(text: String, column: Int, expected: String, near: String?)] = [
    ("", 1, "no, optional, or one of p50", nil),
    ("p59(\"x\") <= 5ms", 1, "or one of p50, p95", "p50"),
    ("no eror", 4, "errors, findings or regression", "errors"),
    ("no errors bt \"x\"", 11, "but, or the end", "but"),
    ("no errors but x", 15, "the name of an operation in \"\"", nil),
    ("no findings of repeatedCalls", 16, "a kind of finding: uncoveredTime", "repeatedCall"),
    ("no findings above 5", 19, "a time such as 5ms", nil),
    ("no findings above 5 ms", 19, "a time such as 5ms", nil),
    ("p95(\"x\") <= 50", 13, "a time with its unit", nil),
    ("p95(\"x\") <= 50%", 13, "a time with its unit", nil),
    ("count(\"x\") <= 5ms", 15, "a whole number", nil),
    ("count(\"x\") <= 1.5", 15, "a whole number", nil),
    ("share(\"x\") <= 0.5", 15, "a percentage", nil),
    ("p95(\"x\") = 5ms", 10, "one of <= < >= > ==", nil),
    ("p95(\"x\" <= 5ms", 9, ")", nil),
    ("p95(rot(\"x\")) <= 5ms", 5, "root(\"…\") or service(\"…\")", "root"),
    ("p95(\"\") <= 5ms", 5, "the name of an operation in \"\"", nil),
    ("p95(\"x) <= 5ms", 15, "\" at the end of the text that begins in column 5", nil),
    ("p95(\"x\\n\") <= 5ms", 8, "\\\" or \\\\ in a text", nil),
    ("p95(\"x\") <= 0.1ns", 13, "a time with its unit", nil),
    ("p95(\"x\") <= 99999999999999s", 13, "a time with its unit", nil),
    ("p95(\"x\") <= 5ms 6", 17, "the end", nil),
    ("no errors; no regression", 10, "a word, a text in \"\", a number", nil),
  ]

  @Test(arguments: wrong) func aMistakeIsToldByItsColumn(_ text: String, _ column: Int, _ expected: String, _ near: String?) {
    do throws(RuleError) {
      let rule = try CheckRule(parsing: text)
      Issue.record("\(text) is taken as \(rule.claim)")
    } catch {
      #expect(
        error.column == column && error.expected.contains(expected) && error.near == near,
        "\(text): expected column \(column), \(expected), \(near ?? "nothing near"); got \(error)")
    }
  }

  /// Whatever is changed in a rule, it is a rule or an error within it; and what is a rule is the same rule when it is read again.
  @Test func mutantsAreRulesOrErrors() {
    var random = SplitMix64(seed: 24)
    let pieces = [
      "no", "errors", "\"", "\\", "(", ")", ",", "<", "=", "5", "ms", "%", ".", " ", "root", "optional", "é", "\u{202E}", "\0",
      "9999999999999999999",
    ]
    var (rules, errors) = (0, 0)
    for _ in 0..<20_000 {
      var scalars = Array(Self.rules[random.below(Self.rules.count)].text.unicodeScalars)
      for _ in 0...random.below(3) {
        let place = random.below(scalars.count + 1)
        switch random.below(3) {
        case 0 where place < scalars.count: scalars.remove(at: place)
        case 1: scalars.insert(contentsOf: Array(pieces[random.below(pieces.count)].unicodeScalars), at: place)
        default: scalars.insert(contentsOf: scalars[random.below(scalars.count + 1)...].prefix(4), at: place)
        }
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      let text = String(view)
      do throws(RuleError) {
        let rule = try CheckRule(parsing: text)
        rules += 1
        #expect((try? CheckRule(parsing: rule.text)) == rule)
      } catch {
        errors += 1
        #expect((1...scalars.count + 1).contains(error.column), "\(text): \(error)")
        #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" }, "\(text): \(error)")
      }
    }
    #expect(rules > 200 && errors > 10_000, "\(rules) rules, \(errors) errors")
  }

  @Test func lengthAndNumberAreBounded() {
    #expect(throws: RuleError.self) { try CheckRule(parsing: "no errors but \"" + String(repeating: "x", count: 5_000) + "\"") }
    #expect((try? CheckRule(parsing: "no errors but \"" + String(repeating: "x", count: 4_000) + "\"")) != nil)
  }
}
