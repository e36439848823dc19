// The tags of a Jaeger span: typed values, and those names that have a meaning for the decoder.

struct JaegerTags {
  let plain: PlainAttributes
  var kind = SpanKind.unspecified
  var status = SpanStatus.unset
  var message = TextRange.empty
  var scope = TextRange.empty
  /// A tag with a meaning for the decoder had an unknown or invalid value.
  private(set) var hasUnread = false

  /// Reads every tag. Tags without a meaning for the decoder become attributes.
  mutating func take(_ tags: ValueNode?, _ batch: inout RecordBatch) {
    guard let tags, !tags.isNull else { return }
    // Elasticsearch's documents may store them as an object.
    if tags.isObject { return tags.forEachMember { take($0, $1, type: nil, &batch) } }
    if !tags.isArray { hasUnread = true }
    tags.forEachElement { tag in
      guard let key = tag.member("key")?.text else {
        hasUnread = true
        return
      }
      // A tag without a value has an empty text or a zero, which protobuf's JSON omits.
      guard let value = tag.member("value") else { return }
      take(key, value, type: tag.member("type")?.text, &batch)
    }
  }

  private mutating func take(_ key: UnsafeRawBufferPointer, _ value: ValueNode, type: UnsafeRawBufferPointer?, _ batch: inout RecordBatch) {
    switch key {
    case "span.kind":
      if let told = SpanKind(reported: value) { kind = told } else { hasUnread = true }
    // Jaeger's own rule: a boolean. Any other text in this tag belongs to the program.
    case "error" where value.isTrue: status = .error
    case "error" where value.isFalse: break
    case "otel.status_code":
      if let told = SpanStatus(reported: value) {
        if status != .error { status = told }
      } else {
        hasUnread = true
      }
    case "otel.status_description": message = plain.text(value, &batch)
    case "otel.scope.name", "otel.library.name": scope = plain.text(value, &batch)
    case "internal.span.format": break
    default: add(key, value, type: type, &batch)
    }
  }

  /// Integers beyond 2^53 are written as text, with their type beside them.
  private func add(_ key: UnsafeRawBufferPointer, _ value: ValueNode, type: UnsafeRawBufferPointer?, _ batch: inout RecordBatch) {
    guard let type, let text = value.text else { return plain.add(key, value, to: &batch) }
    let digits = String(decoding: text.prefix(32), as: UTF8.self)
    let typed: AttributeValue? =
      switch type {
      case "int64": Int64(digits).map { .integer($0) }
      case "float64": Double(digits).map { .double($0) }
      case "bool": value.isTrue ? .bool(true) : value.isFalse ? .bool(false) : nil
      default: nil
      }
    guard let typed else { return plain.add(key, value, to: &batch) }
    batch.add(Attribute(key: batch.add(text: key), value: typed))
  }
}

extension ValueNode {
  /// Whether it is true, as a JSON boolean or as text.
  var isTrue: Bool { kind == .isTrue || text.map { $0.equals("true") || $0.equals("True") } ?? false }
  var isFalse: Bool { kind == .isFalse || text.map { $0.equals("false") || $0.equals("False") } ?? false }
}
