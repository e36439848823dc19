// critical_path: what made it take so long.

extension MCPTool {
  static let criticalPath = MCPTool(
    name: "critical_path",
    description:
      "The spans that kept a trace from ending sooner: speeding up anything else does not help.",
    method: TraceCriticalPath.self,
    arguments: [.traceID, Argument("root", "span id instead of the root's"), .maxChars])
}
