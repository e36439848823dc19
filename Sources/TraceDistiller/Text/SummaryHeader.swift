// The first lines of a summary: which trace, how long, how it ended. They fit into any allowed budget.

struct SummaryHeader {
  let lines: [String]

  init(trace: DistilledTrace, options: SummaryOptions) {
    let language = options.language
    // Under the smallest budget the header must leave room for the closing section.
    let width = max(24, min(200, options.maxChars / 16))
    let snapshot = trace.snapshot
    var lines = [language.title, "\(language.trace)\(snapshot.handle) · \(VisibleText.make(snapshot.traceID, limit: width))"]
    guard let root = options.scope.focus.map({ trace.node($0) }) ?? trace.primaryRoot else {
      lines.append(language.status + language.noSpans)
      self.lines = lines
      return
    }
    lines.append(language.root + VisibleText.make(root.name.isEmpty ? root.spanID : root.name, limit: width))
    lines.append(language.duration + DurationText.format(root.durationNanos))
    lines.append(language.status + SummaryHeader.status(root, trace, language, isFocus: options.scope.focus != nil))
    let reasons = snapshot.reasons
    if !reasons.isEmpty { lines.append(language.notComplete + reasons.joined(separator: ", ")) }
    self.lines = lines
  }

  /// Never plain success where something inside failed.
  private static func status(_ root: DistilledTraceNode, _ trace: DistilledTrace, _ language: SummaryLanguage, isFocus: Bool) -> String {
    let below = Int(trace.subtreeFailures[root.row]) - (root.isFailed ? 1 : 0)
    let inside = isFocus ? below : trace.failedInside
    if root.isFailed { return language.failed + (inside > 0 ? language.alsoFailedInside(inside) : "") }
    if root.isRunning { return language.running + (inside > 0 ? language.alsoFailedInside(inside) : "") }
    return inside > 0 ? language.failedInside(inside) : language.succeeded
  }
}
