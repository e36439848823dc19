// From the members of one native line to its record: types checked, text copied out of jansson's tree.

import JSON

struct NativeRecordBuilder {
  let members: NativeMembers
  let kind: RecordKind
  let repairs: JSONRepair.Findings
  private var plain: PlainAttributes { PlainAttributes(repairs: repairs) }

  mutating func build(into batch: inout RecordBatch) throws(RecordError) -> LineOutcome {
    var outcome = LineOutcome(repairs)
    let format: RecordFormat = members.layout == .spanLine ? .nativeSpanLine : .native
    var record = Record(kind, format: format)
    record.level = members.level?.text.flatMap { SeverityLevel($0) } ?? .info
    record.target = text(members.target, &batch)
    record.run = members.run?.text.map { batch.add(text: $0) } ?? .empty
    if let producer = members.producer?.text, !producer.isEmpty, let sequence = unsigned(members.seq), sequence > 0 {
      record.producer = batch.add(text: producer)
      record.sequence = sequence
    }
    switch kind {
    case .spanStart, .spanEnd, .span, .log: try buildSpanRecord(&record, &batch, &outcome)
    case .moduleLog:
      record.timeNanos = time(members.timestamp) ?? Record.unknown
      record.message = text(members.message, &batch)
      record.service = text(members.service, &batch)
      addSpanContext(to: &record, &batch)
      addAttributes(to: &record, &batch)
    case .session:
      record.timeNanos = time(members.timestamp) ?? Record.unknown
      record.session = identifier(members.sessionID, &batch) ?? .empty
      if let producer = members.producer?.text, !producer.isEmpty, let first = unsigned(members.firstSeq),
        let last = unsigned(members.lastSeq),
        first >= 1, first <= last
      {
        record.producer = batch.add(text: producer)
        (record.gapFirst, record.gapLast) = (first, last)
      }
    case .gap: try buildGap(&record, &batch)
    }
    batch.add(record)
    if members.layout == .spanLine { addEvents(of: record, &batch) }
    return outcome
  }

  private func buildSpanRecord(_ record: inout Record, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) throws(RecordError) {
    guard let traceID = identifier(members.traceID, &batch) else { throw problem("trace_id", members.traceID) }
    guard let spanID = identifier(members.spanID, &batch) else { throw problem("span_id", members.spanID) }
    record.traceID = traceID
    record.spanID = spanID
    record.name = text(members.spanName ?? members.name, &batch)
    if let parent = members.parentID {
      if parent.isNull || parent.text?.isEmpty == true {
        record.parent = .root
      } else if let parentID = identifier(parent, &batch) {
        record.parent = .span
        record.parentID = parentID
      } else {
        throw problem("parent_id", parent)
      }
    } else if kind == .spanStart || kind == .span {
      record.parent = .root
    }
    try readTimes(&record)
    if kind != .log, record.durationNanos == Record.unknown, let duration = members.durationMs, !duration.isNull {
      outcome.unusableFields += 1
    }
    if kind == .log {
      record.message = text(members.message, &batch)
    } else {
      if let status = members.status?.text { record.status = spanStatus(status) }
      record.message = text(members.statusMessage, &batch)
      if let kindName = members.kindName?.text { record.spanKind = SpanKind(named: kindName) }
      record.service = text(members.service, &batch)
    }
    addAttributes(to: &record, &batch)
  }

  /// Which span a module log was written in. It is a hint for readers: a log without one is as good.
  private func addSpanContext(to record: inout Record, _ batch: inout RecordBatch) {
    guard let span = members.span, span.isObject else { return }
    span.forEachMember { key, value in
      switch key {
      case "trace_id": record.traceID = identifier(value, &batch) ?? .empty
      case "span_id": record.spanID = identifier(value, &batch) ?? .empty
      case "span_name": record.name = text(value, &batch)
      default: break
      }
    }
  }

  private func readTimes(_ record: inout Record) throws(RecordError) {
    let written = time(members.timestamp)
    record.timeNanos = written ?? Record.unknown
    record.durationNanos = members.durationMs?.double.flatMap { nanos(fromMillis: $0) } ?? Record.unknown
    switch kind {
    case .spanStart:
      guard let written else { throw problem("timestamp", members.timestamp) }
      record.startNanos = written
    case .spanEnd:
      // An end needs one of the two; the store prefers the duration.
      guard written != nil || record.durationNanos != Record.unknown else { throw problem("timestamp", members.timestamp) }
    case .span where members.layout == .spanLine:
      guard let written else { throw problem("timestamp", members.timestamp) }
      guard record.durationNanos != Record.unknown else { throw problem("duration_ms", members.durationMs) }
      let (start, overflow) = written.subtractingReportingOverflow(record.durationNanos)
      guard !overflow else { throw problem("duration_ms", members.durationMs) }
      record.startNanos = start
    case .span:
      guard let start = time(members.startTimestamp) else { throw problem("start_timestamp", members.startTimestamp) }
      guard record.durationNanos != Record.unknown else { throw problem("duration_ms", members.durationMs) }
      record.startNanos = start
    default: break
    }
  }

