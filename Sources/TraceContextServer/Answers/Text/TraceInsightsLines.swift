// trace/insights as lines: what was found, what it costs, what to do, and the spans that prove it.

import JSON
import TraceDistiller

extension TraceInsights {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    let insights = answer["insights"]?.array ?? []
    let total = Int(answer["total"]?.integer ?? 0)
    var lines = AnswerLines()
    let found = total == 0 ? "No pattern that costs time or hides failures was found" : AnswerWords.counted(total, "insight")
    lines.head = AnswerWords.trace(answer, calls) + [found + (insights.count < total ? ", \(insights.count) shown" : "")]
    lines.entries = insights.map { entry($0) }
    lines.tail = AnswerWords.closing(answer)
    return lines
  }

  /// Title and advice are sentences of ours, in which texts of records stand as fields.
  private static func entry(_ insight: JSONValue) -> [String] {
    let nanos = AnswerWords.nanos(insight["costMs"])
    let cost = nanos > 0 ? ": \(DurationText.format(nanos)) on the critical path" : ""
    let spans = (insight["evidence"]?.array ?? []).prefix(8).map {
      "\(AnswerWords.id($0["spanId"])) (\(AnswerWords.duration($0["durationMs"])))"
    }
    let count = Int(insight["count"]?.integer ?? 0)
    let more = count > spans.count ? ", of \(DurationText.count(count))" : ""
    return [
      "• \(insight["title"]?.string ?? "")\(cost) → \(insight["advice"]?.string ?? "") (span \(AnswerWords.id(insight["spanId"])))",
      "   evidence: " + spans.joined(separator: ", ") + more,
    ]
  }
}
