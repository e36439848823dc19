// The meaning of the members of a native line, shared by the tree builder, the line scanner and the shapes of lines. Each reader visits
// objects and lists (attributes, links, events, the span of a module log) in its own way.

/// The members of a native line, as a reader has found them.
protocol NativeSource {
  associatedtype Value: FieldValue
  /// A member of the line itself.
  func top(_ name: NativeName) -> Value?
  /// A member of its `fields`.
  func field(_ name: NativeName) -> Value?
}

struct NativeMeaning<Source: NativeSource> {
  let source: Source

  /// A member in `fields`, or else at the top level if it has a meaning there.
  @inline(__always)
  subscript(name: NativeName) -> Source.Value? {
    if NativeName.inFields & name.bit != 0, let value = source.field(name) { return value }
    return NativeName.atTop & name.bit != 0 ? source.top(name) : nil
  }

  // MARK: The kind of a line

  enum Layout { case fields, top, spanLine }

  var layout: Layout {
    guard let type = self[.type], type.isText else { return .fields }
    return type.text?.equals("span") ?? false ? .spanLine : .top
  }

  /// The kind of the line, by its markers; nil if it has none of them.
  var kind: RecordKind? {
    if let type = self[.type]?.text {
      if type.equals("span_start") { return .spanStart }
      if type.equals("span_end") { return .spanEnd }
      if type.equals("log") { return .log }
      // The SDK for JavaScript also writes `"type":"span"`, but with other names for ids.
      if type.equals("span") { return source.top(.foreignTraceID) != nil && self[.traceID] == nil ? nil : .span }
    }
    // For the old variants. An event of Rust's tracing may have a field with that name, but it has no message beside its fields.
    let inner = self[.message] == nil ? nil : source.field(.logType) ?? source.field(.dottedLogType)
    if let logType = source.top(.logType)?.text ?? inner?.text {
      if logType.equals("module") { return .moduleLog }
      if logType.equals("trace") { return eventKind }
    }
    if self[.sessionStart] != nil || (self[.message]?.text?.equals("SESSION_START") ?? false) { return .session }
    return nil
  }

  private var eventKind: RecordKind? {
    guard let event = self[.eventType]?.text else { return nil }
    if event.equals("span_start") { return .spanStart }
    if event.equals("span_end") { return .spanEnd }
    if event.equals("log") { return .log }
    if event.equals("span") { return .span }
    if event.equals("gap") { return .gap }
    return nil
  }

  // MARK: Its record

  func record(_ kind: RecordKind, _ batch: inout RecordBatch) -> Record {
    var record = Record(kind, format: layout == .spanLine ? .nativeSpanLine : .native)
    record.level = self[.level]?.text.flatMap { SeverityLevel($0) } ?? .info
    record.target = text(.target, &batch)
    record.run = text(.run, &batch)
    if let producer = self[.producer], producer.text?.isEmpty == false, let sequence = unsigned(.seq), sequence > 0 {
      record.producer = producer.range(&batch)
      record.sequence = sequence
    }
    return record
  }

  /// Fills the record of a span, except its attributes.
  /// - Returns: whether the record is missing a duration that could not be read.
  func fillSpan(_ record: inout Record, _ batch: inout RecordBatch) throws(RecordError) -> Bool {
    record.traceID = try needed(.traceID, self[.traceID], record, &batch)
    record.spanID = try needed(.spanID, self[.spanID] ?? source.top(.id), record, &batch)
    record.name = self[.spanName].map { $0.range(&batch) } ?? text(.name, &batch)
    if let parent = self[.parentID] {
      if parent.isNull || parent.text?.isEmpty == true {
        record.parent = .root
      } else {
        record.parentID = try needed(.parentID, parent, record, &batch)
        record.parent = .span
      }
    } else if record.kind == .spanStart || record.kind == .span {
      record.parent = .root
    }
    try readTimes(&record)
    guard record.kind != .log else {
      record.message = text(.message, &batch)
      return false
    }
    if let status = self[.status]?.text { record.status = NativeName.status(status) }
    record.message = text(.statusMessage, &batch)
    if let kind = self[.kind]?.text { record.spanKind = SpanKind(named: kind) }
    record.service = text(.service, &batch)
    return record.durationNanos == Record.unknown && !(self[.durationMs]?.isNull ?? true)
  }

  /// The same for a module log, except the span in which it was written.
  func fillModuleLog(_ record: inout Record, _ batch: inout RecordBatch) {
    record.timeNanos = time(.timestamp) ?? Record.unknown
    record.message = text(.message, &batch)
    record.service = text(.service, &batch)
  }

  func fillSession(_ record: inout Record, _ batch: inout RecordBatch) {
    record.timeNanos = time(.timestamp) ?? Record.unknown
    record.session = self[.sessionID].flatMap { NativeMeaning.identifier($0, &batch) } ?? .empty
    record.message = text(.workingDirectory, &batch)
    // Written by a producer after reconnecting: which records of the previous connection may be unread.
    guard let producer = self[.producer], producer.text?.isEmpty == false, let first = unsigned(.firstSeq), let last = unsigned(.lastSeq),
      first >= 1, first <= last
    else { return }
    record.producer = producer.range(&batch)
    (record.gapFirst, record.gapLast) = (first, last)
  }

  func fillGap(_ record: inout Record, _ batch: inout RecordBatch) throws(RecordError) {
    guard let producer = self[.producer], producer.isText else { throw problem(.producer, record) }
    guard let first = unsigned(.firstSeq), let last = unsigned(.lastSeq), first >= 1, first <= last else {
      throw problem(.firstSeq, record)
    }
    // `seq` of a gap record is its own number; the lost numbers are between first and last.
    record.producer = producer.range(&batch)
    record.gapFirst = first
    record.gapLast = last
    record.gapCount = unsigned(.count) ?? (last - first + 1)
    record.timeNanos = time(.timestamp) ?? Record.unknown
    record.message = text(.reason, &batch)
  }

