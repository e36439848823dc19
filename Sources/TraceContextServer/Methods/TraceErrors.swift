// trace/errors: every cause of errors and every warning, similar ones only once, with the path to it, the state of its ancestors and its
// effect.

import JSON
import JSONRPC
import TraceDistiller

enum TraceErrors: TraceMethod {
  static let name = "trace/errors"
  static let summary =
    "One entry per cause: type, message, place in the code, count, path to the root with the attributes of each ancestor, who swallowed it."
  static let parameters: [Parameter] = [.traceID, .limit(1...1_000), .cursor, .maxChars, .maxTokens]

  struct Params: TraceParams {
    var traceID: String
    var limit: Int
    var offset: Int
  }

  struct Result {
    var trace: DistilledTrace
    var problems: [TraceProblem]
    var offset: Int
    var limit: Int
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest", limit: try reader.integer("limit") ?? 100,
      offset: try PageCursor.offset(reader.string("cursor")))
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let analysis = try await context.analysis(params.traceID)
    return Result(trace: analysis.trace, problems: analysis.problems(), offset: params.offset, limit: params.limit)
  }
}

extension TraceErrors.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    var head = TraceShape.head(trace)
    head["errorCount"] = .integer(trace.snapshot.storage.failedCount)
    head["warningCount"] = .integer(trace.snapshot.storage.warningCount)
    return try BoundedList.answer(total: problems.count, from: offset, limit: limit, maxChars: maxChars) {
      TraceShape.problem(problems[$0], trace)
    } around: { page in
      var object = head
      object["errors"] = .array(page.entries)
      object["total"] = .integer(page.total)
      object["nextCursor"] = page.isCut ? .string(PageCursor.make(page.end)) : .null
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }
}
