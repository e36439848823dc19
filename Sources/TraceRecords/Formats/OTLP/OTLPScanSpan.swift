// One span of an OTLP line, with its events. Its record stands before those of its events, so that it gets its place first and its content last.

extension LineScan {
  @inline(never)
  mutating func addSpan(_ start: LineCursor, _ origin: Origin, _ text: ScanText, _ batch: inout RecordBatch) -> LineCursor? {
    var cursor = start
    var record = Record(.span, format: .openTelemetry)
    let place = batch.records.count
    batch.add(record)
    span.removeAll()
    var statusEvents: UInt64 = 0
    var links: TextRange?
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
      case .status: guard passStatus(&cursor, &record, text, &batch) else { return nil }
      default: guard cursor.passValue(&member.value, names: names) else { return nil }
      }
      if member.name != ScannedNames.unknown, !span.append(member, cursor) { return nil }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    guard cursor.pass(UInt8(ascii: "}")), complete(&record, origin, links, text, &batch) else { return nil }
    batch.replaceRecord(at: place, with: record)
    completeEvents(of: record, from: place + 1, statusEvents, &batch)
    return cursor
  }

  @inline(__always)
  private func complete(
    _ record: inout Record, _ origin: Origin, _ links: TextRange?, _ text: ScanText, _ batch: inout RecordBatch
  ) -> Bool {
    guard let traceID = identifier(span[otlp: .traceID], text), let spanID = identifier(span[otlp: .spanID], text), !traceID.isEmpty,
      !spanID.isEmpty, let start = instant(span[otlp: .start], text.line), let end = instant(span[otlp: .end], text.line)
    else { return false }
    record.traceID = traceID
    record.spanID = spanID
    record.parent = .root
    if let parent = span[otlp: .parentSpanID], parent.kind != .null {
      guard let parentID = identifier(parent, text) else { return false }
      record.parentID = parentID
      record.parent = parentID.isEmpty ? .root : .span
    }
    let state = text.range(span[otlp: .traceState], &batch)
    if !state.isEmpty || links != nil { addBehindAttributes(of: &record, state, links, &batch) }
    record.name = text.range(span[otlp: .name], &batch)
    record.service = origin.service
    record.host = origin.host
    record.target = origin.scope
    record.run = origin.run
    if let kind = span[otlp: .kind] {
      guard kind.kind == .integer else { return false }
      record.spanKind = UInt8(exactly: kind.integer).flatMap { SpanKind(rawValue: $0) } ?? .unspecified
    }
    record.startNanos = start
    record.timeNanos = end
    record.durationNanos = end - start
    return true
  }

  private func passStatus(_ cursor: inout LineCursor, _ record: inout Record, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    var seen: UInt64 = 0
    guard cursor.pass(UInt8(ascii: "{")) else { return false }
    cursor.passBlanks()
    if cursor.pass(UInt8(ascii: "}")) { return true }
    repeat {
      guard let name = cursor.passName(otlp, seen: &seen) else { return false }
      var value = ScannedValue(.null, start: 0, count: 0)
      guard cursor.passValue(&value, names: names) else { return false }
      switch name {
      case .code:
        guard value.kind == .integer else { return false }
        record.status = value.integer == 2 ? .error : value.integer == 1 ? .ok : .unset
      case .message: record.message = text.range(value, &batch)
      default: break
      }
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
      // A bit tells of each whether its level hangs on the span's status.
      guard number < 64, let hangsOnStatus = addEvent(&cursor, text, &batch) else { return nil }
      if hangsOnStatus { statusEvents |= 1 << number }
      number += 1
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "]")) ? cursor : nil
  }

  /// Nil where the event is not taken; true where it is an exception, which is an error if the span failed.
  private func addEvent(_ cursor: inout LineCursor, _ text: ScanText, _ batch: inout RecordBatch) -> Bool? {
    var record = Record(.log, format: .openTelemetry)
    var marks = ScannedEventMarks()
    var seen: UInt64 = 0
    var name: ScannedValue?
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
      }
      if member == .name { name = value }
      if member == .time {
        guard let time = instant(value, text.line) else { return nil }
        record.timeNanos = time
      }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    guard cursor.pass(UInt8(ascii: "}")) else { return nil }
    let isException = name?.plainText.map { text.line.holds("exception", $0) } ?? false
    record.target = marks.target ?? .empty
    record.message = isException && marks.isException ? text.message(of: marks, &batch) : text.range(name, &batch)
    record.level = marks.level ?? (isException ? (marks.isEscaped ? .error : .warn) : .info)
    batch.add(record)
    return isException && marks.level == nil
  }

  /// What events take from their span, now that all of it is known.
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

  /// An id of 16 or 32 lower-case hex digits; empty where it is one of zeros only or no text at all; nil for other spellings.
  @inline(__always)
  func identifier(_ value: ScannedValue?, _ text: ScanText) -> TextRange? {
    guard let id = value?.plainText else { return nil }
    if id.count == 0 { return .empty }
    guard id.count == 16 || id.count == 32 else { return nil }
    var zeros: UInt64 = 0
    var at = Int(id.start)
    while at < Int(id.start) + Int(id.count) {
      let word = text.line.word(at: at)
      guard LineScan.isLowerHex(word) else { return nil }
      zeros |= word ^ 0x3030_3030_3030_3030
      at += 8
    }
    return zeros == 0 ? .empty : text.range(of: id)
  }

  /// Whether eight bytes are all of 0 to 9 or a to f. Bytes below 0x80 carry nothing into their neighbours here.
  @inline(__always)
  private static func isLowerHex(_ word: UInt64) -> Bool {
    let high: UInt64 = 0x8080_8080_8080_8080
    guard word & high == 0 else { return false }
    let isDigit = (word &+ 0x5050_5050_5050_5050) & ~(word &+ 0x4646_4646_4646_4646)
    let isLetter = (word &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(word &+ 0x1919_1919_1919_1919)
    return (isDigit | isLetter) & high == high
  }

  /// Nanoseconds as digits in a string or as a number; nil for 0, which means unknown, and for other values.
  @inline(__always)
  func instant(_ value: ScannedValue?, _ line: LineCursor) -> Int64? {
    guard let value else { return nil }
    var nanos: Int64
    switch value.kind {
    case .integer: nanos = value.integer
    case .string:
      guard let number = line.number(value.text) else { return nil }
      nanos = Int64(clamping: number)
    default: return nil
    }
    nanos = Timestamp.clamped(nanos)
    return nanos == 0 ? nil : nanos
  }
}
