// explain_trace: why a trace is slow, failed or cut short.

extension MCPTool {
  static let explainTrace = MCPTool(
    name: "explain_trace",
    description:
      "Why a trace is slow, failed or stopped early: ranked causes with service, operation, time and evidence, against like traces. Call this first.",
    method: TraceExplain.self,
    arguments: [.traceID, Argument("base", "trace, run:ID or like (default)"), .maxChars])
}
