// From one batch of OTLP to its records: whole spans with their events as log records, and log records that join their spans.

import CJansson
import JSON

struct OTLPRecordBuilder {
  let values: OTLPValues
  /// Whoever was asked for the trace gave only a part of it.
  let isPartial: Bool

  /// Of all that was built.
  var outcome: LineOutcome

  init(repairs: JSONRepair.Findings, isPartial: Bool = false) {
    values = OTLPValues(repairs: repairs)
    outcome = LineOutcome(repairs)
    self.isPartial = isPartial
  }

  /// What all spans and logs of one resource and scope share.
  struct Origin {
    var service = TextRange.empty
    var run = TextRange.empty
    var scope = TextRange.empty
    var host = TextRange.empty
  }

  mutating func addResourceSpans(_ node: JanssonNode, to batch: inout RecordBatch) {
    guard node.isObject else { return outcome.skip(.invalid(field: "resourceSpans", kind: "OTLP", found: "no object")) }
    var origin = resource(node, &batch)
    for scopes in [node.member(OTLPName.scopeSpans), node.member(OTLPName.librarySpans)] {
      scopes?.forEachElement { scope in
        origin.scope = scopeName(scope, &batch)
        scope.member(OTLPName.spans)?.forEachElement { addSpan($0, origin, &batch) }
      }
    }
  }

  mutating func addResourceLogs(_ node: JanssonNode, to batch: inout RecordBatch) {
    guard node.isObject else { return outcome.skip(.invalid(field: "resourceLogs", kind: "OTLP", found: "no object")) }
    var origin = resource(node, &batch)
    node.member(OTLPName.scopeLogs)?.forEachElement { scope in
      origin.scope = scopeName(scope, &batch)
      scope.member(OTLPName.logRecords)?.forEachElement { addLogRecord($0, origin, &batch) }
    }
  }

  // MARK: Resource and scope

  /// The run is the instance that names itself; else the process, as far as its number tells it from others.
  private func resource(_ node: JanssonNode, _ batch: inout RecordBatch) -> Origin {
    var origin = Origin()
    var pid: String?
    values.forEachAttribute(node.member(OTLPName.resource)?.member(OTLPName.attributes)) { key, value in
      switch OTLPResourceKey(key) {
      case .service: origin.service = values.text(value, &batch)
      case .instance: origin.run = values.text(value, &batch)
      // The id of a machine before its name.
      case .hostID: origin.host = values.text(value, &batch)
      case .hostName: if origin.host.isEmpty { origin.host = values.text(value, &batch) }
      case .process: pid = values.number(value).map { String($0) }
      case nil: break
      }
    }
    if origin.run.isEmpty, let pid { origin.run = batch.add(text: "pid " + pid) }
    return origin
  }

  private func scopeName(_ scope: JanssonNode, _ batch: inout RecordBatch) -> TextRange {
    (scope.member(OTLPName.scope) ?? scope.member(OTLPName.instrumentationLibrary))?.member(OTLPName.name)?.range(&batch) ?? .empty
  }

  // MARK: Spans

  private mutating func addSpan(_ node: JanssonNode, _ origin: Origin, _ batch: inout RecordBatch) {
    let mark = batch.mark
    do throws(RecordError) {
      if try takeSpan(node, origin, &batch) { outcome.unusableFields += 1 }
    } catch {
      batch.rewind(to: mark)
      outcome.skip(error)
    }
  }

