// get_span: everything about one span.

extension MCPTool {
  static let getSpan = MCPTool(
    name: "get_span",
    description:
      "All of one span: every attribute, log events, code location, path.",
    method: TraceSpan.self,
    arguments: [.traceID, Argument("spanId", "an id from another answer, or its beginning", isRequired: true), .maxChars])
}
