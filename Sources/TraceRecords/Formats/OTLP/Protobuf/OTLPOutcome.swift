// What became of one binary request: what its sender is answered, and what `server/status` counts.

package struct OTLPOutcome: Sendable, Equatable {
  /// Spans, log records or data points, by the signal, that were taken. Data points are counted and not kept.
  package var accepted: UInt64 = 0
  /// Those of them that could not be used, and the first one's complaint with its place.
  package var rejected: UInt64 = 0
  package var reason: String?
  /// The bytes are no such message from that place on. What was whole before it has been taken.
  package var failure: ProtobufError?
  /// Records that were handed on: spans with their events, or logs.
  package var records: UInt64 = 0
  /// Spans and logs that were taken without one of their values.
  package var unusableFields: UInt64 = 0
  /// Texts that were no UTF-8 were taken with U+FFFD in the place of what is none.
  package var isRepaired = false
  var isMetrics = false

  package init() {}

  /// Adds all of it to the counters of a source: a request counts as a line.
  package func add(to statistics: inout IngestStatistics, bytes: Int) {
    statistics.bytes += UInt64(bytes)
    statistics.lines += 1
    statistics.records += records
    statistics.invalidRecords += rejected
    statistics.unusableFields += unusableFields
    if failure != nil { statistics.malformedLines += 1 }
    if isRepaired { statistics.repairedLines += 1 }
    if isMetrics { statistics.metricLines += 1 }
  }
}
