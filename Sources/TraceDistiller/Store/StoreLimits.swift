// The bounds of a store and the counters of everything that a bound, a fault or a producer took away.

/// Bounds of a store. Each has a default, an option of the command line, and a test that reaches it.
package struct StoreLimits: Sendable, Equatable {
  /// Completed traces that are kept; 0 means that only bytes count.
  package var maxTraces = 50
  package var maxBytes = 256 << 20
  /// Module logs that are kept, in bytes, as a part of `maxBytes`; never more than a quarter of it. The oldest go first.
  package var maxLogBytes = 8 << 20
  /// What was computed of traces and is kept for the next question, in bytes, as a part of `maxBytes`; never more than a quarter of it.
  package var maxAnalysisBytes = 64 << 20
  /// A trace counts as complete when nothing was heard of it for so long.
  package var quietNanos: Int64 = 500_000_000
  /// A trace that never completes counts as abandoned after so long without a record.
  package var maxLiveNanos: Int64 = 300_000_000_000
  /// Longer attribute values and log messages are cut, and say so.
  package var maxValueBytes = 64 << 10
  /// Longer ids, of traces and spans as of runs, sessions and producers, make a record invalid.
  package var maxIDBytes = 1 << 10
  /// Ids of evicted traces that are remembered, so that late records do not bring back a stump of a trace.
  package var maxEvictedIDs = 10_000
  /// Live traces of one recycled id; a further one sends the oldest away.
  package var maxLiveGenerations = 1_024
  /// Producers and runs that are distinguished; beyond that the one that was silent longest is forgotten, counted.
  package var maxProducers = 4_096
  package var maxRuns = 10_000
  /// Secrets are taken out of names, values and messages before they are kept.
  package var redacts = true
  /// How far the analysis moves the spans of another host into their callers; 0 leaves them where their clocks put them. Records never change.
  package var maxClockAdjustNanos: Int64 = 0

  package init() {}
}

/// What was lost on the way into the store. Nobody can say to which trace it belonged, so every answer reports it.
package struct LossReport: Sendable, Equatable {
  /// Lines that were not taken.
  package var lines: UInt64
  /// Records that producers dropped, that never came, or that could not be used.
  package var records: UInt64

  package init(lines: UInt64 = 0, records: UInt64 = 0) {
    self.lines = lines
    self.records = records
  }

  package var isEmpty: Bool { lines == 0 && records == 0 }
}

/// What became of records and traces in the store, by cause. `server/status` shows every one.
package struct StoreStatistics: Sendable, Equatable {
  package var records: UInt64 = 0
  package var sessions: UInt64 = 0
  package var moduleLogs: UInt64 = 0
  /// Module logs that made room for newer ones.
  package var evictedLogs: UInt64 = 0
  package var tracesCompleted: UInt64 = 0
  package var tracesAbandoned: UInt64 = 0
  /// Completed traces that went because of the count or the bytes.
  package var evictedCompleted: UInt64 = 0
  package var evictedAbandoned: UInt64 = 0
  /// Traces that went although they were running: the last resort of the byte bound.
  package var evictedRunning: UInt64 = 0
  /// Traces that a client cleared.
  package var clearedTraces: UInt64 = 0
  /// Spans that were folded into statistics to stay within the byte bound.
  package var collapsedSpans: UInt64 = 0
  /// Records of evicted and cleared traces, which are not taken.
  package var lateRecords: UInt64 = 0
  /// Records whose (producer, sequence number) was seen before.
  package var redeliveredRecords: UInt64 = 0
  /// Records that producers say they dropped (gap records).
  package var producerDropped: UInt64 = 0
  /// Records with an id over the limit.
  package var invalidRecords: UInt64 = 0
  /// Lines that a source could not take: malformed, torn, over-long, unrecognised.
  package var lostLines: UInt64 = 0
  /// Values that were cut.
  package var truncatedValues: UInt64 = 0
  /// Secrets that were taken out.
  package var redactedValues: UInt64 = 0
  /// Producers and runs that were forgotten to bound memory: a re-delivery of theirs would not be noticed, a same run would be a new one.
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
      ("evictedRunning", evictedRunning), ("clearedTraces", clearedTraces), ("collapsedSpans", collapsedSpans),
      ("lateRecords", lateRecords),
      ("redeliveredRecords", redeliveredRecords), ("producerDropped", producerDropped), ("invalidRecords", invalidRecords),
      ("lostLines", lostLines),
      ("truncatedValues", truncatedValues), ("redactedValues", redactedValues), ("ambiguousRecords", ambiguousRecords),
      ("forgottenProducers", forgottenProducers), ("forgottenRuns", forgottenRuns),
    ]
  }
}
