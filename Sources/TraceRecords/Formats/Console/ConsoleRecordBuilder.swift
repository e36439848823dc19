// From a span as OpenTelemetry's console exporters print it to records. They tell the same in different spellings.

import JSON

/// The members of one printed span.
struct ConsoleSpan {
  var traceID, spanID, parentID, name: ValueNode?
  var kind = SpanKind.unspecified
  var status = SpanStatus.unset
  var statusMessage, start, end, attributes, events, links, resource: ValueNode?
  var scope: ValueNode?
}

/// How one language spells what is inside a span.
enum ConsoleDialect {
  case python, go

  var name: StaticString { self == .python ? "name" : "Name" }
  var time: StaticString { self == .python ? "timestamp" : "Time" }
  var attributes: StaticString { self == .python ? "attributes" : "Attributes" }
  var linkContext: StaticString { self == .python ? "context" : "SpanContext" }
  var traceID: StaticString { self == .python ? "trace_id" : "TraceID" }
  var spanID: StaticString { self == .python ? "span_id" : "SpanID" }

  /// Python prints an object, Go a list of keys with typed values.
  func forEachAttribute(_ node: ValueNode?, _ body: (UnsafeRawBufferPointer, ValueNode) -> Void) {
    guard let node else { return }
    switch self {
    case .python: if node.isObject { node.forEachMember(body) }
    case .go:
      node.forEachElement { entry in
        guard let key = entry.member("Key")?.text, let value = entry.member("Value")?.member("Value") else { return }
        body(key, value)
      }
    }
  }
}

/// An exception as its event tells it.
struct ConsoleException {
  var type = ""
  var text = ""
  var isEscaped = false
  var message: String? { type.isEmpty && text.isEmpty ? nil : OTLPMark.exceptionMessage(type: type, message: text) }
}

struct ConsoleRecordBuilder {
  let plain: PlainAttributes
  let dialect: ConsoleDialect

  func add(_ span: ConsoleSpan, to batch: inout RecordBatch) throws(RecordError) {
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
    record.name = plain.text(span.name, &batch)
    record.target = plain.text(span.scope, &batch)
    record.spanKind = span.kind
    record.status = span.status
    record.message = plain.text(span.statusMessage, &batch)
    record.startNanos = try instant(span.start, "start", kind: "OpenTelemetry span")
    if let end = span.end?.text.flatMap({ Timestamp.parse($0) }) {
      record.timeNanos = end
      record.durationNanos = end - record.startNanos
    } else {
      // Printed before its end.
      record.kind = .spanStart
      record.timeNanos = record.startNanos
    }
    addOrigin(span.resource, to: &record, &batch)
    record.attributeStart = UInt32(batch.attributes.count)
    _ = addAttributes(span.attributes, to: &batch)
    addLinks(span.links, to: &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    batch.add(record)
    span.events?.forEachElement { addEvent($0, of: record, to: &batch) }
  }

  /// The service, and which of its processes it was.
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

  /// Adds every attribute, and tells what they say of an exception.
  func addAttributes(_ attributes: ValueNode?, to batch: inout RecordBatch) -> ConsoleException {
    var exception = ConsoleException()
    dialect.forEachAttribute(attributes) { key, value in
      plain.add(key, value, to: &batch)
      guard let text = value.text else { return }
      switch key {
      case "exception.type": exception.type = String(decoding: text, as: UTF8.self)
      case "exception.message": exception.text = String(decoding: text, as: UTF8.self)
      case "exception.escaped": exception.isEscaped = text.equals("True") || text.equals("true")
      default: break
      }
    }
    return exception
  }

  private func addEvent(_ event: ValueNode, of span: Record, to batch: inout RecordBatch) {
    guard event.isObject else { return }
    var record = Record(.log, format: .openTelemetry)
    record.traceID = span.traceID
    record.spanID = span.spanID
    record.run = span.run
    record.timeNanos = event.member(dialect.time)?.text.flatMap { Timestamp.parse($0) } ?? Record.unknown
    record.attributeStart = UInt32(batch.attributes.count)
    let exception = addAttributes(event.member(dialect.attributes), to: &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    let name = event.member(dialect.name)
    record.message = plain.text(name, &batch)
    if let name = name?.text, name.equals("exception") {
      if let message = exception.message { record.message = batch.add(text: message) }
      // As in OTLP: the reason of a failure only where the span failed, or where it left the span.
      record.level = span.status == .error || exception.isEscaped ? .error : .warn
    }
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
      let context = link.member(dialect.linkContext)
      for (name, id, size) in [("trace_id" as StaticString, dialect.traceID, 16), ("span_id", dialect.spanID, 8)] {
        guard let told = context?.member(id)?.text, let id = OTLPIdentifier.normalised(told, size: size) else { continue }
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

  /// Of a key that is told twice, its last value.
  private func addLinkAttributes(_ attributes: ValueNode?, isFirst: Bool, to text: inout CompactText) {
    var told: [(key: UnsafeRawBufferPointer, value: ValueNode)] = []
    dialect.forEachAttribute(attributes) { key, value in
      if let twin = told.firstIndex(where: { $0.key.elementsEqual(key) }) { told[twin].value = value } else { told.append((key, value)) }
    }
    guard !told.isEmpty else { return }
    text.append(name: "attributes", isFirst: isFirst)
    for (index, attribute) in told.enumerated() {
      text.append(index == 0 ? "{" : ",")
      plain.withName(attribute.key) { text.append(string: $0) }
      text.append(":")
      text.append(attribute.value, undoing: plain.repairs)
    }
    text.append("}")
  }

  // MARK: Scalars

  func identifier(_ node: ValueNode?, size: Int, _ batch: inout RecordBatch) -> TextRange? {
    guard let text = node?.text, let id = OTLPIdentifier.normalised(plain.unmarked(text), size: size) else { return nil }
    return id.withUnsafeBytes { batch.add(text: $0) }
  }

  func instant(_ node: ValueNode?, _ field: String, kind: String) throws(RecordError) -> Int64 {
    guard let node, !node.isNull else { throw .missing(field: field, kind: kind) }
    guard let time = node.text.flatMap({ Timestamp.parse($0) }) else { throw .invalid(field: field, kind: kind, found: shown(node)) }
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
