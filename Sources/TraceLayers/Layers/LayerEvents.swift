// What layers are told: plain values with everything that records say.

public import Logging
public import Tracing

/// A place in source code.
public struct SourceLocation: Sendable, Hashable {
  /// As `#fileID` has it: module, slash, file.
  public var file: String
  public var function: String
  public var line: UInt

  public init(file: String, function: String, line: UInt) {
    self.file = file
    self.function = function
    self.line = line
  }
}

/// A span at its start.
public struct SpanStarted: Sendable {
  public var traceID: TraceID
  public var spanID: SpanID
  /// Nil at the root of a trace.
  public var parentID: SpanID?
  public var name: String
  public var kind: Tracing.SpanKind
  /// The module that the span is in, unless its context says otherwise.
  public var target: String
  public var level: Logger.Level
  public var location: SourceLocation
  /// Nanoseconds since 1970-01-01 UTC.
  public var startNanos: Int64
}

/// A span at its end.
public struct SpanEnded: Sendable {
  public var span: SpanStarted
  /// The name at the end: programs may change it on the way.
  public var name: String
  public var attributes: SpanAttributes
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
  public var level: Logger.Level
  public var message: String
  /// Of a log line.
  public var metadata: Logger.Metadata = [:]
  /// Of a span's event.
  public var attributes: SpanAttributes = [:]
  /// The logger's label; for events, the span's target.
  public var target: String
  public var location: SourceLocation?
  /// The nearest recorded span around it.
  public var span: SpanContext?
  /// Meant for people even inside a span: its metadata said `log_type: module`.
  public var isModuleLog = false
  /// Nanoseconds since 1970-01-01 UTC.
  public var timeNanos: Int64
}
