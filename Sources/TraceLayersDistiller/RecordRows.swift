// Converts records to rows of the in-process store without JSON. Rare data (arrays, links, nested metadata) still goes through JSON, so
// that one encoder and one decoder define the result. Tests compare the rows with what the decoder makes of the same records.

import Logging
import TraceLayers
import TraceRecords
import Tracing

/// One record at a time, in memory that is reused for the next.
struct RecordRows {
  private(set) var batch = RecordBatch()

  mutating func spanStarted(_ span: SpanStarted, origin: RecordOrigin) {
    batch.removeAll()
    var record = Record(.spanStart, format: .native)
    identify(&record, span, name: span.name, origin)
    record.timeNanos = RecordRows.instant(span.startNanos)
    record.startNanos = record.timeNanos
    record.spanKind = span.kind.recordKind
    addLocation(span.location)
    add(&record)
  }

  /// - Returns: False if the record must go through the encoder.
  mutating func spanEnded(_ end: SpanEnded, origin: RecordOrigin) -> Bool {
    batch.removeAll()
    guard end.links.isEmpty else { return false }
    var record = Record(.spanEnd, format: .native)
    identify(&record, end.span, name: end.name, origin)
    record.timeNanos = RecordRows.instant(end.endNanos)
    record.durationNanos = end.durationNanos
    if let status = end.status {
      record.status = status.code == .error ? .error : .ok
      if let message = status.message { record.message = batch.add(text: message) }
    }
    guard addAttributes(end.attributes) else { return false }
    add(&record)
    return true
  }

  /// - Returns: False if the record must go through the encoder.
  mutating func spanLog(_ event: LoggedEvent, in span: SpanContext, origin: RecordOrigin) -> Bool {
    batch.removeAll()
    var record = Record(.log, format: .native)
    record.level = event.level.severity
    record.timeNanos = RecordRows.instant(event.timeNanos)
    record.traceID = addID(span.traceID)
    record.spanID = addID(span.spanID)
    record.target = batch.add(text: event.target)
    record.run = batch.add(text: origin.run)
    record.message = batch.add(text: event.message)
    guard event.attributes.isEmpty ? addMetadata(event.metadata) : addAttributes(event.attributes) else { return false }
    addLocation(event.location)
    add(&record)
    return true
  }

  // MARK: Parts

  private mutating func identify(_ record: inout Record, _ span: SpanStarted, name: String, _ origin: RecordOrigin) {
    record.level = span.level.severity
    record.traceID = addID(span.traceID)
    record.spanID = addID(span.spanID)
    record.parent = .root
    if let parent = span.parentID {
      record.parent = .span
      record.parentID = addID(parent)
    }
    record.name = batch.add(text: name)
    record.target = batch.add(text: span.target)
    record.service = batch.add(text: origin.service)
    record.run = batch.add(text: origin.run)
  }

  /// The attributes were already added, to an empty batch.
  private mutating func add(_ record: inout Record) {
    record.attributeStart = 0
    record.attributeCount = UInt32(batch.attributes.count)
    batch.add(record)
  }

  private mutating func addID(_ id: TraceID) -> TextRange {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digits in
      writeHex(id.high, to: digits.baseAddress!)
      writeHex(id.low, to: digits.baseAddress! + 16)
      return batch.add(text: UnsafeRawBufferPointer(digits))
    }
  }

  private mutating func addID(_ id: SpanID) -> TextRange {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
      writeHex(id.bits, to: digits.baseAddress!)
      return batch.add(text: UnsafeRawBufferPointer(digits))
    }
  }

  private mutating func addLocation(_ location: SourceLocation?) {
    guard let location else { return }
    batch.add(attribute: "code.file.path", .string(batch.add(text: location.file)))
    batch.add(attribute: "code.line.number", .integer(Int64(clamping: location.line)))
    batch.add(attribute: "code.function.name", .string(batch.add(text: location.function)))
  }

  private mutating func addAttributes(_ attributes: SpanAttributes) -> Bool {
    if attributes.isEmpty { return true }
    let mark = batch.mark
    var isTaken = true
    var isPlain = true
    // SpanAttributes is not a Sequence.
    // swift-format-ignore: ReplaceForEachWithForLoop
    attributes.forEach { key, attribute in
      guard isTaken, isPlain else { return }
      if let name = addPlain(key) { isTaken = add(name, attribute) } else { isPlain = false }
    }
    guard isPlain else {
      batch.rewind(to: mark)
      return addSorted(attributes)
    }
    // Sorted as rows, which needs no retain per comparison.
    if isTaken { batch.sortAttributes() }
    return isTaken
  }

  /// For keys that do not sort by their bytes.
  private mutating func addSorted(_ attributes: SpanAttributes) -> Bool {
    attributes.sortedMembers.allSatisfy { add(batch.add(text: JSONText.shownName($0.key)), $0.value) }
  }

  /// Returns false for values that must go through the encoder.
  private mutating func add(_ name: TextRange, _ attribute: SpanAttribute) -> Bool {
    let value: AttributeValue
    switch attribute {
    case .string(let text): value = .string(batch.add(text: text))
    case .int32(let number): value = .integer(Int64(number))
    case .int64(let number): value = .integer(number)
    case .bool(let flag): value = .bool(flag)
    case .double(let number) where number.isFinite: value = .double(number)
    default: return false
    }
    batch.add(Attribute(key: name, value: value))
    return true
  }

  /// Adds a key that sorts by its bytes and needs no escaping: ASCII without NUL. Nil for other keys.
  private mutating func addPlain(_ key: String) -> TextRange? {
    var key = key
    return key.withUTF8 { bytes in
      for byte in bytes where byte == 0 || byte >= 0x80 { return nil }
      return batch.add(text: UnsafeRawBufferPointer(bytes))
    }
  }

  private mutating func addMetadata(_ metadata: Logger.Metadata) -> Bool {
    if metadata.isEmpty { return true }
    for member in metadata.sorted(by: { $0.key < $1.key }) {
      guard case .string(let text) = member.value else { return false }
      let value = AttributeValue.string(batch.add(text: text))
      batch.add(Attribute(key: batch.add(text: JSONText.shownName(member.key)), value: value))
    }
    return true
  }

  private static func instant(_ nanos: Int64) -> Int64 { Timestamp.clamped(max(nanos, -Int64.max)) }
}

extension Logger.Level {
  fileprivate var severity: SeverityLevel {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info, .notice: .info
    case .warning: .warn
    case .error, .critical: .error
    }
  }
}

extension Tracing.SpanKind {
  /// Nil for `internal`, which lines leave out because nearly every span has it.
  fileprivate var recordKind: TraceRecords.SpanKind {
    switch self {
    case .server: .server
    case .client: .client
    case .producer: .producer
    case .consumer: .consumer
    case .internal: .unspecified
    }
  }
}
