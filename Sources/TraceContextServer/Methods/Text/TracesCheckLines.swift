// traces/check in words: the verdict, then every rule, the broken ones first, each with what breaks it and the call that shows more.

import JSON
import JSONRPC
import TraceDistiller

extension TracesCheck.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    var head = CheckEncoding.head(report)
    if let base { head["base"] = Self.base(base) }
    if ofBase > 0 { head["ofBase"] = .integer(ofBase) }
    if !losses.isEmpty { head["lost"] = TraceShape.lost(losses) }
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 400)
    head.append("note", note.map { .string($0) })
    head.append("hint", hint.map { .string($0) })
    let answers = self.answers
    guard format == .json else {
      let made = text(maxChars: max(0, maxChars - JSONLength.of(.object(head)) - 60), calls)
      return JSONAnswer(head, text: made.text, ["total": .integer(answers.count), "truncated": .bool(made.isCut)], isCut: made.isCut)
    }
    let frame = head
    return try BoundedList.answer(total: answers.count, from: 0, limit: .max, maxChars: maxChars) {
      CheckEncoding.rule(answers[$0])
    } around: { page in
      var object = frame
      object["rules"] = .array(page.entries)
      object["total"] = .integer(page.total)
      object["truncated"] = .bool(page.isShortened)
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }

  private static func base(_ base: CheckBase.Report) -> JSONValue {
    var object: JSONObject = ["kind": .string(base.kind), "traces": .integer(base.traces), "roots": .integer(base.roots)]
    object.append("run", base.run.map { .string($0) })
    if base.leftOut > 0 { object["leftOut"] = .integer(base.leftOut) }
    object.append("madeBy", base.madeBy.map { .string($0) })
    return .object(object)
  }

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
