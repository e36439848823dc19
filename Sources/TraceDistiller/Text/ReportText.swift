// All completed traces as one text, never over its bound: a summary for the worst ones, a line for the next ones, a count for the rest.

/// A report under construction: `next` is the trace whose summary is needed, `add` adds it, `finish` writes the rest. The caller fetches
/// one trace at a time, from any source.
package struct ReportText: Sendable {
  package private(set) var text = ""
  /// The number of traces with a summary, and of further ones with a line.
  package private(set) var summarized = 0
  package private(set) var listed = 0
  package private(set) var isTruncated = false

  private let ranked: [TraceOverview]
  private let failed: Int
  private let incomplete: Int
  private let filter: String
  private let language: SummaryLanguage
  private var body: Body
  /// No further summary is added, even if there is room.
  private var isOver = false

  /// A summary shorter than this says no more than a line.
  private static let leastSummary = 600

  /// - Parameters:
  ///   - traces: completed ones, in any order.
  ///   - incomplete: the number of matching traces that are not complete.
  ///   - filter: the filter as JSON for the call that shows the rest; empty for none.
  /// - Complexity: including `add` that of the summaries, of which there are at most maxChars / 600.
  package init(_ traces: [TraceOverview], incomplete: Int, filter: String, language: SummaryLanguage, maxChars: Int) {
    ranked = ReportText.ranked(traces)
    failed = traces.count { $0.errorCount > 0 }
    self.incomplete = incomplete
    // A long filter would take the room of the traces.
    self.filter = jsonLength(filter) <= maxChars / 8 ? filter : ""
    self.language = language
    body = Body(left: maxChars)
    body.left -= ReportText.cost(heading)
    // The longest possible closing section.
    body.left -= ReportText.cost(
      closing(ranked[...], failed: failed, next: ranked.max { $0.handle.utf8.count < $1.handle.utf8.count }, isCut: true))
  }

  private var heading: [String] { [language.reportTitle, language.reportTotals(ranked.count, failed: failed)] }

  /// The room for the next summary; nil if there is no room or no trace for one.
  private var share: Int? {
    guard !isOver, summarized < ranked.count else { return nil }
    let share = max(ReportText.leastSummary, body.left / (ranked.count - summarized))
    return share <= body.left ? share : nil
  }

  /// The trace whose summary is needed next; nil when the report must be finished.
  package var next: TraceOverview? { share == nil ? nil : ranked[summarized] }

  /// Adds the summary of the `next` trace. Nil if the trace is gone by now or the request was cancelled: then only lines follow.
  /// - Parameter summary: creates the summary of the trace.
  package mutating func add(_ summary: ((SummaryOptions) -> Summary)?) {
    guard let share, let summary else {
      isOver = true
      return
    }
    var options = SummaryOptions()
    options.maxChars = min(share - 4, SummaryOptions.budgetRange.upperBound)
    options.language = language
    let made = summary(options)
    isTruncated = isTruncated || made.isTruncated
    body.add(["", made.text])
    summarized += 1
  }

  /// Writes the lines of further traces, and what is left out.
  package mutating func finish() {
    var next = summarized
    // Lines have a heading of their own if there are summaries.
    var rows: [String] = next > 0 ? ["", language.furtherTraces] : [""]
    var used = ReportText.cost(rows)
    while next < ranked.count {
      let row = TraceListText.line(ranked[next])
      guard used + jsonLength(row) + 2 <= body.left else { break }
      used += jsonLength(row) + 2
      rows.append(row)
      next += 1
    }
    listed = next - summarized
    if listed > 0 { body.add(rows) }
    isTruncated = isTruncated || next < ranked.count || listed > 0
    let hidden = ranked[next...]
    let end = closing(
      hidden, failed: hidden.count { $0.errorCount > 0 }, next: summarized < ranked.count ? ranked[summarized] : nil, isCut: isTruncated)
    text = (heading + body.lines + end).joined(separator: "\n")
  }

  private struct Body: Sendable {
    var lines: [String] = []
    var left: Int

    mutating func add(_ more: [String]) {
      lines += more
      left -= ReportText.cost(more)
    }
  }

  private static func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }

  /// Failed traces first, those with more failed spans before others; then the slowest; for equal durations the newest.
  private static func ranked(_ traces: [TraceOverview]) -> [TraceOverview] {
    traces.sorted { left, right in
      if left.errorCount != right.errorCount { return left.errorCount > right.errorCount }
      return left.durationNanos != right.durationNanos ? left.durationNanos > right.durationNanos : left.serial > right.serial
    }
  }

  /// What is not shown, and the call that shows it.
  /// - Parameter next: the best trace without a summary.
  private func closing(_ hidden: ArraySlice<TraceOverview>, failed: Int, next: TraceOverview?, isCut: Bool) -> [String] {
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
