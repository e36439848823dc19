// Counters for the input of one source: one per outcome, so that nothing is lost uncounted.

/// Counters of one source of records since the process began. `server/status` shows all of them.
package struct IngestStatistics: Sendable, Equatable {
  /// Bytes and complete lines that were read, whatever the result was.
  package var bytes: UInt64 = 0
  package var lines: UInt64 = 0
  /// Records that reached the store.
  package var records: UInt64 = 0

  /// Text that is not JSON and was not a record: other output of the program. Not a loss.
  package var otherLines: UInt64 = 0
  /// Broken JSON, and rests of records that broke off before.
  package var malformedLines: UInt64 = 0
  /// Lines cut by a writer's death or mixed by several writers; records recovered from them count in `recoveredRecords`.
  package var tornLines: UInt64 = 0
  package var recoveredRecords: UInt64 = 0
  /// JSON that is not a record of a known format: from another program, or of an unsupported format. Reported, but not counted as a lost
  /// record.
  package var unrecognisedLines: UInt64 = 0
  /// Lines of a journal whose checksum does not match.
  package var corruptLines: UInt64 = 0
  /// Records with missing or unusable required data.
  package var invalidRecords: UInt64 = 0
  /// Lines over the limit, which are skipped unread, and their bytes.
  package var oversizeLines: UInt64 = 0
  package var oversizeBytes: UInt64 = 0
  /// Lines that were read after a repair: broken UTF-8, lone surrogates, numbers beyond 64 bits, NUL in names.
  package var repairedLines: UInt64 = 0
  /// Records that were accepted without one of their values, such as an invalid duration.
  package var unusableFields: UInt64 = 0
  /// Lines of OpenTelemetry metrics, which contain no spans: skipped on purpose, not a loss.
  package var metricLines: UInt64 = 0
  /// Events of a profile that are not spans (counters, samples, flow arrows, objects): skipped on purpose, not a loss.
  package var ignoredEvents: UInt64 = 0
  /// Lines of Rust's tracing which say that a span was entered or left: read, but without a record of their own.
  package var activityLines: UInt64 = 0
  /// Open spans of formats without ids that were forgotten, because too many were open: later lines about them count as another span.
  package var givenUpSpans: UInt64 = 0

  package init() {}

  /// `nonisolated(unsafe)`: key paths of stored properties hold no mutable state.
  nonisolated(unsafe) private static let all: [(name: String, path: WritableKeyPath<IngestStatistics, UInt64>)] = [
    ("bytes", \.bytes), ("lines", \.lines), ("records", \.records), ("otherLines", \.otherLines), ("malformedLines", \.malformedLines),
    ("tornLines", \.tornLines), ("recoveredRecords", \.recoveredRecords), ("unrecognisedLines", \.unrecognisedLines),
    ("corruptLines", \.corruptLines), ("invalidRecords", \.invalidRecords), ("oversizeLines", \.oversizeLines),
    ("oversizeBytes", \.oversizeBytes), ("repairedLines", \.repairedLines), ("unusableFields", \.unusableFields),
    ("metricLines", \.metricLines), ("ignoredEvents", \.ignoredEvents), ("activityLines", \.activityLines),
    ("givenUpSpans", \.givenUpSpans),
  ]

  /// Records that were lost.
  package var lost: UInt64 { malformedLines + tornLines + corruptLines + invalidRecords + oversizeLines }

  /// The source contained something, but no record.
  package var holdsNoRecord: Bool { records == 0 && activityLines == 0 && metricLines == 0 && bytes > 0 }

  package mutating func add(_ other: IngestStatistics) {
    for counter in IngestStatistics.all { self[keyPath: counter.path] += other[keyPath: counter.path] }
  }

  /// Every counter, with its name in answers.
  package var counters: [(name: String, value: UInt64)] {
    IngestStatistics.all.map { ($0.name, self[keyPath: $0.path]) }
  }
}

/// One line that was not accepted: where and why.
package struct IngestProblem: Sendable, Equatable, CustomStringConvertible {
  /// So many of a source are kept, the latest ones.
  package static let most = 8

  /// Counted from 1, as in editors.
  package var line: UInt64
  /// The offset of the first byte of the line or the element, from the start of the source.
  package var byteOffset: UInt64
  package var reason: String
  /// The index of a list element, from 0; `byteOffset` is then that of its first byte.
  package var element: Int?

  package init(line: UInt64, byteOffset: UInt64, reason: String, element: Int? = nil) {
    self.line = line
    self.byteOffset = byteOffset
    self.reason = reason
    self.element = element
  }

  package var description: String {
    "line \(line) (byte \(byteOffset)\(element.map { ", element [\($0)]" } ?? "")): \(reason)"
  }
}
