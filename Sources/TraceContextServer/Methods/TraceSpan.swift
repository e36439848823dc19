// trace/span: all of one span.

import JSON
import JSONRPC
import TraceDistiller

enum TraceSpan: TraceMethod {
  static let name = "trace/span"
  static let summary = "All of one span: attributes, log events, links, code location, path to the root."
  static let parameters: [Parameter] = [.traceID, Parameter("spanId", .string), .limit(1...10_000), .maxChars]

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
      throw .invalidParams("trace/span needs spanId; trace/tree shows the ids of a trace", data: ["parameter": "spanId", "next": "trace/tree"])
    }
    return Params(
      traceID: try reader.string("traceId") ?? "latest", spanID: spanID, limit: try reader.integer("limit") ?? 100,
      maxChars: try reader.integer("maxChars") ?? SummaryOptions.defaultBudget)
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let trace = try context.distilled(params.traceID)
    let node = trace.node(try context.row(params.spanID, in: trace))
    var object = TraceShape.head(trace.snapshot)
    var span = TraceShape.span(node)
    span["endTimeUnixNano"] = TraceShape.instant(node.endTimeUnixNano)
    if node.childOverlapNanos > 0 { span["childOverlapMs"] = TraceShape.millis(node.childOverlapNanos) }
    span.append("location", location(node))
    if let links = node.linksJSON { span["links"] = (try? JSONValue(parsing: links)) ?? .string(links) }
    span["path"] = .array(trace.path(to: node.row).suffix(32).map { .string(trace.node($0).name) })
    span["childCount"] = .integer(trace.tree.children(of: node.row).count)
    object["span"] = .object(span)
    let events = node.events()
    var kept = JSONLength.of(.object(object))
    var isCut = false
    if kept > params.maxChars - 160 {
      // Long values are what fills a span: each is cut, and tells its length.
      object["span"] = cut(.object(span), to: max(32, (params.maxChars - 400) / 24))
      isCut = true
      kept = JSONLength.of(.object(object))
      guard kept <= params.maxChars - 160 else { throw .budgetTooSmall(params.maxChars, needed: kept + 160) }
    }
    var shown: [JSONValue] = []
    for event in events.prefix(params.limit) {
      let value = TraceShape.event(event)
      kept += JSONLength.of(value) + 1
      guard kept <= params.maxChars - 160 else { break }
      shown.append(value)
    }
    object["events"] = .array(shown)
    object["eventsTotal"] = .integer(events.count)
    object["truncated"] = .bool(isCut || shown.count < events.count)
    return Result(json: .object(object))
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

  private static func cut(_ value: JSONValue, to limit: Int) -> JSONValue {
    switch value {
    case .string(let text):
      let length = text.unicodeScalars.count
      return length <= limit ? value : .string(String(text.unicodeScalars.prefix(limit)) + "…(\(length) chars)")
    case .array(let elements): return .array(elements.prefix(64).map { cut($0, to: limit) })
    case .object(let object):
      var result = JSONObject()
      for (key, value) in object.members.prefix(64) { result[String(key.unicodeScalars.prefix(limit))] = cut(value, to: limit) }
      return .object(result)
    default: return value
    }
  }
}
