// Traces as MLflow stores and exports them (`Trace.to_json()`, `traces.json` among its artifacts), in versions 2 and 3.

import JSON

/// `{"info": {…}, "data": {"spans": [{"trace_id", "span_id", "parent_span_id", "name", "start_time_unix_nano", "end_time_unix_nano",
/// "status": {"code", "message"}, "attributes": {…}, "events": […]}]}}` with ids in base64 and every attribute as JSON in a text. In
/// version 2 with `context`, `parent_id`, `start_time`, `end_time`, `status_code` and `status_message`.
struct MLflowFormat: TraceFormat {
  static let name: StaticString = "mlflow"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject else { return nil }
    let list = (root.member("data") ?? root).member("spans")
    guard list.map({ MLflowFormat.isSpan($0.first) }) ?? MLflowFormat.isSpan(root) else { return nil }
    var outcome = LineOutcome(repairs)
    let builder = ConsoleRecordBuilder(plain: PlainAttributes(repairs: repairs), dialect: .mlflow)
    if let list {
      list.forEachElement { builder.addOrSkip(MLflowFormat.span($0), to: &batch, &outcome) }
    } else {
      try builder.add(MLflowFormat.span(root), to: &batch, &outcome)
    }
    return outcome
  }

  /// In every version, MLflow's own attributes name the request of a span.
  private static func isSpan(_ node: ValueNode?) -> Bool {
    guard let node, node.isObject, let attributes = node.member("attributes"), attributes.isObject else { return false }
    var isMarked = false
    attributes.forEachMember { key, _ in if key.starts(with: "mlflow.") { isMarked = true } }
    guard isMarked else { return false }
    return (node.member("trace_id") != nil && node.member("start_time_unix_nano") != nil)
      || (node.member("context")?.member("span_id") != nil && node.member("start_time")?.integer != nil)
  }

  private static func span(_ node: ValueNode) -> ConsoleSpan {
    let context = node.member("context") ?? node
    let status = node.member("status")
    return ConsoleSpan(
      traceID: context.member("trace_id") ?? node.member("attributes")?.member("mlflow.traceRequestId"), spanID: context.member("span_id"),
      parentID: node.member("parent_span_id") ?? node.member("parent_id"), name: node.member("name"),
      status: SpanStatus(reported: status?.member("code") ?? node.member("status_code")),
      statusMessage: status?.member("message") ?? node.member("status_message"),
      start: node.member("start_time_unix_nano") ?? node.member("start_time"),
      end: node.member("end_time_unix_nano") ?? node.member("end_time"),
      attributes: node.member("attributes"), events: node.member("events"), links: node.member("links"))
  }
}
