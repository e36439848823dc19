// Recognises the members of a JSON log line, whichever logger wrote it.

struct JSONLogLine {
  private(set) var time, level, message, traceID, spanID, logger, service, host: ValueNode?
  private var isForeign = false
  /// Serilog omits the level if it is the default.
  private var isSerilog = false
  private var isGELF = false

  init(_ root: ValueNode) {
    root.forEachMember { key, value in
      // The first letter selects most names; a switch over texts would compare them one by one.
      switch key {
      case "time", "timestamp", "ts", "@timestamp", "@t", "Timestamp", "asctime", "datetime", "timeMillis", "instant": set(&time, value)
      case "level", "log.level", "severity", "@l", "Level", "levelname", "LogLevel", "lvl": set(&level, value)
      case "msg", "message", "@m", "Message", "RenderedMessage", "short_message", "event": set(&message, value)
      case "@mt", "MessageTemplate": set(&message, value)
      case "logger", "logger_name", "loggerName", "log.logger", "Category", "SourceContext": set(&logger, value)
      case "service.name", "service", "otelServiceName": if value.text != nil { set(&service, value) }
      case "hostname", "host.name": set(&host, value)
      case "trace_id", "traceId", "traceID", "TraceId", "trace.id", "@tr", "otelTraceID", "dd.trace_id", "logging.googleapis.com/trace":
        set(&traceID, value)
      case "span_id", "spanId", "spanID", "SpanId", "span.id", "@sp", "otelSpanID", "dd.span_id", "logging.googleapis.com/spanId":
        set(&spanID, value)
      // ECS in nested form, the loggers' names for a thread's context, and Datadog's.
      case "trace": set(&traceID, value.member("id"))
      case "span": set(&spanID, value.member("id"))
      case "log":
        set(&level, value.member("level"))
        set(&logger, value.member("logger"))
      case "mdc", "contextMap", "context", "properties", "Properties", "dd", "extra": readContext(value)
      // Native records, and spans written as log lines.
      case "log_type", "startTime", "start_time", "start_time_unix_nano", "operationName", "binaryAnnotations", "localEndpoint", "hrTime":
        isForeign = true
      case "type": if let text = value.text, JSONLogLine.nativeTypes.contains(where: { text.equals($0) }) { isForeign = true }
      default: break
      }
      if key.equals("@t") { isSerilog = true }
      if key.equals("short_message") { isGELF = true }
    }
  }

  private static let nativeTypes: [StaticString] = ["span", "span_start", "span_end", "log"]

  private func set(_ member: inout ValueNode?, _ value: ValueNode?) { if member == nil, let value, !value.isNull { member = value } }

  private mutating func readContext(_ context: ValueNode) {
    for name in ["trace_id", "traceId", "TraceId"] as [StaticString] { set(&traceID, context.member(name)) }
    for name in ["span_id", "spanId", "SpanId"] as [StaticString] { set(&spanID, context.member(name)) }
  }

  /// Whether it is a log with a trace id, judging by the names of its members.
  var isLog: Bool { !isForeign && traceID?.text != nil && message != nil && time != nil && (level != nil || isSerilog) }

  /// Whether a member of the line became a part of the record.
  func isTaken(_ value: ValueNode) -> Bool {
    for member in [time, level, message, traceID, spanID, logger, service, host] where member == value { return true }
    return false
  }

  /// Nil if the level is an unknown word or number.
  var severity: SeverityLevel? {
    guard let level else { return .info }
    if let text = level.text { return SeverityLevel(word: String(decoding: text, as: UTF8.self)) }
    guard let number = level.integer else { return nil }
    // The tens of Pino and Bunyan; for GELF the numbers of syslog.
    switch number {
    case 0...3 where isGELF: return .error
    case 4 where isGELF: return .warn
    case 5...6 where isGELF: return .info
    case 7 where isGELF: return .debug
    case 10: return .trace
    case 20: return .debug
    case 30: return .info
    case 40: return .warn
    case 50, 60: return .error
    default: return nil
    }
  }

  /// RFC 3339, or a number since 1970 whose magnitude shows its unit; for log4j an object of seconds and nanoseconds.
  static func instant(_ node: ValueNode) -> Int64? {
    if let text = node.text, let time = Timestamp.parse(text) { return time }
    if let seconds = node.member("epochSecond")?.nanosOfSeconds, let nanos = node.member("nanoOfSecond")?.nanosOfNanos {
      return Timestamp.clamped(seconds.addingReportingOverflow(nanos).partialValue)
    }
    if node.text != nil, node.nanosOfNanos == nil { return nil }
    for shift in [9, 6, 3, 0] {
      // Seconds of today have ten digits, milliseconds thirteen: only one of the units gives a year from 1973 to 2116.
      if let nanos = node.nanos(shift: shift), nanos >= 100_000_000_000_000_000, nanos == Timestamp.clamped(nanos) { return nanos }
    }
    return nil
  }

  /// Google writes the path of a trace instead of its id.
  static func identifier(_ text: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    let last = text.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return OTLPIdentifier.normalised(UnsafeRawBufferPointer(rebasing: text[last...]), size: size)
  }
}
