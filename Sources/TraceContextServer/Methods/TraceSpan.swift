// trace/span: all of one span.

import JSON
import JSONRPC
import TraceDistiller

enum TraceSpan: TraceMethod {
  static let name = "trace/span"
  static let summary = "All of one span: attributes, log events, links, code location, path to the root."
  static let parameters: [Parameter] = [
    .traceID, Parameter("spanId", .string, isRequired: true), .limit(1...10_000), .maxChars, .maxTokens,
  ]

  struct Params: TraceParams {
    var traceID: String
    var spanID: String
    var limit: Int
    var maxChars: Int
  }

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    guard let spanID = try reader.string("spanId") else {
      throw .invalidParams(
        "trace/span needs spanId; trace/tree shows the ids of a trace", data: ["parameter": "spanId", "next": "trace/tree"])
    }
    return Params(
      traceID: try reader.string("traceId") ?? "latest", spanID: spanID, limit: try reader.integer("limit") ?? 100,
      maxChars: try reader.budget())
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let trace = try context.distilled(params.traceID)
    let node = trace.node(try context.row(params.spanID, in: trace))
    let object = TraceShape.head(trace)
    var span = TraceShape.span(node)
    span["endTimeUnixNano"] = TraceShape.instant(node.endTimeUnixNano)
    if node.childOverlapNanos > 0 { span["childOverlapMs"] = TraceShape.millis(node.childOverlapNanos) }
    span.append("location", location(node))
    if let links = node.linksJSON { span["links"] = (try? JSONValue(parsing: links)) ?? .string(links) }
    span["path"] = .array(trace.path(to: node.row).suffix(32).map { .string(trace.node($0).name) })
    span["childCount"] = .integer(trace.tree.children(of: node.row).count)
    return Result(json: try bounded(object, span: .object(span), events: node.events(), params))
  }

  /// The span first, shortened where it must be; then as many of its events as fit.
  private static func bounded(
    _ head: JSONObject, span: JSONValue, events: [DistilledEvent], _ params: Params
  ) throws(ResponseError) -> JSONValue {
    func answer(_ span: JSONValue, _ shown: [JSONValue]) -> JSONValue {
      var object = head
      object["span"] = span
      object["events"] = .array(shown)
      object["eventsTotal"] = .integer(events.count)
      object["truncated"] = .bool(span["truncated"] != nil || shown.count < events.count || shown.contains { $0["truncated"] != nil })
      return .object(object)
    }
    guard let span = Shortened(span).first(where: { JSONLength.of(answer($0, [])) <= params.maxChars }) else {
      throw .budgetTooSmall(params.maxChars, needed: JSONLength.of(answer(Shortened(span).least, [])))
    }
    var best = answer(span, [])
    var budget = params.maxChars - JSONLength.of(best)
    while budget > 0 {
      let list = BoundedList(total: events.count, limit: params.limit, budget: budget) { TraceShape.event(events[$0]) }
      best = answer(span, list.entries)
      let excess = JSONLength.of(best) - params.maxChars
      if excess <= 0 { return best }
      budget = min(budget, list.length) - max(1, excess)
    }
    return answer(span, [])
  }

  /// OpenTelemetry's names, the current and the older ones.
  private static func location(_ node: DistilledTraceNode) -> JSONValue? {
    func find(_ keys: [String]) -> JSONValue? {
      for attribute in node.attributes where keys.contains(attribute.key) {
        if case .integer(let number) = attribute.value { return .integer(number) }
        return .string(attribute.value.text)
      }
      return nil
    }
    var location = JSONObject()
    location.append("file", find(["code.file.path", "code.filepath"]))
    location.append("line", find(["code.line.number", "code.lineno"]))
    location.append("function", find(["code.function.name", "code.function"]))
    return location.isEmpty ? nil : .object(location)
  }
}
