// Several traces as a short table, newest first: what `distill` prints before the summary.

package enum TraceListText {
  /// A line a trace, as many as fit into `maxChars`; the others are counted.
  package static func make(_ traces: [TraceOverview], maxChars: Int = SummaryOptions.defaultBudget) -> String {
    var lines: [String] = ["\(DurationText.count(traces.count)) \(traces.count == 1 ? "trace" : "traces"), newest first:"]
    var used = jsonLength(lines[0]) + 40
    for (index, trace) in traces.enumerated() {
      let line = self.line(trace)
      used += jsonLength(line) + 2
      guard used <= maxChars else {
        lines.append("… \(DurationText.count(traces.count - index)) more")
        break
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }

  /// What a line tells of a trace.
  package struct Fields: Sendable {
    var handle: String
    var status: SpanOutcome
    var rootName: String
    var durationNanos: Int64
    var spanCount: Int
    var errorCount: Int
    var traceID: String

    package init(
      handle: String, status: SpanOutcome, rootName: String, durationNanos: Int64, spanCount: Int, errorCount: Int, traceID: String
    ) {
      self.handle = handle
      self.status = status
      self.rootName = rootName
      self.durationNanos = durationNanos
      self.spanCount = spanCount
      self.errorCount = errorCount
      self.traceID = traceID
    }
  }

  static func line(_ trace: TraceOverview) -> String {
    line(
      Fields(
        handle: trace.handle, status: trace.status, rootName: trace.rootName, durationNanos: trace.durationNanos,
        spanCount: trace.spanCount, errorCount: trace.errorCount, traceID: trace.traceID))
  }

  package static func line(_ trace: Fields) -> String {
    let mark = trace.status == .running ? "⏳" : trace.status == .error ? "❌" : trace.errorCount > 0 ? "⚠️" : "✅"
    let errors = trace.errorCount > 0 ? ", \(DurationText.count(trace.errorCount)) failed" : ""
    let name = trace.rootName.isEmpty ? "-" : FieldText.name.make(trace.rootName, limit: 80)
    let id = FieldText.name.make(trace.traceID, limit: 64)
    return
      "\(trace.handle) \(mark) \(name)  \(DurationText.format(trace.durationNanos))  \(DurationText.count(trace.spanCount)) \(trace.spanCount == 1 ? "span" : "spans")\(errors)  \(id)"
  }
}
