// trace/span as lines: everything about one span, then what was logged in it.

import JSON
import TraceDistiller

extension TraceSpan {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    guard let span = answer["span"] else { return nil }
    var lines = AnswerLines()
    lines.head = AnswerWords.trace(answer, calls) + head(span)
    let events = answer["events"]?.array ?? []
    let total = Int(answer["eventsTotal"]?.integer ?? 0)
    lines.head.append(
      total == 0 ? "Events: none" : "Events: \(DurationText.count(total))" + (events.count < total ? ", \(events.count) shown" : ""))
    lines.entries = events.map { event in
      let message = VisibleText.make(event["message"]?.string ?? "", limit: 2_000)
      let attributes = AnswerWords.attributes(event["attributes"], limit: 400)
      return ["  \(AnswerWords.instant(event["timeUnixNano"])) \(event["level"]?.string ?? "") \(message)\(attributes)"]
    }
    if answer["truncated"] == true { lines.tail.append("Not everything is shown: a larger maxChars shows more") }
    return lines
  }

  private static func head(_ span: JSONValue) -> [String] {
    var lines = ["Span: \(AnswerWords.id(span["spanId"])) · \(AnswerWords.name(span["name"], limit: 200))"]
    if let service = span["service"] { lines[0] += " · " + AnswerWords.name(service, limit: 60) }
    let message = span["statusMessage"]?.string.map { ": " + VisibleText.make($0, limit: 300) } ?? ""
    lines.append("Status: \(AnswerWords.mark(span["status"]))\(span["status"]?.string ?? "")\(message)")
    let times =
      "\(AnswerWords.duration(span["durationMs"])) (self \(AnswerWords.duration(span["selfMs"])), critical \(AnswerWords.duration(span["criticalMs"])))"
    lines.append("Time: \(times), from \(AnswerWords.instant(span["startTimeUnixNano"]))")
    lines.append("Path: " + (span["path"]?.array ?? []).map { AnswerWords.name($0, limit: 60) }.joined(separator: " › "))
    lines.append(
      "Parent: \(span["parentSpanId"].flatMap(\.string).map { FieldText.name.make($0, limit: 64) } ?? "none"), children: \(AnswerWords.count(span["childCount"]))"
    )
    if let code = span["location"] {
      let place = [code["file"]?.string, code["line"].map { AnswerWords.value($0, limit: 20) }].compactMap { $0 }.joined(separator: ":")
      let function = code["function"]?.string.map { " in " + VisibleText.make($0, limit: 120) } ?? ""
      lines.append("Code: " + VisibleText.make(place, limit: 300) + function)
    }
    if let target = span["target"] { lines.append("Target: " + AnswerWords.name(target, limit: 120)) }
    if let fold = span["folded"] {
      lines.append(
        "Folded to save memory: \(AnswerWords.count(fold["count"])) alike spans, \(AnswerWords.duration(fold["totalMs"])) together, \(AnswerWords.count(fold["errorCount"])) failed"
      )
    }
    let attributes = span["attributes"]?.object?.members ?? []
    if !attributes.isEmpty { lines.append("Attributes:") }
    lines += attributes.map { "  \(FieldText.key.make($0.key, limit: 120)) = \(AnswerWords.value($0.value, limit: 2_000))" }
    if let links = span["links"] { lines.append("Links: " + VisibleText.make(links.serializedString, limit: 1_000)) }
    return lines
  }
}
