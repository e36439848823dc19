// traces/check in words: the verdict, then every rule, the broken ones first, each with what breaks it and the call that shows more.

import JSON
import JSONRPC
import TraceDistiller

extension TracesCheck.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let answers = self.answers
    return LinePage(total: answers.count).text(maxChars: maxChars) { _ in
      head
    } entry: {
      Self.lines(answers[$0], calls)
    } tail: { end, isCut in
      var lines: [String] = []
      if isCut { lines.append("… \(AnswerWords.counted(answers.count - end, "rule")) left out: a larger maxChars shows them") }
      if ofBase > 0 { lines.append("Not checked: \(AnswerWords.counted(ofBase, "trace")) of the base itself") }
      lines += AnswerWords.lost(losses, calls) + AnswerWords.note(note)
      if let hint { lines.append(hint) }
      return lines
    }
  }

  private var head: [String] {
    let counts = [CheckVerdict.broken, .undecided, .holds].compactMap { verdict -> String? in
      let count = report.count(verdict)
      return count > 0 ? "\(count) \(verdict == .holds && count > 1 ? "hold" : verdict.rawValue)" : nil
    }
    let traces = AnswerWords.counted(report.traces, "trace")
    let incomplete = report.incomplete > 0 ? " (\(DurationText.count(report.incomplete)) not complete)" : ""
    let against = base.map { ", beside \(Self.words($0))" } ?? ""
    return [
      "\(report.verdict.rawValue.uppercased()): of \(AnswerWords.counted(report.answers.count, "rule")) \(counts.joined(separator: ", ")) — \(traces)\(incomplete)\(against)"
    ]
  }

  private static func words(_ base: CheckBase.Report) -> String {
    let traces = AnswerWords.counted(base.traces, "trace")
    let leftOut = base.leftOut > 0 ? ", \(DurationText.count(base.leftOut)) others not complete" : ""
    switch base.kind {
    case "run": return "\(traces) of run \(AnswerWords.name(base.run ?? "", limit: 60))\(leftOut)"
    case "baseline": return "a baseline of \(traces)"
    default: return traces + leftOut
    }
  }

  private static func lines(_ answer: RuleAnswer, _ calls: CallNames) -> [String] {
    let mark =
      switch answer.verdict {
      case .broken: "❌"
      case .undecided: "⚠️"
      case .holds: "✅"
      }
    let value = answer.value.map { ": \($0.text)" } ?? ""
    let verdict = answer.verdict == .undecided ? " undecided" : ""
    var lines = ["\(mark)\(verdict) \(VisibleText.make(answer.rule.text, limit: 240))\(value) — \(answer.looked)"]
    if let reason = answer.reason { lines.append("   \(reason)") }
    for (number, claim) in answer.claims.enumerated() {
      let place = claim.example?.place.map { " (\($0.told))" } ?? ""
      lines.append("   \(number + 1). \(claim.sentence)\(place)")
      if let example = claim.example { lines.append("      \(example.handle): \(example.next.text(calls))") }
    }
    if answer.moreClaims > 0 { lines.append("   … and \(DurationText.count(answer.moreClaims)) more") }
    return lines + answer.notes.map { "   note: \($0)" }
  }
}
