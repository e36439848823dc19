// summarize_trace: the distilled trace.

extension MCPTool {
  static let summarizeTrace = MCPTool(
    name: "summarize_trace",
    description:
      "One trace in brief: call tree, critical path, insights, errors, steps of an agent.",
    method: TraceSummary.self,
    arguments: [.traceID, Argument("focus", "span id"), Argument("maxDepth"), Argument("contents"), .maxChars])
}
