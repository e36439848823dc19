// Converts one Jaeger span to its records: the span, and one log record for each of its logs.

import JSON

struct JaegerRecordBuilder {
  let repairs: JSONRepair.Findings
  private var plain: PlainAttributes { PlainAttributes(repairs: repairs) }

  init(repairs: JSONRepair.Findings) { self.repairs = repairs }

  func add(
    span node: ValueNode, trace: ValueNode?, process: ValueNode?, to batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) {
    let mark = batch.mark
    do throws(RecordError) {
      var record = try self.record(node, trace: trace, &batch, &outcome)
      if let process { describe(process, &record, &batch) } else { record.service = plain.text(node.member("processID"), &batch) }
      batch.add(record)
      addLogs(node.member("logs"), of: record, &batch)
    } catch {
      batch.rewind(to: mark)
      outcome.skip(error)
    }
  }

  /// The same for a span whose process is not known yet: until then the process's id is used as the service.
  func hold(span node: ValueNode, trace: ValueNode?, in held: inout HeldRecords, _ outcome: inout LineOutcome) {
    _ = held.hold { rows in add(span: node, trace: trace, process: nil, to: &rows, &outcome) }
  }

  /// Reads a process: the service, the execution of the program, and the host whose clock its times come from.
  func describe(_ process: ValueNode, _ record: inout Record, _ batch: inout RecordBatch) {
    record.service = plain.text(process.member("serviceName"), &batch)
    var host: (rank: Int, value: ValueNode)?
    process.member("tags")?.forEachElement { tag in
      guard let key = tag.member("key")?.text, let value = tag.member("value") else { return }
      switch key {
      case "service.instance.id": record.run = plain.text(value, &batch)
      case "process.pid", "pid":
        guard record.run.isEmpty, let pid = value.text.map({ String(decoding: $0, as: UTF8.self) }) ?? value.integer.map({ String($0) })
        else { return }
        record.run = batch.add(text: "pid " + pid)
      default:
        let rank = JaegerRecordBuilder.hosts.firstIndex { key.equals($0) }
        if let rank, value.text != nil, host.map({ rank < $0.rank }) ?? true { host = (rank, value) }
      }
    }
    record.host = plain.text(host?.value, &batch)
  }

  /// Tags with which a process may name its host: OpenTelemetry's names, then those of Jaeger's own clients.
  private static let hosts: [StaticString] = ["host.id", "host.name", "hostname", "ip"]

