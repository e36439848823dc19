// summarize_trace: the distilled trace.

extension MCPTool {
  static let summarizeTrace = MCPTool(
    name: "summarize_trace",
    description:
      "One trace in brief: call tree with times, critical path, insights, errors, what is left out. focus shows more of what is below one span.",
    method: TraceSummary.self,
    arguments: [.traceID, Argument("focus", "span id"), Argument("maxDepth"), .maxChars])
}