  private func buildGap(_ record: inout Record, _ batch: inout RecordBatch) throws(RecordError) {
    guard let producer = members.producer?.text else { throw problem("producer", members.producer) }
    guard let first = unsigned(members.firstSeq), let last = unsigned(members.lastSeq), first >= 1, first <= last else {
      throw problem("first_seq", members.firstSeq)
    }
    // `seq` of a gap record is its own number; the lost ones are between first and last.
    record.producer = batch.add(text: producer)
    record.gapFirst = first
    record.gapLast = last
    record.gapCount = unsigned(members.count) ?? (last - first + 1)
    record.timeNanos = time(members.timestamp) ?? Record.unknown
    record.message = text(members.reason, &batch)
  }

  /// The events of a span line become log records of that span.
  private func addEvents(of span: Record, _ batch: inout RecordBatch) {
    guard let events = members.events, events.isArray else { return }
    events.forEachElement { event in
      guard event.isObject else { return }
      var record = Record(.log, format: span.format)
      record.traceID = span.traceID
      record.spanID = span.spanID
      record.target = span.target
      record.run = span.run
      record.attributeStart = UInt32(batch.attributes.count)
      event.forEachMember { key, value in
        switch key {
        case "timestamp": record.timeNanos = time(value) ?? Record.unknown
        case "name", "message": record.message = text(value, &batch)
        case "level": record.level = value.text.flatMap { SeverityLevel($0) } ?? .info
        case "attributes" where value.isObject: plain.add(membersOf: value, to: &batch)
        default: break
        }
      }
      record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
      batch.add(record)
    }
  }

  // MARK: Attributes

  private func addAttributes(to record: inout Record, _ batch: inout RecordBatch) {
    record.attributeStart = UInt32(batch.attributes.count)
    if kind != .moduleLog, let attributes = members.attributes, attributes.isObject { plain.add(membersOf: attributes, to: &batch) }
    if members.layout == .fields, let fields = members.fields, fields.isObject {
      fields.forEachMember { key, value in
        let isRunID = key.equals("run") && value.text != nil
        if kind == .moduleLog, isOfModuleLog(key, value) { return }
        // `run` is the run's id only as text: old producers have a field of that name with numbers of their own.
        if !isRunID, !NativeMembers.isReserved(key, kind: kind) || (key.equals("run") && value.text == nil) {
          plain.add(key, value, to: &batch)
        }
      }
    }
    if kind != .moduleLog {
      if let file = members.file?.text { batch.add(attribute: "code.file.path", .string(batch.add(text: file))) }
      if let line = members.line?.integer { batch.add(attribute: "code.line.number", .integer(line)) }
      if let function = members.function?.text { batch.add(attribute: "code.function.name", .string(batch.add(text: function))) }
      if let links = members.links, links.isArray, links.count > 0 {
        batch.add(attribute: "otel.links", .json(links.withCompactText(undoing: repairs) { batch.add(text: $0) }))
      }
    }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
  }

  /// What a module log's `fields` say beside the program's own.
  private func isOfModuleLog(_ key: UnsafeRawBufferPointer, _ value: ValueNode) -> Bool {
    key.equals("service") && value.text != nil || key.equals("span") && NativeMembers.isSpanContext(value)
  }

  // MARK: Scalars

  /// Ids are text; numbers become their digits. Nil where there is none.
  private func identifier(_ node: ValueNode?, _ batch: inout RecordBatch) -> TextRange? {
    guard let node else { return nil }
    if let text = node.text { return text.isEmpty ? nil : batch.add(text: plain.unmarked(text)) }
    if let number = node.integer { return batch.add(text: String(number)) }
    return nil
  }

  private func text(_ node: ValueNode?, _ batch: inout RecordBatch) -> TextRange { plain.text(node, &batch) }

  private func time(_ node: ValueNode?) -> Int64? { node?.text.flatMap { Timestamp.parse($0) } }

  private func unsigned(_ node: ValueNode?) -> UInt64? {
    if let number = node?.integer { return UInt64(exactly: number) }
    return node?.text.flatMap { UInt64(String(decoding: plain.unmarked($0), as: UTF8.self)) }
  }

  /// Milliseconds as nanoseconds; nil for NaN, infinities and what Int64 cannot hold. Negative durations stay negative: the store says so.
  private func nanos(fromMillis millis: Double) -> Int64? { Int64(exactly: (millis * 1_000_000).rounded()) }

  private func spanStatus(_ text: UnsafeRawBufferPointer) -> SpanStatus {
    if text.equals("error") || text.equals("ERROR") || text.equals("FAILURE") { return .error }
    if text.equals("ok") || text.equals("OK") || text.equals("SUCCESS") { return .ok }
    return .unset
  }

  private func problem(_ field: String, _ node: ValueNode?) -> RecordError {
    guard let node, !node.isNull else { return .missing(field: field, kind: kind.recordName) }
    let found = node.withCompactText(undoing: repairs) { String(decoding: $0.prefix(60), as: UTF8.self) }
    return .invalid(field: field, kind: kind.recordName, found: found)
  }
}
