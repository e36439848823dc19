// What is said of a line, in words: short at the line, long in a hover.

import TraceDistiller

enum LineWords {
  /// `🔥 89 ms · 12 calls · 1 error`: the fire is for lines that a tenth of the critical path is spent in.
  static func short(_ line: FileCode.Line) -> String {
    var parts = [short(line.totalNanos), line.calls == 1 ? "1 call" : "\(line.calls) calls"]
    if line.failures > 0 { parts.append(line.failures == 1 ? "1 error" : "\(line.failures) errors") }
    return (line.criticalShare >= 0.1 ? "🔥 " : "") + parts.joined(separator: " · ")
  }

  /// Two digits are enough at the end of a line.
  static func short(_ nanos: Int64) -> String {
    func text(_ value: Int64, _ unit: Int64, _ name: String) -> String {
      value >= 10 * unit ? "\((value + unit / 2) / unit) \(name)" : "\(value / unit).\(value % unit * 10 / unit) \(name)"
    }
    let value = max(0, nanos)
    if value >= 1_000_000_000 { return text(value, 1_000_000_000, "s") }
    if value >= 1_000_000 { return text(value, 1_000_000, "ms") }
    return value >= 1_000 ? text(value, 1_000, "µs") : "\(value) ns"
  }

  /// Record text in Markdown: a span of code, which nothing in it can end.
  static func code(_ text: String) -> String { "`" + text.replacing("`", with: "'") + "`" }

  private static let mostChars = 2_000

  /// - Parameter isMarkdown: else plain text.
  static func hover(_ lines: [FileCode.Line], _ told: [FileCode.Told], isStale: Bool, isMarkdown: Bool) -> String {
    func quote(_ text: String) -> String { isMarkdown ? code(text) : text }
    var parts: [String] = []
    for line in lines.prefix(8) {
      let function = line.location.function.isEmpty ? line.name : line.location.function
      let name = VisibleText.make(function, limit: 100)
      let (p50, p95) = line.percentiles()
      var text = isMarkdown ? "**\(quote(name))**" : name
      if line.name != name, !line.name.isEmpty { text += " (\(quote(VisibleText.make(line.name, limit: 100))))" }
      text += " · \(line.calls) call\(line.calls == 1 ? "" : "s")"
      if line.failures > 0 { text += " · \(line.failures) failed" }
      text += "\ntotal \(DurationText.format(line.totalNanos)) · self \(DurationText.format(line.selfNanos))"
      text += " · \(DurationText.percent(line.criticalShare)) of the critical path"
      text += "\np50 \(DurationText.format(p50)) · p95 \(DurationText.format(p95)) · max \(DurationText.format(line.maxNanos))"
      if let failure = line.failure { text += "\nlast error (\(failure.handle)): \(quote(VisibleText.make(failure.message, limit: 200)))" }
      text +=
        "\n\(line.traces) trace\(line.traces == 1 ? "" : "s"), the newest \(line.newest) \(quote(VisibleText.make(line.newestRoot, limit: 80)))"
      parts.append(text)
    }
    if lines.count > 8 { parts.append("and \(lines.count - 8) more at this line") }
    var list = told.prefix(5).map { one in "- " + message(one.note, isMarkdown) + " (\(one.handle))" }
    if told.count > 5 { list.append("- and \(told.count - 5) more") }
    if !list.isEmpty { parts.append(list.joined(separator: "\n")) }
    if isStale { parts.append(isMarkdown ? "*\(FileReport.staleness)*" : FileReport.staleness) }
    // Two blanks before its end keep a line of Markdown apart from the next.
    let text = parts.map { isMarkdown ? $0.replacing("\n", with: "  \n") : $0 }.joined(separator: "\n\n")
    return text.count <= mostChars ? text : text.prefix(mostChars - 20) + "…\n\n(cut)"
  }

  /// An error or a finding in one line.
  static func message(_ note: TraceCode.Note, _ isMarkdown: Bool = false) -> String {
    var text = isMarkdown ? code(note.message) : note.message
    if note.kind != .finding, note.count > 1 { text += " (\(note.count) times)" }
    if note.costNanos > 0 { text += ": \(DurationText.format(note.costNanos)) of the critical path" }
    return text
  }
}
