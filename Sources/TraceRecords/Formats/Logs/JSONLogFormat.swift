// Lines of well-known JSON loggers that contain a trace id. They are kept as module logs with their ids, and are never taken for spans.

import JSON

/// A log has a level, a message, an instant and a trace id, under the names of pino, winston, zap, slog, logback, log4j, Serilog, .NET,
/// ECS, structlog, python-json-logger, or of the integrations of Google, Datadog and OpenTelemetry. Lines without a trace id are not
/// accepted.
struct JSONLogFormat: TraceFormat {
  static let name: StaticString = "json-logs"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject else { return nil }
    let line = JSONLogLine(root)
    guard line.isLog, !RustTracingLine(root).isOwn else { return nil }
    var outcome = LineOutcome(repairs)
    let plain = PlainAttributes(repairs: repairs)
    var record = Record(.moduleLog, format: .openTelemetry)
    // Outside of spans, integrations write empty ids or zeros.
    if let trace = line.traceID?.text.flatMap({ JSONLogLine.identifier($0, size: 16) }) {
      record.traceID = trace.withUnsafeBytes { batch.add(text: $0) }
    }
    if let span = line.spanID?.text.flatMap({ JSONLogLine.identifier($0, size: 8) }) {
      record.spanID = span.withUnsafeBytes { batch.add(text: $0) }
    }
    if let level = line.severity { record.level = level } else { outcome.unusableFields += 1 }
    if let time = line.time.flatMap({ JSONLogLine.instant($0) }) { record.timeNanos = time } else { outcome.unusableFields += 1 }
    record.target = plain.text(line.logger, &batch)
    record.service = plain.text(line.service, &batch)
    record.host = plain.text(line.host, &batch)
    if let message = line.message {
      record.message = message.text == nil ? message.withCompactText(undoing: repairs) { batch.add(text: $0) } : plain.text(message, &batch)
    }
    record.attributeStart = UInt32(batch.attributes.count)
    root.forEachMember { key, value in
      if !line.isTaken(value) { plain.add(key, value, to: &batch) }
    }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    batch.add(record)
    return outcome
  }
}
