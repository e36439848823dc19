// trace/span: everything about one span.

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

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
  }

  struct Result {
    var trace: DistilledTrace
    var node: DistilledTraceNode
    /// Oldest first: its own events, and module logs that refer to it.
    var events: [LoggedLine]
    var location: SourceLocation
    var limit: Int
  }

  /// One message that was logged in the span.
  struct LoggedLine {
    var timeUnixNano: Int64
    var level: SeverityLevel
    var message: String
    var attributes: [DistilledAttribute]
    /// Its JSON form.
    var json: JSONValue

    init(_ event: DistilledEvent) {
      (timeUnixNano, level, message, attributes) = (event.timeUnixNano, event.level, event.message, event.attributes)
      json = TraceShape.event(event)
    }

    init(_ log: ModuleLog) {
      (timeUnixNano, level, message, attributes) = (log.timeUnixNano, log.level, log.message, log.attributes)
      json = TraceShape.event(log)
    }
  }

  /// The span's events, and the module logs that refer to it (of JSON loggers, for example) unless an event has the same message.
  private static func lines(
    of node: DistilledTraceNode, in trace: DistilledTrace, _ context: RequestContext
  ) async throws(ResponseError) -> [LoggedLine] {
    let events = node.events()
    guard context.source.abilities.contains(.logs) else { return events.map { LoggedLine($0) } }
    let logs = try await context.ask { source throws(SourceUnavailable) in try await source.logs() }.logs
    var joined: [LoggedLine] = []
    logs.visitAll { log in
      guard log.spanID == node.spanID, log.traceID == trace.snapshot.traceID else { return !Task.isCancelled }
      // Layers that write both write them almost at the same instant.
      let isTold = events.contains { $0.timeUnixNano.distance(to: log.timeUnixNano).magnitude < 1_000_000 && $0.message == log.message }
      if !isTold { joined.append(LoggedLine(log)) }
      return !Task.isCancelled
    }
    let all = events.map { LoggedLine($0) } + joined
    guard !joined.isEmpty else { return all }
    return all.indices.sorted { left, right in
      all[left].timeUnixNano != all[right].timeUnixNano ? all[left].timeUnixNano < all[right].timeUnixNano : left < right
    }.map { all[$0] }
  }

  /// Where in the program's code the span was created, from OpenTelemetry's current and older attributes.
  struct SourceLocation {
    var file: DistilledAttribute.Value?
    var line: DistilledAttribute.Value?
    var function: DistilledAttribute.Value?

    init(_ attributes: [DistilledAttribute]) {
      func find(_ keys: String...) -> DistilledAttribute.Value? { attributes.first { keys.contains($0.key) }?.value }
      file = find("code.file.path", "code.filepath")
      line = find("code.line.number", "code.lineno")
      function = find("code.function.name", "code.function")
    }

    var isEmpty: Bool { file == nil && line == nil && function == nil }
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    guard let spanID = try reader.string("spanId") else {
      throw .invalidParams(
        "trace/span needs spanId; trace/tree shows the ids of a trace", data: ["parameter": "spanId", "next": "trace/tree"])
    }
    return Params(
      traceID: try reader.string("traceId") ?? "latest", spanID: spanID, limit: try reader.integer("limit") ?? 100)
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let trace = try await context.distilled(params.traceID)
    let node = trace.node(try context.row(params.spanID, in: trace, takesLogged: true))
    return Result(
      trace: trace, node: node, events: try await lines(of: node, in: trace, context),
      location: TraceSpan.SourceLocation(node.attributes),
      limit: params.limit)
  }
}

extension TraceSpan.Result: MethodResult {
  /// The span first, shortened if necessary, then as many of its events as fit.
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    let head = TraceShape.head(trace)
    let whole = span
    func answer(_ span: JSONValue, isCut: Bool, _ shown: [JSONValue], isShortened: Bool = false) -> JSONAnswer {
      let isCut = isCut || isShortened || shown.count < events.count
      var object = head
      object["span"] = span
      object["events"] = .array(shown)
      object["eventsTotal"] = .integer(events.count)
      object["truncated"] = .bool(isCut)
      return JSONAnswer(object, isCut: isCut)
    }
    let truncation = Truncation(.object(whole))
    guard let (step, span) = truncation.enumerated().first(where: { answer($1, isCut: $0 > 0, []).length <= maxChars }) else {
      throw .budgetTooSmall(maxChars, needed: answer(truncation.least, isCut: true, []).length)
    }
    var best = answer(span, isCut: step > 0, [])
    var budget = maxChars - best.length
    while budget > 0 {
      let list = BoundedList(total: events.count, limit: limit, budget: budget) { events[$0].json }
      best = answer(span, isCut: step > 0, list.entries, isShortened: list.isFirstShortened)
      let excess = best.length - maxChars
      if excess <= 0 { return best }
      budget = min(budget, list.length) - max(1, excess)
    }
    return answer(span, isCut: step > 0, [])
  }

  private var span: JSONObject {
    var span = TraceShape.span(node)
    span["endTimeUnixNano"] = TraceShape.instant(node.endTimeUnixNano)
    if node.childOverlapNanos > 0 { span["childOverlapMs"] = TraceShape.millis(node.childOverlapNanos) }
    if !location.isEmpty {
      var object = JSONObject()
      for (name, value) in [("file", location.file), ("line", location.line), ("function", location.function)] {
        guard let value else { continue }
        if case .integer(let number) = value { object[name] = .integer(number) } else { object[name] = .string(value.text) }
      }
      span["location"] = .object(object)
    }
    if let links = node.linksJSON { span["links"] = (try? JSONValue(parsing: links)) ?? .string(links) }
    span["path"] = .array(trace.path(to: node.row).suffix(32).map { .string(trace.node($0).name) })
    span["childCount"] = .integer(trace.tree.children(of: node.row).count)
    return span
  }
}
