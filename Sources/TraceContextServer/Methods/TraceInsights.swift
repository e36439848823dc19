// trace/insights: patterns that cost time or hide failures, each with evidence, cost and advice.

import JSON
import JSONRPC
import TraceDistiller

enum TraceInsights: TraceMethod {
  static let name = "trace/insights"
  static let summary =
    "Patterns that cost time or hide failures (N+1, sequential calls, retries, swallowed errors…), with evidence and cost."
  static let parameters: [Parameter] = [.traceID, .focus, .limit(1...1_000), .cursor, .maxChars, .maxTokens, .locale]

  struct Params: TraceParams {
    var traceID: String
    var focus: String?
    var limit: Int
    var offset: Int
    var locale: String?
  }

  struct Result {
    var trace: DistilledTrace
    var insights: [Insight]
    var language: SummaryLanguage
    var offset: Int
    var limit: Int
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest", focus: try reader.string("focus"), limit: try reader.integer("limit") ?? 100,
      offset: try PageCursor.offset(reader.string("cursor")), locale: try reader.string("locale"))
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    var analysis = try await context.analysis(params.traceID)
    let focus = try params.focus.map { name throws(ResponseError) in try context.row(name, in: analysis.trace) }
    // Under a focus, critical spans are those that kept the focused span from ending.
    if let focus { analysis = analysis.focused(on: focus) }
    return Result(
      trace: analysis.trace, insights: analysis.insights(below: focus), language: context.language(params.locale), offset: params.offset,
      limit: params.limit)
  }
}

extension TraceInsights.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    let head = TraceShape.head(trace)
    return try BoundedList.answer(total: insights.count, from: offset, limit: limit, maxChars: maxChars) {
      TraceShape.insight(insights[$0], trace, language)
    } around: { page in
      var object = head
      object["insights"] = .array(page.entries)
      object["total"] = .integer(page.total)
      object["nextCursor"] = page.isCut ? .string(PageCursor.make(page.end)) : .null
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }
}
