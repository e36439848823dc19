// trace/span as text: everything about one span, then what was logged in it.

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

extension TraceSpan.Result {
  /// How long a value may be, where the whole is too long.
  private static let valueLimits = [2_000, 500, 120, 40]

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let limits = Self.valueLimits
    let valueLimit = limits.first { LinePage.cost(head(calls, valueLimit: $0)) <= maxChars / 4 * 3 } ?? limits[limits.count - 1]
    let lines = head(calls, valueLimit: valueLimit)
    let isShortened = valueLimit < limits[0]
    let page = LinePage(total: events.count, limit: limit)
    var answer = page.text(maxChars: maxChars) { shown in
      let part = shown < events.count ? ", \(shown) shown" : ""
      return lines + [events.isEmpty ? "Events: none" : "Events: \(DurationText.count(events.count))\(part)"]
    } entry: { index in
      let event = events[index]
      let message = VisibleText.make(event.message, limit: 2_000)
      return [
        "  \(Timestamp.format(event.timeUnixNano)) \(event.level.name) \(message)\(AnswerWords.attributes(event.attributes, limit: 400))"
      ]
    } tail: { _, isCut in
      isCut || isShortened ? ["Not everything is shown: a larger maxChars shows more"] : []
    }
    answer.isCut = answer.isCut || isShortened
    return answer
  }

  private func head(_ calls: CallNames, valueLimit: Int) -> [String] {
    var lines = AnswerWords.trace(trace.snapshot, calls)
    let service = node.service.map { " · " + AnswerWords.name($0, limit: 60) } ?? ""
    lines.append("Span: \(AnswerWords.id(node.spanID)) · \(AnswerWords.name(node.name, limit: 200))\(service)")
    let message = node.statusMessage.map { ": " + VisibleText.make($0, limit: 300) } ?? ""
    lines.append("Status: \(AnswerWords.mark(node.outcome))\(node.outcome.rawValue)\(message)")
    let times = [node.durationNanos, node.selfNanos, node.criticalNanos].map { DurationText.format($0) }
    lines.append("Time: \(times[0]) (self \(times[1]), critical \(times[2])), from \(Timestamp.format(node.startTimeUnixNano))")
    let path = trace.path(to: node.row).suffix(32).map { AnswerWords.name(trace.node($0).name, limit: 60) }
    lines.append("Path: " + path.joined(separator: " › "))
    let parent = node.parentSpanID.map { AnswerWords.id($0) } ?? "none"
    lines.append("Parent: \(parent), children: \(DurationText.count(trace.tree.children(of: node.row).count))")
    if !location.isEmpty {
      let place = [location.file?.text, location.line.map { AnswerWords.value($0, limit: 20) }].compactMap { $0 }.joined(separator: ":")
      let function = location.function.map { " in " + VisibleText.make($0.text, limit: 120) } ?? ""
      lines.append("Code: " + VisibleText.make(place, limit: 300) + function)
    }
    if let target = node.target { lines.append("Target: " + AnswerWords.name(target, limit: 120)) }
    if let fold = node.folded {
      let (count, failed) = (DurationText.count(fold.count), DurationText.count(fold.failed))
      lines.append(
        "Folded to save memory: \(count) alike spans, \(DurationText.format(fold.totalNanos)) together, \(failed) failed")
    }
    let attributes = node.attributes
    if !attributes.isEmpty { lines.append("Attributes:") }
    lines += attributes.map { "  \(FieldText.key.make($0.key, limit: 120)) = \(AnswerWords.value($0.value, limit: valueLimit))" }
    if let links = node.linksJSON {
      let text = (try? JSONValue(parsing: links))?.serializedString ?? links
      lines.append("Links: " + VisibleText.make(text, limit: min(1_000, valueLimit)))
    }
    return lines
  }
}
