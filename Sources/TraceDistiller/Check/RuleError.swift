// What is wrong with a rule: where, what was expected there, and what was probably meant.

package struct RuleError: Error, Equatable, CustomStringConvertible {
  /// From 1 on, in characters.
  package var column: Int
  package var expected: String
  package var found: String
  /// The nearest known word.
  package var near: String?
  /// The rule as far as it is shown.
  package var rule: String

  package var description: String {
    let meant = near.map { "; did you mean \($0)?" } ?? ""
    return "\(VisibleText.quoted(rule, limit: 120)), column \(column): expected \(expected), not \(found)\(meant)"
  }
}
