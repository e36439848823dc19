// trace/criticalPath as lines: its text, then the longest segments in the order of time, with the ids of their spans.

import JSON
import TraceDistiller

extension TraceCriticalPath {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    let segments = answer["segments"]?.array ?? []
    let total = Int(answer["segmentsTotal"]?.integer ?? Int64(segments.count))
    var lines = AnswerLines()
    let root = "Root: span \(AnswerWords.id(answer["rootSpanId"])), \(AnswerWords.duration(answer["durationMs"]))"
    lines.head = AnswerWords.trace(answer, calls) + [root] + (answer["text"]?.string ?? "").split(separator: "\n").map(String.init)
    lines.head.append(total > segments.count ? "Segments: the longest \(segments.count) of \(DurationText.count(total))" : "Segments:")
    let start = instant(segments.first?["startTimeUnixNano"])
    lines.entries = segments.map { segment in
      let offset = instant(segment["startTimeUnixNano"]).subtractingReportingOverflow(start).partialValue
      return [
        "  at +\(DurationText.format(offset)) for \(AnswerWords.duration(segment["durationMs"]))  \(AnswerWords.name(segment["name"]))  span \(AnswerWords.id(segment["spanId"]))"
      ]
    }
    return lines
  }

  private static func instant(_ value: JSONValue?) -> Int64 { value?.string.flatMap { Int64($0) } ?? 0 }
}
