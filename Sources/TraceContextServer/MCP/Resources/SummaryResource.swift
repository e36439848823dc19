// Summaries as resources, for clients whose users pick what the model reads. Tools give access to the same data.

import JSON
import JSONRPC
import TraceDistiller

enum SummaryResource {
  private static let mimeType: JSONValue = "text/plain"
  private static let pageLength = 50

  /// One page of the list, which is the list of `traces/list`.
  struct Page: Sendable {
    fileprivate var params: TracesList.Params
    fileprivate var isFirst: Bool
    fileprivate var isQuick: Bool

    func reply(_ body: @escaping @Sendable () async throws -> JSONValue) -> Reply {
      isQuick ? .here(TracesList.workClass, body) : .later(TracesList.workClass, body)
    }
  }

  static func page(_ request: MCPRequest, in context: RequestContext) throws(ResponseError) -> Page {
    var cursor: TraceListCursor?
    if let given = request.params["cursor"], !PlainValue.isLeftOut(given) {
      guard let text = given.string else { throw .invalidCursor(given.serializedString) }
      cursor = try TraceListCursor(text, sort: .recent)
    }
    let params = TracesList.Params(filter: try TraceFilter(nil), sort: .recent, limit: pageLength, after: cursor)
    return Page(params: params, isFirst: cursor == nil, isQuick: TracesList.isQuick(params, in: context))
  }

  /// The latest trace, then the kept traces with the newest first. Resources are named by handles: names from programs appear only inside
  /// the summaries.
  static func list(_ page: Page, _ request: MCPRequest, in context: RequestContext) async throws(ResponseError) -> JSONValue {
    let found = try await TracesList.respond(to: page.params, in: context)
    var resources = page.isFirst ? [resource("latest", name: "latest", request.revision)] : []
    resources += found.listing.lines.map { resource($0.traceID, name: $0.handle, request.revision) }
    var members: JSONObject = ["resources": .array(resources)]
    let end = found.listing.lines.count
    members.append("nextCursor", found.cursor(end, isCut: end < found.listing.rest).map { .string($0) })
    return MCPResult.make(request, members)
  }

  private static func resource(_ trace: String, name: String, _ revision: MCPRevision) -> JSONValue {
    var object: JSONObject = ["uri": .string(SummaryURI(trace: trace).text), "name": .string(name)]
    if revision.hasTitles { object["title"] = .string("Summary of trace \(name)") }
    object["mimeType"] = mimeType
    return .object(object)
  }

  static func template(_ revision: MCPRevision) -> JSONValue {
    var object: JSONObject = ["uriTemplate": "trace://{traceId}/summary", "name": "trace_summary"]
    if revision.hasTitles { object["title"] = "Summary of a trace" }
    object["description"] = "The distilled trace. traceId: id, handle (t3), latest, latest-error or slowest, percent-encoded."
    object["mimeType"] = mimeType
    return .object(object)
  }

  /// The resource that a request names.
  static func uri(_ request: MCPRequest) throws(ResponseError) -> SummaryURI {
    guard let text = request.params["uri"]?.string else {
      throw .invalidParams("\(request.method.rawValue) needs uri: trace://<id>/summary")
    }
    guard let uri = SummaryURI(text) else {
      throw notFound(
        request, "no resource \(VisibleText.quoted(text, limit: 120)); there are trace://<id>/summary and trace://latest/summary", text)
    }
    return uri
  }

  static func read(_ uri: SummaryURI, _ request: MCPRequest, in context: RequestContext) async throws(ResponseError) -> JSONValue {
    let text = try await summary(uri, in: context) { error in notFound(request, ToolError.text(error, context), uri.text) }
    return MCPResult.make(request, ["contents": [contents(uri, text)]])
  }

  /// The text of a summary in its fence, or what to do if there is no trace yet.
  /// - Parameter failed: Creates the error from the text.
  static func summary(
    _ uri: SummaryURI, maxChars: Int = SummaryOptions.defaultBudget, in context: RequestContext, failed: (ResponseError) -> ResponseError
  ) async throws(ResponseError) -> String {
    do throws(ResponseError) {
      let answer = try await TraceSummary.answer(["traceId": .string(uri.trace), "maxChars": .integer(maxChars)], in: context)
      return try answer.text(context.calls, maxChars: maxChars, in: context.mcpFence).text
    } catch {
      guard ToolError.isNothingYet(error) else { throw failed(error) }
      return ToolError.text(error, context)
    }
  }

  static func contents(_ uri: SummaryURI, _ text: String) -> JSONValue {
    ["uri": .string(uri.text), "mimeType": mimeType, "text": .string(text)]
  }

  private static func notFound(_ request: MCPRequest, _ message: String, _ uri: String) -> ResponseError {
    let code = request.revision.isStateless ? ResponseError.Code.invalidParams : ResponseError.Code.resourceNotFound
    return ResponseError(code: code, message: message, data: ["uri": .string(uri)])
  }
}
