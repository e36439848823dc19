// critical_path: what made it take so long.

extension MCPTool {
  static let criticalPath = MCPTool(
    name: "critical_path", title: "Critical path",
    description:
      "Why a trace took as long as it did: the spans that kept it from ending sooner. Speeding up anything else does not help. Use when a trace is slow.",
    method: TraceCriticalPath.self,
    arguments: [.traceID, Argument("root", "span id instead of the root's"), .maxChars])
}
