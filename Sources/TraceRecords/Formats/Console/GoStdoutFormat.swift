// The output of OpenTelemetry's `stdouttrace` exporter for Go, one span per value.

import JSON

/// `{"Name", "SpanContext": {"TraceID", "SpanID"}, "Parent": {…}, "SpanKind": 1, "StartTime", "EndTime", "Attributes": [{"Key", "Value":
/// {"Type", "Value"}}], "Events", "Links", "Status": {"Code": "Error", "Description"}, "Resource": […], "InstrumentationScope": {"Name"}}`
struct GoStdoutFormat: TraceFormat {
  static let name: StaticString = "go-stdout"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard let context = root.member("SpanContext"), context.member("TraceID") != nil, root.member("StartTime") != nil else { return nil }
    let status = root.member("Status")
    let code = status?.member("Code")
    let span = ConsoleSpan(
      traceID: context.member("TraceID"), spanID: context.member("SpanID"), parentID: root.member("Parent")?.member("SpanID"),
      name: root.member("Name"), kind: SpanKind(reported: root.member("SpanKind")),
      status: SpanStatus(reported: code), statusMessage: status?.member("Description"),
      start: root.member("StartTime"), end: root.member("EndTime"), attributes: root.member("Attributes"), events: root.member("Events"),
      links: root.member("Links"), resource: root.member("Resource"),
      scope: (root.member("InstrumentationScope") ?? root.member("InstrumentationLibrary"))?.member("Name"))
    var outcome = LineOutcome(repairs)
    try ConsoleRecordBuilder(plain: PlainAttributes(repairs: repairs), dialect: .go).add(span, to: &batch, &outcome)
    return outcome
  }
}
