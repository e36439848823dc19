// The output of `ConsoleSpanExporter` and `ConsoleLogRecordExporter` of OpenTelemetry's SDK for Python, one value per line or over many
// lines.

import JSON

/// `{"name", "context": {"trace_id": "0x…", "span_id"}, "kind": "SpanKind.CLIENT", "parent_id", "start_time", "end_time", "status":
/// {"status_code", "description"}, "attributes": {…}, "events": […], "links": […], "resource": {"attributes": {…}}}`. A log has a `body`
/// and a `severity_number`. Metrics (`resource_metrics`) are only counted.
struct PythonConsoleFormat: TraceFormat {
  static let name: StaticString = "python-console"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    var outcome = LineOutcome(repairs)
    let builder = ConsoleRecordBuilder(plain: PlainAttributes(repairs: repairs), dialect: .python)
    if PythonConsoleFormat.isSpan(root), let context = root.member("context") {
      let status = root.member("status")
      let span = ConsoleSpan(
        traceID: context.member("trace_id"), spanID: context.member("span_id"), parentID: root.member("parent_id"),
        name: root.member("name"), kind: SpanKind(reported: root.member("kind")),
        status: SpanStatus(reported: status?.member("status_code")),
        statusMessage: status?.member("description"),
        start: root.member("start_time"), end: root.member("end_time"), attributes: root.member("attributes"),
        events: root.member("events"), links: root.member("links"), resource: root.member("resource")?.member("attributes"))
      try builder.add(span, to: &batch, &outcome)
    } else if root.member("severity_number") != nil, root.member("body") != nil, root.member("observed_timestamp") != nil {
      try builder.addLog(root, to: &batch)
    } else if root.member("resource_metrics") != nil {
      outcome.isMetrics = true
    } else {
      return nil
    }
    return outcome
  }

  /// Ids with `0x`, or a status in this form: other tools store spans with the same member names, but another form of status.
  private static func isSpan(_ root: ValueNode) -> Bool {
    guard let id = root.member("context")?.member("trace_id"), root.member("start_time") != nil, root.member("status_code") == nil,
      root.member("span_kind") == nil
    else { return false }
    return id.text?.starts(with: "0x") ?? true || root.member("status")?.member("status_code") != nil || root.member("kind") != nil
  }
}

extension ConsoleRecordBuilder {
  /// A log record: it belongs to its span if it names one, otherwise it is a module log.
  func addLog(_ root: ValueNode, to batch: inout RecordBatch) throws(RecordError) {
    let timestamp = root.member("timestamp").flatMap { $0.isNull ? nil : $0 } ?? root.member("observed_timestamp")
    let time = try instant(timestamp, "timestamp", kind: "OpenTelemetry log")
    let ids = (identifier(root.member("trace_id"), size: 16, &batch), identifier(root.member("span_id"), size: 8, &batch))
    var record = Record(ids.0 != nil && ids.1 != nil ? .log : .moduleLog, format: .openTelemetry)
    record.traceID = ids.0 ?? .empty
    record.spanID = ids.1 ?? .empty
    addOrigin(root.member("resource")?.member("attributes"), to: &record, &batch)
    record.timeNanos = time
    // Either a number or a name such as `SeverityNumber.WARN`.
    let number = root.member("severity_number")
    record.level =
      number?.text.flatMap { $0.starts(with: "SeverityNumber.") ? SeverityLevel(UnsafeRawBufferPointer(rebasing: $0[15...])) : nil }
      ?? OTLPValues.severity(number, root.member("severity_text"))
    record.attributeStart = UInt32(batch.attributes.count)
    var text = EventText(name: "")
    addAttributes(root.member("attributes"), telling: &text, to: &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    if let body = root.member("body"), !body.isNull {
      record.message =
        body.text == nil ? body.withCompactText(undoing: plain.repairs) { batch.add(text: $0) } : plain.text(body, &batch)
    }
    if record.message.isEmpty { record.message = batch.add(text: text.exception) }
    batch.add(record)
  }
}
