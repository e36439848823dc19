// From one batch of OTLP to its records: whole spans with their events as log records, and log records that join their spans.

import CJansson
import JSON

struct OTLPRecordBuilder {
  let values: OTLPValues

  init(repairs: JSONRepair.Findings) { values = OTLPValues(repairs: repairs) }

  /// What all spans and logs of one resource and scope share.
  struct Origin {
    var service = TextRange.empty
    var run = TextRange.empty
    var scope = TextRange.empty
    var host = TextRange.empty
  }

  func addResourceSpans(_ node: JanssonNode, to batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    guard node.isObject else { return outcome.skip(.invalid(field: "resourceSpans", kind: "OTLP", found: "no object")) }
    var origin = resource(node, &batch)
    for scopes in [node.member("scopeSpans"), node.member("instrumentationLibrarySpans")] {
      scopes?.forEachElement { scope in
        origin.scope = scopeName(scope, &batch)
        scope.member("spans")?.forEachElement { addSpan($0, origin, &batch, &outcome) }
      }
    }
  }

  func addResourceLogs(_ node: JanssonNode, to batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    guard node.isObject else { return outcome.skip(.invalid(field: "resourceLogs", kind: "OTLP", found: "no object")) }
    var origin = resource(node, &batch)
    node.member("scopeLogs")?.forEachElement { scope in
      origin.scope = scopeName(scope, &batch)
      scope.member("logRecords")?.forEachElement { addLogRecord($0, origin, &batch, &outcome) }
    }
  }

  // MARK: Resource and scope

  /// The run is the instance that names itself; else the process, as far as its number tells it from others.
  private func resource(_ node: JanssonNode, _ batch: inout RecordBatch) -> Origin {
    var origin = Origin()
    var pid: String?
    node.member("resource")?.member("attributes")?.forEachElement { attribute in
      guard let key = attribute.member("key")?.text, let value = attribute.member("value") else { return }
      switch key {
      case "service.name": origin.service = values.text(value, &batch)
      case "service.instance.id": origin.run = values.text(value, &batch)
      // The id of a machine before its name.
      case "host.id": origin.host = values.text(value, &batch)
      case "host.name": if origin.host.isEmpty { origin.host = values.text(value, &batch) }
      case "process.pid": pid = values.number(value).map { String($0) }
      default: break
      }
    }
    if origin.run.isEmpty, let pid { origin.run = batch.add(text: "pid " + pid) }
    return origin
  }

  private func scopeName(_ scope: JanssonNode, _ batch: inout RecordBatch) -> TextRange {
    let name = (scope.member("scope") ?? scope.member("instrumentationLibrary"))?.member("name")?.text
    return name.map { batch.add(text: values.unmarked($0)) } ?? .empty
  }

  // MARK: Spans

  private func addSpan(_ node: JanssonNode, _ origin: Origin, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    let mark = batch.mark
    do throws(RecordError) {
      try takeSpan(OTLPSpanMembers(node), origin, &batch, &outcome)
    } catch {
      batch.rewind(to: mark)
      outcome.skip(error)
    }
  }

