// search_logs: what programs logged outside of spans.

extension MCPTool {
  static let searchLogs = MCPTool(
    name: "search_logs", description: "What programs logged outside of spans, the newest first.",
    method: LogsList.self,
    arguments: [Argument("filter", nil, members: "level", "service", "target", "run", "text"), .limit, .cursor, .maxChars])
}
