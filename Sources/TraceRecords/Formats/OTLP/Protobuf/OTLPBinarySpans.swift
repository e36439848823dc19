// Spans and their events in a binary message. What their members mean is said in `OTLPSpanMembers` and `OTLPEventMembers`.

import JSON

extension OTLPBinaryReader {
  mutating func addSpan(_ span: ProtobufCursor, _ origin: OTLPOrigin, _ batch: inout RecordBatch) {
    let mark = batch.mark
    source.pointee.isUnread = false
    do throws(ProtobufFault) {
      let error = try takeSpan(span, origin, &batch)
      if let fault = source.pointee.fault { throw fault }
      guard let error else {
        outcome.accepted += 1
        if source.pointee.isUnread { outcome.unusableFields += 1 }
        return
      }
      batch.rewind(to: mark)
      latestTrace = nil
      reject(span, error)
    } catch {
      source.pointee.fault = nil
      batch.rewind(to: mark)
      latestTrace = nil
      reject(error)
    }
  }

  /// Returns what the span lacks.
  @inline(__always)
  private mutating func takeSpan(_ span: ProtobufCursor, _ origin: OTLPOrigin, _ batch: inout RecordBatch) throws(ProtobufFault)
    -> RecordError?
  {
    var record = Record(.span, format: .openTelemetry)
    var marks = OTLPMarkValues()
    var members = OTLPSpanMembers<OTLPBinaryField>()
    // Where the first of them stands: they come behind what the span says of itself.
    var (events, links): (ProtobufCursor?, ProtobufCursor?)
    record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
    var cursor = span
    while true {
      let start = cursor
      guard let field = try cursor.field() else { break }
      let name = source.pointee.name(of: field, in: .span)
      switch name {
      case .traceID, .spanID, .parentSpanID, .traceState, .name: members.take(name, self.field(.bytes(try cursor.bytes())))
      case .kind: members.kind = enumeration(try cursor.varint())
      case .start: members.start = self.field(.instant(try cursor.fixed64()))
      case .end: members.end = self.field(.instant(try cursor.fixed64()))
      case .attributes:
        let attribute = try OTLPBinaryAttribute(try cursor.message(), source)
        guard let key = key(attribute.key) else { continue }
        marks.add(key, attribute.value ?? OTLPBinaryValue(.none, source), to: &batch)
      case .status: try readStatus(try cursor.message(), &members)
      case .events:
        if events == nil { events = start }
        try cursor.skip(field.wire)
      case .links:
        if links == nil { links = start }
        try cursor.skip(field.wire)
      default: try cursor.skip(field.wire)
      }
    }
    if let state = members.traceState?.range(&batch), !state.isEmpty { batch.add(attribute: "otel.trace_state", .string(state)) }
    if let marked = marks.links {
      batch.add(attribute: "otel.links", .json(marked))
    } else if let links {
      try addLinks(links, &batch)
    }
    record.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) - record.attributeStart
    record.service = origin.service
    record.host = origin.host
    record.target = origin.scope
    record.run = origin.run
    let trace = traceBytes(members)
    if marks.traceID == nil, let trace, let latestTrace, source.bytes(trace).elementsEqual(source.bytes(latestTrace.bytes)) {
      marks.traceID = latestTrace.text
    }
    do throws(RecordError) {
      if try members.fill(&record, marks, &batch) { source.pointee.isUnread = true }
    } catch {
      return error
    }
    if let trace { latestTrace = (trace, record.traceID) }
    if source.pointee.isUnread { record.diagnostics.insert(.unreadField) }
    batch.add(record)
    if let events { try addEvents(events, of: record, &batch) }
    return nil
  }

  /// Where the trace's id stands, if it is one that others may share.
  @inline(__always)
  private func traceBytes(_ members: OTLPSpanMembers<OTLPBinaryField>) -> Range<Int>? {
    guard case .bytes(let range)? = members.traceID?.content, range.count == 16 else { return nil }
    return range
  }

  @inline(__always)
  func field(_ content: OTLPBinaryField.Content) -> OTLPBinaryField { OTLPBinaryField(content: content, source: source) }

  /// Enumerations have 32 bits and a sign.
  @inline(__always)
  func enumeration(_ value: UInt64) -> OTLPBinaryField { field(.integer(Int64(Int32(truncatingIfNeeded: value)))) }

  /// A key that is one, valid during the call; nil where there is none.
  @inline(__always)
  func key(_ range: Range<Int>?) -> OTLPKey? {
    guard let range else {
      source.pointee.isUnread = true
      return nil
    }
    return OTLPKey(source.bytes(range), at: range.lowerBound)
  }

  private func readStatus(_ status: ProtobufCursor, _ members: inout OTLPSpanMembers<OTLPBinaryField>) throws(ProtobufFault) {
    var cursor = status
    while let field = try cursor.field() {
      switch source.pointee.name(of: field, in: .status) {
      case .message: members.statusMessage = self.field(.bytes(try cursor.bytes()))
      case .code: members.statusCode = enumeration(try cursor.varint())
      default: try cursor.skip(field.wire)
      }
    }
  }

  // MARK: Links

  private func addLinks(_ first: ProtobufCursor, _ batch: inout RecordBatch) throws(ProtobufFault) {
    let list = OTLPLinks()
    // Whatever happens, the list is given back.
    defer { list.finish([], &batch) }
    var cursor = first
    while let field = try cursor.field() {
      guard source.pointee.name(of: field, in: .span) == .links else {
        try cursor.skip(field.wire)
        continue
      }
      try addLink(try cursor.message(), to: list)
    }
  }

  private func addLink(_ link: ProtobufCursor, to list: OTLPLinks) throws(ProtobufFault) {
    var (trace, span): ([UInt8]?, [UInt8]?)
    let attributes = OTLPLinkAttributes()
    var cursor = link
    while let field = try cursor.field() {
      switch source.pointee.name(of: field, in: .link) {
      case .traceID: trace = identifier(try cursor.bytes())
      case .spanID: span = identifier(try cursor.bytes())
      case .attributes: try attributes.add(try cursor.message(), source)
      default: try cursor.skip(field.wire)
      }
    }
    list.add(traceID: trace, spanID: span, attributes: attributes.take())
  }

  private func identifier(_ range: Range<Int>) -> [UInt8]? {
    let bytes = source.bytes(range)
    return bytes.allSatisfy { $0 == 0 } ? nil : OTLPIdentifier.hex(bytes)
  }

  // MARK: Events

  private func addEvents(_ first: ProtobufCursor, of span: Record, _ batch: inout RecordBatch) throws(ProtobufFault) {
    var cursor = first
    while let field = try cursor.field() {
      if source.pointee.name(of: field, in: .span) == .events {
        try addEvent(try cursor.message(), of: span, &batch)
      } else {
        try cursor.skip(field.wire)
      }
    }
  }

  private func addEvent(_ event: ProtobufCursor, of span: Record, _ batch: inout RecordBatch) throws(ProtobufFault) {
    var record = Record(.log, format: .openTelemetry)
    record.traceID = span.traceID
    record.spanID = span.spanID
    record.run = span.run
    var marks = OTLPMarkValues()
    var members = OTLPEventMembers<OTLPBinaryField>()
    var text = EventText(name: "")
    record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
    var cursor = event
    while let field = try cursor.field() {
      switch source.pointee.name(of: field, in: .event) {
      case .time: members.time = self.field(.instant(try cursor.fixed64()))
      case .name: members.name = self.field(.bytes(try cursor.bytes()))
      case .attributes: try addAttribute(try cursor.message(), &marks, telling: &text, &batch)
      default: try cursor.skip(field.wire)
      }
    }
    marks.settle(&batch)
    record.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) - record.attributeStart
    text.settle(name: members.nameText)
    members.fill(&record, marks, text, isSpanFailed: span.status == .error, &batch)
    batch.add(record)
  }

  /// One attribute of an event or a log record.
  func addAttribute(
    _ attribute: ProtobufCursor, _ marks: inout OTLPMarkValues, telling text: inout EventText, _ batch: inout RecordBatch
  ) throws(ProtobufFault) {
    let attribute = try OTLPBinaryAttribute(attribute, source)
    guard let key = key(attribute.key) else { return }
    marks.add(key, attribute.value ?? OTLPBinaryValue(.none, source), telling: &text, to: &batch)
  }
}
