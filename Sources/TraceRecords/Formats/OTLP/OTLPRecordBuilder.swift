// Converts one batch of OTLP to records: complete spans with their events as log records, and log records, which join their spans.

import CJansson
import JSON

struct OTLPRecordBuilder {
  let values: OTLPValues
  /// The source delivered only a part of the trace.
  let isPartial: Bool

  /// For everything built so far.
  var outcome: LineOutcome

  init(repairs: JSONRepair.Findings, isPartial: Bool = false) {
    values = OTLPValues(repairs: repairs)
    outcome = LineOutcome(repairs)
    self.isPartial = isPartial
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

  private func resource(_ node: JanssonNode, _ batch: inout RecordBatch) -> OTLPOrigin {
    var origin = OTLPOrigin()
    values.forEachAttribute(node.member(OTLPName.resource)?.member(OTLPName.attributes)) { origin.take($0, $1, &batch) }
    origin.settle(&batch)
    return origin
  }

  private func scopeName(_ scope: JanssonNode, _ batch: inout RecordBatch) -> TextRange {
    (scope.member(OTLPName.scope) ?? scope.member(OTLPName.instrumentationLibrary))?.member(OTLPName.name)?.range(&batch) ?? .empty
  }

  // MARK: Spans

  private mutating func addSpan(_ node: JanssonNode, _ origin: OTLPOrigin, _ batch: inout RecordBatch) {
    let mark = batch.mark
    do throws(RecordError) {
      if try takeSpan(node, origin, &batch) { outcome.unusableFields += 1 }
    } catch {
      batch.rewind(to: mark)
      outcome.skip(error)
    }
  }

  /// Returns whether one of its members has a form that is not understood.
  private func takeSpan(_ node: JanssonNode, _ origin: OTLPOrigin, _ batch: inout RecordBatch) throws(RecordError) -> Bool {
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
      // The status without its enclosing object.
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
    var members = OTLPEventMembers<JanssonNode>()
    members.name = node.member(OTLPName.name)
    members.time = node.member(OTLPName.time)
    var text = EventText(name: "")
    record.attributeStart = UInt32(batch.attributes.count)
    values.addAttributes(node.member(OTLPName.attributes), &marks, telling: &text, &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    text.settle(name: members.nameText)
    members.fill(&record, marks, text, isSpanFailed: span.status == .error, &batch)
    batch.add(record)
  }

  private mutating func addLogRecord(_ node: JanssonNode, _ origin: OTLPOrigin, _ batch: inout RecordBatch) {
    guard node.isObject else { return outcome.skip(.invalid(field: "logRecords", kind: "OTLP", found: "no object")) }
    var marks = OTLPMarkValues()
    var members = OTLPLogMembers<JanssonNode>()
    var text = EventText(name: "")
    var (attributes, body): (JanssonNode?, JanssonNode?)
    node.forEachMember { key, value in
      switch OTLPName(key) {
      case .attributes: attributes = value
      case .body: body = value
      case let name: members.take(name, value)
      }
    }
    let first = batch.attributes.count
    values.addAttributes(attributes, &marks, telling: &text, &batch)
    if marks.isUnread { outcome.unusableFields += 1 }
    batch.add(
      members.record(
        origin, marks, text, body: body.map { OTLPTreeValue($0, values.repairs) }, attributesFrom: first, &batch))
  }
}
