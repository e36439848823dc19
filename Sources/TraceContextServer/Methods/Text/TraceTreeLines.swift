// trace/tree as text: one span per line below its parent, with the id for trace/span.

import JSONRPC
import TraceDistiller

extension TraceTree.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    LinePage(total: rows.count, start: offset, limit: limit).text(maxChars: maxChars) { shown in
      let part = shown < rows.count ? ", \(DurationText.count(shown)) shown" : ""
      return AnswerWords.trace(trace.snapshot, calls) + ["Tree: \(AnswerWords.counted(rows.count, "span"))\(part)"]
    } entry: {
      [line(rows[$0])]
    } tail: { end, isCut in
      isCut ? [AnswerWords.more(PageCursor.make(end))] : []
    }
  }

  /// A deep chain must not consist mostly of spaces: from this depth on the line gives the depth as a number.
  private static let mostIndent = 16

  /// `    ❌ charge_card  27.50 ms (self 27.50 ms) [attempt=1]  shop  span span_4`
  private func line(_ place: (row: Int32, depth: Int32)) -> String {
    let node = trace.node(Int(place.row))
    let depth = Int(place.depth)
    let indent = String(repeating: "  ", count: min(depth, Self.mostIndent)) + (depth > Self.mostIndent ? "(depth \(depth)) " : "")
    let message = node.statusMessage.map { ": " + FieldText.message.make($0, limit: 120) } ?? ""
    let times = "\(DurationText.format(node.durationNanos)) (self \(DurationText.format(node.selfNanos)))"
    let service = node.service.map { "  " + AnswerWords.name($0, limit: 40) } ?? ""
    let name = AnswerWords.mark(node.outcome) + AnswerWords.name(node.name)
    return "\(indent)\(name)\(message)  \(times)\(AnswerWords.attributes(node.attributes))\(service)  span \(AnswerWords.id(node.spanID))"
  }
}
