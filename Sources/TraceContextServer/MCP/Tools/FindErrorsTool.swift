// find_errors: what failed and why.

extension MCPTool {
  static let findErrors = MCPTool(
    name: "find_errors",
    description:
      "What failed and why: per cause message, place in the code, count, path with attributes of each ancestor, who swallowed it. Use when a trace failed.",
    method: TraceErrors.self,
    arguments: [.traceID, .limit, .cursor, .maxChars])
}
