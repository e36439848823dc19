// What became of the bytes of one source: a counter per outcome, so that nothing is lost without a name.

/// Counters of one source of records since the process began. Every one is shown by `server/status`.
package struct IngestStatistics: Sendable, Equatable {
  /// Bytes and complete lines that were read, whatever became of them.
  package var bytes: UInt64 = 0
  package var lines: UInt64 = 0
  /// Records that reached the store.
  package var records: UInt64 = 0

  /// Text that is no JSON and was no record: what programs say on their standard output besides. No loss.
  package var otherLines: UInt64 = 0
  /// JSON that is broken, and rests of records that broke off before.
  package var malformedLines: UInt64 = 0
  /// Lines cut by a writer's death or by writers that interleave; what could be read of them counts under `recoveredRecords`.
  package var tornLines: UInt64 = 0
  package var recoveredRecords: UInt64 = 0
  /// JSON that is no record of a known format: of another program, or of a format that is not read. Told, and no loss of a record.
  package var unrecognisedLines: UInt64 = 0
  /// Lines of a journal whose checksum does not hold.
  package var corruptLines: UInt64 = 0
  /// Records that lack what their kind needs, or hold it in an unusable form.
  package var invalidRecords: UInt64 = 0
  /// Lines over the limit, which are skipped unread, and their bytes.
  package var oversizeLines: UInt64 = 0
  package var oversizeBytes: UInt64 = 0
  /// Lines that were read after repairing: broken UTF-8, lone surrogates, numbers beyond 64 bits, NUL in names.
  package var repairedLines: UInt64 = 0
  /// Records that were taken without one of their values: a duration that is no number.
  package var unusableFields: UInt64 = 0
  /// Lines of OpenTelemetry metrics, which tell of no span: read over on purpose, and no loss.
  package var metricLines: UInt64 = 0
  /// Events of a profile that tell of no span (counters, samples, flow arrows, objects): read over on purpose, and no loss.
  package var ignoredEvents: UInt64 = 0
  /// Lines that say that a span was entered or left, as Rust's tracing writes them: read, and no record of their own.
  package var activityLines: UInt64 = 0
  /// Open spans of formats without ids that were forgotten, because too many were open: what came of them later counts as another span.
  package var givenUpSpans: UInt64 = 0

  package init() {}

  /// `nonisolated(unsafe)`: key paths of stored properties hold nothing that changes.
  nonisolated(unsafe) private static let all: [(name: String, path: WritableKeyPath<IngestStatistics, UInt64>)] = [
    ("bytes", \.bytes), ("lines", \.lines), ("records", \.records), ("otherLines", \.otherLines), ("malformedLines", \.malformedLines),
    ("tornLines", \.tornLines), ("recoveredRecords", \.recoveredRecords), ("unrecognisedLines", \.unrecognisedLines),
    ("corruptLines", \.corruptLines), ("invalidRecords", \.invalidRecords), ("oversizeLines", \.oversizeLines),
    ("oversizeBytes", \.oversizeBytes), ("repairedLines", \.repairedLines), ("unusableFields", \.unusableFields),
    ("metricLines", \.metricLines), ("ignoredEvents", \.ignoredEvents), ("activityLines", \.activityLines),
    ("givenUpSpans", \.givenUpSpans),
  ]

  /// What was a record and is gone.
  package var lost: UInt64 { malformedLines + tornLines + corruptLines + invalidRecords + oversizeLines }

  /// The source held something, and no record.
  package var holdsNoRecord: Bool { records == 0 && activityLines == 0 && metricLines == 0 && bytes > 0 }

  package mutating func add(_ other: IngestStatistics) {
    for counter in IngestStatistics.all { self[keyPath: counter.path] += other[keyPath: counter.path] }
  }

  /// Every counter with its name as answers show it.
  package var counters: [(name: String, value: UInt64)] {
    IngestStatistics.all.map { ($0.name, self[keyPath: $0.path]) }
  }
}

/// One line that was not taken: where and why.
package struct IngestProblem: Sendable, Equatable, CustomStringConvertible {
  /// So many of a source are kept, the latest ones.
  package static let most = 8

  /// Counted from 1, as editors do.
  package var line: UInt64
  /// Of the first byte of the line or the element, from the start of the source.
  package var byteOffset: UInt64
  package var reason: String
  /// Of an element of a list, from 0; the byte is its first one then.
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
