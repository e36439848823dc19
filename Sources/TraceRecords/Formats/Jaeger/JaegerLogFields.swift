// One log of a Jaeger span, with the field names of OpenTracing, or those of OpenTelemetry if its exporters wrote it.

struct JaegerLogFields {
  let plain: PlainAttributes

  /// Sets the message, level and attributes of a log record. An exception is an error if its span failed, otherwise a warning.
  func read(_ fields: ValueNode?, isFailed: Bool, _ record: inout Record, _ batch: inout RecordBatch) {
    record.attributeStart = UInt32(batch.attributes.count)
    var event: UnsafeRawBufferPointer?
    fields?.forEachElement { field in
      if let key = field.member("key")?.text, key.equals("event"), let text = field.member("value")?.text { event = text }
    }
    var text = EventText(name: event.map { String(decoding: $0, as: UTF8.self) } ?? "")
    fields?.forEachElement { field in
      guard let key = field.member("key")?.text, let value = field.member("value") else { return }
      if let told = value.text { text.take(key, String(decoding: told, as: UTF8.self)) }
      switch key {
      case "event" where value.text != nil: break
      case "message" where value.text != nil: record.message = plain.text(value, &batch)
      case "level" where value.text.map({ SeverityLevel(word: String(decoding: $0, as: UTF8.self)) != nil }) ?? false: break
      default: plain.add(key, value, to: &batch)
      }
    }
    // A message written by people is preferred to the name, which is kept as an attribute.
    if let event, !record.message.isEmpty {
      batch.add(attribute: "event", .string(batch.add(text: event)))
    } else if record.message.isEmpty {
      record.message = batch.add(text: text.message)
    }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.level = text.level(isSpanFailed: isFailed)
  }
}
