// find_insights: patterns that cost time or hide failures.

extension MCPTool {
  static let findInsights = MCPTool(
    name: "find_insights",
    description:
      "Patterns that cost time or hide failures (N+1 queries, sequential calls, retries, waits, swallowed errors) with cost, advice, evidence.",
    method: TraceInsights.self,
    arguments: [.traceID, Argument("focus", "span id"), .limit, .cursor, .maxChars])
}