  private func record(
    _ node: ValueNode, trace: ValueNode?, _ batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) throws(RecordError) -> Record {
    var record = Record(.span, format: .openTelemetry)
    var tags = JaegerTags(plain: plain)
    record.attributeStart = UInt32(batch.attributes.count)
    tags.take(node.member("tags"), &batch)
    tags.take(node.member("tag"), &batch)
    if let warnings = node.member("warnings"), warnings.count > 0 {
      batch.add(attribute: "jaeger.warnings", .json(warnings.withCompactText(undoing: repairs) { batch.add(text: $0) }))
    }
    record.traceID = try identifier(node.member("traceID") ?? trace?.member("traceID"), size: 16, field: "traceID", &batch)
    record.spanID = try identifier(node.member("spanID"), size: 8, field: "spanID", &batch)
    readReferences(node, &record, &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.name = plain.name(node.member("operationName"), &batch)
    record.target = tags.scope
    record.message = tags.message
    record.status = tags.status
    record.spanKind = tags.kind
    try readTimes(node, &record, &outcome)
    if tags.hasUnread { outcome.noteUnread(&record) }
    return record
  }

  private func readTimes(_ node: ValueNode, _ record: inout Record, _ outcome: inout LineOutcome) throws(RecordError) {
    guard let start = node.member("startTime")?.nanosOfMicros else { throw problem("startTime", node.member("startTime")) }
    record.startNanos = start
    let duration = node.member("duration")?.nanosOfMicros
    record.durationNanos = duration ?? 0
    record.timeNanos = Timestamp.clamped(start.addingReportingOverflow(record.durationNanos).partialValue)
    // protobuf's JSON omits a duration of less than a microsecond.
    let isUnread = duration == nil && node.member("duration") != nil
    if isUnread || DecimalTime.isLikelyCoarser(start) { outcome.noteUnread(&record) }
    if record.durationNanos < 0 { outcome.noteNegativeDuration(&record) }
    if duration == nil, !isUnread { outcome.unusableFields += 1 }
  }

  /// The first CHILD_OF reference within the trace is the parent, else the first FOLLOWS_FROM. Every other reference is a link.
  private func readReferences(_ node: ValueNode, _ record: inout Record, _ batch: inout RecordBatch) {
    record.parent = .root
    let own = node.member("traceID")?.text
    var parent: (node: ValueNode, follows: Bool)?
    let references = node.member("references")
    references?.forEachElement { reference in
      if let trace = reference.member("traceID")?.text, let own, !trace.elementsEqual(own) { return }
      guard let id = reference.member("spanID"), JaegerRecordBuilder.names(id) else { return }
      let follows = reference.member("refType")?.text?.equals("FOLLOWS_FROM") ?? false
      if parent == nil || (parent!.follows && !follows) { parent = (id, follows) }
    }
    if parent == nil, let old = node.member("parentSpanID") { parent = (old, false) }
    if let (id, follows) = parent, let text = self.identifier(id, size: 8, &batch) {
      record.parent = .span
      record.parentID = text
      record.followsFrom = follows
    }
    addLinks(references, but: parent?.node, &batch)
  }

  private func addLinks(_ references: ValueNode?, but parent: ValueNode?, _ batch: inout RecordBatch) {
    guard let references, references.count > 0 else { return }
    var text = CompactText()
    references.forEachElement { reference in
      guard let span = reference.member("spanID"), span != parent, JaegerRecordBuilder.names(span) else { return }
      text.append(text.bytes.isEmpty ? "[{" : ",{")
      let trace = reference.member("traceID")
      if let trace {
        text.append(name: "trace_id", isFirst: true)
        text.append(trace, undoing: repairs)
      }
      text.append(name: "span_id", isFirst: trace == nil)
      text.append(span, undoing: repairs)
      text.append("}")
    }
    guard !text.bytes.isEmpty else { return }
    text.append("]")
    batch.add(attribute: "otel.links", .json(text.bytes.withUnsafeBytes { batch.add(text: $0) }))
  }

  /// Whether a reference names a span: an id of zeros does not.
  private static func names(_ id: ValueNode) -> Bool {
    if let text = id.text { return !text.allSatisfy { $0 == UInt8(ascii: "0") } }
    return id.integer.map { $0 != 0 } ?? false
  }

  private func addLogs(_ logs: ValueNode?, of span: Record, _ batch: inout RecordBatch) {
    logs?.forEachElement { log in
      guard log.isObject else { return }
      var record = Record(.log, format: .openTelemetry)
      record.traceID = span.traceID
      record.spanID = span.spanID
      record.run = span.run
      record.timeNanos = log.member("timestamp")?.nanosOfMicros ?? Record.unknown
      JaegerLogFields(plain: plain).read(log.member("fields"), isFailed: span.status == .error, &record, &batch)
      batch.add(record)
    }
  }

  // MARK: Scalars

  private func identifier(_ node: ValueNode?, size: Int, field: String, _ batch: inout RecordBatch) throws(RecordError) -> TextRange {
    guard let id = identifier(node, size: size, &batch) else { throw problem(field, node) }
    return id
  }

  private func identifier(_ node: ValueNode?, size: Int, _ batch: inout RecordBatch) -> TextRange? {
    if let number = node?.integer { return number == 0 ? nil : batch.add(text: String(number)) }
    guard let text = node?.text, let id = OTLPIdentifier.normalised(text, size: size) else { return nil }
    return id.withUnsafeBytes { batch.add(text: $0) }
  }

  private func problem(_ field: String, _ node: ValueNode?) -> RecordError {
    guard let node, !node.isNull else { return .missing(field: field, kind: "Jaeger span") }
    return .invalid(field: field, kind: "Jaeger span", found: node.beginning(repairs))
  }
}
