// One span, one event or one log record as OTLP/JSON. Data without a place in OTLP is written as attributes of `OTLPMark`, only if there is
// any.

import TraceRecords

struct OTLPSpanText: Sendable {
  private let trace: DistilledTrace
  private let ids: ExportIdentifiers
  private let traceHex: [UInt8]

  init(_ trace: DistilledTrace, ids: ExportIdentifiers) {
    self.trace = trace
    self.ids = ids
    traceHex = OTLPSpanText.hex(ids.trace)
  }

  private static func hex(_ id: (high: UInt64, low: UInt64)) -> [UInt8] {
    var text = ExportText()
    text.hexDigits(id.high, count: 16)
    text.hexDigits(id.low, count: 16)
    return text.bytes
  }

  /// The head of a group of spans or logs: resource and scope, up to the first element.
  func opening(of row: Int, isLog: Bool) -> ExportText {
    let node = trace.node(row)
    var text = ExportText()
    var list = AttributeList()
    if let service = node.service { list.add("service.name", .string(service)) }
    if let run = trace.snapshot.run { list.add("service.instance.id", .string(run)) }
    text.raw("{\"resource\":{\"attributes\":[")
    text.raw(list.text.bytes)
    text.raw(isLog ? "]},\"scopeLogs\":[{\"scope\":{" : "]},\"scopeSpans\":[{\"scope\":{")
    if !isLog, let target = node.target {
      text.raw("\"name\":")
      text.string(target)
    }
    text.raw(isLog ? "},\"logRecords\":[" : "},\"spans\":[")
    return text
  }

  // MARK: Spans

  func span(_ row: Int) -> ExportText {
    let node = trace.node(row)
    let span = trace.snapshot.storage.spans[row]
    var text = ExportText()
    text.raw("{\"traceId\":\"")
    text.raw(traceHex)
    text.raw("\",\"spanId\":\"")
    text.hexDigits(ids[row], count: 16)
    if span.parent != SpanRow.none {
      text.raw("\",\"parentSpanId\":\"")
      text.hexDigits(ids[Int(span.parent)], count: 16)
    }
    text.raw("\"")
    let attributes = node.allAttributes
    for case ("otel.trace_state", .string(let state)) in attributes.map({ ($0.key, $0.value) }) {
      text.raw(",\"traceState\":")
      text.string(state)
    }
    text.raw(",\"name\":")
    text.string(node.name)
    text.raw(",\"kind\":")
    text.raw(span.kind.rawValue)
    text.raw(",\"startTimeUnixNano\":\"")
    text.raw(max(0, node.startTimeUnixNano))
    text.raw("\",\"endTimeUnixNano\":\"")
    text.raw(max(0, node.endTimeUnixNano))
    text.raw("\",\"attributes\":[")
    var list = AttributeList()
    for attribute in attributes where !attribute.isToldByMember { list.add(program: attribute) }
    addMarks(node, span, to: &list)
    let links = addLinks(node, to: &list)
    text.raw(list.text.bytes)
    text.raw("]")
    if let events = events(node) {
      text.raw(",\"events\":[")
      text.raw(events.bytes)
      text.raw("]")
    }
    if let links {
      text.raw(",\"links\":[")
      text.raw(links.bytes)
      text.raw("]")
    }
    text.raw(",\"status\":{")
    // A span that logged an error counts as failed, unless its program says otherwise. Other tools look only at the status.
    let code = span.status != .unset ? span.status : node.isFailed ? .error : .unset
    if code != .unset {
      text.raw("\"code\":")
      text.raw(code == .error ? 2 : 1)
    }
    if let message = node.statusMessage {
      if code != .unset { text.comma() }
      text.raw("\"message\":")
      text.string(message)
    }
    text.raw("}}")
    return text
  }

