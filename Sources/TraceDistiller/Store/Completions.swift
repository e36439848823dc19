// Which traces completed since a moment: numbers in the order of completion, and the next instant at which something can complete.

extension TraceDistillerStore {
  /// Traces that completed after the given number, in the order of their completion, without those that are gone again.
  /// - Complexity: O(completions since).
  package func completions(after number: Int, now: Int64) -> [(number: Int, trace: TraceOverview)] {
    var found: [(number: Int, trace: TraceOverview)] = []
    var slot = completed.last
    while slot >= 0, slots[slot]!.completion > number {
      found.append((slots[slot]!.completion, overview(slot: slot, now: now)))
      slot = links[slot].previous
    }
    return found.reversed()
  }

  /// Whether a trace that completed after the given number is gone.
  package func lostCompletion(after number: Int) -> Bool { latestLostCompletion > number }

  /// When a trace can complete next, if nothing more is heard of it; nil where none is whole.
  /// - Complexity: O(1).
  package var nextCompletion: Int64? {
    // The order of settling traces is that of their latest records.
    settling.first < 0 ? nil : slots[settling.first]!.lastArrival.addingSaturated(limits.quietNanos)
  }

  /// The same for lines of a list.
  package mutating func clear(_ lines: [TraceOverview]) -> (traces: Int, spans: Int) { clear(lines.map { RankedTrace($0) }) }

  /// Forgets these traces, as far as they are still there. Their ids are remembered as those of evicted traces are.
  package mutating func clear(_ chosen: [RankedTrace]) -> (traces: Int, spans: Int) {
    var (traces, spans) = (0, 0)
    for trace in chosen where isLive(trace.slot, serial: trace.place.serial) {
      traces += 1
      spans += slots[trace.slot]!.storage.spanCount
      forget(trace.slot)
    }
    statistics.clearedTraces += UInt64(traces)
    return (traces, spans)
  }
}