  private func takeSpan(
    _ members: OTLPSpanMembers, _ origin: Origin, _ batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) throws(RecordError) {
    var record = Record(.span, format: .openTelemetry)
    var marks = OTLPMarkValues()
    record.attributeStart = UInt32(batch.attributes.count)
    members.attributes?.forEachElement { values.addAttribute($0, &marks, &batch) }
    if let state = members.traceState?.text, !state.isEmpty { batch.add(attribute: "otel.trace_state", .string(batch.add(text: state))) }
    values.addLinks(members.links, marked: marks.links, &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart

    record.traceID = try needed(marks.traceID, members.traceID, size: 16, field: "traceId", &batch)
    record.spanID = try needed(marks.spanID, members.spanID, size: 8, field: "spanId", &batch)
    readParent(&record, members, marks, &batch)
    record.name = members.name?.text.map { batch.add(text: values.unmarked($0)) } ?? .empty
    record.service = origin.service
    record.host = origin.host
    record.target = origin.scope
    record.run = origin.run
    record.spanKind = OTLPValues.kind(members.kind.map { ValueNode($0) })
    record.status = OTLPValues.status(members.status?.member("code"))
    record.message = members.status?.member("message")?.text.map { batch.add(text: values.unmarked($0)) } ?? .empty
    record.followsFrom = marks.followsFrom
    record.doubts = marks.doubts
    readTimes(&record, members, marks, &outcome)
    batch.add(record)
    members.events?.forEachElement { addEvent($0, of: record, &batch) }
  }

  /// The id that our own export marked as the original one, else what the member holds.
  private func needed(
    _ original: TextRange?, _ node: JanssonNode?, size: Int, field: String, _ batch: inout RecordBatch
  ) throws(RecordError) -> TextRange {
    if let original { return original }
    guard let id = identifier(node, size: size, &batch) else {
      guard let node, !node.isNull else { throw .missing(field: field, kind: "OTLP span") }
      let found = node.withCompactText(undoing: values.repairs) { String(decoding: $0.prefix(60), as: UTF8.self) }
      throw .invalid(field: field, kind: "OTLP span", found: found)
    }
    return id
  }

  private func identifier(_ node: JanssonNode?, size: Int, _ batch: inout RecordBatch) -> TextRange? {
    if let number = node?.integer { return number == 0 ? nil : batch.add(text: String(number)) }
    guard let text = node?.text, let id = OTLPIdentifier.normalised(values.unmarked(text), size: size) else { return nil }
    return id.withUnsafeBytes { batch.add(text: $0) }
  }

  private func readParent(_ record: inout Record, _ members: OTLPSpanMembers, _ marks: OTLPMarkValues, _ batch: inout RecordBatch) {
    if let parent = marks.parentID ?? identifier(members.parentSpanID, size: 8, &batch) {
      record.parent = .span
      record.parentID = parent
    } else {
      record.parent = marks.isParentUnstated ? .unstated : .root
    }
  }

  /// Ended spans have both instants. One without an end still ran when it was written; one without a start is taken as an instant.
  private func readTimes(_ record: inout Record, _ members: OTLPSpanMembers, _ marks: OTLPMarkValues, _ outcome: inout LineOutcome) {
    let start = marks.start ?? values.instant(members.start)
    let end = marks.end ?? values.instant(members.end)
    record.startNanos = start ?? end ?? Record.unknown
    record.timeNanos = end ?? Record.unknown
    switch (start, end) {
    case (let start?, let end?):
      record.durationNanos = end - start
      if marks.isRunning { record.kind = .spanStart }
    case (_?, nil): record.kind = .spanStart
    case (nil, _):
      record.durationNanos = 0
      outcome.unusableFields += 1
    }
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
    record.attributeStart = UInt32(batch.attributes.count)
    node.member("attributes")?.forEachElement { values.addAttribute($0, &marks, &batch) }
    marks.settle(&batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.timeNanos = marks.eventTime ?? values.instant(node.member("timeUnixNano")) ?? Record.unknown
    record.target = marks.target ?? .empty
    let name = node.member("name")?.text
    if let message = marks.message {
      record.message = message
    } else if let name, name.equals("exception"), let message = marks.exceptionMessage {
      record.message = batch.add(text: message)
    } else {
      record.message = name.map { batch.add(text: values.unmarked($0)) } ?? .empty
    }
    // A recorded exception is the reason of a failure only where the span failed, or where it left the span.
    let isException = name?.equals("exception") ?? false
    record.level = marks.level ?? (isException ? (span.status == .error || marks.isEscaped ? .error : .warn) : .info)
    batch.add(record)
  }

  private func addLogRecord(_ node: JanssonNode, _ origin: Origin, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    guard node.isObject else { return outcome.skip(.invalid(field: "logRecords", kind: "OTLP", found: "no object")) }
    var marks = OTLPMarkValues()
    marks.isEvent = true
    let first = batch.attributes.count
    node.member("attributes")?.forEachElement { values.addAttribute($0, &marks, &batch) }
    marks.settle(&batch)
    let trace = marks.traceID ?? identifier(node.member("traceId"), size: 16, &batch)
    let span = marks.spanID ?? identifier(node.member("spanId"), size: 8, &batch)
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
      marks.eventTime ?? values.instant(node.member("timeUnixNano")) ?? values.instant(node.member("observedTimeUnixNano"))
      ?? Record.unknown
    record.message = marks.message ?? node.member("body").map { values.text($0, &batch) } ?? .empty
    if record.message.isEmpty, let message = marks.exceptionMessage { record.message = batch.add(text: message) }
    let severity = (number: node.member("severityNumber").map { ValueNode($0) }, text: node.member("severityText").map { ValueNode($0) })
    record.level = marks.level ?? OTLPValues.severity(severity.number, severity.text)
    batch.add(record)
  }
}

/// The members of a span, found in one pass: by name they would be looked up a dozen times a span.
struct OTLPSpanMembers {
  var traceID, spanID, parentSpanID, traceState, name, kind, start, end, attributes, events, links, status: JanssonNode?

  init(_ node: JanssonNode) {
    guard node.isObject else { return }
    node.forEachMember { key, value in
      switch key {
      case "traceId": traceID = value
      case "spanId": spanID = value
      case "parentSpanId": parentSpanID = value
      case "traceState": traceState = value
      case "name": name = value
      case "kind": kind = value
      case "startTimeUnixNano": start = value
      case "endTimeUnixNano": end = value
      case "attributes": attributes = value
      case "events": events = value
      case "links": links = value
      case "status": status = value
      default: break
      }
    }
  }
}
