// The native records (records.md, section 1) that layers write: one JSON object each; `fields` is the last member and never empty.

import Logging
import Tracing

/// What all records of a program have in common: the program and the run.
package struct RecordOrigin: Sendable {
  /// The last members of `fields`, with the closing braces of the record.
  let closing: [UInt8]
  package let service, run: String

  package init(service: String, run: String) {
    // Done before the first record, so that no `fork` happens in the middle of it.
    ThreadLine.prepare()
    self.service = service
    self.run = run
    var text = JSONText()
    text.raw("\"service\":")
    text.string(service)
    text.raw(",\"run\":")
    text.string(run)
    text.raw("}}")
    closing = text.bytes
  }
}

/// One record at a time, in memory that is reused for the next.
package struct RecordLine: ~Copyable {
  private var text = JSONText()
  private var members = MemberTexts()
  private var instants = InstantText()

  /// A copy of the record.
  package var bytes: [UInt8] { text.bytes }

  /// Passes the record to the body.
  borrowing func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) { text.withBytes(body) }

  mutating func spanStarted(_ span: SpanStarted, origin: RecordOrigin) {
    begin(span.startNanos, span.level, target: span.target, logType: "trace", message: "")
    text.raw("\"event_type\":\"span_start\",")
    identity(span, name: span.name)
    if span.kind != .internal {
      text.raw("\"kind\":\"")
      text.raw(span.kind.recordName)
      text.raw("\",")
    }
    location(span.location)
    text.raw(origin.closing)
  }

  package mutating func spanEnded(_ end: SpanEnded, origin: RecordOrigin) {
    begin(end.endNanos, end.span.level, target: end.span.target, logType: "trace", message: "")
    text.raw("\"event_type\":\"span_end\",")
    identity(end.span, name: end.name)
    text.raw("\"duration_ms\":")
    text.millis(end.durationNanos)
    text.raw(",")
    if !end.attributes.isEmpty { attributes(end.attributes) }
    links(end.links)
    if let status = end.status {
      text.raw(status.code == .error ? "\"status\":\"error\"," : "\"status\":\"ok\",")
      if let message = status.message {
        text.raw("\"status_message\":")
        text.string(message)
        text.raw(",")
      }
    }
    text.raw(origin.closing)
  }

  /// Writes a log inside a span, as part of its trace.
  package mutating func spanLog(_ event: LoggedEvent, in span: SpanContext, origin: RecordOrigin) {
    begin(event.timeNanos, event.level, target: event.target, logType: "trace", message: event.message)
    text.raw("\"event_type\":\"log\",\"trace_id\":\"")
    text.hex(span.traceID.high)
    text.hex(span.traceID.low)
    text.raw("\",\"span_id\":\"")
    text.hex(span.spanID.bits)
    text.raw("\",")
    if !event.attributes.isEmpty {
      attributes(event.attributes)
    } else if !event.metadata.isEmpty {
      text.raw("\"attributes\":")
      text.object(event.metadata)
      text.raw(",")
    }
    location(event.location)
    text.raw(origin.closing)
  }

  /// Writes a module log: its metadata are the fields.
  mutating func moduleLog(_ event: LoggedEvent, origin: RecordOrigin) {
    begin(event.timeNanos, event.level, target: event.target, logType: "module", message: event.message)
    for (key, value) in event.metadata.sorted(by: { $0.key < $1.key }) {
      text.name(RecordLine.ownNames.contains(key) ? "metadata." + key : key)
      text.value(value)
      text.raw(",")
    }
    if let span = event.span {
      text.raw("\"span\":{\"span_id\":\"")
      text.hex(span.spanID.bits)
      text.raw("\",\"span_name\":")
      text.string(span.span?.operationName ?? "")
      text.raw(",\"trace_id\":\"")
      text.hex(span.traceID.high)
      text.hex(span.traceID.low)
      text.raw("\"},")
    }
    location(event.location)
    text.raw(origin.closing)
  }

  /// Members of `fields` that have a meaning for readers: a program's metadata must not replace them.
  private static let ownNames: Set<String> = [
    "file", "line", "function", "service", "run", "span", "producer", "seq", "log_type", "log.type",
  ]

  // MARK: Parts

  private mutating func begin(_ nanos: Int64, _ level: Logger.Level, target: String, logType: StaticString, message: String) {
    text.removeAll()
    text.raw("{\"timestamp\":")
    instants.write(nanos, to: &text)
    text.raw(",\"level\":\"")
    text.raw(level.recordName)
    text.raw("\",\"target\":")
    text.string(target)
    text.raw(",\"log_type\":\"")
    text.raw(logType)
    text.raw("\",\"message\":")
    text.string(message)
    text.raw(",\"fields\":{")
  }

  private mutating func identity(_ span: SpanStarted, name: String) {
    text.raw("\"trace_id\":\"")
    text.hex(span.traceID.high)
    text.hex(span.traceID.low)
    text.raw("\",\"span_id\":\"")
    text.hex(span.spanID.bits)
    if let parent = span.parentID {
      text.raw("\",\"parent_id\":\"")
      text.hex(parent.bits)
      text.raw("\",\"span_name\":")
    } else {
      text.raw("\",\"parent_id\":null,\"span_name\":")
    }
    text.string(name)
    text.raw(",")
  }

  private mutating func attributes(_ attributes: SpanAttributes) {
    text.raw("\"attributes\":")
    if !members.write(attributes, to: &text) { text.object(attributes) }
    text.raw(",")
  }

  private mutating func location(_ location: SourceLocation?) {
    guard let location else { return }
    text.raw("\"file\":")
    text.string(location.file)
    text.raw(",\"line\":")
    text.digits(UInt64(location.line))
    text.raw(",\"function\":")
    text.string(location.function)
    text.raw(",")
  }

  /// Links to contexts without a span are left out.
  private mutating func links(_ links: [SpanLink]) {
    let told = links.compactMap { link in link.context.spanContext.map { (context: $0, attributes: link.attributes) } }
    guard !told.isEmpty else { return }
    text.raw("\"links\":")
    text.array(told) { text, link in
      text.raw("{\"trace_id\":\"")
      text.hex(link.context.traceID.high)
      text.hex(link.context.traceID.low)
      text.raw("\",\"span_id\":\"")
      text.hex(link.context.spanID.bits)
      text.raw("\"")
      if !link.attributes.isEmpty {
        text.raw(",\"attributes\":")
        text.object(link.attributes)
      }
      text.raw("}")
    }
    text.raw(",")
  }
}

extension Logger.Level {
  /// The five levels of records: notice becomes info, critical becomes error.
  var recordName: StaticString {
    switch self {
    case .trace: "TRACE"
    case .debug: "DEBUG"
    case .info, .notice: "INFO"
    case .warning: "WARN"
    case .error, .critical: "ERROR"
    }
  }
}

extension Tracing.SpanKind {
  var recordName: StaticString {
    switch self {
    case .server: "server"
    case .client: "client"
    case .producer: "producer"
    case .consumer: "consumer"
    case .internal: "internal"
    }
  }
}
