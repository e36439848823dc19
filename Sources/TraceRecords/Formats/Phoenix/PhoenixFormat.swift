// Spans as Arize Phoenix stores and returns them.

import JSON

/// `{"name", "context": {"trace_id", "span_id"}, "span_kind": "LLM", "parent_id", "start_time", "end_time", "status_code": "ERROR",
/// "status_message", "attributes": {…}, "events": […]}`, a list of them, or `{"data": […], "next_cursor"}`. Its kinds are those of
/// OpenInference.
struct PhoenixFormat: TraceFormat {
  static let name: StaticString = "phoenix"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    let list = root.isObject ? root.member("data") ?? root : root
    guard PhoenixFormat.isSpan(list.isArray ? list.first : list) else { return nil }
    var outcome = LineOutcome(repairs)
    let builder = ConsoleRecordBuilder(plain: PlainAttributes(repairs: repairs), dialect: .phoenix)
    if list.isArray {
      outcome.visit(list) { builder.addOrSkip(PhoenixFormat.span($0), to: &batch, &$1) }
    } else {
      try builder.add(PhoenixFormat.span(list), to: &batch, &outcome)
    }
    return outcome
  }

  private static func isSpan(_ node: ValueNode?) -> Bool {
    guard let node, let context = node.member("context") else { return false }
    return context.member("trace_id")?.text != nil && context.member("span_id")?.text != nil && node.member("span_kind") != nil
      && node.member("status_code") != nil && node.member("start_time") != nil
  }

  private static func span(_ node: ValueNode) -> ConsoleSpan {
    let context = node.member("context")
    var span = ConsoleSpan(
      traceID: context?.member("trace_id"), spanID: context?.member("span_id"), parentID: node.member("parent_id"),
      name: node.member("name"), status: SpanStatus(reported: node.member("status_code")), statusMessage: node.member("status_message"),
      start: node.member("start_time"), end: node.member("end_time"), attributes: node.member("attributes"), events: node.member("events"))
    if span.attributes?.member("openinference.span.kind") == nil { span.addition = ("openinference.span.kind", node.member("span_kind")) }
    return span
  }
}
