// traces/search as text: one span per line, with its trace and the id for trace/span.

import JSONRPC
import TraceDistiller

extension TracesSearch.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let searched = "\(AnswerWords.counted(search.effort.spans, "span")) of \(AnswerWords.counted(search.searchedTraces, "trace"))"
    let spans = FoundSpans(search)
    var answer = LinePage(total: search.matches.count, limit: limit).text(maxChars: maxChars) { shown in
      let isCut = shown < search.matches.count
      let reason =
        switch pageEnd(shown, isCut: isCut) {
        case nil: "found"
        case .limit: "on this page, which ends at its limit"
        case .maxChars: "on this page, which ends at maxChars"
        case .effort: "on this page, which ends after the work of one request"
        }
      return ["\(AnswerWords.counted(shown, "span")) \(reason), the newest trace first; \(searched) were looked at"]
    } entry: {
      [Self.line(spans.node($0), spans.words($0))]
    } tail: { end, isCut in
      var lines = AnswerWords.lost(losses, calls) + AnswerWords.note(note)
      if let hint { lines.append(hint) }
      if let cursor = cursor(end, isCut: isCut) { lines.append(AnswerWords.more(cursor)) }
      return lines
    }
    answer.isCut = answer.isCut || search.stoppedAt != nil
    return answer
  }

  /// `t2 span_4  ❌ charge_card  27.50 ms (self 27.50 ms) [attempt=1]  shop  message: …"card service: timeout after"…`
  private static func line(_ span: DistilledTraceNode, _ words: FoundWords?) -> String {
    let service = span.service.map { "  " + AnswerWords.name($0, limit: 40) } ?? ""
    let message = span.statusMessage.map { ": " + FieldText.message.make($0, limit: 120) } ?? ""
    let times = "\(DurationText.format(span.durationNanos)) (self \(DurationText.format(span.selfNanos)))"
    let place = "\(span.trace.snapshot.handle) \(AnswerWords.id(span.spanID))"
    let name = "\(AnswerWords.mark(span.outcome))\(AnswerWords.name(span.name))\(message)"
    let line = "\(place)  \(name)  \(times)\(AnswerWords.attributes(span.attributes))\(service)"
    guard let words, !line.contains(VisibleText.make(words.text, limit: 400)) else { return line }
    let before = words.isCutBefore ? "…" : ""
    let after = words.isCutAfter ? "…" : ""
    return "\(line)  \(FieldText.key.make(words.field, limit: 40)): \(before)\(VisibleText.quoted(words.text, limit: 400))\(after)"
  }
}
