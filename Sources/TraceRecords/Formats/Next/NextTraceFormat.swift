// The file `.next/trace` that `next build` and `next dev` write: lines that are lists of ended spans.

import JSON

/// Spans have two clocks: `timestamp` counts microseconds from an unknown origin, `startTime` milliseconds since 1970. The first span of a
/// trace gives the difference; the finer clock is then used for all spans.
struct NextTraceFormat: TraceFormat {
  static let name: StaticString = "next"

  private var offsets: [String: Int64] = [:]
  /// With more traces than this in one source, the earlier ones are forgotten, and later spans of theirs may be off by a millisecond.
  private static let maxTraces = 1_000

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    let isList = root.isArray
    guard let first = isList ? root.first : root, NextTraceFormat.isSpan(first) else { return nil }
    var outcome = LineOutcome(repairs)
    let plain = PlainAttributes(repairs: repairs)
    if isList { outcome.visit(root) { add($0, plain, &batch, &$1) } } else { add(root, plain, &batch, &outcome) }
    return outcome
  }

  /// Zipkin's spans have texts as ids and no `startTime`; logs have a level or a message.
  private static func isSpan(_ node: ValueNode) -> Bool {
    guard node.isObject, let id = node.member("id"), node.member("traceId")?.text != nil, node.member("name") != nil,
      node.member("timestamp")?.nanosOfMicros != nil, node.member("duration") != nil
    else { return false }
    for other in ["level", "msg", "message", "attributes", "status"] as [StaticString] where node.member(other) != nil { return false }
    return id.integer != nil || node.member("startTime")?.nanosOfMillis != nil
  }

  private mutating func add(_ node: ValueNode, _ plain: PlainAttributes, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    let mark = batch.mark
    do throws(RecordError) {
      try take(node, plain, &batch, &outcome)
    } catch {
      batch.rewind(to: mark)
      outcome.skip(error)
    }
  }

  private mutating func take(
    _ node: ValueNode, _ plain: PlainAttributes, _ batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) throws(RecordError) {
    guard let trace = node.member("traceId")?.text, !trace.isEmpty else { throw .missing(field: "traceId", kind: "Next.js span") }
    guard let span = identifier(node.member("id"), plain, &batch) else { throw .missing(field: "id", kind: "Next.js span") }
    guard let told = node.member("timestamp")?.nanosOfMicros else { throw .missing(field: "timestamp", kind: "Next.js span") }
    var record = Record(.span, format: .openTelemetry)
    record.attributeStart = UInt32(batch.attributes.count)
    plain.add(membersOf: node.member("tags"), to: &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
    record.traceID = batch.add(text: trace)
    record.spanID = span
    record.parent = .root
    if let parent = identifier(node.member("parentId"), plain, &batch) {
      record.parent = .span
      record.parentID = parent
    }
    record.name = plain.name(node.member("name"), &batch)
    record.startNanos = told.addingReportingOverflow(offset(of: trace, told, node.member("startTime"))).partialValue
    let duration = node.member("duration")?.nanosOfMicros
    record.durationNanos = duration ?? 0
    if duration == nil { outcome.noteUnread(&record) }
    if record.durationNanos < 0 { outcome.noteNegativeDuration(&record) }
    record.timeNanos = Timestamp.clamped(record.startNanos.addingReportingOverflow(record.durationNanos).partialValue)
    batch.add(record)
  }

  private mutating func offset(of trace: UnsafeRawBufferPointer, _ told: Int64, _ wallMillis: ValueNode?) -> Int64 {
    let name = String(decoding: trace, as: UTF8.self)
    if let known = offsets[name] { return known }
    guard let wall = wallMillis?.nanosOfMillis else { return 0 }
    if offsets.count >= NextTraceFormat.maxTraces { offsets.removeAll() }
    let offset = wall.subtractingReportingOverflow(told).partialValue
    offsets[name] = offset
    return offset
  }

  private func identifier(_ node: ValueNode?, _ plain: PlainAttributes, _ batch: inout RecordBatch) -> TextRange? {
    if let number = node?.integer { return batch.add(text: String(number)) }
    guard let text = node?.text, !text.isEmpty else { return nil }
    return batch.add(text: text)
  }
}
