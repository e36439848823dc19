// Spans of OpenTelemetry's SDK for JavaScript as JSON: from `ConsoleSpanExporter` of SDK 1 and 2, and from the file exporters of coding
// agents (Copilot CLI, VS Code's Copilot, Gemini CLI).

import JSON

/// Two forms of the same data: the exporter's object (`id`, `timestamp` and `duration` in microseconds), and the SDK's own span (`spanId`,
/// or `_spanContext`, and `startTime` as `[seconds, nanoseconds]`). In both, kinds are numbered from 0.
struct JavaScriptFormat: TraceFormat {
  static let name: StaticString = "javascript"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject else { return nil }
    var outcome = LineOutcome(repairs)
    let builder = ConsoleRecordBuilder(plain: PlainAttributes(repairs: repairs), dialect: .javaScript)
    if JavaScriptSpan.isExported(root) {
      try builder.add(JavaScriptSpan.exported(root), to: &batch, &outcome)
    } else if JavaScriptSpan.isOwn(root) {
      try builder.add(JavaScriptSpan.own(root), to: &batch, &outcome)
    } else if JavaScriptSpan.isLog(root) {
      try builder.addJavaScriptLog(root, to: &batch)
    } else {
      return nil
    }
    return outcome
  }
}

/// The meaning of a value's members.
enum JavaScriptSpan {
  /// `{"resource": {"attributes"}, "instrumentationScope", "traceId", "parentId" or "parentSpanContext", "name", "id", "kind": 1, "timestamp", "duration",
  /// "attributes": {…}, "status": {"code"}, "events", "links"}`
  static func isExported(_ node: ValueNode) -> Bool {
    node.member("traceId")?.text != nil && node.member("id")?.text != nil && node.member("timestamp") != nil
      && node.member("kind")?.integer != nil && node.member("status")?.isObject ?? false && node.member("attributes") != nil
  }

  static func exported(_ node: ValueNode) -> ConsoleSpan {
    var span = shared(node)
    span.traceID = node.member("traceId")
    span.spanID = node.member("id")
    span.parentID = node.member("parentSpanContext")?.member("spanId") ?? node.member("parentId") ?? node.member("parentSpanId")
    span.start = node.member("timestamp")
    let duration = node.member("duration")
    span.duration = duration?.nanosOfMicros
    // An invalid duration is reported as an invalid end.
    if span.duration == nil { span.end = duration }
    return span
  }

  /// `{"traceId", "spanId", "parentSpanId" or "parentSpanContext", "startTime": [s, ns], "endTime": [s, ns], …}`, or with the ids in `_spanContext`.
  static func isOwn(_ node: ValueNode) -> Bool {
    guard let start = node.member("startTime"), ConsoleDialect.highResolutionTime(start) != nil, node.member("name") != nil else {
      return false
    }
    let context = context(node)
    return context.member("traceId")?.text != nil && context.member("spanId")?.text != nil
  }

  static func own(_ node: ValueNode) -> ConsoleSpan {
    var span = shared(node)
    span.traceID = context(node).member("traceId")
    span.spanID = context(node).member("spanId")
    span.parentID = (node.member("parentSpanContext") ?? node.member("_parentSpanContext"))?.member("spanId") ?? node.member("parentSpanId")
    span.start = node.member("startTime")
    // The end of a span that has not ended is `[0, 0]`.
    let hasEnded = (node.member("ended") ?? node.member("_ended"))?.kind != .isFalse
    span.end = hasEnded ? node.member("endTime") : nil
    return span
  }

  private static func shared(_ node: ValueNode) -> ConsoleSpan {
    let status = node.member("status")
    let scope = node.member("instrumentationScope") ?? node.member("instrumentationLibrary")
    return ConsoleSpan(
      name: node.member("name"), kind: SpanKind(reported: node.member("kind"), first: 0),
      status: SpanStatus(reported: status?.member("code")),
      statusMessage: status?.member("message"), attributes: node.member("attributes"), events: node.member("events"),
      links: node.member("links"), resource: resource(node), scope: scope?.member("name"))
  }

  /// A log record as JSON: `{"hrTime": [s, ns], "spanContext", "attributes", "_body" or "body", …}`
  static func isLog(_ node: ValueNode) -> Bool {
    guard let time = node.member("hrTime"), ConsoleDialect.highResolutionTime(time) != nil else { return false }
    return node.member("_body") != nil || node.member("body") != nil || node.member("attributes")?.isObject ?? false
  }

  static func context(_ node: ValueNode) -> ValueNode { node.member("_spanContext") ?? node.member("spanContext") ?? node }

  /// The attributes of a resource: a plain object, or the SDK's private members.
  static func resource(_ node: ValueNode) -> ValueNode? {
    guard let resource = node.member("resource") else { return nil }
    for name in ["attributes", "_memoizedAttributes", "_attributes", "_rawAttributes"] as [StaticString] {
      if let attributes = resource.member(name), attributes.isObject || attributes.isArray { return attributes }
    }
    return nil
  }
}

extension ConsoleRecordBuilder {
  /// It belongs to its span if it names one, otherwise it is a module log.
  func addJavaScriptLog(_ root: ValueNode, to batch: inout RecordBatch) throws(RecordError) {
    let context = JavaScriptSpan.context(root)
    let ids = (identifier(context.member("traceId"), size: 16, &batch), identifier(context.member("spanId"), size: 8, &batch))
    var record = Record(ids.0 != nil && ids.1 != nil ? .log : .moduleLog, format: .openTelemetry)
    record.traceID = ids.0 ?? .empty
    record.spanID = ids.1 ?? .empty
    addOrigin(JavaScriptSpan.resource(root), to: &record, &batch)
    record.timeNanos = try instant(root.member("hrTime"), "hrTime", kind: "OpenTelemetry log")
    record.level = OTLPValues.severity(
      root.member("severityNumber") ?? root.member("_severityNumber"), root.member("severityText") ?? root.member("_severityText"))
    record.attributeStart = UInt32(batch.attributes.count)
    var text = EventText(name: "")
    addAttributes(root.member("attributes"), telling: &text, to: &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    if let body = root.member("_body") ?? root.member("body"), !body.isNull {
      record.message = body.text == nil ? body.withCompactText(undoing: plain.repairs) { batch.add(text: $0) } : plain.text(body, &batch)
    }
    if record.message.isEmpty { record.message = batch.add(text: text.message) }
    batch.add(record)
  }
}
