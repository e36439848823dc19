// Converts the members of a scanned native line to its record, using `NativeMeaning`, and handles the objects among them. Returns false
// wherever the tree reader would throw, repair, or note something: that reader then handles the line.

import Platform

extension LineScan {
  mutating func addNative(line: LineCursor, _ origin: TextOrigin, to batch: inout RecordBatch) -> Bool {
    let text = ScanText(line: line, origin: origin)
    // A word with escapes cannot be compared. If two members have the same meaning the last one wins, and two objects of attributes form
    // one list.
    for name in NativeName.words where top[name]?.kind == .escapedString || fields[name]?.kind == .escapedString { return false }
    guard top[.attributes] == nil || fields[.attributes] == nil, top[.id] == nil || top[.spanID] == nil,
      fields[.logType] == nil || fields[.dottedLogType] == nil
    else { return false }
    let members = NativeMeaning(source: ScannedLine(top: top, fields: fields, text: text))
    guard let kind = members.kind else { return false }
    var record = members.record(kind, &batch)
    switch kind {
    case .spanStart, .spanEnd, .span, .log:
      guard let isUnusable = try? members.fillSpan(&record, &batch), !isUnusable else { return false }
      let isSpanLine = members.layout == .spanLine
      if isSpanLine, let events = top[.events], events.kind == .array || events.kind == .looseArray { return false }
      guard addSpanAttributes(&record, isTop: members.layout != .fields, members, text, &batch) else { return false }
    case .moduleLog:
      members.fillModuleLog(&record, &batch)
      guard addModuleLog(&record, isTop: members.layout != .fields, text, &batch) else { return false }
    // Session markers and gaps are rare.
    case .session, .gap, .process: return false
    }
    batch.add(record)
    return true
  }

  /// Nil if there is no instant: this is rare enough to leave it to the tree reader.
  @inline(__always)
  mutating func time(_ value: ScannedValue?, _ line: LineCursor) -> Int64? {
    value?.plainText.flatMap { minute.parse($0, line) }
  }

  // MARK: Attributes

  private func addSpanAttributes(
    _ record: inout Record, isTop: Bool, _ members: NativeMeaning<ScannedLine>, _ text: ScanText, _ batch: inout RecordBatch
  ) -> Bool {
    record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
    for index in 0..<own.members.count {
      guard text.add(own.members[index], &batch) else { return false }
    }
    if !isTop {
      let isRunID = fields[.run]?.isString ?? true
      let reserved = isRunID ? NativeName.reservedInSpans : NativeName.reservedInSpans & ~NativeName.run.bit
      // Almost every record has only these members.
      if fields.seen & ~reserved != 0 || fields.hasUnknown {
        guard addFields(besides: reserved, text, &batch) else { return false }
      }
    }
    members.addPlace(&batch)
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
    var reserved = NativeName.reservedEverywhere
    func reserve(_ name: NativeName) { reserved |= name.bit }
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

  /// The span of a module log, if it has the three members that the original and our layers write, in any order.
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

/// The members of a line found by `LineScan`.
struct ScannedLine: NativeSource {
  let top, fields: MemberList
  let text: ScanText

  func top(_ name: NativeName) -> ScannedField? { top[name].map { ScannedField(value: $0, source: text) } }
  func field(_ name: NativeName) -> ScannedField? { fields[name].map { ScannedField(value: $0, source: text) } }
}
