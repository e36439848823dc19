// What the members of an OTLP span mean: the one place for the tree builder, the line scanner, the shapes of lines, and the binary reader. Attributes, events and links are lists, which
// each reader walks in its own way.

/// The scalar members of a span, as a reader has found them.
struct OTLPSpanMembers<Value: FieldValue> {
  var traceID, spanID, parentSpanID, traceState, name, kind, start, end: Value?
  var statusCode, statusMessage: Value?

  /// The instants of a span, and the member of a record that each sets.
  static var instants: [(name: OTLPName, target: ShapeField.Target)] { [(.start, .startNanos), (.end, .endNanos)] }

  mutating func take(_ member: OTLPName, _ value: Value) {
    switch member {
    case .traceID: traceID = value
    case .spanID: spanID = value
    case .parentSpanID: parentSpanID = value
    case .traceState: traceState = value
    case .name: name = value
    case .kind: kind = value
    case .start: start = value
    case .end: end = value
    default: break
    }
  }

  /// Fills a record whose attributes are already known.
  /// - Returns: whether a member has a form that is not understood.
  /// - Throws: if an id is missing.
  func fill(_ record: inout Record, _ marks: OTLPMarkValues, _ batch: inout RecordBatch) throws(RecordError) -> Bool {
    record.traceID = try needed(marks.traceID, traceID, size: 16, field: "traceId", &batch)
    record.spanID = try needed(marks.spanID, spanID, size: 8, field: "spanId", &batch)
    if let parent = marks.parentID ?? parentSpanID?.otlpIdentifier(size: 8, &batch) {
      record.parent = .span
      record.parentID = parent
    } else {
      record.parent = marks.isParentUnstated ? .unstated : .root
    }
    record.name = name?.range(&batch) ?? .empty
    record.message = statusMessage?.range(&batch) ?? .empty
    record.followsFrom = marks.followsFrom
    record.diagnostics = marks.diagnostics
    var isUnread = readTimes(&record, marks)
    if let kind = SpanKind(reported: kind) { record.spanKind = kind } else { isUnread = true }
    if let status = SpanStatus(reported: statusCode) { record.status = status } else { isUnread = true }
    if isUnread { record.diagnostics.insert(.unreadField) }
    return isUnread
  }

  /// The original id if our own export recorded it, otherwise the member's value.
  private func needed(
    _ original: TextRange?, _ value: Value?, size: Int, field: String, _ batch: inout RecordBatch
  ) throws(RecordError) -> TextRange {
    if let original { return original }
    if let id = value?.otlpIdentifier(size: size, &batch) { return id }
    guard let value, !value.isNull else { throw .missing(field: field, kind: "OTLP span") }
    throw .invalid(field: field, kind: "OTLP span", found: value.beginning)
  }

  /// Ended spans have both instants. A span without an end was still running when it was written. One without a start is treated as an
  /// instant, with a diagnostic.
  private func readTimes(_ record: inout Record, _ marks: OTLPMarkValues) -> Bool {
    let told = (start: self.start?.otlpInstant, end: self.end?.otlpInstant)
    let start = marks.start ?? told.start?.nanos
    let end = marks.end ?? told.end?.nanos
    record.startNanos = start ?? end ?? Record.unknown
    record.timeNanos = end ?? Record.unknown
    switch (start, end) {
    case (let start?, let end?):
      record.durationNanos = end - start
      if marks.isRunning { record.kind = .spanStart }
    case (_?, nil): record.kind = .spanStart
    case (nil, _): record.durationNanos = 0
    }
    let isUnread = marks.start == nil && told.start?.isUnread ?? false || marks.end == nil && told.end?.isUnread ?? false
    return start == nil || isUnread
  }
}

extension OTLPName {
  /// Members of a span and of its status whose value decides what others mean, or is one of a few words. Spans that differ in them have
  /// different shapes, as they do if the keys of their attributes differ.
  static let shaping = ShapingMembers(byDepth: [[OTLPName.kind.text], [OTLPName.code.text]], anywhere: [OTLPName.key.text])
}
