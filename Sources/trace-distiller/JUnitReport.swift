// A verdict as JUnit's XML: a rule is a test, a broken one a failure, an undecided one an error.

import TraceDistiller

enum JUnitReport {
  static func text(_ output: CheckOutput) -> String {
    let broken = output.rules.count { $0.verdict == .broken }
    let undecided = output.rules.count { $0.verdict == .undecided }
    let counts = "tests=\"\(output.rules.count)\" failures=\"\(broken)\" errors=\"\(undecided)\""
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites \(counts)>",
      "  <testsuite name=\"trace-distiller check\" \(counts) skipped=\"0\" time=\"0\">",
    ]
    for rule in output.rules {
      let opening = "    <testcase classname=\"trace-distiller\" name=\(attribute(rule.text)) time=\"0\""
      let body = ([rule.looked, rule.reason] + rule.claims.map(\.whole) + rule.notes).filter { !$0.isEmpty }
      let message = rule.claims.first?.sentence ?? (rule.reason.isEmpty ? rule.looked : rule.reason)
      switch rule.verdict {
      case .holds: lines.append(opening + "/>")
      case .broken:
        lines.append(opening + ">")
        let kind = rule.claims.first?.kind ?? "nothing"
        lines.append(
          "      <failure type=\(attribute(kind)) message=\(attribute(message))>\(escaped(body.joined(separator: "\n")))</failure>")
        lines.append("    </testcase>")
      case .undecided:
        lines.append(opening + ">")
        lines.append("      <error type=\"undecided\" message=\(attribute(message))>\(escaped(body.joined(separator: "\n")))</error>")
        lines.append("    </testcase>")
      }
    }
    return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
  }

  private static func attribute(_ text: String) -> String { "\"\(escaped(text, isAttribute: true))\"" }

  /// What XML 1.0 cannot hold in any form becomes U+FFFD.
  static func escaped(_ text: String, isAttribute: Bool = false) -> String {
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": view.append(contentsOf: "&amp;".unicodeScalars)
      case "<": view.append(contentsOf: "&lt;".unicodeScalars)
      case ">": view.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": view.append(contentsOf: "&quot;".unicodeScalars)
      case "\n", "\t":
        // A line break in an attribute would be read as a space.
        if isAttribute { view.append(contentsOf: "&#\(scalar.value);".unicodeScalars) } else { view.append(scalar) }
      case "\r": view.append(contentsOf: "&#13;".unicodeScalars)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: view.append("\u{FFFD}")
      default: view.append(scalar)
      }
    }
    return String(view)
  }
}
