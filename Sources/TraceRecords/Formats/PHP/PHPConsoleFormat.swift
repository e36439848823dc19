// The output of the console exporter of OpenTelemetry's SDK for PHP: a list of one span, indented.

import JSON

/// `{"name", "context": {"trace_id", "span_id"}, "resource": {…}, "parent_span_id", "kind": "KIND_SERVER", "start", "end", "attributes": {…}, "status": {"code",
/// "description"}, "events", "links"}` with times in nanoseconds.
struct PHPConsoleFormat: TraceFormat {
  static let name: StaticString = "php-console"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard PHPConsoleFormat.isSpan(root.isArray ? root.first : root) else { return nil }
    var outcome = LineOutcome(repairs)
    let builder = ConsoleRecordBuilder(plain: PlainAttributes(repairs: repairs), dialect: .php)
    if root.isArray {
      outcome.visit(root) { builder.addOrSkip(PHPConsoleFormat.span($0), to: &batch, &$1) }
    } else {
      try builder.add(PHPConsoleFormat.span(root), to: &batch, &outcome)
    }
    return outcome
  }

  private static func isSpan(_ node: ValueNode?) -> Bool {
    guard let node, let context = node.member("context") else { return false }
    return context.member("trace_id")?.text != nil && context.member("span_id")?.text != nil && node.member("start") != nil
      && node.member("parent_span_id") != nil && node.member("kind")?.text?.starts(with: "KIND_") ?? false
  }

  private static func span(_ node: ValueNode) -> ConsoleSpan {
    let (context, status) = (node.member("context"), node.member("status"))
    return ConsoleSpan(
      traceID: context?.member("trace_id"), spanID: context?.member("span_id"), parentID: node.member("parent_span_id"),
      name: node.member("name"), kind: SpanKind(reported: node.member("kind")), status: SpanStatus(reported: status?.member("code")),
      statusMessage: status?.member("description"), start: node.member("start"), end: node.member("end"),
      attributes: node.member("attributes"), events: node.member("events"), links: node.member("links"), resource: node.member("resource"))
  }
}

extension ConsoleRecordBuilder {
  /// Adds one of several spans of a value. If it cannot be used, only this span is lost.
  func addOrSkip(_ span: ConsoleSpan, to batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    let mark = batch.mark
    do throws(RecordError) {
      try add(span, to: &batch, &outcome)
    } catch {
      batch.rewind(to: mark)
      outcome.skip(error)
    }
  }
}
