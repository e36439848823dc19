// Converts events to records, once their neighbours are known.

struct ChromeRecordWriter {
  let tracks: ChromeTracks
  let held: HeldRecords
  /// The offset of the held texts in the batch.
  let offset: Int

  /// For a call that was already handed on, only the end is written.
  /// - Parameter addition: adds attributes to the record of a call.
  func write(
    _ event: ChromeEvent, to batch: inout RecordBatch, adding addition: (inout Record, inout RecordBatch) -> Void = { _, _ in }
  ) {
    switch event.kind {
    case .call where event.isPlaced: break
    case .call:
      if event.row >= 0 {
        var record = held.moved(Int(event.row), offset, to: &batch)
        place(&record, event, &batch)
        addition(&record, &batch)
        batch.add(record)
      } else {
        var record = Record(.spanEnd, format: .openTelemetry)
        place(&record, event, &batch)
        addition(&record, &batch)
        record.durationNanos = event.end - event.start
        record.timeNanos = event.end
        batch.add(record)
      }
    case .end:
      guard event.span > 0 else { return }
      var record = event.row >= 0 ? held.moved(Int(event.row), offset, to: &batch) : Record(.spanEnd, format: .openTelemetry)
      record.traceID = tracks.addID(event.track, to: &batch)
      record.spanID = batch.add(text: String(event.span))
      record.timeNanos = event.start
      batch.add(record)
    case .instant:
      var record = held.moved(Int(event.row), offset, to: &batch)
      record.traceID = tracks.addID(event.track, to: &batch)
      record.service = service(event, &batch)
      if event.parent > 0 { record.spanID = batch.add(text: String(event.parent)) } else { record.kind = .moduleLog }
      batch.add(record)
    }
  }

  /// Sets the span and the parent of a record. Outermost calls also name their thread.
  private func place(_ record: inout Record, _ event: ChromeEvent, _ batch: inout RecordBatch) {
    record.traceID = tracks.addID(event.track, to: &batch)
    record.spanID = batch.add(text: String(event.span))
    record.service = service(event, &batch)
    guard event.parent == 0 else {
      record.parent = .span
      record.parentID = batch.add(text: String(event.parent))
      return
    }
    record.parent = .root
    guard let name = tracks.threadName(event.track) else { return }
    if record.attributeCount == 0 { record.attributeStart = UInt32(batch.attributes.count) }
    batch.add(attribute: "thread.name", .string(batch.add(text: name)))
    record.attributeCount += 1
  }

  private func service(_ event: ChromeEvent, _ batch: inout RecordBatch) -> TextRange {
    tracks.processName(event.track).map { batch.add(text: $0) } ?? .empty
  }
}
