// Encodes an explanation as an answer: its text, or its facts as JSON, within the same bound.

import JSON
import JSONRPC
import TraceDistiller

enum ExplanationEncoding {
  static func text(_ explanation: Explanation, _ made: ExplanationText) -> JSONAnswer {
    var object = JSONObject()
    object.append("sanitised", TraceShape.sanitised(made.text))
    object["shownFindings"] = .integer(made.shown)
    object["totalFindings"] = .integer(explanation.findings.count)
    object["truncated"] = .bool(made.isTruncated)
    return JSONAnswer(TraceShape.head(explanation.trace), text: made.text, object, isCut: made.isTruncated)
  }

  static func make(_ explanation: Explanation, _ language: SummaryLanguage, maxChars: Int) throws(ResponseError) -> JSONAnswer {
    let words = ExplanationWords(explanation, language)
    let verdict = explanation.verdict
    var head = TraceShape.head(explanation.trace)
    head["durationMs"] = TraceShape.millis(verdict.rootNanos)
    head["status"] = .string(explanation.trace.primaryRoot.map { ($0.isRunning ? SpanOutcome.running : $0.outcome).rawValue } ?? "running")
    head["errorCount"] = .integer(verdict.errors)
    head["warningCount"] = .integer(verdict.warnings)
    head.append("ended", verdict.end.map { .string(AgentRunEncoding.end($0)) })
    if verdict.hasMadeUpTimes { head["madeUpTimes"] = true }
    head["base"] = base(explanation)
    let rest = explanation.wholeNanos - explanation.explainedNanos
    head["notExplained"] = [
      "ms": TraceShape.millis(rest), "ofMs": TraceShape.millis(explanation.wholeNanos),
      "share": .number(explanation.wholeNanos > 0 ? Double(rest) / Double(explanation.wholeNanos) : 0),
    ]
    let next = explanation.next
    var params = JSONObject()
    for (key, value) in next.params { params[key] = .string(value) }
    head["next"] = ["method": .string(next.method), "params": .object(params)]
    let frame = head
    return try BoundedList.answer(total: explanation.findings.count, from: 0, limit: .max, maxChars: maxChars) {
      finding(explanation.findings[$0], explanation, words)
    } around: { page in
      var object = frame
      object["findings"] = .array(page.entries)
      object["total"] = .integer(page.total)
      object["truncated"] = .bool(page.isShortened)
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }

  private static func base(_ explanation: Explanation) -> JSONValue {
    let verdict = explanation.verdict
    var object: JSONObject
    switch explanation.base {
    case .none(let like): object = ["kind": "none", "like": .integer(like)]
    case .trace(let handle, let id): object = ["kind": "trace", "handle": .string(handle), "traceId": .string(id)]
    case .like(let count, let looked): object = ["kind": "like", "traces": .integer(count), "looked": .integer(looked)]
    case .run(let run, let count): object = ["kind": "run", "run": .string(run), "traces": .integer(count)]
    case .filter(let count): object = ["kind": "filter", "traces": .integer(count)]
    }
    if let median = verdict.baseNanos {
      object["durationMs"] = TraceShape.millis(median)
      object["slower"] = .integer(verdict.slower)
    }
    object.append("usualUpToMs", verdict.usualNanos.map { TraceShape.millis($0) })
    return .object(object)
  }

  private static func finding(_ finding: Finding, _ explanation: Explanation, _ words: ExplanationWords) -> JSONValue {
    var object: JSONObject = ["kind": .string(finding.kind.rawValue)]
    if !finding.service.isEmpty { object["service"] = .string(finding.service) }
    object["operation"] = .string(finding.operation)
    object["explainsMs"] = TraceShape.millis(finding.nanos)
    object["spanId"] = .string(explanation.trace.snapshot.storage.spanID(finding.row))
    object["finding"] = .string(words.text(finding.head))
    object["proof"] = .array(finding.evidence.map { .string(words.text($0)) })
    if !finding.counter.isEmpty { object["but"] = .array(finding.counter.map { .string(words.text($0)) }) }
    return .object(object)
  }
}