  /// Returns whether one of its members was told in a form that is not understood.
  private func takeSpan(_ node: JanssonNode, _ origin: Origin, _ batch: inout RecordBatch) throws(RecordError) -> Bool {
    var record = Record(.span, format: .openTelemetry)
    var marks = OTLPMarkValues()
    var members = OTLPSpanMembers<JanssonNode>()
    var lists: (attributes: JanssonNode?, events: JanssonNode?, links: JanssonNode?)
    var status: JanssonNode?
    if node.isObject {
      node.forEachMember { key, value in
        switch OTLPName(key) {
        case .attributes: lists.attributes = value
        case .events: lists.events = value
        case .links: lists.links = value
        case .status: status = value
        case let name: members.take(name, value)
        }
      }
    }
    if let status, status.isObject {
      members.statusCode = status.member(OTLPName.code)
      members.statusMessage = status.member(OTLPName.message)
    } else {
      // Without the object around it.
      members.statusCode = status
    }
    record.attributeStart = UInt32(batch.attributes.count)
    values.addAttributes(lists.attributes, &marks, &batch)
    if let state = members.traceState?.text, !state.isEmpty { batch.add(attribute: "otel.trace_state", .string(batch.add(text: state))) }
    values.addLinks(lists.links, marked: marks.links, &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.service = origin.service
    record.host = origin.host
    record.target = origin.scope
    record.run = origin.run
    record.isPartial = isPartial
    let isUnread = try members.fill(&record, marks, &batch)
    if marks.isUnread { record.diagnostics.insert(.unreadField) }
    batch.add(record)
    lists.events?.forEachElement { addEvent($0, of: record, &batch) }
    return isUnread || marks.isUnread
  }

  // MARK: Events and logs

  private func addEvent(_ node: JanssonNode, of span: Record, _ batch: inout RecordBatch) {
    guard node.isObject else { return }
    var record = Record(.log, format: .openTelemetry)
    record.traceID = span.traceID
    record.spanID = span.spanID
    record.run = span.run
    var marks = OTLPMarkValues()
    marks.isEvent = true
    var members = OTLPEventMembers<JanssonNode>()
    members.name = node.member(OTLPName.name)
    members.time = node.member(OTLPName.time)
    let attributes = node.member(OTLPName.attributes)
    record.attributeStart = UInt32(batch.attributes.count)
    values.addAttributes(attributes, &marks, &batch)
    marks.settle(&batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    members.fill(&record, marks, values.eventText(members.name, attributes), isSpanFailed: span.status == .error, &batch)
    batch.add(record)
  }

  private mutating func addLogRecord(_ node: JanssonNode, _ origin: Origin, _ batch: inout RecordBatch) {
    guard node.isObject else { return outcome.skip(.invalid(field: "logRecords", kind: "OTLP", found: "no object")) }
    var marks = OTLPMarkValues()
    marks.isEvent = true
    let first = batch.attributes.count
    let attributes = node.member(OTLPName.attributes)
    values.addAttributes(attributes, &marks, &batch)
    marks.settle(&batch)
    let trace = marks.traceID ?? node.member(OTLPName.traceID)?.otlpIdentifier(size: 16, &batch)
    let span = marks.spanID ?? node.member(OTLPName.spanID)?.otlpIdentifier(size: 8, &batch)
    // A log outside any span is a line for people.
    var record = Record(trace != nil && span != nil ? .log : .moduleLog, format: .openTelemetry)
    record.attributeStart = UInt32(first)
    record.attributeCount = UInt32(batch.attributes.count - first)
    record.traceID = trace ?? .empty
    record.spanID = span ?? .empty
    record.run = origin.run
    record.service = origin.service
    record.target = marks.target ?? origin.scope
    record.timeNanos =
      marks.eventTime ?? node.member(OTLPName.time)?.otlpInstant.nanos ?? node.member(OTLPName.observedTime)?.otlpInstant.nanos
      ?? Record.unknown
    record.message = marks.message ?? node.member(OTLPName.body).map { values.text($0, &batch) } ?? .empty
    if record.message.isEmpty { record.message = batch.add(text: values.eventText(nil, attributes).message) }
    let severity = (number: node.member(OTLPName.severityNumber), text: node.member(OTLPName.severityText))
    record.level = marks.level ?? OTLPValues.severity(severity.number, severity.text)
    batch.add(record)
  }
}

/// The attributes of a resource that mean something here.
enum OTLPResourceKey {
  case service, instance, process, hostID, hostName

  init?(_ key: UnsafeRawBufferPointer) {
    switch key {
    case "service.name": self = .service
    case "service.instance.id": self = .instance
    case "process.pid": self = .process
    case "host.id": self = .hostID
    case "host.name": self = .hostName
    default: return nil
    }
  }
}
