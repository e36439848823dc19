// completion/complete: names of traces and spans for people who fill in a prompt or an address.

import JSON
import JSONRPC
import TraceDistiller

enum Completion {
  /// As the protocol says.
  private static let most = 100
  /// So many spans of a trace are looked at for names.
  private static let mostSpans = 100_000
  private static let selectors = ["latest", "latest-error", "slowest"]

  static func answer(_ request: MCPRequest, in context: RequestContext) throws(ResponseError) -> JSONValue {
    guard let argument = request.params["argument"], let name = argument["name"]?.string, let value = argument["value"]?.string else {
      throw .invalidParams("completion/complete needs argument: an object of name and value")
    }
    let candidates: [String]
    switch try known(name, request.params["ref"]) {
    case .trace: candidates = traces(in: context)
    case .span: candidates = spans(of: request.params["context"]?["arguments"]?["traceId"]?.string ?? "slowest", in: context)
    }
    let part = value.lowercased()
    let beginning = candidates.filter { $0.lowercased().hasPrefix(part) }
    // Names of spans are found by any part of them, after those that begin so.
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

  private enum Kind { case trace, span }

  /// What an argument stands for.
  private static func known(_ argument: String, _ reference: JSONValue?) throws(ResponseError) -> Kind {
    switch reference?["type"]?.string {
    case "ref/prompt":
      let name = reference?["name"]?.string ?? ""
      guard let prompt = PromptRegistry.prompts.first(where: { $0.name == name }) else {
        throw .invalidParams("no prompt \(VisibleText.quoted(name, limit: 80)); prompts/list names them")
      }
      guard prompt.arguments.contains(where: { $0.name == argument }) else {
        throw .unknownKey(argument, in: prompt.name, known: prompt.arguments.map(\.name))
      }
      return argument == "span" ? .span : .trace
    case "ref/resource":
      guard argument == "traceId" else { throw .unknownKey(argument, in: "trace://{traceId}/summary", known: ["traceId"]) }
      return .trace
    default: throw .invalidParams("ref must be of type ref/prompt or ref/resource")
    }
  }

  /// Selectors, then handles and ids, the newest first.
  private static func traces(in context: RequestContext) -> [String] {
    let all = context.store.overviews(now: context.now).lines.reversed()
    return selectors + all.map(\.handle) + all.map(\.traceID)
  }

  /// Different names of the spans of a trace, in the order of their first appearance.
  private static func spans(of trace: String, in context: RequestContext) -> [String] {
    guard case .success(let snapshot) = context.store.snapshot(trace, now: context.now) else { return [] }
    let distilled = DistilledTrace(snapshot)
    var names: [String] = []
    var known: Set<String> = []
    for row in 0..<min(distilled.tree.count, mostSpans) where distilled.tree.isIncluded[row] {
      let name = distilled.node(row).name
      if !name.isEmpty, known.insert(name).inserted { names.append(name) }
    }
    return names
  }
}
