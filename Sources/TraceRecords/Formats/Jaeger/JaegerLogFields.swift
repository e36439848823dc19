// One log of a Jaeger span: OpenTracing's field names, and OpenTelemetry's where its exporters wrote them.

struct JaegerLogFields {
  let plain: PlainAttributes

  /// Sets the message, level and attributes of a log record. An exception is an error where its span failed, else a warning.
  func read(_ fields: ValueNode?, isFailed: Bool, _ record: inout Record, _ batch: inout RecordBatch) {
    record.attributeStart = UInt32(batch.attributes.count)
    var event: UnsafeRawBufferPointer?
    var level: SeverityLevel?
    var (type, text) = ("", "")
    fields?.forEachElement { field in
      guard let key = field.member("key")?.text, let value = field.member("value") else { return }
      switch key {
      case "event" where value.text != nil: event = value.text
      case "message" where value.text != nil: record.message = plain.text(value, &batch)
      case "level" where value.text.flatMap({ SeverityLevel($0) }) != nil: level = value.text.flatMap { SeverityLevel($0) }
      default:
        if key.equals("exception.type") || key.equals("error.kind") { type = self.text(value) }
        if key.equals("exception.message") || key.equals("error.object") { text = self.text(value) }
        plain.add(key, value, to: &batch)
      }
    }
    if let event, !record.message.isEmpty { batch.add(attribute: "event", .string(batch.add(text: plain.unmarked(event)))) }
    let isException = event.map { $0.equals("exception") || $0.equals("error") } ?? false
    if record.message.isEmpty {
      let told = OTLPMark.exceptionMessage(type: type, message: text)
      record.message = isException && !told.isEmpty ? batch.add(text: told) : event.map { batch.add(text: plain.unmarked($0)) } ?? .empty
    }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.level = level ?? (isException ? (isFailed ? .error : .warn) : .info)
  }

  private func text(_ node: ValueNode) -> String { node.text.map { String(decoding: plain.unmarked($0), as: UTF8.self) } ?? "" }
}
