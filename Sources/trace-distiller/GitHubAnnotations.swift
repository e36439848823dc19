// A verdict as annotations of GitHub's workflows: a line of output each, at the line of the program where spans say so.

import TraceDistiller

enum GitHubAnnotations {
  /// GitHub shows ten errors and ten warnings of a step.
  private static let most = 10

  static func text(_ output: CheckOutput) -> String {
    var lines: [String] = []
    for rule in output.rules where rule.verdict != .holds {
      let command = rule.verdict == .broken ? "error" : "warning"
      if rule.claims.isEmpty {
        lines.append("::\(command) title=\(property(rule.text))::\(data(rule.reason.isEmpty ? rule.looked : rule.reason))")
      }
      for claim in rule.claims {
        var place = ""
        if let file = claim.file {
          place = "file=\(property(file))," + (claim.line.map { $0 > 0 ? "line=\($0)," : "" } ?? "")
        }
        lines.append("::\(command) \(place)title=\(property(rule.title))::\(data(claim.whole))")
      }
    }
    return lines.prefix(2 * most).map { $0 + "\n" }.joined()
  }

  private static func data(_ text: String) -> String { escaped(text) { _ in false } }
  private static func property(_ text: String) -> String { escaped(text) { $0 == ":" || $0 == "," } }

  /// A line break would end the command and begin another.
  private static func escaped(_ text: String, _ isSpecial: (Unicode.Scalar) -> Bool) -> String {
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard scalar == "%" || scalar.value < 0x20 || isSpecial(scalar) else {
        view.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      view.append(contentsOf: ("%" + (digits.utf8.count < 2 ? "0" : "") + digits).unicodeScalars)
    }
    return String(view)
  }
}
