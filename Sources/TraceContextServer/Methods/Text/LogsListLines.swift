// logs/list as text: one log per line, the newest first.

import JSONRPC
import TraceDistiller
import TraceRecords

extension LogsList.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    LinePage(total: rest.count, limit: limit).text(maxChars: maxChars) { shown in
      [AnswerWords.counted(matching, "log") + (shown < matching ? ", \(shown) shown" : "") + (matching > 1 ? ", the newest first" : "")]
    } entry: {
      [line(rest[$0].log)]
    } tail: { end, isCut in
      var lines: [String] = []
      if ofOtherProjects > 0 { lines.append(AnswerWords.otherProjects(ofOtherProjects, of: "log")) }
      if evicted > 0 { lines.append("Evicted: \(AnswerWords.counted(Int(clamping: evicted), "older log"))") }
      lines += AnswerWords.lost(losses, calls)
      if let hint { lines.append(hint) }
      if let cursor = cursor(end, isCut: isCut) { lines.append(AnswerWords.more(cursor)) }
      return lines
    }
  }

  /// `2026-11-23T10:00:00.000Z WARN  app::db  slow query [rows=17]  shop`
  private func line(_ log: ModuleLog) -> String {
    let target = log.target.map { "  " + AnswerWords.name($0, limit: 80) } ?? ""
    let service = log.service.map { "  " + AnswerWords.name($0, limit: 40) } ?? ""
    let span = log.spanID.map { "  span " + AnswerWords.id($0) } ?? ""
    let message = VisibleText.make(log.message, limit: 600)
    let attributes = AnswerWords.attributes(log.attributes)
    return "\(Timestamp.format(log.timeUnixNano)) \(log.level.name)\(target)  \(message)\(attributes)\(service)\(span)"
  }
}
