// trace/export: the trace for another tool.

import JSON
import JSONRPC
import TraceDistiller

enum TraceExportMethod: TraceMethod {
  static let name = "trace/export"
  static let summary = "The trace for another tool: OTLP JSON lines, Chrome trace events, speedscope, or folded stacks, page by page."
  /// An export goes into a file rather than into a context window, and half of one is of little use: it may be longer than other answers.
  static let bounds = 400...64_000_000
  static let defaultMaxChars = 200_000
  static let parameters: [Parameter] = [
    .traceID, Parameter("format", .oneOf(ExportFormat.allCases.map(\.rawValue))),
    Parameter("weight", .oneOf(ExportWeight.allCases.map(\.rawValue))), .cursor, Parameter("maxChars", .integer(bounds)),
  ]

  static let lengthOfJSON = 1

  struct Params: TraceParams {
    var traceID: String
    var format: ExportFormat
    var weight: ExportWeight
    var offset: Int
    var maxChars: Int
  }

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest", format: try reader.choice("format", ExportFormat.self) ?? .otlp,
      weight: try reader.choice("weight", ExportWeight.self) ?? .selfTime, offset: try PageCursor.offset(reader.string("cursor")),
      maxChars: try reader.integer("maxChars") ?? defaultMaxChars)
  }

  /// Writing a span takes longer than reading one.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { context.cost(of: params.traceID) <= 200 }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    // Other tools get the times of the records.
    var snapshot = try context.snapshot(params.traceID)
    snapshot.maxClockAdjustNanos = 0
    let trace = DistilledTrace(snapshot)
    let export = TraceExport(trace, format: params.format, weight: params.weight)
    var head = TraceShape.head(trace.snapshot)
    head["format"] = .string(params.format.rawValue)
    if params.format == .folded { head["weight"] = .string(params.weight.rawValue) }
    let total = TraceShape.share(trace.total(below: nil))
    func answer(_ page: ExportPage) -> JSONValue {
      var object = head
      object["text"] = .string(page.text)
      object["shown"] = TraceShape.share(page.shown)
      object["total"] = total
      object["truncated"] = .bool(page.isCut || params.offset > 0)
      object["nextCursor"] = page.isCut ? .string(PageCursor.make(page.end)) : .null
      return .object(object)
    }
    // The rest of an answer grows with the digits of its cursor and counts.
    var room = params.maxChars - JSONLength.of(.object(head)) - 150
    while room > 0 {
      let page = export.page(from: params.offset, maxChars: room)
      guard page.end > params.offset || !page.isCut else { break }
      let json = answer(page)
      let excess = JSONLength.of(json) - params.maxChars
      if excess <= 0 { return Result(json: json) }
      room = min(room, jsonLength(page.text)) - excess
    }
    let least = answer(export.page(from: params.offset, maxChars: 0, isForced: true))
    let length = JSONLength.of(least)
    guard length <= params.maxChars else { throw .budgetTooSmall(params.maxChars, needed: length) }
    return Result(json: least)
  }
}
