// Converts one X-Ray segment and its subsegments to spans, and each exception to an event.

import JSON

struct XRayRecordBuilder {
  let repairs: JSONRepair.Findings
  private var plain: PlainAttributes { PlainAttributes(repairs: repairs) }

  init(repairs: JSONRepair.Findings) { self.repairs = repairs }

  /// What subsegments inherit from their segment.
  private struct Place {
    var node: ValueNode
    var trace: ValueNode?
    var parent: ValueNode?
    var service: ValueNode?
    var isSegment: Bool
  }

  /// Adds a segment and its subsegments, parents first. If it cannot be used, only it is lost; its subsegments keep its id as parent.
  func addSegment(_ segment: ValueNode, to batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    let isSegment = segment.member("type")?.text.map { !$0.equals("subsegment") } ?? true
    var places = [
      Place(
        node: segment, trace: segment.member("trace_id"), parent: segment.member("parent_id"),
        service: isSegment ? segment.member("name") : nil, isSegment: isSegment)
    ]
    var next = 0
    while next < places.count {
      let place = places[next]
      next += 1
      let mark = batch.mark
      do throws(RecordError) {
        try add(place, to: &batch, &outcome)
      } catch {
        batch.rewind(to: mark)
        outcome.skip(error)
      }
      place.node.member("subsegments")?.forEachElement { inner in
        places.append(Place(node: inner, trace: place.trace, parent: place.node.member("id"), service: place.service, isSegment: false))
      }
    }
  }

