// From the members of a scanned native line to its record, as `NativeRecordBuilder` makes it from jansson's tree. False wherever that one would
// throw, mend, or note something: it has the words for it.

import Platform

extension LineScan {
  mutating func addNative(line: LineCursor, _ origin: TextOrigin, to batch: inout RecordBatch) -> Bool {
    let type = top[.type]
    let isTop = type?.isString ?? false
    guard type?.kind != .escapedString, let kind = kind(type, line) else { return false }
    // Two objects of attributes share one list.
    guard top[.attributes] == nil || fields[.attributes] == nil else { return false }
    let isSpanLine = isTop && line.holds("span", type!.text)
    var record = Record(kind, format: isSpanLine ? .nativeSpanLine : .native)
    if let level = top[.level], level.isString {
      guard let text = level.plainText else { return false }
      record.level = SeverityLevel(line.bytes(text)) ?? .info
    }
    let text = ScanText(line: line, origin: origin)
    record.target = text.range(top[.target], &batch)
    record.run = text.range(fields[.run], &batch)
    guard addSequence(to: &record, text, &batch) else { return false }
    let isTaken: Bool
    switch kind {
    case .spanStart, .spanEnd, .span, .log: isTaken = addSpanRecord(&record, isSpanLine: isSpanLine, isTop: isTop, text, &batch)
    case .moduleLog: isTaken = addModuleLog(&record, isTop: isTop, text, &batch)
    // Session markers and gaps are rare.
    case .session, .gap: return false
    }
    guard isTaken else { return false }
    batch.add(record)
    return true
  }

  private func addSequence(to record: inout Record, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    guard let producer = fields[.producer], producer.isString, let seq = fields[.seq] else { return true }
    guard producer.kind == .string, seq.kind == .integer else { return false }
    if producer.text.count > 0, seq.integer > 0 {
      record.producer = text.range(of: producer.text)
      record.sequence = UInt64(seq.integer)
    }
    return true
  }

  /// As `NativeMembers.kind`; nil for lines without a marker, and for those that jansson reads.
  private func kind(_ type: ScannedValue?, _ line: LineCursor) -> RecordKind? {
    if let type = type?.plainText, let kind = eventKind(type, line), kind != .gap { return kind }
    guard let logType = top[.logType]?.plainText else { return nil }
    switch logType.count {
    case 5 where line.holds("trace", logType): return fields[.eventType]?.plainText.flatMap { eventKind($0, line) }
    case 6 where line.holds("module", logType): return .moduleLog
    default: return nil
    }
  }

  @inline(__always)
  private func eventKind(_ text: ScannedText, _ line: LineCursor) -> RecordKind? {
    switch text.count {
    case 10 where line.holds("span_start", text): .spanStart
    case 8 where line.holds("span_end", text): .spanEnd
    case 3 where line.holds("log", text): .log
    case 4 where line.holds("span", text): .span
    case 3 where line.holds("gap", text): .gap
    default: nil
    }
  }

  // MARK: Records of spans

  private mutating func addSpanRecord(
    _ record: inout Record, isSpanLine: Bool, isTop: Bool, _ text: ScanText, _ batch: inout RecordBatch
  ) -> Bool {
    // Both say the same at the top; the last would win.
    guard top[.id] == nil || top[.spanID] == nil else { return false }
    guard let traceID = text.identifier(fields[.traceID] ?? top[.traceID], &batch),
      let spanID = text.identifier(fields[.spanID] ?? top[.spanID] ?? top[.id], &batch)
    else { return false }
    record.traceID = traceID
    record.spanID = spanID
    record.name = text.range(fields[.spanName] ?? top[.name], &batch)
    if let parent = fields[.parentID] ?? top[.parentID] {
      if parent.kind == .null || parent.kind == .string && parent.text.count == 0 {
        record.parent = .root
      } else {
        guard let parentID = text.identifier(parent, &batch) else { return false }
        record.parent = .span
        record.parentID = parentID
      }
    } else if record.kind == .spanStart || record.kind == .span {
      record.parent = .root
    }
    guard readTimes(&record, isSpanLine: isSpanLine, text.line) else { return false }
    if record.kind == .log {
      record.message = text.range(top[.message], &batch)
    } else {
      if let status = fields[.status] ?? top[.status], status.isString {
        guard let word = status.plainText else { return false }
        record.status = spanStatus(word, text.line)
      }
      record.message = text.range(fields[.statusMessage], &batch)
      if let kind = fields[.kind], kind.isString {
        guard let word = kind.plainText else { return false }
        guard let known = spanKind(word, text.line) else { return false }
        record.spanKind = known
      }
      record.service = text.range(fields[.service], &batch)
    }
    if isSpanLine, let events = top[.events], events.kind == .array || events.kind == .looseArray { return false }
    return addSpanAttributes(&record, isTop: isTop, text, &batch)
  }

  private mutating func readTimes(_ record: inout Record, isSpanLine: Bool, _ line: LineCursor) -> Bool {
    guard let written = time(top[.timestamp], line) else { return false }
    if let duration = fields[.durationMs] ?? top[.durationMs] {
      switch duration.kind {
      case .real: record.durationNanos = nanos(fromMillis: duration.real)
      case .integer: record.durationNanos = nanos(fromMillis: Double(duration.integer))
      case .null: break
      default: return false
      }
      if duration.kind != .null, record.durationNanos == Record.unknown { return false }
    }
    record.timeNanos = written
    switch record.kind {
    case .spanStart: record.startNanos = written
    case .span where isSpanLine:
      guard record.durationNanos != Record.unknown else { return false }
      let (start, overflow) = written.subtractingReportingOverflow(record.durationNanos)
      guard !overflow else { return false }
      record.startNanos = start
    case .span:
      guard record.durationNanos != Record.unknown, let start = time(fields[.startTimestamp], line) else { return false }
      record.startNanos = start
    default: break
    }
    return true
  }

