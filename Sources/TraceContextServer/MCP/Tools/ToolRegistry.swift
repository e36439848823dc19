// All tools, in the order in which an agent needs them, which is also the order of `tools/list`.

import JSON
import JSONRPC
import TraceDistiller

enum ToolRegistry {
  static let tools: [MCPTool] = [
    .explainTrace, .listTraces, .summarizeTrace, .criticalPath, .findErrors, .findInsights, .getSpan, .searchSpans, .compareTraces,
    .aggregateTraces, .awaitTrace, .serverStatus, .searchLogs,
  ]

  /// The names of our methods for texts at this door. No tool pages through a tree: texts then advise a focus.
  static let names: [String: String] = Dictionary(uniqueKeysWithValues: tools.map { ($0.method.name, $0.name) })

  static func tool(named name: String) throws(ResponseError) -> MCPTool {
    if let tool = tools.first(where: { $0.name == name }) { return tool }
    let near = nearest(name, among: tools.map(\.name), limit: 3)
    throw .invalidParams(
      "no tool \(VisibleText.quoted(name, limit: 80)); did you mean \(near[0])?", data: ["near": .array(near.map { .string($0) })])
  }
}
