// One record of the pipe in any format: the row that decoders fill and the store reads.

/// The kind of a record.
package enum RecordKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case spanStart, spanEnd
  /// A complete span in one record.
  case span
  /// A log line inside a span.
  case log
  /// A log that belongs to no span.
  case moduleLog
  /// A producer connected.
  case session
  /// A producer reports which of its records were lost.
  case gap
  /// What is known of the process of a run: `message` is its working directory. Not a record of the program's, so it is counted nowhere.
  case process

  /// The kind's name in native records.
  var recordName: String {
    switch self {
    case .spanStart: "span_start"
    case .spanEnd: "span_end"
    case .span: "span"
    case .log: "log"
    case .moduleLog: "module log"
    case .session: "session marker"
    case .gap: "gap"
    case .process: "process"
    }
  }
}

package enum SpanStatus: UInt8, Sendable, BitwiseCopyable {
  case unset, ok, error

  /// The words of OpenTelemetry's libraries, in any case; unset for other words.
  init(named text: UnsafeRawBufferPointer) {
    switch String(decoding: text.prefix(16), as: UTF8.self).lowercased() {
    case "error": self = .error
    case "ok": self = .ok
    default: self = .unset
    }
  }
}

/// OpenTelemetry's SpanKind.
package enum SpanKind: UInt8, Sendable, BitwiseCopyable {
  case unspecified, `internal`, server, client, producer, consumer

  /// `server`, in any case.
  init(named name: UnsafeRawBufferPointer) {
    switch String(decoding: name.prefix(16), as: UTF8.self).lowercased() {
    case "internal": self = .internal
    case "server": self = .server
    case "client": self = .client
    case "producer": self = .producer
    case "consumer": self = .consumer
    default: self = .unspecified
    }
  }

  package var name: String {
    switch self {
    case .unspecified: "unspecified"
    case .internal: "internal"
    case .server: "server"
    case .client: "client"
    case .producer: "producer"
    case .consumer: "consumer"
    }
  }
}

/// The rules for a record's format: how ids behave, and what a second definition means.
package enum RecordFormat: UInt8, Sendable, BitwiseCopyable {
  /// The original's start, end and log lines. Ids are reused, so the start of a root begins a new generation of its trace.
  case native
  /// The original's later format with one line per span. It uses the same ids, but children are reported before their root.
  case nativeSpanLine
  /// Random ids that are never reused; the first definition of a span wins.
  case openTelemetry

  package var recyclesIDs: Bool { self != .openTelemetry }
}

/// The parent, as far as the record gives it.
package enum ParentReference: UInt8, Sendable, BitwiseCopyable {
  /// The record says nothing about a parent.
  case unstated
  /// The record says that there is no parent.
  case root
  /// `parentID` names it.
  case span
}

/// Problems of a span that a decoder found and repaired. An export writes them, because the repaired times no longer show them.
package struct SpanDiagnostics: OptionSet, Sendable, BitwiseCopyable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let duplicate = SpanDiagnostics(rawValue: 1 << 0)
  package static let duplicateEnd = SpanDiagnostics(rawValue: 1 << 1)
  package static let negativeDuration = SpanDiagnostics(rawValue: 1 << 2)
  package static let durationMismatch = SpanDiagnostics(rawValue: 1 << 3)
  package static let selfParent = SpanDiagnostics(rawValue: 1 << 4)
  /// Its records have no ids, and some of them also matched another span.
  package static let approximate = SpanDiagnostics(rawValue: 1 << 5)
  /// No record gives its start or end: it lasts from the first to the last known event, until a record gives more.
  package static let logsOnly = SpanDiagnostics(rawValue: 1 << 6)
  /// Its status, kind, a time, a duration or its attributes had a form that was not understood.
  package static let unreadField = SpanDiagnostics(rawValue: 1 << 7)

  /// All diagnostics with their names in answers and exports.
  package static let names: [(diagnostic: SpanDiagnostics, name: StaticString)] = [
    (.duplicate, "duplicateSpan"), (.duplicateEnd, "duplicateEnd"), (.negativeDuration, "negativeDuration"),
    (.durationMismatch, "durationMismatch"), (.selfParent, "selfParent"), (.approximate, "approximate"), (.logsOnly, "logsOnly"),
    (.unreadField, "unreadField"),
  ]
}

/// One record. Instants are nanoseconds since 1970-01-01 UTC; nil-able numbers use `Record.unknown`.
public struct Record: Sendable, BitwiseCopyable, Equatable {
  @inlinable public static var unknown: Int64 { Int64.min }

  package var kind: RecordKind
  package var format: RecordFormat
  package var level: SeverityLevel = .info
  package var status: SpanStatus = .unset
  package var spanKind: SpanKind = .unspecified
  package var parent: ParentReference = .unstated
  /// A link that the parent does not wait for (OpenTracing's FOLLOWS_FROM).
  package var followsFrom = false
  /// Problems that the exporter of the span had found; the store finds the others itself.
  package var diagnostics: SpanDiagnostics = []
  /// The source delivered only a part of the trace.
  package var isPartial = false

  /// When the record was written; for a complete span, its end.
  package var timeNanos: Int64 = Record.unknown
  package var startNanos: Int64 = Record.unknown
  package var durationNanos: Int64 = Record.unknown

  package var traceID = TextRange.empty
  package var spanID = TextRange.empty
  package var parentID = TextRange.empty
  package var name = TextRange.empty
  package var target = TextRange.empty
  package var service = TextRange.empty
  /// The host whose clock the record's times come from, if it is given.
  package var host = TextRange.empty
  /// A log's text; for spans, the status message; for a gap, its reason.
  package var message = TextRange.empty
  /// The run (one execution of a program); for a session marker without one, its session id.
  package var run = TextRange.empty
  package var session = TextRange.empty
  package var producer = TextRange.empty
  /// Counted from 1 without gaps, per producer; 0 if the producer does not number its records.
  package var sequence: UInt64 = 0

  /// The range in the batch's attributes.
  package var attributeStart: UInt32 = 0
  package var attributeCount: UInt32 = 0

  /// For a gap: the first and last lost sequence number, and how many were lost between them. For a session marker: what the producer's
  /// previous reader may not have read; 0 if it does not say.
  package var gapFirst: UInt64 = 0
  package var gapLast: UInt64 = 0
  package var gapCount: UInt64 = 0

  package init(_ kind: RecordKind, format: RecordFormat) {
    self.kind = kind
    self.format = format
  }
}
