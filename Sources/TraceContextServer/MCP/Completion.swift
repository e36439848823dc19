// completion/complete: names of traces for people who fill in a prompt or a resource address.

import JSON
import JSONRPC
import TraceDistiller

enum Completion {
  /// The maximum that the protocol allows.
  private static let most = 100
  private static let selectors = ["latest", "latest-error", "slowest"]

  static func answer(_ request: MCPRequest, in context: RequestContext) async throws(ResponseError) -> JSONValue {
    guard let argument = request.params["argument"], let name = argument["name"]?.string, let value = argument["value"]?.string else {
      throw .invalidParams("completion/complete needs argument: an object of name and value")
    }
    try check(name, request.params["ref"])
    let candidates = try await traces(in: context)
    let part = value.lowercased()
    let beginning = candidates.filter { $0.lowercased().hasPrefix(part) }
    // Ids that begin with the text come first, then ids that contain it.
    let matching = beginning + candidates.filter { !$0.lowercased().hasPrefix(part) && $0.lowercased().contains(part) }
    return MCPResult.make(
      request,
      [
        "completion": [
          "values": .array(matching.prefix(most).map { .string($0) }), "total": .integer(matching.count),
          "hasMore": .bool(matching.count > most),
        ]
      ])
  }

  /// Every existing argument names a trace; other arguments are rejected.
  private static func check(_ argument: String, _ reference: JSONValue?) throws(ResponseError) {
    switch reference?["type"]?.string {
    case "ref/prompt":
      let name = reference?["name"]?.string ?? ""
      guard let prompt = PromptRegistry.prompts.first(where: { $0.name == name }) else {
        throw .invalidParams("no prompt \(VisibleText.quoted(name, limit: 80)); prompts/list names them")
      }
      guard argument == prompt.argument.name else { throw .unknownKey(argument, in: prompt.name, known: [prompt.argument.name]) }
    case "ref/resource":
      guard argument == "traceId" else { throw .unknownKey(argument, in: "trace://{traceId}/summary", known: ["traceId"]) }
    default: throw .invalidParams("ref must be of type ref/prompt or ref/resource")
    }
  }

  /// Selectors first, then handles and ids with the newest first.
  private static func traces(in context: RequestContext) async throws(ResponseError) -> [String] {
    let all = try await context.allLines()
    return selectors + all.map(\.handle) + all.map(\.traceID)
  }
}
