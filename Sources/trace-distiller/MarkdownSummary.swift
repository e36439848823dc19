// A verdict as a comment on a pull request: a table of rules, what broke them below, never over 4,000 characters.

import TraceDistiller

enum MarkdownSummary {
  static let maxScalars = 4_000

  static func text(_ output: CheckOutput) -> String {
    var lines = ["### Traces: \(output.verdict.rawValue)", ""]
    let counts = [CheckVerdict.broken, .undecided, .holds].map { verdict in
      "\(output.rules.count { $0.verdict == verdict }) \(verdict.rawValue)"
    }
    lines.append("\(output.rules.count) rules over \(output.traces) traces: \(counts.joined(separator: ", ")).")
    var used = length(lines)
    // Room for what says how much is left out.
    let room = maxScalars - 80
    func take(_ more: [String]) -> Bool {
      guard used + length(more) <= room else { return false }
      lines += more
      used += length(more)
      return true
    }
    var leftOut = 0
    _ = take(["", "| | rule | found |", "|---|---|---|"])
    for rule in output.rules {
      let found = rule.value.isEmpty ? (rule.claims.isEmpty ? rule.looked : "\(rule.claims.count + rule.moreClaims) claims") : rule.value
      if !take(["| \(mark(rule.verdict)) | \(cell(rule.text, limit: 160)) | \(cell(found, limit: 160)) |"]) { leftOut += 1 }
    }
    for rule in output.rules where rule.verdict != .holds {
      var section = ["", "**\(cell(rule.text, limit: 160))**", ""]
      if !rule.reason.isEmpty { section.append("- \(cell(rule.reason, limit: 300))") }
      if !take(section) {
        leftOut += 1
        continue
      }
      for claim in rule.claims where !take(["- \(cell(claim.sentence, limit: 500))", "  \(code("\(claim.handle): \(claim.next)"))"]) {
        leftOut += 1
      }
    }
    if leftOut > 0 { lines += ["", "… \(leftOut) more: the text of the check has all of it."] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func mark(_ verdict: CheckVerdict) -> String {
    switch verdict {
    case .holds: "✅"
    case .broken: "❌"
    case .undecided: "⚠️"
    }
  }

  private static func length(_ lines: [String]) -> Int { lines.reduce(0) { $0 + $1.unicodeScalars.count + 1 } }

  /// Text that is none of Markdown's marks, on one line.
  private static func cell(_ text: String, limit: Int) -> String {
    var view = String.UnicodeScalarView()
    for scalar in VisibleText.make(text, limit: limit).unicodeScalars {
      switch scalar {
      case "<": view.append(contentsOf: "&lt;".unicodeScalars)
      case ">": view.append(contentsOf: "&gt;".unicodeScalars)
      case "&": view.append(contentsOf: "&amp;".unicodeScalars)
      // Nobody is to be called by the name of a span.
      case "@": view.append(contentsOf: "&#64;".unicodeScalars)
      case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "!":
        view.append("\\")
        view.append(scalar)
      default: view.append(scalar)
      }
    }
    return String(view)
  }

  private static func code(_ text: String) -> String {
    "`" + String(VisibleText.make(text, limit: 300).map { $0 == "`" ? "'" : $0 }) + "`"
  }
}
