// critical_path: what made it take so long.

extension MCPTool {
  static let criticalPath = MCPTool(
    name: "critical_path", title: "Critical path",
    description:
      "Why a trace took as long as it did: operations and spans that kept it from ending sooner, in order of time. Speeding up anything else does not help. Use when a trace is slow.",
    method: TraceCriticalPath.self,
    arguments: [.traceID, Argument("root", "span id to explain instead of the root"), .maxChars])
}
