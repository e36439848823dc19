// trace/span as text: everything about one span, then what was logged in it.

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

extension TraceSpan.Result {
  /// The maximum length of a value, if the full text is too long. Tried in this order.
  private static let valueLimits = [2_000, 500, 120, 40]

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let limits = Self.valueLimits
    let valueLimit = limits.first { LinePage.cost(head(calls, valueLimit: $0)) <= maxChars / 4 * 3 } ?? limits[limits.count - 1]
    let lines = head(calls, valueLimit: valueLimit)
    // Stacks are shown in full if there is room for the stacks of all events; otherwise only the program's own frames are shown.
    let rest = maxChars - LinePage.cost(lines) - 160
    var cost = 0
    for event in events.prefix(limit) where cost <= rest { cost += LinePage.cost(self.lines(of: event, isWhole: true)) }
    let isWhole = cost <= rest
    let isShortened = valueLimit < limits[0] || !isWhole && events.contains { Self.stack($0) != nil }
    let page = LinePage(total: events.count, limit: limit)
    var answer = page.text(maxChars: maxChars) { shown in
      let part = shown < events.count ? ", \(shown) shown" : ""
      return lines + [events.isEmpty ? "Events: none" : "Events: \(DurationText.count(events.count))\(part)"]
    } entry: { index in
      self.lines(of: events[index], isWhole: isWhole)
    } tail: { _, isCut in
      isCut || isShortened ? ["Not everything is shown: a larger maxChars shows more"] : []
    }
    answer.isCut = answer.isCut || isShortened
    return answer
  }

  /// The key under which exceptions have their stack.
  private static let stackKey = "exception.stacktrace"
  /// The maximum number of lines shown of one stack.
  private static let mostStackLines = 200
  private static let mostFrames = 8

  private static func stack(_ event: TraceSpan.LoggedLine) -> String? {
    for attribute in event.attributes where attribute.key == stackKey { if case .string(let text) = attribute.value { return text } }
    return nil
  }

  /// The logged text, the program's own frames of its stack, and the full stack if there is room.
  private func lines(of event: TraceSpan.LoggedLine, isWhole: Bool) -> [String] {
    let message = VisibleText.make(event.message, limit: isWhole ? 8_000 : 2_000)
    let attributes = AnswerWords.attributes(event.attributes.filter { $0.key != Self.stackKey }, limit: 400)
    var lines = ["  \(Timestamp.format(event.timeUnixNano)) \(event.level.name) \(message)\(attributes)"]
    guard let stack = Self.stack(event) else { return lines }
    let own = StackTrace.top(stack, limit: Self.mostFrames)
    if !own.isEmpty { lines.append("    code: " + own.map { VisibleText.make($0.told, limit: 240) }.joined(separator: " ← ")) }
    guard isWhole else { return lines }
    let all = stack.utf8.split(separator: 0x0A)
    lines += all.prefix(Self.mostStackLines).map { "    | " + VisibleText.make(String(Substring($0)), limit: 400) }
    if all.count > Self.mostStackLines { lines.append("    | … \(DurationText.count(all.count - Self.mostStackLines)) more lines") }
    return lines
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
      let extremes = fold.minNanos.map { ", \(DurationText.format($0)) to \(DurationText.format(fold.maxNanos)) each" } ?? ""
      let why = fold.isPruned ? "A group that came pruned (attributes are those of one in it)" : "Folded to save memory"
      lines.append("\(why): \(count) alike spans, \(DurationText.format(fold.totalNanos)) together\(extremes), \(failed) failed")
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
