// The values passed to layers: plain values with everything that records contain.

public import Logging
public import Tracing

/// A source location.
public struct SourceLocation: Sendable, Hashable {
  /// In the form of `#fileID`: module, slash, file.
  public var file: String
  /// In the form of `#function`.
  public var function: String
  /// Counted from 1.
  public var line: UInt

  /// A location from `#fileID`, `#function` and `#line`.
  public init(file: String, function: String, line: UInt) {
    self.file = file
    self.function = function
    self.line = line
  }
}

/// A span at its start.
public struct SpanStarted: Sendable {
  /// The trace of the span; a root span has a new one.
  public var traceID: TraceID
  /// The span's own id.
  public var spanID: SpanID
  /// Nil at the root of a trace.
  public var parentID: SpanID?
  /// The name at the start.
  public var name: String
  /// The role of the span in communication between programs; `internal` if it has none.
  public var kind: Tracing.SpanKind
  /// The module that contains the span, unless its context sets another target.
  public var target: String
  /// The level for the filter: `info`, unless its context sets another level.
  public var level: Logger.Level
  /// Where the program started the span.
  public var location: SourceLocation
  /// Nanoseconds since 1970-01-01 UTC.
  public var startNanos: Int64
}

/// A span at its end.
public struct SpanEnded: Sendable {
  /// What was reported at its start.
  public var span: SpanStarted
  /// The name at the end: programs may change it.
  public var name: String
  /// The attributes at the end.
  public var attributes: SpanAttributes
  /// Related spans other than the parent.
  public var links: [SpanLink]
  /// Nil if the program set none, which counts as success.
  public var status: Tracing.SpanStatus?
  /// Nanoseconds since 1970-01-01 UTC.
  public var endNanos: Int64

  /// Never negative: zero if the clock was set back meanwhile.
  public var durationNanos: Int64 { max(0, endNanos - span.startNanos) }
}

/// A log line, or an event of a span.
public struct LoggedEvent: Sendable {
  /// The level; `info` for an event of a span, `error` for an error added to a span.
  public var level: Logger.Level
  /// The text of the log line, the name of the event, or the description of the error.
  public var message: String
  /// The metadata of a log line.
  public var metadata: Logger.Metadata = [:]
  /// The attributes of a span's event.
  public var attributes: SpanAttributes = [:]
  /// The logger's label; for events, the span's target.
  public var target: String
  /// Where it was logged; nil for events, for which only the span's location is known.
  public var location: SourceLocation?
  /// The nearest recorded span around it.
  public var span: SpanContext?
  /// A module log even inside a span: its metadata contained `log_type: module`.
  public var isModuleLog = false
  /// Nanoseconds since 1970-01-01 UTC.
  public var timeNanos: Int64

  /// Whether this is an event or error that was added to a span, and not a log.
  public var isSpanEvent: Bool { location == nil }
}
