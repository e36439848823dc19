// The answer of trace/explain over the traces of a filter: groups of findings with counts and the costliest examples, as text or JSON.

import JSON
import JSONRPC
import TraceDistiller

struct ExplanationOverview: Sendable {
  let facts: ExplanationGroups
  /// All traces that match; some of them are explained.
  let matching: Int
  let losses: LossReport
  let language: SummaryLanguage
  let note: String?
  let hint: String?
  private let groups: [ExplanationGroup]

  init(_ facts: ExplanationGroups, matching: Int, losses: LossReport, language: SummaryLanguage, note: String?, hint: String?) {
    (self.facts, groups, self.matching, self.losses) = (facts, facts.sorted, matching, losses)
    (self.language, self.note, self.hint) = (language, note, hint)
  }

  // MARK: JSON

  private func head(_ maxChars: Int) -> JSONObject {
    var head: JSONObject = [
      "traces": .integer(matching), "explained": .integer(facts.traces), "notComplete": .integer(facts.incomplete),
      "withoutFinding": .integer(facts.withoutFinding), "withoutBase": .integer(facts.withoutBase),
      "totalGroups": .integer(groups.count),
    ]
    if !losses.isEmpty { head["lost"] = TraceShape.lost(losses) }
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 320)
    head.append("note", note.map { .string($0) })
    head.append("hint", hint.map { .string($0) })
    return head
  }

  private var restNanos: Int64 { max(0, facts.wholeNanos - facts.explainedNanos) }

  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    var frame = head(maxChars)
    frame["notExplained"] = [
      "ms": TraceShape.millis(restNanos), "ofMs": TraceShape.millis(facts.wholeNanos),
      "share": .number(facts.wholeNanos > 0 ? Double(restNanos) / Double(facts.wholeNanos) : 0),
    ]
    return try BoundedList.answer(frame, groups: groups.count, maxChars: maxChars) { Self.json(groups[$0]) }
  }

  private static func json(_ group: ExplanationGroup) -> JSONValue {
    var object: JSONObject = ["kind": .string(group.kind.rawValue)]
    if !group.service.isEmpty { object["service"] = .string(group.service) }
    object["operation"] = .string(group.operation)
    object["traces"] = .integer(group.traces)
    object["explainsMs"] = TraceShape.millis(group.nanos)
    object["worstMs"] = TraceShape.millis(group.worstNanos)
    object["finding"] = .string(group.sentence)
    object["examples"] = .array(
      group.examples.map { example in
        [
          "traceId": .string(example.traceID), "handle": .string(example.handle), "spanId": .string(example.spanID),
          "explainsMs": TraceShape.millis(example.nanos),
        ]
      })
    return .object(object)
  }

  // MARK: Text

  func textJSON(maxChars: Int, _ calls: CallNames) -> JSONAnswer {
    let made = text(maxChars: maxChars, calls)
    var rest = JSONObject()
    rest.append("sanitised", TraceShape.sanitised(made.text))
    rest["truncated"] = .bool(made.isCut)
    return JSONAnswer(head(maxChars), text: made.text, rest, isCut: made.isCut)
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    LinePage(total: groups.count).text(maxChars: maxChars) { _ in
      [headline]
    } entry: {
      ["\($0 + 1). \(line(groups[$0]))"]
    } tail: { end, _ in
      var lines: [String] = []
      if end < groups.count {
        let more = DurationText.count(groups.count - end)
        lines.append(isEnglish ? "… \(more) more: a larger maxChars shows them" : "… 另有 \(more) 组: 增大 maxChars 可见")
      }
      if facts.traces > 0 { lines.append(closing) }
      if let first = groups.first?.examples.first {
        lines.append((isEnglish ? "Next: " : "下一步: ") + "\(calls("trace/explain")) {\"traceId\":\"\(first.handle)\"}")
      }
      lines += AnswerWords.lost(losses, calls) + AnswerWords.note(note)
      if let hint { lines.append(hint) }
      return lines
    }
  }

  private var isEnglish: Bool { language == .english }

  private var headline: String {
    let (explained, all) = (DurationText.count(facts.traces), DurationText.count(matching))
    let isPart = facts.traces < matching
    if isEnglish {
      let which =
        isPart
        ? "\(explained) of \(all) traces explained, those with errors and the slowest"
        : "\(AnswerWords.counted(facts.traces, "trace")) explained"
      let open = facts.incomplete > 0 ? " (\(DurationText.count(facts.incomplete)) not complete)" : ""
      return "\(which)\(open): \(AnswerWords.counted(groups.count, "finding")), alike ones together"
    }
    let open = facts.incomplete > 0 ? " (\(DurationText.count(facts.incomplete)) 条不完整)" : ""
    return
      "已解释 \(explained)\(isPart ? " / \(all)" : "") 条追踪\(isPart ? ", 先取有错误的与最慢的" : "")\(open): 合并后 \(DurationText.count(groups.count)) 类原因"
  }

  private var closing: String {
    let (rest, whole) = (DurationText.format(restNanos), DurationText.format(facts.wholeNanos))
    if isEnglish {
      let base =
        facts.withoutBase == 0
        ? "what was added to the base"
        : facts.withoutBase == facts.traces
          ? "all, as too few like traces are kept"
          : "what was added, and all of \(AnswerWords.counted(facts.withoutBase, "trace")) without like ones"
      let none = facts.withoutFinding > 0 ? "; nothing found in \(AnswerWords.counted(facts.withoutFinding, "trace"))" : ""
      return "Not explained: \(rest) of \(whole) (\(base))\(none)"
    }
    let none = facts.withoutFinding > 0 ? "; \(DurationText.count(facts.withoutFinding)) 条未发现原因" : ""
    let base = facts.withoutBase > 0 ? " (其中 \(DurationText.count(facts.withoutBase)) 条没有足够的同类追踪, 按全部耗时计)" : ""
    return "未解释: \(rest) / \(whole)\(base)\(none)"
  }

  /// `×20, 1.10 s together, at most 80.00 ms: shop: own time 95.00 ms (median 6.00 ms) — t4, t9, t2`
  private func line(_ group: ExplanationGroup) -> String {
    let count = DurationText.count(group.traces)
    let (sum, worst) = (DurationText.format(group.nanos), DurationText.format(group.worstNanos))
    let cost = group.nanos > 0 ? (isEnglish ? ", \(sum) together, at most \(worst)" : ", 合计 \(sum), 最多 \(worst)") : ""
    let traces = isEnglish ? "in \(AnswerWords.counted(group.traces, "trace"))" : "\(count) 条追踪"
    return "\(traces)\(cost): \(group.sentence) — \(group.examples.map(\.handle).joined(separator: ", "))"
  }
}
