// Converts spans as printed by OpenTelemetry's console exporters, or stored as plain JSON by other tools, to records. They contain the same
// data in different forms.

import JSON

/// The members of one printed span.
struct ConsoleSpan {
  var traceID, spanID, parentID, name: ValueNode?
  /// Nil if the kind has an unknown value.
  var kind: SpanKind? = .unspecified
  var status: SpanStatus? = .unset
  var statusMessage, start, end, attributes, events, links, resource: ValueNode?
  var scope: ValueNode?
  /// Used if the span has a duration instead of an end.
  var duration: Int64?
  /// An attribute that is stored outside of the attributes.
  var addition: (key: StaticString, value: ValueNode?)?
}

struct ConsoleRecordBuilder {
  let plain: PlainAttributes
  let dialect: ConsoleDialect

  func add(_ span: ConsoleSpan, to batch: inout RecordBatch, _ outcome: inout LineOutcome) throws(RecordError) {
    guard let traceID = identifier(span.traceID, size: 16, &batch) else { throw missing("trace id", span.traceID) }
    guard let spanID = identifier(span.spanID, size: 8, &batch) else { throw missing("span id", span.spanID) }
    var record = Record(.span, format: .openTelemetry)
    record.traceID = traceID
    record.spanID = spanID
    if let parent = identifier(span.parentID, size: 8, &batch) {
      record.parent = .span
      record.parentID = parent
    } else {
      record.parent = .root
    }
    record.name = plain.name(span.name, &batch)
    record.target = plain.text(span.scope, &batch)
    record.spanKind = span.kind ?? .unspecified
    record.status = span.status ?? .unset
    record.message = plain.text(span.statusMessage, &batch)
    record.startNanos = try instant(span.start, "start", kind: "OpenTelemetry span")
    if let end = dialect.instant(span.end)
      ?? span.duration.map({ Timestamp.clamped(record.startNanos.addingReportingOverflow($0).partialValue) })
    {
      record.timeNanos = end
      record.durationNanos = end - record.startNanos
      if end < record.startNanos { outcome.noteNegativeDuration(&record) }
    } else {
      // The span was printed before its end.
      record.kind = .spanStart
      record.timeNanos = record.startNanos
    }
    noteUnread(span, &record, &outcome)
    addOrigin(span.resource, to: &record, &batch)
    record.attributeStart = UInt32(batch.attributes.count)
    addAttributes(span.attributes, to: &batch)
    if let (key, value) = span.addition, let value { plain.add(key.bytes, value, to: &batch) }
    addLinks(span.links, to: &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    batch.add(record)
    span.events?.forEachElement { addEvent($0, of: record, to: &batch) }
  }

  /// Notes values of the span that could not be read.
  private func noteUnread(_ span: ConsoleSpan, _ record: inout Record, _ outcome: inout LineOutcome) {
    let hasEnd = span.end.map { $0.isNull || record.kind == .span } ?? true
    let hasEvents = span.events.map { $0.isArray || $0.isNull } ?? true
    guard
      span.kind == nil || span.status == nil || !dialect.areAttributes(span.attributes) || !hasEnd || !hasEvents
        || DecimalTime.isLikelyCoarser(record.startNanos)
    else { return }
    outcome.noteUnread(&record)
  }

  /// Adds the service, and which of its processes it was.
  func addOrigin(_ resource: ValueNode?, to record: inout Record, _ batch: inout RecordBatch) {
    var (service, instance, host, pid): (ValueNode?, ValueNode?, ValueNode?, Int64?)
    dialect.forEachAttribute(resource) { key, value in
      switch key {
      case "service.name": service = value
      case "service.instance.id": instance = value
      case "host.id": host = value
      case "host.name": host = host ?? value
      case "process.pid": pid = value.integer
      default: break
      }
    }
    record.service = plain.text(service, &batch)
    record.host = plain.text(host, &batch)
    record.run = plain.text(instance, &batch)
    if record.run.isEmpty, let pid { record.run = batch.add(text: "pid \(pid)") }
  }

  func addAttributes(_ attributes: ValueNode?, to batch: inout RecordBatch) {
    dialect.forEachAttribute(attributes) { key, value in
      // MLflow stores each value as JSON in a text.
      if dialect == .mlflow, let text = value.text { addEncoded(key, text, to: &batch) } else { plain.add(key, value, to: &batch) }
    }
  }

  /// Adds an attribute whose value is JSON in a text.
  private func addEncoded(_ key: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer, to batch: inout RecordBatch) {
    do {
      add(key, try JanssonTree(parsing: text), to: &batch)
    } catch {
      batch.add(Attribute(key: batch.add(text: key), value: .string(batch.add(text: text))))
    }
  }

  private func add(_ key: UnsafeRawBufferPointer, _ tree: borrowing JanssonTree, to batch: inout RecordBatch) {
    PlainAttributes(repairs: tree.repairs).add(key, ValueNode(tree.root), to: &batch)
  }

  /// The same for an event, whose attributes may contain its message.
  func addAttributes(_ attributes: ValueNode?, telling text: inout EventText, to batch: inout RecordBatch) {
    dialect.forEachAttribute(attributes) { key, value in
      plain.add(key, value, to: &batch)
      if let told = value.text {
        text.take(key, String(decoding: told, as: UTF8.self))
      } else if value.kind == .isTrue {
        text.take(key, "true")
      }
    }
  }

  private func addEvent(_ event: ValueNode, of span: Record, to batch: inout RecordBatch) {
    guard event.isObject else { return }
    var record = Record(.log, format: .openTelemetry)
    record.traceID = span.traceID
    record.spanID = span.spanID
    record.run = span.run
    record.timeNanos = dialect.instant(event.member(dialect.time)) ?? Record.unknown
    record.attributeStart = UInt32(batch.attributes.count)
    let name = event.member(dialect.name)?.text
    var text = EventText(name: name.map { String(decoding: $0, as: UTF8.self) } ?? "")
    addAttributes(event.member(dialect.attributes), telling: &text, to: &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.message = batch.add(text: text.message)
    record.level = text.level(isSpanFailed: span.status == .error)
    batch.add(record)
  }

  private func addLinks(_ links: ValueNode?, to batch: inout RecordBatch) {
    guard let links, links.isArray, links.count > 0 else { return }
    var text = CompactText()
    var isFirst = true
    links.forEachElement { link in
      text.append(isFirst ? "[{" : ",{")
      isFirst = false
      var hasMembers = false
      let context = link.member(dialect.linkContext) ?? link
      for (name, id, size) in [("trace_id" as StaticString, dialect.traceID, 16), ("span_id", dialect.spanID, 8)] {
        guard let told = context.member(id)?.text, let id = OTLPIdentifier.normalised(told, size: size) else { continue }
        text.append(name: name, isFirst: !hasMembers)
        id.withUnsafeBytes { text.append(string: $0) }
        hasMembers = true
      }
      addLinkAttributes(link.member(dialect.attributes), isFirst: !hasMembers, to: &text)
      text.append("}")
    }
    text.append("]")
    batch.add(attribute: "otel.links", .json(text.bytes.withUnsafeBytes { batch.add(text: $0) }))
  }

  /// If a key occurs twice, the last value is used.
  private func addLinkAttributes(_ attributes: ValueNode?, isFirst: Bool, to text: inout CompactText) {
    var told: [(key: UnsafeRawBufferPointer, value: ValueNode)] = []
    dialect.forEachAttribute(attributes) { key, value in
      if let twin = told.firstIndex(where: { $0.key.elementsEqual(key) }) { told[twin].value = value } else { told.append((key, value)) }
    }
    guard !told.isEmpty else { return }
    text.append(name: "attributes", isFirst: isFirst)
    for (index, attribute) in told.enumerated() {
      text.append(index == 0 ? "{" : ",")
      text.append(string: attribute.key)
      text.append(":")
      text.append(attribute.value, undoing: plain.repairs)
    }
    text.append("}")
  }

  // MARK: Scalars

  func identifier(_ node: ValueNode?, size: Int, _ batch: inout RecordBatch) -> TextRange? {
    guard let text = node?.text, let id = OTLPIdentifier.normalised(text, size: size) else { return nil }
    return id.withUnsafeBytes { batch.add(text: $0) }
  }

  func instant(_ node: ValueNode?, _ field: String, kind: String) throws(RecordError) -> Int64 {
    guard let node, !node.isNull else { throw .missing(field: field, kind: kind) }
    guard let time = dialect.instant(node) else { throw .invalid(field: field, kind: kind, found: shown(node)) }
    return time
  }

  private func missing(_ field: String, _ node: ValueNode?) -> RecordError {
    guard let node, !node.isNull else { return .missing(field: field, kind: "OpenTelemetry span") }
    return .invalid(field: field, kind: "OpenTelemetry span", found: shown(node))
  }

  private func shown(_ node: ValueNode) -> String {
    node.withCompactText(undoing: plain.repairs) { String(decoding: $0.prefix(60), as: UTF8.self) }
  }
}
