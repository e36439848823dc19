// list_traces: the recent traces.

extension MCPTool {
  static let listTraces = MCPTool(
    name: "list_traces",
    description:
      "What ran lately: one line per trace with handle, name, duration, failures. Start here. sort: recent (default), slowest, errors.",
    method: TracesList.self,
    arguments: [
      .filter("rootName", "name", "service", "run", "hasErrors", "minRootDurationMs", "since", "attributes", "text"),
      Argument("sort"), .limit, .cursor, .maxChars,
    ])
}
