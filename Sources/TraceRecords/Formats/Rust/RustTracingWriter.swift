// Converts one line of Rust's tracing and its span to records, with generated ids.

import JSON

/// Ids are numbers within the stream: `tracing-3` for its third trace, `s17` for its 17th span.
struct RustTracingWriter {
  let line: RustTracingLine
  let time: Int64
  let plain: PlainAttributes

  /// The thread that wrote the line; 0 if lines do not give it.
  var thread: UInt64 {
    guard let text = line.threadID?.text ?? line.threadName?.text else { return 0 }
    var hash = FieldHash()
    hash.add(text)
    return hash.value
  }

  func addStart(of span: RustOpenSpan, _ scope: RustScope, to batch: inout RecordBatch) {
    var record = RustTracingWriter.record(.spanStart, span, &batch)
    record.timeNanos = span.startNanos
    record.startNanos = span.startNanos
    if scope.isParentUnstated, span.parent == 0 { record.parent = .unstated }
    // A line of the span's own life gives the span's source location; other lines contain only its fields.
    let isOwn = scope.own == span.identity && line.kind != .event
    describe(&record, isOwn ? scope.ownNode : scope.node(of: span.identity), known: [], isOwnLine: isOwn, &batch)
  }

  /// A span that was reported only by a line that is no longer available: name and position, without fields.
  static func addStart(of span: RustOpenSpan, name: String, to batch: inout RecordBatch) {
    var record = RustTracingWriter.record(.spanStart, span, &batch)
    record.timeNanos = span.startNanos
    record.startNanos = span.startNanos
    record.name = batch.add(text: name)
    batch.add(record)
  }

  func addEnd(of span: RustOpenSpan, _ scope: RustScope, to batch: inout RecordBatch) {
    var record = RustTracingWriter.record(.spanEnd, span, &batch)
    record.parent = .unstated
    record.timeNanos = time
    describe(&record, scope.ownNode, known: span.toldFields, isOwnLine: true, &batch)
  }

  /// A span of which only the end was reported. If its program records no times, it begins with the first line about it.
  func addWhole(_ span: RustOpenSpan, _ scope: RustScope, to batch: inout RecordBatch) {
    var record = RustTracingWriter.record(.span, span, &batch)
    record.timeNanos = time
    if scope.isParentUnstated, span.parent == 0 { record.parent = .unstated }
    if let elapsed = line.elapsedNanos {
      record.startNanos = time - elapsed
      // Its first event cannot precede its start; a duration of three digits is inexact, so a tolerance is allowed.
      if span.startNanos < record.startNanos - max(1_000_000, elapsed / 100) { record.diagnostics.insert(.approximate) }
    } else {
      record.startNanos = min(time, span.startNanos)
      record.diagnostics.insert(.approximate)
    }
    record.durationNanos = time - record.startNanos
    describe(&record, scope.ownNode, known: span.toldFields, isOwnLine: true, &batch)
  }

  /// A span that was only referred to by an event or a child so far.
  func addMention(of span: RustOpenSpan, _ node: ValueNode, to batch: inout RecordBatch) {
    var record = RustTracingWriter.record(.span, span, &batch)
    record.timeNanos = time
    record.startNanos = time
    record.durationNanos = 0
    record.diagnostics.insert(.logsOnly)
    describe(&record, node, known: [], isOwnLine: false, &batch)
  }

  func addLog(to span: RustOpenSpan, isApproximate: Bool, _ batch: inout RecordBatch) {
    var record = RustTracingWriter.record(.log, span, &batch)
    record.parent = .unstated
    record.diagnostics = isApproximate ? .approximate : []
    addEvent(&record, &batch)
  }

  /// An event outside of spans is a module log. It keeps the ids that its program's own formatter wrote.
  func addModuleLog(to batch: inout RecordBatch) {
    var record = Record(.moduleLog, format: .openTelemetry)
    record.traceID = identifier(line.traceID, size: 16, &batch)
    record.spanID = identifier(line.spanID, size: 8, &batch)
    addEvent(&record, &batch)
  }

