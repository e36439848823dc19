// Native lines with known shapes: the record is the shape's record with the values of this line.

extension LineScan {
  /// Decodes a line with a known shape. Otherwise returns nil, with nothing in the batch that `rewind` does not remove.
  @inline(__always)
  mutating func takeKnown(_ line: LineCursor, _ origin: TextOrigin, to batch: inout RecordBatch) -> LineCursor? {
    var cursor = line
    guard let shape = shapes.match(&cursor, .native, &values), cursor.byte == UInt8(ascii: "\n") else { return nil }
    let text = ScanText(line: line, origin: origin)
    var record = shapes.prototype(of: shape)
    guard fill(&record, of: shape, text, &batch) else { return nil }
    switch (record.kind, record.format) {
    case (.spanStart, _): record.startNanos = record.timeNanos
    case (.span, .nativeSpanLine):
      let (start, overflow) = record.timeNanos.subtractingReportingOverflow(record.durationNanos)
      guard !overflow else { return nil }
      record.startNanos = start
    default: break
    }
    guard addAttributes(of: shape, to: &record, text, &batch) else { return nil }
    batch.add(record)
    return cursor
  }

  /// Puts the values of this line into the record of its shape; false if the scanner does not accept one of them. Done in place, because
  /// records are large enough that copies are measurable.
  @inline(__always)
  mutating func fill(_ record: inout Record, of shape: Int, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    for index in shapes.texts(of: shape) {
      let field = shapes[text: index]
      record.set(text.range(text: values[field.hole], &batch), at: field.place)
    }
    for index in shapes.fields(of: shape) {
      let field = shapes[field: index]
      let value = values[field.hole]
      switch field.target {
      case .identifier:
        guard value.kind == .string, OTLPIdentifier.isNormal(value.text, text.line) else { return false }
        record.set(text.range(of: value.text), at: field.place)
      case .time, .startTime:
        guard let time = time(value, text.line) else { return false }
        if field.target == .time { record.timeNanos = time } else { record.startNanos = time }
      case .startNanos, .endNanos:
        guard let nanos = instant(value, text.line) else { return false }
        if field.target == .endNanos { record.timeNanos = nanos } else { record.startNanos = nanos }
      case .milliseconds:
        guard value.kind != .string, value.kind != .escapedString,
          let nanos = NativeName.nanos(fromMillis: value.kind == .real ? value.real : Double(value.integer))
        else { return false }
        record.durationNanos = nanos
      case .sequence:
        guard value.kind == .integer, value.integer > 0 else { return false }
        record.sequence = UInt64(value.integer)
      }
    }
    return true
  }

  /// Returns false if a text is not the number that its attribute needs.
  @inline(__always)
  mutating func addAttributes(of shape: Int, to record: inout Record, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    let attributes = shapes.attributes(of: shape)
    let start = batch.attributes.count
    record.attributeStart = UInt32(truncatingIfNeeded: start)
    record.attributeCount = UInt32(truncatingIfNeeded: attributes.count)
    if attributes.isEmpty { return true }
    batch.addAttributes(attributes.count)
    var place = start
    for index in attributes {
      let attribute = shapes[attribute: index]
      guard let value = value(of: attribute, text, &batch) else { return false }
      let key =
        attribute.isKeyForeign
        ? TextRange(scratch: Int(attribute.key.distance), count: Int(attribute.key.count)) : text.range(of: values.text(attribute.key))
      batch.replaceAttribute(at: place, with: Attribute(key: key, value: value))
      place += 1
    }
    return true
  }

  @inline(__always)
  private func value(of attribute: ShapeAttribute, _ text: ScanText, _ batch: inout RecordBatch) -> AttributeValue? {
    switch attribute.source {
    case .text: return .string(text.range(text: values[attribute.hole], &batch))
    case .integer: return .integer(values[attribute.hole].integer)
    case .real:
      let value = values[attribute.hole]
      return .double(value.kind == .real ? value.real : Double(value.integer))
    case .digits: return text.line.integer(values[attribute.hole].text).map { .integer($0) }
    case .isTrue: return .bool(true)
    case .isFalse: return .bool(false)
    case .knownText: return .string(text.range(of: values.text(attribute.known)))
    case .knownJSON: return .json(text.range(of: values.text(attribute.known)))
    }
  }

  // MARK: Learning

