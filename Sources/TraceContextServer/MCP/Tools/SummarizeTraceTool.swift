// summarize_trace: the distilled trace.

extension MCPTool {
  static let summarizeTrace = MCPTool(
    name: "summarize_trace", title: "Summarize a trace",
    description:
      "One trace in brief: call tree with times, critical path, insights, errors, and what is left out. Use it first for any trace. With focus (a span id) only what is below that span, in more detail.",
    method: TraceSummary.self,
    arguments: [.traceID, Argument("focus", "span id"), Argument("maxDepth"), .maxChars])
}
