// traces/list and traces/await as lines: one trace a line.

import JSON
import TraceDistiller

extension TracesList {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    let traces = answer["traces"]?.array ?? []
    let total = Int(answer["total"]?.integer ?? 0)
    var lines = AnswerLines()
    let newest = traces.first.map { ", the first began \(AnswerWords.instant($0["startTimeUnixNano"]))" } ?? ""
    lines.head = [AnswerWords.counted(total, "trace") + (traces.count < total ? ", \(traces.count) shown" : "") + newest]
    lines.entries = traces.map { [line($0)] }
    if let evicted = answer["evicted"]?.integer { lines.tail.append("Evicted: \(AnswerWords.counted(Int(evicted), "older trace"))") }
    lines.tail += AnswerWords.lost(answer, calls) + AnswerWords.closing(answer)
    return lines
  }

  static func line(_ trace: JSONValue) -> String {
    let fields = TraceListText.Fields(
      handle: trace["handle"]?.string ?? "", status: trace["status"]?.string.flatMap { SpanOutcome(rawValue: $0) } ?? .ok,
      rootName: trace["rootName"]?.string ?? "", durationNanos: AnswerWords.nanos(trace["durationMs"]),
      spanCount: Int(trace["spanCount"]?.integer ?? 0), errorCount: Int(trace["errorCount"]?.integer ?? 0),
      traceID: trace["traceId"]?.string ?? "")
    let service = trace["service"].map { "  " + AnswerWords.name($0, limit: 40) } ?? ""
    return TraceListText.line(fields) + service + (trace["complete"] == true ? "" : "  not complete")
  }
}

extension TracesAwait {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    let traces = answer["traces"]?.array ?? []
    var lines = AnswerLines()
    lines.head = [traces.isEmpty ? "No trace completed in that time" : AnswerWords.counted(traces.count, "trace") + " completed"]
    lines.entries = traces.map { [TracesList.line($0)] }
    if answer["missed"] == true { lines.tail.append("Others completed and are gone already: \(calls("traces/list")) shows what is kept") }
    lines.tail += AnswerWords.lost(answer, calls) + AnswerWords.closing(answer)
    let cursor = answer["cursor"]?.string ?? ""
    lines.tail.append("To wait for what comes next: \(calls(name)) {\"cursor\":\"\(cursor)\"}")
    return lines
  }

  /// Its cursor has moved on: asked again it would wait again.
  static var repeats: Bool { false }
}
