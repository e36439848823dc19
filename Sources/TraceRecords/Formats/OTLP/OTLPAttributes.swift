// What an attribute of OTLP means, whoever read it: our own marks, whose `level` and `target` an event has, what its exception says. The one place for the tree
// builder and the binary reader.

/// One AnyValue as a reader has found it.
protocol OTLPAnyValue {
  /// OTLP's null: a value without a member, and no value.
  var isNone: Bool { get }
  /// Lends a text's bytes; nil for other values.
  func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result?
  /// A text handed on in the cheapest way; nil for other values.
  func range(_ batch: inout RecordBatch) -> TextRange?
  /// A whole number, also as its digits.
  var number: Int64? { get }
  var isTrue: Bool { get }
  /// Whether it is a truth value.
  var isTruth: Bool { get }
  /// As records keep it.
  func attributeValue(_ batch: inout RecordBatch) -> AttributeValue
  /// Visits the elements of a list.
  func forEachElement(_ body: (Self) -> Void)
}

extension OTLPAnyValue {
  var string: String? { withText { String(decoding: $0, as: UTF8.self) } }

  /// The value as text: a string's own, anything else as JSON.
  func shownText(_ batch: inout RecordBatch) -> TextRange {
    switch attributeValue(&batch) {
    case .string(let range), .json(let range): range
    case .integer(let number): batch.add(text: String(number))
    case .double(let number): batch.add(text: "\(number)")
    case .bool(let flag): batch.add(text: flag ? "true" : "false")
    }
  }
}

/// An attribute's key, and where it lies, if that is where the batch's texts may be.
struct OTLPKey {
  private(set) var bytes: UnsafeRawBufferPointer
  private var offset: Int?

  /// - Parameter offset: in the bytes that the batch's texts are handed on from; nil where the key has to be copied.
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int? = nil) { (self.bytes, self.offset) = (bytes, offset) }

  @inline(__always)
  func range(_ batch: inout RecordBatch) -> TextRange {
    guard let offset else { return batch.add(text: bytes) }
    return bytes.isEmpty ? .empty : TextRange(source: offset, count: bytes.count)
  }

  func without(_ prefix: StaticString) -> OTLPKey {
    OTLPKey(UnsafeRawBufferPointer(rebasing: bytes[prefix.utf8CodeUnitCount...]), at: offset.map { $0 + prefix.utf8CodeUnitCount })
  }
}

extension OTLPMarkValues {
  /// Adds one attribute, or takes it as a mark.
  @inline(__always)
  mutating func add(_ key: OTLPKey, _ value: some OTLPAnyValue, to batch: inout RecordBatch) {
    guard key.bytes.starts(with: OTLPMark.prefix) else {
      let key = key.range(&batch)
      return batch.add(Attribute(key: key, value: value.attributeValue(&batch)))
    }
    addMarked(key, value, to: &batch)
  }

  @inline(never)
  private mutating func addMarked(_ key: OTLPKey, _ value: some OTLPAnyValue, to batch: inout RecordBatch) {
    if take(key.bytes, value, &batch) { return }
    let key = (key.bytes.starts(with: OTLPMark.escape) ? key.without(OTLPMark.escape) : key).range(&batch)
    batch.add(Attribute(key: key, value: value.attributeValue(&batch)))
  }

  /// The same for an event or a log record, whose attributes also say what it tells people.
  mutating func add(_ key: OTLPKey, _ value: some OTLPAnyValue, telling text: inout EventText, to batch: inout RecordBatch) {
    if EventText.reads(key.bytes) {
      if let string = value.string {
        text.take(key.bytes, string)
      } else if value.isTruth, key.bytes.equals("exception.escaped") {
        text.take(key.bytes, value.isTrue ? "true" : "false")
      }
    }
    let isMark = key.bytes.starts(with: OTLPMark.prefix)
    if isMark, take(key.bytes, value, &batch) { return }
    let key = isMark && key.bytes.starts(with: OTLPMark.escape) ? key.without(OTLPMark.escape) : key
    if takePlain(key, value, &batch) { return }
    let range = key.range(&batch)
    batch.add(Attribute(key: range, value: value.attributeValue(&batch)))
  }

  /// `level` and `target` as tracing-opentelemetry writes them.
  private mutating func takePlain(_ key: OTLPKey, _ value: some OTLPAnyValue, _ batch: inout RecordBatch) -> Bool {
    switch key.bytes {
    case "level" where plainLevel == nil:
      guard let level = value.withText({ SeverityLevel($0) }) ?? nil, let text = value.range(&batch) else { return false }
      plainLevel = (level, Attribute(key: key.range(&batch), value: .string(text)))
    case "target" where plainTarget == nil:
      guard let text = value.range(&batch) else { return false }
      plainTarget = (text, Attribute(key: key.range(&batch), value: .string(text)))
    default: return false
    }
    return true
  }

  private mutating func take(_ key: UnsafeRawBufferPointer, _ value: some OTLPAnyValue, _ batch: inout RecordBatch) -> Bool {
    switch key {
    case OTLPMark.traceID: traceID = value.range(&batch)
    case OTLPMark.spanID: spanID = value.range(&batch)
    case OTLPMark.parentID: parentID = value.range(&batch)
    case OTLPMark.target: target = value.range(&batch)
    case OTLPMark.message: message = value.range(&batch)
    case OTLPMark.links: links = value.range(&batch)
    case OTLPMark.level: level = (value.withText { SeverityLevel($0) } ?? nil) ?? .info
    case OTLPMark.running: isRunning = value.isTrue
    case OTLPMark.parentUnstated: isParentUnstated = value.isTrue
    case OTLPMark.followsFrom: followsFrom = value.isTrue
    case OTLPMark.startTime: start = value.number.map { Timestamp.clamped($0) }
    case OTLPMark.endTime: end = value.number.map { Timestamp.clamped($0) }
    case OTLPMark.eventTime: eventTime = value.number.map { Timestamp.clamped($0) }
    case OTLPMark.diagnostics:
      var found: SpanDiagnostics = []
      value.forEachElement { element in
        for (diagnostic, name) in SpanDiagnostics.names where element.withText({ $0.equals(name) }) ?? false { found.insert(diagnostic) }
      }
      diagnostics.formUnion(found)
    default: return false
    }
    return true
  }
}
