// OTLP spans with known shapes. What they have in common with their resource and scope is taken from there.

extension LineScan {
  /// Decodes a span with a known shape. Otherwise returns nil, with nothing in the batch that `rewind` does not remove.
  @inline(__always)
  mutating func addKnownSpan(_ start: LineCursor, _ origin: OTLPOrigin, _ text: ScanText, _ batch: inout RecordBatch) -> LineCursor? {
    var cursor = start
    guard let shape = shapes.match(&cursor, .span, &values) else { return nil }
    var record = shapes.prototype(of: shape)
    guard fill(&record, of: shape, text, &batch) else { return nil }
    // A span without an end is still running.
    if case .span = record.kind { record.durationNanos = record.timeNanos - record.startNanos }
    record.service = origin.service
    record.host = origin.host
    record.target = origin.scope
    record.run = origin.run
    guard addAttributes(of: shape, to: &record, text, &batch) else { return nil }
    batch.add(record)
    return cursor
  }

  // MARK: Learning

  /// Stores the shape of a span without events that became the latest record of the batch.
  @inline(never)
  mutating func learnSpan(_ start: LineCursor, end: LineCursor, _ origin: OTLPOrigin, _ text: ScanText, _ batch: inout RecordBatch) {
    let count = end.offset - start.offset
    guard count <= LineShapes.maxLineBytes, shapes.mayLearn(), let record = batch.records.last else { return }
    let bytes = text.line.bytes(ScannedText(start: start.offset, count: count))
    guard let walk = ShapeWalk(bytes, OTLPName.shaping) else { return }
    var prototype = record
    prototype.clearValues()
    var draft = ShapeDraft(walk, prototype: prototype, start: start.offset, count: bytes.count, origin: text.origin)
    guard addTexts(of: record, to: &draft, ids: .identifier),
      OTLPSpanMembers<ScannedField>.instants.allSatisfy({ draft.add($0.target, span[otlp: $0.name]) }),
      draft.add(batch.attributes[Int(record.attributeStart)..<Int(record.attributeStart + record.attributeCount)], batch),
      let shape = shapes.add(bytes, .span, draft)
    else { return }
    verify(shape, record, &batch) { scan, batch in scan.addKnownSpan(start, origin, text, &batch)?.offset == end.offset }
  }
}