  private func addMarks(_ node: DistilledTraceNode, _ span: SpanRow, to list: inout AttributeList) {
    addIDs(node.row, to: &list)
    if span.parent != SpanRow.none, !ids.isExact(Int(span.parent)) {
      list.add(OTLPMark.parentID, .string(trace.snapshot.storage.spanID(Int(span.parent))))
    }
    if span.parent == SpanRow.none, !span.flags.contains(.isRoot) { list.add(OTLPMark.parentUnstated, .bool(true)) }
    if node.isRunning { list.add(OTLPMark.running, .bool(true)) }
    if span.flags.contains(.followsFrom) { list.add(OTLPMark.followsFrom, .bool(true)) }
    if node.startTimeUnixNano <= 0 { list.add(OTLPMark.startTime, .integer(node.startTimeUnixNano)) }
    if node.endTimeUnixNano <= 0 { list.add(OTLPMark.endTime, .integer(node.endTimeUnixNano)) }
    let diagnostics = SpanDiagnostics.names.filter { span.flags.contains(SpanFlags($0.diagnostic)) }.map { "\"\($0.name)\"" }
    if !diagnostics.isEmpty { list.add(OTLPMark.diagnostics, .json("[" + diagnostics.joined(separator: ",") + "]")) }
    // A group that arrived pruned has attributes of its own for this.
    if let fold = node.folded, !fold.isPruned {
      list.add(
        OTLPMark.folded,
        .json("{\"count\":\(fold.count),\"spans\":\(fold.spans),\"totalNanos\":\(fold.totalNanos),\"failed\":\(fold.failed)}"))
    }
  }

  private func addIDs(_ row: Int, to list: inout AttributeList) {
    if !ids.isTraceExact { list.add(OTLPMark.traceID, .string(trace.snapshot.traceID)) }
    if !ids.isExact(row) { list.add(OTLPMark.spanID, .string(trace.snapshot.storage.spanID(row))) }
  }

  private func addLinks(_ node: DistilledTraceNode, to list: inout AttributeList) -> ExportText? {
    guard let json = node.linksJSON else { return nil }
    guard let links = OTLPValueText.links(ofJSON: json) else {
      list.add(OTLPMark.links, .string(json))
      return nil
    }
    var text = ExportText()
    for (index, link) in links.enumerated() {
      let (trace, isTraceExact) = ExportIdentifiers.traceNumber(link.traceID)
      let (span, isSpanExact) = ExportIdentifiers.spanNumber(link.spanID)
      if index > 0 { text.comma() }
      text.raw("{\"traceId\":\"")
      text.raw(OTLPSpanText.hex(trace))
      text.raw("\",\"spanId\":\"")
      text.hexDigits(span, count: 16)
      text.raw("\",\"attributes\":[")
      var list = AttributeList(link.attributes)
      if !isTraceExact { list.add(OTLPMark.traceID, .string(link.traceID)) }
      if !isSpanExact { list.add(OTLPMark.spanID, .string(link.spanID)) }
      text.raw(list.text.bytes)
      text.raw("]}")
    }
    return text
  }

  // MARK: Events and logs

  private func events(_ node: DistilledTraceNode) -> ExportText? {
    let events = node.events()
    guard !events.isEmpty else { return nil }
    var text = ExportText()
    for (index, event) in events.enumerated() {
      if index > 0 { text.comma() }
      let isException = event.isException
      text.raw("{\"timeUnixNano\":\"")
      text.raw(max(0, event.timeUnixNano))
      text.raw("\",\"name\":")
      text.string(isException ? "exception" : event.message)
      text.raw(",\"attributes\":[")
      var list = AttributeList()
      addLevelAndTarget(event, to: &list)
      // Needed only if the message is "exception" and the event is not one.
      if !isException, event.message == "exception" { list.add(OTLPMark.message, .string(event.message)) }
      text.raw(list.text.bytes)
      text.raw("]}")
    }
    return text
  }

