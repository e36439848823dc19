// summarize_trace: the distilled trace.

extension MCPTool {
  static let summarizeTrace = MCPTool(
    name: "summarize_trace", title: "Summarize a trace",
    description:
      "One trace in brief: call tree with times, critical path, insights, errors, what is left out. Use first for any trace; focus shows what is below one span in more detail.",
    method: TraceSummary.self,
    arguments: [.traceID, Argument("focus", "span id"), Argument("maxDepth"), .maxChars])
}
