// trace/insights as text: what was found, what it costs, what to do, and the spans that prove it.

import JSONRPC
import TraceDistiller

extension TraceInsights.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    LinePage(total: insights.count, start: offset, limit: limit).text(maxChars: maxChars) { shown in
      let found =
        insights.isEmpty ? Self.lookedFor(trace) : AnswerWords.counted(insights.count, "insight")
      return AnswerWords.trace(trace.snapshot, calls) + [found + (shown < insights.count ? ", \(shown) shown" : "")]
    } entry: {
      lines(of: insights[$0])
    } tail: { end, isCut in
      isCut ? [AnswerWords.more(PageCursor.make(end))] : []
    }
  }

  /// Insights that were not searched for are not mentioned.
  private static func lookedFor(_ trace: DistilledTrace) -> String {
    "None of these in \(AnswerWords.counted(trace.snapshot.storage.spanCount, "span")): repeated, sequential or retried calls, waits (in line, in a queue, "
      + "outside the callee), long stretches without a span, outliers, work after the answer, cycles, swallowed errors, lost ends, missing calls. "
      + "Whether it was slower than usual is not judged here"
  }

  /// Title and advice are our own sentences; texts of records appear in them as fields.
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
