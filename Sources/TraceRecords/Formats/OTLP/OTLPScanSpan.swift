// One span of an OTLP line, with its events. Its record comes before those of its events, so its place is reserved first and it is filled
// last.

extension LineScan {
  @inline(never)
  mutating func addSpan(_ start: LineCursor, _ origin: OTLPOrigin, _ text: ScanText, _ batch: inout RecordBatch) -> LineCursor? {
    var cursor = start
    var record = Record(.span, format: .openTelemetry)
    let place = batch.records.count
    batch.add(record)
    span.removeAll()
    var statusEvents: UInt64 = 0
    var links: TextRange?
    var status: (code: ScannedValue?, message: ScannedValue?)
    guard cursor.pass(UInt8(ascii: "{")) else { return nil }
    var previous = MemberList.start
    repeat {
      cursor.passBlanks()
      guard var member = cursor.passName(otlp, in: &span, after: previous) else { return nil }
      previous = member.name
      switch OTLPName(rawValue: member.name) {
      case .attributes:
        record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
        guard addAttributes(&cursor, text, &batch) else { return nil }
        record.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) - record.attributeStart
      case .events:
        guard let end = addEvents(cursor, &statusEvents, text, &batch) else { return nil }
        cursor = end
      case .links: guard addLinks(&cursor, &links, text, &batch) else { return nil }
      case .status: guard passStatus(&cursor, &status) else { return nil }
      default: guard cursor.passValue(&member.value, names: names) else { return nil }
      }
      if member.name != ScannedNames.unknown, !span.append(member, cursor) { return nil }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    guard cursor.pass(UInt8(ascii: "}")), complete(&record, status, origin, links, text, &batch) else { return nil }
    batch.replaceRecord(at: place, with: record)
    completeEvents(of: record, from: place + 1, statusEvents, &batch)
    return cursor
  }

  /// Returns false if a member needs more than the scanner can do, or has a form that is not understood: the reference decoder then handles
  /// the line.
  private func complete(
    _ record: inout Record, _ status: (code: ScannedValue?, message: ScannedValue?), _ origin: OTLPOrigin, _ links: TextRange?,
    _ text: ScanText,
    _ batch: inout RecordBatch
  ) -> Bool {
    var members = OTLPSpanMembers<ScannedField>()
    for index in 0..<span.members.count {
      let member = span.members[index]
      guard let name = OTLPName(rawValue: member.name) else { return false }
      let field = ScannedField(value: member.value, source: text)
      switch name {
      case .name, .traceState: break
      case .traceID, .spanID, .parentSpanID, .kind, .start, .end: guard field.isPlain else { return false }
      default: continue
      }
      members.take(name, field)
    }
    members.statusCode = status.code.map { ScannedField(value: $0, source: text) }
    members.statusMessage = status.message.map { ScannedField(value: $0, source: text) }
    guard members.statusCode?.isPlain ?? true else { return false }
    let state = text.range(span[otlp: .traceState], &batch)
    if !state.isEmpty || links != nil { addBehindAttributes(of: &record, state, links, &batch) }
    record.service = origin.service
    record.host = origin.host
    record.target = origin.scope
    record.run = origin.run
    guard let isUnread = try? members.fill(&record, OTLPMarkValues(), &batch) else { return false }
    return !isUnread
  }

  private func passStatus(_ cursor: inout LineCursor, _ status: inout (code: ScannedValue?, message: ScannedValue?)) -> Bool {
    var seen: UInt64 = 0
    guard cursor.pass(UInt8(ascii: "{")) else { return false }
    cursor.passBlanks()
    if cursor.pass(UInt8(ascii: "}")) { return true }
    repeat {
      guard let name = cursor.passName(otlp, seen: &seen) else { return false }
      var value = ScannedValue(.null, start: 0, count: 0)
      guard cursor.passValue(&value, names: names) else { return false }
      if name == .code { status.code = value }
      if name == .message { status.message = value }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "}"))
  }

  // MARK: Events

  private func addEvents(_ start: LineCursor, _ statusEvents: inout UInt64, _ text: ScanText, _ batch: inout RecordBatch) -> LineCursor? {
    var cursor = start
    guard cursor.pass(UInt8(ascii: "[")) else { return nil }
    cursor.passBlanks()
    if cursor.pass(UInt8(ascii: "]")) { return cursor }
    var number: UInt64 = 0
    repeat {
      cursor.passBlanks()
      // One bit per event shows whether its level depends on the span's status.
      guard number < 64, let hangsOnStatus = addEvent(&cursor, text, &batch) else { return nil }
      if hangsOnStatus { statusEvents |= 1 << number }
      number += 1
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "]")) ? cursor : nil
  }

  /// Nil if the event is not accepted; true if its level depends on whether its span failed.
  private func addEvent(_ cursor: inout LineCursor, _ text: ScanText, _ batch: inout RecordBatch) -> Bool? {
    var record = Record(.log, format: .openTelemetry)
    var marks = ScannedEventMarks()
    var seen: UInt64 = 0
    var members = OTLPEventMembers<ScannedField>()
    guard cursor.pass(UInt8(ascii: "{")) else { return nil }
    record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
    repeat {
      guard let member = cursor.passName(otlp, seen: &seen) else { return nil }
      var value = ScannedValue(.null, start: 0, count: 0)
      if member == .attributes {
        record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
        guard addAttributes(&cursor, text, &batch, noting: &marks) else { return nil }
        record.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) - record.attributeStart
      } else {
        guard cursor.passValue(&value, names: names) else { return nil }
        members.take(member, ScannedField(value: value, source: text))
      }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    // Without a name, or with escapes in it, the reference decoder looks for another name.
    guard cursor.pass(UInt8(ascii: "}")), let name = members.name?.text, !name.isEmpty, members.time?.isPlain ?? true else { return nil }
    var event = EventText(name: String(decoding: name, as: UTF8.self))
    marks.tell(&event, text)
    var values = OTLPMarkValues()
    (values.level, values.target) = (marks.level, marks.target)
    members.fill(&record, values, event, isSpanFailed: false, &batch)
    batch.add(record)
    return marks.level == nil && event.level(isSpanFailed: true) != record.level
  }

  /// Completes the events with data of their span, once all of it is known.
  private func completeEvents(of span: Record, from first: Int, _ statusEvents: UInt64, _ batch: inout RecordBatch) {
    for index in first..<batch.records.count {
      var record = batch.records[index]
      record.traceID = span.traceID
      record.spanID = span.spanID
      record.run = span.run
      if span.status == .error, statusEvents & 1 << UInt64(index - first) != 0 { record.level = .error }
      batch.replaceRecord(at: index, with: record)
    }
  }

  // MARK: Scalars

  /// An id that is already in the stored form; nil for others.
  @inline(__always)
  func identifier(_ value: ScannedValue?, _ text: ScanText) -> TextRange? {
    guard let id = value?.plainText, OTLPIdentifier.isNormal(text.line.bytes(id)) else { return nil }
    return text.range(of: id)
  }

  /// Nanoseconds as digits in a string or as a number; nil for 0, which means unknown, and for everything that needs a closer look.
  @inline(__always)
  func instant(_ value: ScannedValue?, _ line: LineCursor) -> Int64? {
    guard let value else { return nil }
    let nanos: Int64
    switch value.kind {
    case .integer: nanos = value.integer
    case .string:
      guard let number = line.number(value.text) else { return nil }
      nanos = Int64(clamping: number)
    default: return nil
    }
    return nanos != 0 && OTLPInstant.isLikely(nanos) ? nanos : nil
  }
}
