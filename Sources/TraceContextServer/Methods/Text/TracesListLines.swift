// traces/list and traces/await as text: one trace per line.

import JSONRPC
import TraceDistiller
import TraceRecords

extension TracesList.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let newest = listing.lines.first.map { ", the first began \(Timestamp.format($0.startTimeUnixNano))" } ?? ""
    return LinePage(total: listing.rest, limit: limit).text(maxChars: maxChars) { shown in
      let part = shown < listing.matching ? ", \(shown) shown" : ""
      return [AnswerWords.counted(listing.matching, "trace") + part + newest]
    } entry: {
      [TracesList.line(listing.lines[$0])]
    } tail: { end, isCut in
      var lines: [String] = []
      if listing.ofOtherProjects > 0 { lines.append(AnswerWords.otherProjects(listing.ofOtherProjects)) }
      if evicted > 0 { lines.append("Evicted: \(AnswerWords.counted(Int(clamping: evicted), "older trace"))") }
      if let hubLost { lines.append(hubLost.prefix(1).uppercased() + hubLost.dropFirst()) }
      lines += AnswerWords.lost(losses, calls) + AnswerWords.note(note)
      if let hint { lines.append(hint) }
      if let cursor = cursor(end, isCut: isCut) { lines.append(AnswerWords.more(cursor)) }
      return lines
    }
  }
}

extension TracesList {
  static func line(_ trace: TraceOverview) -> String {
    let service = trace.service.map { "  " + AnswerWords.name($0, limit: 40) } ?? ""
    return TraceListText.line(trace) + service + (trace.isComplete ? "" : "  not complete")
  }
}

extension TracesAwait.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    LinePage(total: found.count, limit: limit).text(maxChars: maxChars) { shown in
      [shown == 0 ? "No trace completed in that time" : AnswerWords.counted(shown, "trace") + " completed"]
    } entry: {
      [TracesList.line(found[$0].trace)]
    } tail: { end, isCut in
      var lines: [String] = []
      if isMissing { lines.append("Others completed and are gone already: \(calls(TracesList.name)) shows what is kept") }
      lines += AnswerWords.lost(losses, calls) + AnswerWords.note(note)
      if let hint { lines.append(hint) }
      lines.append("To wait for what comes next: \(calls(TracesAwait.name)) {\"cursor\":\"\(cursor(end, isCut: isCut))\"}")
      return lines
    }
  }
}
