// Converts one Zipkin span to its records: the span, and one log record for each annotation.

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

  func add(_ span: ZipkinSpan, to batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    let mark = batch.mark
    do throws(RecordError) {
      let record = try self.record(span, &batch, &outcome)
      batch.add(record)
      span.forEachAnnotation { addAnnotation($0, of: span, record, &batch) }
    } catch {
      batch.rewind(to: mark)
      outcome.skip(error)
    }
  }

  private func record(_ span: ZipkinSpan, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) throws(RecordError) -> Record {
    var record = Record(.span, format: .openTelemetry)
    record.attributeStart = UInt32(batch.attributes.count)
    addTags(of: span, &record, &batch, &outcome)
    addRemote(span.remote, &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.traceID = try identifier(span.traceID, "traceId", &batch)
    if span.isShared {
      record.spanID = try identifier(span.id, "id", suffix: shared.suffix(of: span), &batch)
      record.parentID = try identifier(span.id, "id", &batch)
      record.parent = .span
    } else {
      record.spanID = try identifier(span.id, "id", &batch)
      record.parent = .root
      if let parent = normalised(span.parentID, suffix: shared.parentSuffix(of: span), &batch) {
        record.parent = .span
        record.parentID = parent
      }
    }
    record.name = plain.name(span.name, &batch)
    record.service = plain.text(span.service, &batch)
    record.host = plain.text(span.host, &batch)
    let kind = span.kindByAnnotations ?? SpanKind(reported: span.kind)
    record.spanKind = kind ?? .unspecified
    if kind == nil { outcome.noteUnread(&record) }
    readTimes(span, &record, &outcome)
    return record
  }

  /// A span without a duration had not ended when it was reported, except that messages are sent and received at an instant.
  private func readTimes(_ span: ZipkinSpan, _ record: inout Record, _ outcome: inout LineOutcome) {
    record.startNanos =
      span.start ?? starts.start(forChildOf: span.parentID, suffix: shared.parentSuffix(of: span), trace: span.traceID) ?? Record.unknown
    record.durationNanos = span.duration ?? 0
    if span.start == nil, !span.hasUnreadTime, !span.endsBegun { outcome.unusableFields += 1 }
    if span.hasUnreadTime || DecimalTime.isLikelyCoarser(span.start ?? 0) { outcome.noteUnread(&record) }
    if let duration = span.duration, duration < 0 { outcome.noteNegativeDuration(&record) }
    if span.endsBegun, let duration = span.duration {
      (record.kind, record.durationNanos, record.timeNanos) = (.spanEnd, duration, Record.unknown)
      return
    }
    let isInstant = record.spanKind == .producer || record.spanKind == .consumer
    if span.start != nil, span.duration == nil, !isInstant {
      record.kind = .spanStart
      record.durationNanos = Record.unknown
    }
    record.timeNanos =
      record.startNanos == Record.unknown ? Record.unknown : record.startNanos.addingReportingOverflow(span.duration ?? 0).partialValue
  }

  /// Tags are texts. The presence of `error` means failure, and its text is the reason. A text that means false does not count, as in other
  /// formats.
  private func addTags(of span: ZipkinSpan, _ record: inout Record, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    var isUnread = span.hasUnreadTags
    span.forEachTag { key, value in
      switch key {
      case "error" where !value.isFalse:
        record.status = .error
        if !value.isTrue { record.message = plain.text(value, &batch) }
      case "otel.status_code":
        let status = SpanStatus(reported: value)
        if record.status != .error { record.status = status ?? .unset }
        if status == nil { isUnread = true }
      case "otel.scope.name": record.target = plain.text(value, &batch)
      default: plain.add(key, value, to: &batch)
      }
    }
    if isUnread { outcome.noteUnread(&record) }
  }

  /// The target of a call, with OpenTelemetry's names.
  private func addRemote(_ endpoint: ValueNode?, _ batch: inout RecordBatch) {
    guard let endpoint, endpoint.isObject else { return }
    if let name = endpoint.member("serviceName")?.text, !name.isEmpty {
      batch.add(attribute: "peer.service", .string(batch.add(text: name)))
    }
    if let address = (endpoint.member("ipv4") ?? endpoint.member("ipv6"))?.text {
      batch.add(attribute: "network.peer.address", .string(batch.add(text: address)))
    }
    if let port = endpoint.member("port")?.integer { batch.add(attribute: "network.peer.port", .integer(port)) }
  }

  private func addAnnotation(_ node: ValueNode, of told: ZipkinSpan, _ span: Record, _ batch: inout RecordBatch) {
    guard let value = node.member("value") else { return }
    if told.kindByAnnotations != nil, value.text.map({ ZipkinVersion1.isTime($0) }) ?? false { return }
    var record = Record(.log, format: .openTelemetry)
    record.traceID = span.traceID
    record.spanID = span.spanID
    record.timeNanos = node.member("timestamp")?.nanosOfMicros ?? Record.unknown
    record.message = plain.name(value, &batch)
    batch.add(record)
  }

  // MARK: Ids

  private func identifier(_ value: ValueNode?, _ field: StaticString, suffix: String = "", _ batch: inout RecordBatch)
    throws(RecordError) -> TextRange
  {
    if let id = normalised(value, suffix: suffix, &batch) { return id }
    guard let value, !value.isNull else { throw .missing(field: "\(field)", kind: "Zipkin span") }
    throw .invalid(field: "\(field)", kind: "Zipkin span", found: value.beginning(repairs))
  }

  private func normalised(_ node: ValueNode?, suffix: String, _ batch: inout RecordBatch) -> TextRange? {
    guard let text = node?.text, var id = OTLPIdentifier.normalised(text, size: 8) else { return nil }
    id += Array(suffix.utf8)
    return id.withUnsafeBytes { batch.add(text: $0) }
  }
}
