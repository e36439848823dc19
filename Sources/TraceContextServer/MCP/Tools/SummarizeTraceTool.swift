// summarize_trace: the distilled trace.

extension MCPTool {
  static let summarizeTrace = MCPTool(
    name: "summarize_trace", title: "Summarize a trace",
    description:
      "One trace in brief: call tree with times, critical path, insights, errors; an agent's steps, with contents its words. focus: below one span.",
    method: TraceSummary.self,
    arguments: [.traceID, Argument("focus", "span id"), Argument("maxDepth"), Argument("contents"), .maxChars])
}
