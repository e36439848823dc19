// trace/criticalPath as lines: its text, then the longest segments in the order of time, with the ids of their spans.

import JSON
import TraceDistiller

extension TraceCriticalPath {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    let all = answer["segments"]?.array ?? []
    let total = Int(answer["segmentsTotal"]?.integer ?? Int64(all.count))
    let segments = longest(all)
    var lines = AnswerLines()
    let root = "Root: span \(AnswerWords.id(answer["rootSpanId"])), \(AnswerWords.duration(answer["durationMs"]))"
    lines.head = AnswerWords.trace(answer, calls) + [root] + (answer["text"]?.string ?? "").split(separator: "\n").map(String.init)
    lines.head.append(total > segments.count ? "Segments: the longest \(segments.count) of \(DurationText.count(total))" : "Segments:")
    let start = instant(all.first?["startTimeUnixNano"])
    lines.entries = segments.map { segment in
      let offset = instant(segment["startTimeUnixNano"]).subtractingReportingOverflow(start).partialValue
      return [
        "  at +\(DurationText.format(offset)) for \(AnswerWords.duration(segment["durationMs"]))  \(AnswerWords.name(segment["name"]))  span \(AnswerWords.id(segment["spanId"]))"
      ]
    }
    return lines
  }

  /// Totals tell of the others together.
  private static let most = 20

  /// In the order of time.
  private static func longest(_ segments: [JSONValue]) -> [JSONValue] {
    let ranked = segments.indices.map { (nanos: AnswerWords.nanos(segments[$0]["durationMs"]), index: $0) }
    let chosen = ranked.sorted { $0.nanos != $1.nanos ? $0.nanos > $1.nanos : $0.index < $1.index }.prefix(most)
    return chosen.map(\.index).sorted().map { segments[$0] }
  }

  private static func instant(_ value: JSONValue?) -> Int64 { value?.string.flatMap { Int64($0) } ?? 0 }
}