  /// Stores the shape of a line that became the latest record of the batch.
  /// - Parameter count: the number of bytes in the line.
  @inline(never)
  mutating func learnNative(_ line: LineCursor, count: Int, _ origin: TextOrigin, _ batch: inout RecordBatch) {
    guard count <= LineShapes.maxLineBytes, shapes.mayLearn(), let record = batch.records.last else { return }
    let bytes = line.bytes(ScannedText(start: 0, count: count))
    guard let walk = ShapeWalk(bytes, NativeName.shaping), let draft = nativeDraft(walk, record, count: count, origin, batch) else {
      return
    }
    guard let shape = shapes.add(bytes, .native, draft) else { return }
    verify(shape, record, &batch) { scan, batch in scan.takeKnown(line, origin, to: &batch)?.offset == count }
  }

  private func nativeDraft(_ walk: ShapeWalk, _ record: Record, count: Int, _ origin: TextOrigin, _ batch: RecordBatch) -> ShapeDraft? {
    var prototype = record
    prototype.clearValues()
    var draft = ShapeDraft(walk, prototype: prototype, start: 0, count: count, origin: origin)
    // A number that is not used here may be used in the next line.
    guard record.sequence > 0 || fields[.seq] == nil || fields[.producer] == nil else { return nil }
    guard addTexts(of: record, to: &draft), draft.add(\.service, of: record), draft.add(\.target, of: record),
      draft.add(\.run, of: record), draft.add(.time, top[.timestamp]), draft.add(.sequence, record.sequence > 0 ? fields[.seq] : nil)
    else { return nil }
    switch record.kind {
    case .spanStart, .spanEnd, .span, .log:
      guard draft.add(.milliseconds, fields[.durationMs] ?? top[.durationMs]) else { return nil }
    default: break
    }
    if record.kind == .span, record.format == .native, !draft.add(.startTime, fields[.startTimestamp]) { return nil }
    let attributes = batch.attributes[Int(record.attributeStart)..<Int(record.attributeStart + record.attributeCount)]
    guard draft.add(attributes, batch, line: fields[.line]) else { return nil }
    return draft
  }

  /// Adds the fields that records of all formats take from their own line.
  /// - Parameter ids: the required form of ids.
  func addTexts(of record: Record, to draft: inout ShapeDraft, ids: ShapeField.Target? = nil) -> Bool {
    draft.add(\.traceID, of: record, as: ids) && draft.add(\.spanID, of: record, as: ids) && draft.add(\.parentID, of: record, as: ids)
      && draft.add(\.name, of: record) && draft.add(\.message, of: record) && draft.add(\.producer, of: record)
      && record.session.isEmpty
  }

  /// A shape is used only if it reproduces the record of the line from which it was learned.
  mutating func verify(
    _ shape: Int, _ record: Record, _ batch: inout RecordBatch, _ read: (inout LineScan, inout RecordBatch) -> Bool
  ) {
    let mark = batch.mark
    shapes.confirm(shape)
    defer { batch.rewind(to: mark) }
    guard read(&self, &batch), var again = batch.records.last, batch.records.count == mark.records + 1 else { return shapes.reject(shape) }
    let attributes = batch.attributes[Int(again.attributeStart)...]
    let wanted = batch.attributes[Int(record.attributeStart)..<Int(record.attributeStart + record.attributeCount)]
    let isSame = zip(attributes, wanted).allSatisfy { batch.isSame($0, $1) } && attributes.count == wanted.count
    again.attributeStart = record.attributeStart
    if again != record || !isSame { shapes.reject(shape) }
  }
}

extension Record {
  /// Sets one of its texts, at an offset that a shape knows.
  @inline(__always)
  mutating func set(_ text: TextRange, at place: UInt16) {
    withUnsafeMutableBytes(of: &self) { $0.storeBytes(of: text, toByteOffset: Int(place), as: TextRange.self) }
  }

  /// Clears all values, so that only what all lines of a shape have in common is left.
  mutating func clearValues() {
    (timeNanos, startNanos, durationNanos) = (Record.unknown, Record.unknown, Record.unknown)
    for text in [\Record.traceID, \.spanID, \.parentID, \.name, \.target, \.service, \.host, \.message, \.run, \.session, \.producer] {
      self[keyPath: text] = .empty
    }
    sequence = 0
    (attributeStart, attributeCount) = (0, 0)
  }
}
