// What the members of a log record mean: the one place for the tree builder and the binary reader. Its attributes each reader walks in its own way.

/// The scalar members of a log record as a reader has found them.
struct OTLPLogMembers<Value: FieldValue> {
  var traceID, spanID, time, observedTime, severityNumber, severityText: Value?

  mutating func take(_ member: OTLPName, _ value: Value) {
    switch member {
    case .traceID: traceID = value
    case .spanID: spanID = value
    case .time: time = value
    case .observedTime: observedTime = value
    case .severityNumber: severityNumber = value
    case .severityText: severityText = value
    default: break
    }
  }

  /// A record whose attributes are known already.
  /// - Parameters:
  ///   - marks: what its attributes say to us.
  ///   - text: what its attributes say to people, where it has no body.
  func record(
    _ origin: OTLPOrigin, _ marks: OTLPMarkValues, _ text: EventText, body: (some OTLPAnyValue)?, attributesFrom first: Int,
    _ batch: inout RecordBatch
  ) -> Record {
    let trace = marks.traceID ?? traceID?.otlpIdentifier(size: 16, &batch)
    let span = marks.spanID ?? spanID?.otlpIdentifier(size: 8, &batch)
    // A log outside any span is a line for people.
    var record = Record(trace != nil && span != nil ? .log : .moduleLog, format: .openTelemetry)
    record.attributeStart = UInt32(first)
    record.attributeCount = UInt32(batch.attributes.count - first)
    record.traceID = trace ?? .empty
    record.spanID = span ?? .empty
    record.run = origin.run
    record.service = origin.service
    record.target = marks.target ?? origin.scope
    record.timeNanos = marks.eventTime ?? time?.otlpInstant.nanos ?? observedTime?.otlpInstant.nanos ?? Record.unknown
    record.message = marks.message ?? .empty
    if marks.message == nil, let body, !body.isNone { record.message = body.shownText(&batch) }
    if record.message.isEmpty { record.message = batch.add(text: text.message) }
    record.level = marks.level ?? OTLPValues.severity(severityNumber, severityText)
    return record
  }
}
