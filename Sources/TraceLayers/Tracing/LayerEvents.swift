// What layers get: plain values with everything that records say.

public import Logging
public import Tracing

/// A place in source code.
public struct SourceLocation: Sendable, Hashable {
  /// As `#fileID` has it: module, slash, file.
  public var file: String
  /// As `#function` has it.
  public var function: String
  /// From 1.
  public var line: UInt

  /// A place as `#fileID`, `#function` and `#line` give it.
  public init(file: String, function: String, line: UInt) {
    self.file = file
    self.function = function
    self.line = line
  }
}

/// A span at its start.
public struct SpanStarted: Sendable {
  /// The trace that the span belongs to, a new one at its root.
  public var traceID: TraceID
  /// The span's own id.
  public var spanID: SpanID
  /// Nil at the root of a trace.
  public var parentID: SpanID?
  /// The name that the program gave it at its start.
  public var name: String
  /// What the span does in the traffic between programs; `internal` where it has no part in that.
  public var kind: Tracing.SpanKind
  /// The module that the span is in, unless its context says otherwise.
  public var target: String
  /// What the filter goes by: `info`, unless its context says otherwise.
  public var level: Logger.Level
  /// Where the program started it.
  public var location: SourceLocation
  /// Nanoseconds since 1970-01-01 UTC.
  public var startNanos: Int64
}

/// A span at its end.
public struct SpanEnded: Sendable {
  /// What was reported at its start.
  public var span: SpanStarted
  /// The name at the end: programs may change it on the way.
  public var name: String
  /// All that the span had at its end.
  public var attributes: SpanAttributes
  /// Spans that have to do with this one without being its parent.
  public var links: [SpanLink]
  /// Nil where the program set none, which counts as success.
  public var status: Tracing.SpanStatus?
  /// Nanoseconds since 1970-01-01 UTC.
  public var endNanos: Int64

  /// Never negative: a clock that was set back meanwhile gives zero.
  public var durationNanos: Int64 { max(0, endNanos - span.startNanos) }
}

/// A log line, or an event of a span.
public struct LoggedEvent: Sendable {
  /// An event of a span is `info`, an error added to one is `error`.
  public var level: Logger.Level
  /// The text of the log line, the name of the event, or the description of the error.
  public var message: String
  /// Of a log line.
  public var metadata: Logger.Metadata = [:]
  /// Of a span's event.
  public var attributes: SpanAttributes = [:]
  /// The logger's label; for events, the span's target.
  public var target: String
  /// Where it was logged; nil for events, of which only their span's place is known.
  public var location: SourceLocation?
  /// The nearest recorded span around it.
  public var span: SpanContext?
  /// Meant for people even inside a span: its metadata said `log_type: module`.
  public var isModuleLog = false
  /// Nanoseconds since 1970-01-01 UTC.
  public var timeNanos: Int64

  /// An event or error that was added to a span; no logger said it.
  public var isSpanEvent: Bool { location == nil }
}
