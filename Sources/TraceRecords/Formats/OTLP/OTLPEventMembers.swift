// What the members of an event of an OTLP span mean: the one place for the tree builder, the line scanner and the binary reader. Its attributes each reader walks in its own way.

/// The scalar members of an event, as a reader has found them.
struct OTLPEventMembers<Value: FieldValue> {
  var name, time: Value?

  mutating func take(_ member: OTLPName, _ value: Value) {
    switch member {
    case .name: name = value
    case .time: time = value
    default: break
    }
  }

  /// The name as `EventText` takes it.
  var nameText: String { name?.text.map { String(decoding: $0, as: UTF8.self) } ?? "" }

  /// Fills a record whose attributes are already known.
  /// - Parameters:
  ///   - marks: what its attributes mean for the decoder.
  ///   - text: the message from its name and attributes.
  func fill(_ record: inout Record, _ marks: OTLPMarkValues, _ text: EventText, isSpanFailed: Bool, _ batch: inout RecordBatch) {
    record.timeNanos = marks.eventTime ?? time?.otlpInstant.nanos ?? Record.unknown
    record.target = marks.target ?? .empty
    if let message = marks.message {
      record.message = message
    } else if text.isNamed, let name, name.text?.isEmpty == false {
      record.message = name.range(&batch)
    } else {
      record.message = batch.add(text: text.message)
    }
    record.level = marks.level ?? text.level(isSpanFailed: isSpanFailed)
  }
}