  private func add(_ place: Place, to batch: inout RecordBatch, _ outcome: inout LineOutcome) throws(RecordError) {
    let node = place.node
    var record = Record(.span, format: .openTelemetry)
    guard let trace = place.trace?.text, !trace.isEmpty else { throw .missing(field: "trace_id", kind: "X-Ray segment") }
    guard let id = node.member("id")?.text, !id.isEmpty else { throw .missing(field: "id", kind: "X-Ray segment") }
    record.traceID = batch.add(text: trace)
    record.spanID = batch.add(text: id)
    record.parent = .root
    if let parent = place.parent?.text, !parent.allSatisfy({ $0 == UInt8(ascii: "0") }) {
      record.parent = .span
      record.parentID = batch.add(text: parent)
    }
    record.name = plain.name(node.member("name"), &batch)
    record.service = plain.text(place.service, &batch)
    try readTimes(node, &record, &outcome)
    readStatus(node, &record, &batch, &outcome)
    readKind(place, &record)
    record.attributeStart = UInt32(batch.attributes.count)
    addAttributes(node, to: &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    batch.add(record)
    node.member("cause")?.member("exceptions")?.forEachElement { addException($0, of: record, to: &batch) }
  }

  private func readTimes(_ node: ValueNode, _ record: inout Record, _ outcome: inout LineOutcome) throws(RecordError) {
    guard let told = node.member("start_time") else { throw .missing(field: "start_time", kind: "X-Ray segment") }
    guard let start = told.nanosOfSeconds.map({ Timestamp.clamped($0) }) else {
      throw .invalid(field: "start_time", kind: "X-Ray segment", found: told.beginning(repairs))
    }
    record.startNanos = start
    record.timeNanos = start
    if DecimalTime.isLikelyCoarser(start) { outcome.noteUnread(&record) }
    let toldEnd = node.member("end_time").flatMap { $0.isNull ? nil : $0 }
    guard let end = toldEnd?.nanosOfSeconds.map({ Timestamp.clamped($0) }) else {
      record.kind = .spanStart
      if toldEnd != nil { outcome.noteUnread(&record) }
      return
    }
    record.timeNanos = end
    record.durationNanos = end - start
    if end < start { outcome.noteNegativeDuration(&record) }
  }

  /// A fault is the service's own failure, an error its caller's, a throttle a refusal: all count as failed.
  private func readStatus(_ node: ValueNode, _ record: inout Record, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    for flag in ["fault", "error", "throttle"] as [StaticString] {
      guard let value = node.member(flag), !value.isNull else { continue }
      if value.isTrue { record.status = .error } else if !value.isFalse { outcome.noteUnread(&record) }
    }
    let cause = node.member("cause")
    if let exception = cause?.member("exceptions")?.first {
      record.message = batch.add(text: text(of: exception))
    } else {
      record.message = plain.text(cause?.member("message"), &batch)
    }
  }

  /// A segment is a server span; a subsegment for another service or for AWS is a client span.
  private func readKind(_ place: Place, _ record: inout Record) {
    if place.isSegment {
      record.spanKind = place.node.member("http")?.member("request") != nil || record.parent == .span ? .server : .unspecified
    } else {
      let namespace = place.node.member("namespace")?.text
      record.spanKind = namespace.map { $0.equals("remote") || $0.equals("aws") } ?? false ? .client : .internal
    }
  }

  private static let http: [(section: StaticString, member: StaticString, key: StaticString)] = [
    ("request", "method", "http.request.method"), ("request", "url", "url.full"), ("request", "user_agent", "user_agent.original"),
    ("request", "client_ip", "client.address"), ("response", "status", "http.response.status_code"),
  ]

  /// Uses OpenTelemetry's names if there are any; the program's own annotations are kept unchanged.
  private func addAttributes(_ node: ValueNode, to batch: inout RecordBatch) {
    for (section, member, key) in XRayRecordBuilder.http {
      if let value = node.member("http")?.member(section)?.member(member) { plain.add(key.bytes, value, to: &batch) }
    }
    if let query = node.member("sql")?.member("sanitized_query") { plain.add(("db.query.text" as StaticString).bytes, query, to: &batch) }
    node.member("aws")?.forEachMember { key, value in
      // Data about the SDK says nothing about the call.
      guard !key.equals("xray") else { return }
      plain.add(Array("aws.".utf8) + Array(key), value, to: &batch)
    }
    plain.add(membersOf: node.member("annotations"), to: &batch)
    for key in ["metadata", "user", "origin", "precursor_ids"] as [StaticString] {
      if let value = node.member(key) { plain.add(key.bytes, value, to: &batch) }
    }
  }

  private func text(of exception: ValueNode) -> String {
    func text(_ name: StaticString) -> String {
      exception.member(name)?.text.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    return OTLPMark.exceptionMessage(type: text("type"), message: text("message"))
  }

  private func addException(_ exception: ValueNode, of span: Record, to batch: inout RecordBatch) {
    guard exception.isObject else { return }
    var record = Record(.log, format: .openTelemetry)
    record.traceID = span.traceID
    record.spanID = span.spanID
    // Exceptions have no instants of their own; they happened no later than the end.
    record.timeNanos = span.timeNanos
    record.level = .error
    record.message = batch.add(text: text(of: exception))
    record.attributeStart = UInt32(batch.attributes.count)
    if let type = exception.member("type") { plain.add(("exception.type" as StaticString).bytes, type, to: &batch) }
    if let message = exception.member("message") { plain.add(("exception.message" as StaticString).bytes, message, to: &batch) }
    var stack = ""
    exception.member("stack")?.forEachElement { frame in
      func text(_ name: StaticString) -> String { frame.member(name)?.text.map { String(decoding: $0, as: UTF8.self) } ?? "" }
      let line = frame.member("line")?.integer.map { ":\($0)" } ?? ""
      stack += (stack.isEmpty ? "" : "\n") + "\(text("label")) (\(text("path"))\(line))"
    }
    if !stack.isEmpty { batch.add(attribute: "exception.stacktrace", .string(batch.add(text: stack))) }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    batch.add(record)
  }
}

extension PlainAttributes {
  fileprivate func add(_ key: [UInt8], _ node: ValueNode, to batch: inout RecordBatch) { key.withUnsafeBytes { add($0, node, to: &batch) } }
}
