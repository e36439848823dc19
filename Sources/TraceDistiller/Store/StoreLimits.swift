// The limits of a store, and the counters of everything lost because of a limit, an error or a producer.

/// The limits of a store. Each has a default, a command line option, and a test that reaches it.
package struct StoreLimits: Sendable, Equatable {
  /// The maximum number of completed traces; 0 means that only bytes count.
  package var maxTraces = 50
  package var maxBytes = 256 << 20
  /// The maximum bytes of module logs, as a part of `maxBytes` and never more than a quarter of it. The oldest are removed first.
  package var maxLogBytes = 8 << 20
  /// The maximum bytes of cached analyses, as a part of `maxBytes` and never more than a quarter of it.
  package var maxAnalysisBytes = 64 << 20
  /// A trace counts as complete when no record has arrived for this long.
  package var quietNanos: Int64 = 500_000_000
  /// A trace that never completes counts as abandoned after this long without a record.
  package var maxLiveNanos: Int64 = 300_000_000_000
  /// Longer attribute values and log messages are cut, with a note.
  package var maxValueBytes = 64 << 10
  /// A record with a longer id (of a trace, span, run, session or producer) is invalid.
  package var maxIDBytes = 1 << 10
  /// The number of remembered ids of evicted traces, so that late records do not create a fragment of an evicted trace.
  package var maxEvictedIDs = 10_000
  /// The maximum number of live traces with one reused id. A further one evicts the oldest.
  package var maxLiveGenerations = 1_024
  /// The maximum number of producers and of runs. Above it the one that was silent longest is removed, and counted.
  package var maxProducers = 4_096
  package var maxRuns = 10_000
  /// Whether secrets are removed from names, values and messages before they are stored.
  package var redacts = true
  /// How far the analysis may move the spans of another host into their callers; 0 keeps the times of their clocks. Records never change.
  package var maxClockAdjustNanos: Int64 = 0

  package init() {}
}

/// Losses before the store. It is not known to which trace they belonged, so every answer reports them.
package struct LossReport: Sendable, Equatable {
  /// Lines that were not accepted.
  package var lines: UInt64
  /// Records that producers dropped, that never arrived, or that could not be used.
  package var records: UInt64

  package init(lines: UInt64 = 0, records: UInt64 = 0) {
    self.lines = lines
    self.records = records
  }

  package var isEmpty: Bool { lines == 0 && records == 0 }
}

/// Counters of the store for records and traces, by cause. `server/status` shows all of them.
package struct StoreStatistics: Sendable, Equatable {
  package var records: UInt64 = 0
  package var sessions: UInt64 = 0
  package var moduleLogs: UInt64 = 0
  /// Module logs that were removed for newer ones.
  package var evictedLogs: UInt64 = 0
  package var tracesCompleted: UInt64 = 0
  package var tracesAbandoned: UInt64 = 0
  /// Completed traces that were evicted because of their number or their bytes.
  package var evictedCompleted: UInt64 = 0
  package var evictedAbandoned: UInt64 = 0
  /// How often a newer trace was evicted because older ones were among the last of their service.
  package var sparedTraces: UInt64 = 0
  /// Traces that were evicted while running: the last resort of the byte bound.
  package var evictedRunning: UInt64 = 0
  /// Traces that a client cleared.
  package var clearedTraces: UInt64 = 0
  /// Spans that were folded into statistics to stay within the byte bound.
  package var collapsedSpans: UInt64 = 0
  /// Records of evicted and cleared traces, which are not accepted.
  package var lateRecords: UInt64 = 0
  /// Records whose (producer, sequence number) was seen before.
  package var redeliveredRecords: UInt64 = 0
  /// Records that producers reported as dropped (gap records).
  package var producerDropped: UInt64 = 0
  /// Records with an id over the limit.
  package var invalidRecords: UInt64 = 0
  /// Lines that a source could not accept: malformed, torn, too long, unrecognised.
  package var lostLines: UInt64 = 0
  /// Values that were cut.
  package var truncatedValues: UInt64 = 0
  /// Secrets that were removed.
  package var redactedValues: UInt64 = 0
  /// Producers and runs that were removed to bound memory. A re-delivery of such a producer would not be noticed, and such a run would
  /// count as a new one.
  package var forgottenProducers: UInt64 = 0
  package var forgottenRuns: UInt64 = 0
  /// Records without a run id that could belong to more than one running program.
  package var ambiguousRecords: UInt64 = 0

  package init() {}

  package var counters: [(name: String, value: UInt64)] {
    [
      ("records", records), ("sessions", sessions), ("moduleLogs", moduleLogs), ("evictedLogs", evictedLogs),
      ("tracesCompleted", tracesCompleted),
      ("tracesAbandoned", tracesAbandoned), ("evictedCompleted", evictedCompleted), ("evictedAbandoned", evictedAbandoned),
      ("evictedRunning", evictedRunning), ("sparedTraces", sparedTraces), ("clearedTraces", clearedTraces),
      ("collapsedSpans", collapsedSpans),
      ("lateRecords", lateRecords),
      ("redeliveredRecords", redeliveredRecords), ("producerDropped", producerDropped), ("invalidRecords", invalidRecords),
      ("lostLines", lostLines),
      ("truncatedValues", truncatedValues), ("redactedValues", redactedValues), ("ambiguousRecords", ambiguousRecords),
      ("forgottenProducers", forgottenProducers), ("forgottenRuns", forgottenRuns),
    ]
  }
}