  /// Adds the source location of a span, as attributes after its own.
  func addPlace(_ batch: inout RecordBatch) {
    if let file = self[.file], file.isText { batch.add(attribute: "code.file.path", .string(file.range(&batch))) }
    if let line = self[.line]?.integer { batch.add(attribute: "code.line.number", .integer(line)) }
    if let function = self[.function], function.isText { batch.add(attribute: "code.function.name", .string(function.range(&batch))) }
  }

  private func readTimes(_ record: inout Record) throws(RecordError) {
    let written = time(.timestamp)
    record.timeNanos = written ?? Record.unknown
    record.durationNanos = self[.durationMs]?.double.flatMap { NativeName.nanos(fromMillis: $0) } ?? Record.unknown
    switch record.kind {
    case .spanStart:
      guard let written else { throw problem(.timestamp, record) }
      record.startNanos = written
    case .spanEnd:
      // An end needs an instant or a duration; the store prefers the duration.
      guard written != nil || record.durationNanos != Record.unknown else { throw problem(.timestamp, record) }
    case .span where layout == .spanLine:
      guard let written else { throw problem(.timestamp, record) }
      guard record.durationNanos != Record.unknown else { throw problem(.durationMs, record) }
      let (start, overflow) = written.subtractingReportingOverflow(record.durationNanos)
      guard !overflow else { throw problem(.durationMs, record) }
      record.startNanos = start
    case .span:
      guard let start = time(.startTimestamp) else { throw problem(.startTimestamp, record) }
      guard record.durationNanos != Record.unknown else { throw problem(.durationMs, record) }
      record.startNanos = start
    default: break
    }
  }

  // MARK: Scalars

  /// An id is a text; a number becomes its digits. Nil if there is none.
  static func identifier(_ value: Source.Value, _ batch: inout RecordBatch) -> TextRange? {
    if value.isText {
      let text = value.range(&batch)
      return text.isEmpty ? nil : text
    }
    return value.integer.map { batch.add(text: String($0)) }
  }

  private func needed(_ name: NativeName, _ value: Source.Value?, _ record: Record, _ batch: inout RecordBatch) throws(RecordError)
    -> TextRange
  {
    guard let value, let id = NativeMeaning.identifier(value, &batch) else { throw problem(name, value, record) }
    return id
  }

  private func text(_ name: NativeName, _ batch: inout RecordBatch) -> TextRange { self[name]?.range(&batch) ?? .empty }

  private func time(_ name: NativeName) -> Int64? { self[name]?.text.flatMap { Timestamp.parse($0) } }

  private func unsigned(_ name: NativeName) -> UInt64? {
    if let number = self[name]?.integer { return UInt64(exactly: number) }
    return self[name]?.text.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
  }

  private func problem(_ name: NativeName, _ record: Record) -> RecordError { problem(name, self[name], record) }

  private func problem(_ name: NativeName, _ value: Source.Value?, _ record: Record) -> RecordError {
    guard let value, !value.isNull else { return .missing(field: "\(name.text)", kind: record.kind.recordName) }
    return .invalid(field: "\(name.text)", kind: record.kind.recordName, found: value.beginning)
  }
}

extension NativeName {
  // MARK: Where members have a meaning, one bit per name

  static let atTop = bits(
    .fields, .timestamp, .level, .target, .logType, .message, .type, .name, .id, .spanID, .traceID, .parentID, .durationMs, .attributes,
    .events, .status, .span)
  static let inFields = bits(
    .eventType, .traceID, .spanID, .parentID, .spanName, .durationMs, .startTimestamp, .attributes, .kind, .links, .file, .line, .function,
    .status, .statusMessage, .service, .run, .producer, .seq, .firstSeq, .lastSeq, .count, .reason, .sessionStart, .sessionID, .logType,
    .dottedLogType, .span, .workingDirectory)

  /// Members of `fields` that are not attributes: in any record, and in records of spans. `crc32c` is the checksum of a journal's line.
  static let reservedEverywhere = bits(.logType, .dottedLogType, .producer, .seq, .crc32c)
  static let reservedInSpans =
    reservedEverywhere
    | bits(
      .eventType, .traceID, .spanID, .parentID, .spanName, .durationMs, .startTimestamp, .attributes, .kind, .links, .file, .line,
      .function,
      .status, .statusMessage, .service, .run, .message)

  /// Members whose text decides what a line is, or is parsed: they cannot be used if they contain escapes.
  static let words: [NativeName] = [
    .type, .logType, .dottedLogType, .eventType, .level, .status, .kind, .timestamp, .startTimestamp, .producer, .seq,
  ]
  /// Lines that differ in these members have different shapes.
  static let shaping = ShapingMembers(byDepth: [
    [NativeName.type, .logType, .level, .status].map(\.text), [NativeName.eventType, .status, .kind].map(\.text),
  ])

  // MARK: The meaning of their values

  static func status(_ text: UnsafeRawBufferPointer) -> SpanStatus {
    if text.equals("error") || text.equals("ERROR") || text.equals("FAILURE") { return .error }
    if text.equals("ok") || text.equals("OK") || text.equals("SUCCESS") { return .ok }
    return .unset
  }

  /// Milliseconds as nanoseconds; nil for NaN, infinities and values beyond Int64. Negative durations are kept: the store reports them.
  @inline(__always)
  static func nanos(fromMillis millis: Double) -> Int64? { Int64(exactly: (millis * 1_000_000).rounded()) }
}
