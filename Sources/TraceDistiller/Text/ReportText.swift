// All completed traces as one text, never over its bound: a summary for the worst, a line for the next, a count for the rest.

package struct ReportText: Sendable {
  package private(set) var text = ""
  /// Traces with a summary, and further ones with a line.
  package private(set) var summarized = 0
  package private(set) var listed = 0
  package private(set) var isTruncated = false

  /// Less than this says nothing that a line does not say.
  private static let leastSummary = 600

  /// - Parameters:
  ///   - traces: completed ones, in any order.
  ///   - incomplete: matching traces that are not complete.
  ///   - filter: the filter as JSON for the call that shows the rest; empty for none.
  ///   - distilled: a trace by its line; nil where it is gone by now.
  /// - Complexity: that of the summaries, of which there are at most maxChars / 600.
  package init(
    _ traces: [TraceOverview], incomplete: Int, filter: String, language: SummaryLanguage, maxChars: Int,
    distilled: (TraceOverview) -> DistilledTrace?
  ) {
    // A long filter would take the room of what it chose.
    let filter = jsonLength(filter) <= maxChars / 8 ? filter : ""
    let ranked = ReportText.ranked(traces)
    let failed = traces.count { $0.errorCount > 0 }
    var lines = [language.reportTitle, language.reportTotals(traces.count, failed: failed)]
    var body = Body(left: maxChars - ReportText.cost(lines))
    // The longest that the closing section can get.
    body.left -= ReportText.cost(
      ReportText.closing(
        ranked[...], failed: failed, incomplete: incomplete, next: ranked.max { $0.handle.utf8.count < $1.handle.utf8.count },
        filter: filter,
        language, isCut: true))
    var next = 0
    while next < ranked.count {
      let share = max(ReportText.leastSummary, body.left / (ranked.count - next))
      guard share <= body.left, let trace = distilled(ranked[next]) else { break }
      var options = SummaryOptions()
      options.maxChars = min(share - 4, SummaryOptions.budgetRange.upperBound)
      options.language = language
      let summary = trace.summary(options)
      isTruncated = isTruncated || summary.isTruncated
      body.add(["", summary.text])
      next += 1
    }
    summarized = next
    // Lines under a heading of their own, unless nothing has a summary.
    var rows: [String] = next > 0 ? ["", language.furtherTraces] : [""]
    let heading = ReportText.cost(rows)
    var used = heading
    while next < ranked.count {
      let row = TraceListText.line(ranked[next])
      guard used + jsonLength(row) + 2 <= body.left else { break }
      used += jsonLength(row) + 2
      rows.append(row)
      next += 1
    }
    listed = next - summarized
    if listed > 0 { body.add(rows) }
    lines += body.lines
    let isCut = isTruncated || next < ranked.count || listed > 0
    isTruncated = isCut
    let hidden = ranked[next...]
    lines += ReportText.closing(
      hidden, failed: hidden.count { $0.errorCount > 0 }, incomplete: incomplete,
      next: summarized < ranked.count ? ranked[summarized] : nil, filter: filter, language, isCut: isCut)
    text = lines.joined(separator: "\n")
  }

  private struct Body {
    var lines: [String] = []
    var left: Int

    mutating func add(_ more: [String]) {
      lines += more
      left -= ReportText.cost(more)
    }
  }

  private static func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }

  /// Failing ones first, those with more failed spans before others; then the slowest, of equals the newest.
  private static func ranked(_ traces: [TraceOverview]) -> [TraceOverview] {
    traces.sorted { left, right in
      if left.errorCount != right.errorCount { return left.errorCount > right.errorCount }
      return left.durationNanos != right.durationNanos ? left.durationNanos > right.durationNanos : left.serial > right.serial
    }
  }

  /// What is not shown, and the call that shows it.
  /// - Parameter next: the best of those without a summary.
  private static func closing(
    _ hidden: ArraySlice<TraceOverview>, failed: Int, incomplete: Int, next: TraceOverview?, filter: String, _ language: SummaryLanguage,
    isCut: Bool
  ) -> [String] {
    guard !hidden.isEmpty || incomplete > 0 || isCut else { return [] }
    var lines = ["", language.leftOut]
    if !hidden.isEmpty { lines.append(language.tracesLeftOut(hidden.count, failed: failed)) }
    if incomplete > 0 { lines.append(language.incompleteTraces(incomplete)) }
    let list = "traces/list {\(filter.isEmpty ? "" : "\"filter\":\(filter),")\"sort\":\"slowest\"}"
    lines.append(language.rest + (next.map { "trace/summary {\"traceId\":\"\($0.handle)\"}, " } ?? "") + list)
    return lines
  }
}

extension SummaryLanguage {
  var reportTitle: String { self == .english ? "=== Trace report ===" : "=== 追踪汇总报告 ===" }
  func reportTotals(_ count: Int, failed: Int) -> String {
    switch self {
    case .english:
      "Completed: \(DurationText.count(count)) \(count == 1 ? "trace" : "traces"), \(DurationText.count(failed)) with errors"
    case .chinese: "已完成: \(DurationText.count(count)) 个追踪, \(DurationText.count(failed)) 个有错误"
    }
  }
  var furtherTraces: String { self == .english ? "=== Further traces ===" : "=== 其余追踪 ===" }
  func tracesLeftOut(_ count: Int, failed: Int) -> String {
    switch self {
    case .english:
      "\(DurationText.count(count)) more \(count == 1 ? "trace" : "traces"), \(DurationText.count(failed)) with errors"
    case .chinese: "另外 \(DurationText.count(count)) 个追踪, \(DurationText.count(failed)) 个有错误"
    }
  }
  func incompleteTraces(_ count: Int) -> String {
    switch self {
    case .english: "\(DurationText.count(count)) \(count == 1 ? "trace" : "traces") not complete"
    case .chinese: "\(DurationText.count(count)) 个追踪不完整"
    }
  }
}
