// The traces that completed since a given point: numbers in order of completion, and the next instant at which a trace can complete.

extension TraceDistillerStore {
  /// The traces that completed after the given number, in order of completion, without those that are already gone.
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

  /// When a trace can complete next if no more records arrive; nil if none is structurally complete.
  /// - Complexity: O(1).
  package var nextCompletion: Int64? {
    // Settling traces are ordered by their latest records.
    settling.first < 0 ? nil : slots[settling.first]!.lastArrival.addingSaturated(limits.quietNanos)
  }

  /// The same for lines of a list.
  package mutating func clear(_ lines: [TraceOverview]) -> (traces: Int, spans: Int) { clear(lines.map { RankedTrace($0) }) }

  /// Removes these traces, if they still exist. Their ids are remembered like those of evicted traces.
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
