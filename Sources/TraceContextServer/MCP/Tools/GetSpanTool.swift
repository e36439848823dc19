// get_span: all of one span.

extension MCPTool {
  static let getSpan = MCPTool(
    name: "get_span", title: "Get a span",
    description:
      "All of one span: every attribute, log events, code location, path. Use when you have a span id from another answer and need its values.",
    method: TraceSpan.self,
    arguments: [.traceID, Argument("spanId", "as other answers show it", isRequired: true), .maxChars])
}
