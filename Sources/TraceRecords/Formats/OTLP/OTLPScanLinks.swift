// Links and trace state of a scanned OTLP span, which are stored as attributes.

extension LineScan {
  /// Adds trace state and links as attributes after the span's own. If attributes of events came in between, the span's own attributes are
  /// copied after them.
  func addBehindAttributes(of record: inout Record, _ state: TextRange, _ links: TextRange?, _ batch: inout RecordBatch) {
    let own = Int(record.attributeStart)..<Int(record.attributeStart + record.attributeCount)
    if record.attributeCount == 0 || own.upperBound < batch.attributes.count {
      record.attributeStart = UInt32(truncatingIfNeeded: batch.attributes.count)
      for index in own { batch.add(batch.attributes[index]) }
    }
    if !state.isEmpty { batch.add(attribute: "otel.trace_state", .string(state)) }
    if let links { batch.add(attribute: "otel.links", .json(links)) }
    record.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) - record.attributeStart
  }

  /// Links in the form of native records, as `OTLPValues.addLinks` writes them. Not accepted if they have attributes, or ids in other
  /// forms.
  func addLinks(_ cursor: inout LineCursor, _ links: inout TextRange?, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    guard let isEmpty = cursor.passListStart() else { return false }
    if isEmpty { return true }
    let start = batch.scratch.count
    repeat {
      var ids: (trace: ScannedValue?, span: ScannedValue?)
      var seen: UInt64 = 0
      cursor.passBlanks()
      guard cursor.pass(UInt8(ascii: "{")) else { return false }
      repeat {
        guard let name = cursor.passName(otlp, seen: &seen) else { return false }
        var value = ScannedValue(.null, start: 0, count: 0)
        guard cursor.passValue(&value, names: names), name != .attributes || value.kind == .emptyArray else { return false }
        if name == .traceID { ids.trace = value }
        if name == .spanID { ids.span = value }
        cursor.passBlanks()
      } while cursor.pass(UInt8(ascii: ","))
      guard cursor.pass(UInt8(ascii: "}")), let trace = ids.trace, let span = ids.span, identifier(trace, text) != nil,
        identifier(span, text) != nil
      else { return false }
      _ = batch.add(text: batch.scratch.count == start ? "[{\"trace_id\":\"" : ",{\"trace_id\":\"")
      _ = batch.add(text: text.line.bytes(trace.text))
      _ = batch.add(text: "\",\"span_id\":\"")
      _ = batch.add(text: text.line.bytes(span.text))
      _ = batch.add(text: "\"}")
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    _ = batch.add(text: "]")
    links = TextRange(scratch: start, count: batch.scratch.count - start)
    return cursor.pass(UInt8(ascii: "]"))
  }
}