  /// Nil where there is no instant: rare enough to leave it to jansson.
  @inline(__always)
  mutating func time(_ value: ScannedValue?, _ line: LineCursor) -> Int64? {
    value?.plainText.flatMap { minute.parse($0, line) }
  }

  @inline(__always)
  func nanos(fromMillis millis: Double) -> Int64 { Int64(exactly: (millis * 1_000_000).rounded()) ?? Record.unknown }

  private func spanStatus(_ word: ScannedText, _ line: LineCursor) -> SpanStatus {
    if line.holds("error", word) || line.holds("ERROR", word) || line.holds("FAILURE", word) { return .error }
    return line.holds("ok", word) || line.holds("OK", word) || line.holds("SUCCESS", word) ? .ok : .unset
  }

  /// Nil for other spellings, which jansson's path knows.
  private func spanKind(_ word: ScannedText, _ line: LineCursor) -> SpanKind? {
    if line.holds("internal", word) { return .internal }
    if line.holds("server", word) { return .server }
    if line.holds("client", word) { return .client }
    if line.holds("producer", word) { return .producer }
    return line.holds("consumer", word) ? .consumer : nil
  }

  // MARK: Attributes

  private func addSpanAttributes(_ record: inout Record, isTop: Bool, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
    for index in 0..<own.members.count {
      guard text.add(own.members[index], &batch) else { return false }
    }
    if !isTop {
      let isRunID = fields[.run]?.isString ?? true
      let reserved = isRunID ? NativeName.reservedInSpans : NativeName.reservedInSpans & ~(1 << UInt64(NativeName.run.rawValue))
      // Nearly every record has no other members than those.
      if fields.seen & ~reserved != 0 || fields.hasUnknown {
        guard addFields(besides: reserved, text, &batch) else { return false }
      }
    }
    if let file = fields[.file], file.isString { batch.add(attribute: "code.file.path", .string(text.range(file, &batch))) }
    if let line = fields[.line], line.kind == .integer { batch.add(attribute: "code.line.number", .integer(line.integer)) }
    if let function = fields[.function], function.isString {
      batch.add(attribute: "code.function.name", .string(text.range(function, &batch)))
    }
    if let links = fields[.links] {
      if links.kind == .looseArray { return false }
      if links.kind == .array { batch.add(attribute: "otel.links", .json(text.range(of: links.text))) }
    }
    record.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) - record.attributeStart
    return true
  }

  private func addFields(besides reserved: UInt64, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    for index in 0..<fields.members.count {
      let member = fields.members[index]
      if member.name != ScannedNames.unknown, reserved & 1 << UInt64(member.name) != 0 { continue }
      guard text.add(member, &batch) else { return false }
    }
    return true
  }

  // MARK: Module logs

  private mutating func addModuleLog(_ record: inout Record, isTop: Bool, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    guard fields[.attributes] == nil, fields[.span] == nil || top[.span] == nil else { return false }
    if let timestamp = top[.timestamp] {
      guard let time = time(timestamp, text.line) else { return false }
      record.timeNanos = time
    }
    record.message = text.range(top[.message], &batch)
    record.service = text.range(fields[.service], &batch)
    var reserved = NativeName.reservedEverywhere
    func reserve(_ name: NativeName) { reserved |= 1 << UInt64(name.rawValue) }
    if let span = fields[.span] ?? top[.span], span.kind != .null {
      guard addSpanContext(span, to: &record, text, &batch) else { return false }
      reserve(.span)
    }
    if fields[.service]?.isString ?? false { reserve(.service) }
    if fields[.run]?.isString ?? false { reserve(.run) }
    record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
    if !isTop {
      guard addFields(besides: reserved, text, &batch) else { return false }
    }
    record.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) - record.attributeStart
    return true
  }

  /// The span of a module log, where it has the three members that original and our layers write, in whatever order.
  private func addSpanContext(_ span: ScannedValue, to record: inout Record, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    guard span.kind == .object || span.kind == .looseObject else { return false }
    var cursor = text.line
    cursor.go(backTo: span.text)
    var found = 0
    guard cursor.pass(UInt8(ascii: "{")) else { return false }
    repeat {
      cursor.passBlanks()
      var name = ScannedText.empty
      var isEscaped = false
      guard cursor.pass(UInt8(ascii: "\"")), cursor.passString(&name, isEscaped: &isEscaped), cursor.passColon() else { return false }
      var value = ScannedValue(.null, start: 0, count: 0)
      guard cursor.passValue(&value, names: names) else { return false }
      switch NativeName(rawValue: native.find(name, cursor)) {
      case .traceID: record.traceID = text.identifier(value, &batch) ?? .empty
      case .spanID: record.spanID = text.identifier(value, &batch) ?? .empty
      case .spanName: record.name = text.range(value, &batch)
      default: return false
      }
      found += 1
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return found == 3 && !record.spanID.isEmpty && !record.traceID.isEmpty
  }
}
