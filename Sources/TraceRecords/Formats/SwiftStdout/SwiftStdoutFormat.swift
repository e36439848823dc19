// The output of the stdout exporter of OpenTelemetry's SDK for Swift, one span per line.

import JSON

/// `{"span": "GET /cart", "traceId", "spanId", "spanKind": "server", "parentSpanId", "start", "duration", "attributes": {"http.route":
/// {"description": "/cart"}}}` with `start` in seconds since 2001 and `duration` in seconds. It contains no status: failures are visible
/// only in attributes.
struct SwiftStdoutFormat: TraceFormat {
  static let name: StaticString = "swift-stdout"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject, root.member("span") != nil, root.member("spanKind")?.text != nil, root.member("traceId")?.text != nil,
      root.member("spanId")?.text != nil, let start = root.member("start")
    else { return nil }
    var outcome = LineOutcome(repairs)
    let duration = root.member("duration")
    let nanos = duration?.nanosOfSeconds
    let span = ConsoleSpan(
      traceID: root.member("traceId"), spanID: root.member("spanId"), parentID: root.member("parentSpanId"), name: root.member("span"),
      kind: SpanKind(reported: root.member("spanKind")), start: start, end: nanos == nil ? duration : nil,
      attributes: root.member("attributes"), duration: nanos)
    try ConsoleRecordBuilder(plain: PlainAttributes(repairs: repairs), dialect: .swift).add(span, to: &batch, &outcome)
    return outcome
  }
}
