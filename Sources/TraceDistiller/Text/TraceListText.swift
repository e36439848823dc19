// Several traces as a short table, the newest first: `distill` prints it before the summary.

package enum TraceListText {
  /// One line per trace, as many as fit into `maxChars`; the others are counted.
  /// - Parameters:
  ///   - limit: the most lines.
  ///   - rest: the words that tell how to see the others.
  package static func make(
    _ traces: [TraceOverview], maxChars: Int = SummaryOptions.defaultBudget, limit: Int = .max, rest: String = ""
  ) -> String {
    var lines: [String] = ["\(DurationText.count(traces.count)) \(traces.count == 1 ? "trace" : "traces"), newest first:"]
    var used = jsonLength(lines[0]) + 40 + jsonLength(rest)
    for (index, trace) in traces.enumerated() {
      let line = self.line(trace)
      used += jsonLength(line) + 2
      guard used <= maxChars, index < limit else {
        lines.append("… \(DurationText.count(traces.count - index)) more\(rest)")
        break
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }

  /// The line of a trace.
  package static func line(_ trace: TraceOverview) -> String {
    let mark = trace.status == .running ? "⏳" : trace.status == .error ? "❌" : trace.errorCount > 0 ? "⚠️" : "✅"
    let errors = trace.errorCount > 0 ? ", \(DurationText.count(trace.errorCount)) failed" : ""
    let name = trace.rootName.isEmpty ? "-" : FieldText.name.make(trace.rootName, limit: 80)
    let id = FieldText.name.make(trace.traceID, limit: 64)
    return
      "\(trace.handle) \(mark) \(name)  \(DurationText.format(trace.durationNanos))  \(DurationText.count(trace.spanCount)) \(trace.spanCount == 1 ? "span" : "spans")\(errors)  \(id)"
  }
}
