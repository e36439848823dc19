// find_errors: what failed and why.

extension MCPTool {
  static let findErrors = MCPTool(
    name: "find_errors", title: "Find errors",
    description:
      "What failed and why: one entry per cause with message, place in the code, count, path with the attributes of each ancestor, and who swallowed it. Use when a trace failed, or succeeded suspiciously.",
    method: TraceErrors.self,
    arguments: [.traceID, .limit, .cursor, .maxChars])
}
