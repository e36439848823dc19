// search_spans: the spans that match, in all traces.

extension MCPTool {
  static let searchSpans = MCPTool(
    name: "search_spans",
    description:
      "Spans of all traces that match text (in name, attributes, messages) or filter: a query, a user, a route.",
    method: TracesSearch.self,
    arguments: [
      Argument("text", "or regex:PATTERN"), .filter("name", "service", "run", "status", "minDurationMs", "attributes"),
      Argument("traceId", "only in this trace"), .limit, .cursor, .maxChars,
    ])
}