  private func identifier(_ node: ValueNode?, size: Int, _ batch: inout RecordBatch) -> TextRange {
    guard let text = node?.text, let id = OTLPIdentifier.normalised(text, size: size) else { return .empty }
    return id.withUnsafeBytes { batch.add(text: $0) }
  }

  // MARK: Content

  private static func record(_ kind: RecordKind, _ span: RustOpenSpan, _ batch: inout RecordBatch) -> Record {
    // Generated ids are never reused.
    var record = Record(kind, format: .openTelemetry)
    record.traceID = batch.add(text: "tracing-\(span.trace)")
    record.spanID = batch.add(text: "s\(span.number)")
    record.parent = span.parent == 0 ? .root : .span
    if span.parent != 0 { record.parentID = batch.add(text: "s\(span.parent)") }
    if span.isApproximate { record.diagnostics.insert(.approximate) }
    return record
  }

  private func describe(
    _ record: inout Record, _ node: ValueNode, known: [UInt64], isOwnLine: Bool, _ batch: inout RecordBatch
  ) {
    record.name = plain.text(node.member("name"), &batch)
    if isOwnLine { record.target = plain.text(line.target, &batch) }
    record.attributeStart = UInt32(batch.attributes.count)
    node.forEachMember { key, value in
      // Names with a meaning in tracing-opentelemetry.
      switch key {
      case "name": return
      case "otel.kind":
        if let told = SpanKind(reported: value) { record.spanKind = told } else { record.diagnostics.insert(.unreadField) }
      case "otel.status_code":
        if let told = SpanStatus(reported: value) { record.status = told } else { record.diagnostics.insert(.unreadField) }
      default: break
      }
      if !known.contains(RustSpanIdentity.field(key, value, plain.repairs)) { plain.add(key, value, to: &batch) }
    }
    if isOwnLine, record.kind != .spanEnd { addPlace(&batch, withThread: true) }
    if record.kind != .spanStart, let fields = line.fields {
      for key in ["time.busy", "time.idle"] as [StaticString] {
        if let value = fields.member(key) { plain.add(key.bytes, value, to: &batch) }
      }
    }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    batch.add(record)
  }

  /// Adds the source location and the thread of the line, with OpenTelemetry's names.
  private func addPlace(_ batch: inout RecordBatch, withThread: Bool) {
    if let file = line.file?.text { batch.add(attribute: "code.file.path", .string(batch.add(text: file))) }
    if let number = line.line?.integer { batch.add(attribute: "code.line.number", .integer(number)) }
    guard withThread else { return }
    // `ThreadId(4)`
    if let text = line.threadID?.text {
      let digits = text.drop { !(0x30...0x39).contains($0) }.prefix { (0x30...0x39).contains($0) }
      if let number = Int64(String(decoding: digits, as: UTF8.self)) { batch.add(attribute: "thread.id", .integer(number)) }
    }
    if let name = line.threadName { plain.add(("thread.name" as StaticString).bytes, name, to: &batch) }
  }

  /// The message; if there is none, the text of an `error`, or else the first field.
  private func addEvent(_ record: inout Record, _ batch: inout RecordBatch) {
    record.timeNanos = time
    record.level = line.level?.text.flatMap { SeverityLevel($0) } ?? .info
    record.target = plain.text(line.target, &batch)
    record.message = plain.text(line.message, &batch)
    var first: (key: UnsafeRawBufferPointer, value: ValueNode)?
    var error: ValueNode?
    record.attributeStart = UInt32(batch.attributes.count)
    line.forEachField { key, value in
      if first == nil { first = (key, value) }
      if key.equals("error"), value.text != nil { error = value }
      plain.add(key, value, to: &batch)
    }
    addPlace(&batch, withThread: record.kind == .moduleLog)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    if record.message.isEmpty {
      if let error {
        record.message = plain.text(error, &batch)
      } else if let first {
        let value = first.value.text.map { Array($0) } ?? first.value.withCompactText(undoing: plain.repairs) { Array($0) }
        record.message = (Array(first.key) + Array("=".utf8) + value).withUnsafeBytes { batch.add(text: $0) }
      }
    }
    batch.add(record)
  }
}
