// From one Zipkin span to its records: the span, and one log record for each annotation.

import JSON

struct ZipkinRecordBuilder {
  let repairs: JSONRepair.Findings
  let shared: ZipkinSharedSpans
  let starts: ZipkinStarts
  private var plain: PlainAttributes { PlainAttributes(repairs: repairs) }

  init(repairs: JSONRepair.Findings, shared: ZipkinSharedSpans, starts: ZipkinStarts) {
    self.repairs = repairs
    self.shared = shared
    self.starts = starts
  }

  func add(_ node: ValueNode, to batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    let mark = batch.mark
    do throws(RecordError) {
      let record = try self.record(node, &batch, &outcome)
      batch.add(record)
      node.member("annotations")?.forEachElement { addAnnotation($0, of: record, &batch) }
    } catch {
      batch.rewind(to: mark)
      outcome.skip(error)
    }
  }

  private func record(_ node: ValueNode, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) throws(RecordError) -> Record {
    var record = Record(.span, format: .openTelemetry)
    record.attributeStart = UInt32(batch.attributes.count)
    addTags(node.member("tags"), &record, &batch)
    addRemote(node.member("remoteEndpoint"), &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.traceID = try identifier(node, "traceId", &batch)
    let isShared = node.member("shared")?.isTrue ?? false
    if isShared {
      record.spanID = try identifier(node, "id", suffix: shared.suffix(of: node), &batch)
      record.parentID = try identifier(node, "id", &batch)
      record.parent = .span
    } else {
      record.spanID = try identifier(node, "id", &batch)
      record.parent = .root
      if let parent = normalised(node.member("parentId"), suffix: shared.parentSuffix(of: node), &batch) {
        record.parent = .span
        record.parentID = parent
      }
    }
    record.name = plain.text(node.member("name"), &batch)
    let local = node.member("localEndpoint")
    record.service = plain.text(local?.member("serviceName"), &batch)
    record.host = plain.text(local?.member("ipv4") ?? local?.member("ipv6"), &batch)
    if let kind = node.member("kind")?.text { record.spanKind = SpanKind(named: kind) }
    readTimes(node, &record, &outcome)
    return record
  }

  /// One without a duration had not ended when it was told, except that messages are sent and received at an instant.
  private func readTimes(_ node: ValueNode, _ record: inout Record, _ outcome: inout LineOutcome) {
    let start = node.member("timestamp")?.nanosOfMicros
    let duration = node.member("duration")?.nanosOfMicros
    record.startNanos = start ?? starts.start(forChildOf: node.member("parentId"), trace: node.member("traceId")) ?? Record.unknown
    record.durationNanos = duration ?? 0
    if start == nil { outcome.unusableFields += 1 }
    let isInstant = record.spanKind == .producer || record.spanKind == .consumer
    if start != nil, duration == nil, !isInstant {
      record.kind = .spanStart
      record.durationNanos = Record.unknown
    }
    record.timeNanos =
      record.startNanos == Record.unknown ? Record.unknown : record.startNanos.addingReportingOverflow(duration ?? 0).partialValue
  }

  /// Tags are texts. The presence of `error` is the failure, its text the reason.
  private func addTags(_ tags: ValueNode?, _ record: inout Record, _ batch: inout RecordBatch) {
    guard let tags, tags.isObject else { return }
    tags.forEachMember { key, value in
      guard key.equals("error") else {
        if key.equals("otel.scope.name") { record.target = plain.text(value, &batch) } else { plain.add(key, value, to: &batch) }
        return
      }
      record.status = .error
      if !value.isTrue { record.message = plain.text(value, &batch) }
    }
  }

  /// Whom a call went to, by OpenTelemetry's names.
  private func addRemote(_ endpoint: ValueNode?, _ batch: inout RecordBatch) {
    guard let endpoint, endpoint.isObject else { return }
    if let name = endpoint.member("serviceName")?.text, !name.isEmpty {
      batch.add(attribute: "peer.service", .string(batch.add(text: plain.unmarked(name))))
    }
    if let address = (endpoint.member("ipv4") ?? endpoint.member("ipv6"))?.text {
      batch.add(attribute: "network.peer.address", .string(batch.add(text: plain.unmarked(address))))
    }
    if let port = endpoint.member("port")?.integer { batch.add(attribute: "network.peer.port", .integer(port)) }
  }

  private func addAnnotation(_ node: ValueNode, of span: Record, _ batch: inout RecordBatch) {
    guard node.isObject else { return }
    var record = Record(.log, format: .openTelemetry)
    record.traceID = span.traceID
    record.spanID = span.spanID
    record.timeNanos = node.member("timestamp")?.nanosOfMicros ?? Record.unknown
    record.message = plain.text(node.member("value"), &batch)
    batch.add(record)
  }

  // MARK: Ids

  private func identifier(_ node: ValueNode, _ field: StaticString, suffix: String = "", _ batch: inout RecordBatch)
    throws(RecordError) -> TextRange
  {
    let value = node.member(field)
    if let id = normalised(value, suffix: suffix, &batch) { return id }
    guard let value, !value.isNull else { throw .missing(field: "\(field)", kind: "Zipkin span") }
    throw .invalid(field: "\(field)", kind: "Zipkin span", found: value.beginning(repairs))
  }

  private func normalised(_ node: ValueNode?, suffix: String, _ batch: inout RecordBatch) -> TextRange? {
    guard let text = node?.text, var id = OTLPIdentifier.normalised(plain.unmarked(text), size: 8) else { return nil }
    id += Array(suffix.utf8)
    return id.withUnsafeBytes { batch.add(text: $0) }
  }
}
