// trace/insights as text: what was found, what it costs, what to do, and the spans that prove it.

import JSONRPC
import TraceDistiller

extension TraceInsights.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    LinePage(total: insights.count, start: offset, limit: limit).text(maxChars: maxChars) { shown in
      let found =
        insights.isEmpty ? "No pattern that costs time or hides failures was found" : AnswerWords.counted(insights.count, "insight")
      return AnswerWords.trace(trace.snapshot, calls) + [found + (shown < insights.count ? ", \(shown) shown" : "")]
    } entry: {
      lines(of: insights[$0])
    } tail: { end, isCut in
      isCut ? [AnswerWords.more(PageCursor.make(end))] : []
    }
  }

  /// Title and advice are sentences of ours, in which texts of records stand as fields.
  private func lines(of insight: Insight) -> [String] {
    let words = InsightWords(trace: trace, language: language)
    let storage = trace.snapshot.storage
    let cost = insight.costNanos > 0 ? ": \(DurationText.format(insight.costNanos)) on the critical path" : ""
    let spans = insight.rows.prefix(8).map { row in
      "\(AnswerWords.id(storage.spanID(row))) (\(DurationText.format(trace.node(row).durationNanos)))"
    }
    let more = insight.count > spans.count ? ", of \(DurationText.count(insight.count))" : ""
    return [
      "• \(words.title(insight))\(cost) → \(words.advice(insight)) (span \(AnswerWords.id(storage.spanID(insight.row))))",
      "   evidence: " + spans.joined(separator: ", ") + more,
    ]
  }
}
