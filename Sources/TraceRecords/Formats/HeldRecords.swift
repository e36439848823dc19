// Records that a format cannot hand on yet, because a later value completes them.

/// Rows in a batch of their own, which move one by one to the batch of a source. Their texts are moved together, once.
struct HeldRecords: Sendable {
  private(set) var rows = RecordBatch()

  var isEmpty: Bool { rows.isEmpty }
  var byteCount: Int { rows.byteCount }

  /// Adds the record that `build` creates in the batch passed to it. Returns its row.
  mutating func hold(_ build: (inout RecordBatch) -> Void) -> Int {
    build(&rows)
    return rows.records.count - 1
  }

  mutating func removeAll() { rows.removeAll() }

  func withText<Result>(_ range: TextRange, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    rows.scratch.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range.offset..<range.offset + Int(range.count)])) }
  }

  /// Copies every text of the rows. Rows that are moved afterwards refer to the copies.
  func moveTexts(to batch: inout RecordBatch) -> Int {
    rows.scratch.withUnsafeBytes { texts in
      let offset = batch.scratch.count
      _ = batch.add(text: texts)
      return offset
    }
  }

  /// The record of a row with its attributes, for the batch whose copied texts begin at `offset`.
  func moved(_ row: Int, _ offset: Int, to batch: inout RecordBatch) -> Record {
    func moved(_ range: TextRange) -> TextRange {
      range.isEmpty ? range : TextRange(scratch: range.offset + offset, count: Int(range.count))
    }
    var record = rows.records[row]
    record.traceID = moved(record.traceID)
    record.spanID = moved(record.spanID)
    record.parentID = moved(record.parentID)
    record.name = moved(record.name)
    record.target = moved(record.target)
    record.service = moved(record.service)
    record.host = moved(record.host)
    record.message = moved(record.message)
    record.run = moved(record.run)
    let attributes = rows.attributes[Int(record.attributeStart)..<Int(record.attributeStart + record.attributeCount)]
    record.attributeStart = UInt32(batch.attributes.count)
    for attribute in attributes {
      let value: AttributeValue =
        switch attribute.value {
        case .string(let range): .string(moved(range))
        case .json(let range): .json(moved(range))
        case .integer, .double, .bool: attribute.value
        }
      batch.add(Attribute(key: moved(attribute.key), value: value))
    }
    return record
  }
}