  /// The logs of a span without a record, as OTLP log records.
  func logRecords(_ row: Int) -> ExportText {
    var text = ExportText()
    for (index, event) in trace.node(row).events().enumerated() {
      if index > 0 { text.comma() }
      text.raw("{\"timeUnixNano\":\"")
      text.raw(max(0, event.timeUnixNano))
      text.raw("\",\"severityNumber\":")
      text.raw(Int(event.level.rawValue) * 4 + 1)
      text.raw(",\"severityText\":\"")
      text.raw(event.level.name)
      text.raw("\",\"body\":{\"stringValue\":")
      text.string(event.message)
      text.raw("},\"attributes\":[")
      var list = AttributeList()
      addIDs(row, to: &list)
      addLevelAndTarget(event, to: &list)
      if event.message.isEmpty, event.isException || event.hasException { list.add(OTLPMark.message, .string("")) }
      text.raw(list.text.bytes)
      text.raw("],\"traceId\":\"")
      text.raw(traceHex)
      text.raw("\",\"spanId\":\"")
      text.hexDigits(ids[row], count: 16)
      text.raw("\"}")
    }
    return text
  }

  /// `level` and `target`, as tracing-opentelemetry names them, unless the program has attributes with these names.
  private func addLevelAndTarget(_ event: DistilledEvent, to list: inout AttributeList) {
    let isTaken = (event.attributes.contains { $0.key == "level" }, event.attributes.contains { $0.key == "target" })
    list.add(isTaken.0 ? OTLPMark.level : "level", .string(event.level.name))
    if event.target != nil || isTaken.1 { list.add(isTaken.1 ? OTLPMark.target : "target", .string(event.target ?? "")) }
    if event.timeUnixNano <= 0 { list.add(OTLPMark.eventTime, .integer(event.timeUnixNano)) }
    for attribute in event.attributes { list.add(program: attribute) }
  }
}

extension DistilledAttribute {
  /// The span has a member for it in OTLP.
  fileprivate var isToldByMember: Bool {
    switch (key, value) {
    case ("otel.trace_state", .string), ("otel.status_description", .string), ("otel.links", .json): true
    default: false
    }
  }
}

extension DistilledEvent {
  private func text(_ key: String) -> String? {
    guard let attribute = attributes.first(where: { $0.key == key }) else { return nil }
    if case .string(let text) = attribute.value { return text }
    return ""
  }

  var hasException: Bool { text("exception.type") != nil || text("exception.message") != nil }

  /// The message contains only what the exception's attributes say. Then the event is named `exception`, as OpenTelemetry specifies.
  var isException: Bool {
    hasException && message == OTLPMark.exceptionMessage(type: text("exception.type") ?? "", message: text("exception.message") ?? "")
  }
}

/// OTLP's list of keys and values.
struct AttributeList {
  private(set) var text = ExportText()

  init(_ entries: [UInt8] = []) { text.raw(entries) }

  mutating func add(_ key: StaticString, _ value: DistilledAttribute.Value) { add("\(key)", value) }

  /// An attribute of the program. If its key looks like one of our marks, it is escaped.
  mutating func add(program attribute: DistilledAttribute) {
    let isLikeMark = attribute.key.utf8.starts(with: "\(OTLPMark.prefix)".utf8)
    add(isLikeMark ? "\(OTLPMark.escape)" + attribute.key : attribute.key, attribute.value)
  }

  private mutating func add(_ key: String, _ value: DistilledAttribute.Value) {
    if !text.bytes.isEmpty { text.comma() }
    text.raw("{\"key\":")
    text.string(key)
    text.raw(",\"value\":")
    append(value)
    text.raw("}")
  }

  private mutating func append(_ value: DistilledAttribute.Value) {
    switch value {
    case .json(let json):
      if let bytes = OTLPValueText.anyValue(ofJSON: json) { text.raw(bytes) } else { append(.string(json)) }
      return
    case .string(let string):
      text.raw("{\"stringValue\":")
      text.string(string)
    case .integer(let number):
      text.raw("{\"intValue\":\"")
      text.raw(number)
      text.raw("\"")
    case .double(let number):
      text.raw("{\"doubleValue\":")
      text.double(number)
    case .bool(let flag): text.raw(flag ? "{\"boolValue\":true" : "{\"boolValue\":false")
    }
    text.raw("}")
  }
}
