// Which of several traces to look at first, where nobody said.

package struct TellingTrace: Sendable {
  package let trace: TraceOverview
  /// Why this one: `it failed`, `errors inside`, `the slowest`.
  package let reason: String

  /// A trace that failed before one with errors inside, of either the one with most spans, then the longest; where nothing failed, the slowest, of equally slow
  /// ones that with most spans. The newest of what is still the same.
  /// - Parameter traces: newest first. Nil where there is none.
  package init?(of traces: [TraceOverview]) {
    func best(_ among: [TraceOverview], _ isBetter: (TraceOverview, TraceOverview) -> Bool) -> TraceOverview? {
      among.dropFirst().reduce(among.first) { isBetter($1, $0!) ? $1 : $0 }
    }
    func bySize(_ left: TraceOverview, _ right: TraceOverview) -> Bool {
      (left.spanCount, left.durationNanos) > (right.spanCount, right.durationNanos)
    }
    if let failed = best(traces.filter { $0.status == .error }, bySize) {
      (trace, reason) = (failed, "it failed")
    } else if let wrong = best(traces.filter { $0.errorCount > 0 }, bySize) {
      (trace, reason) = (wrong, "errors inside")
    } else if let slowest = best(traces, { ($0.durationNanos, $0.spanCount) > ($1.durationNanos, $1.spanCount) }) {
      (trace, reason) = (slowest, "the slowest")
    } else {
      return nil
    }
  }
}
