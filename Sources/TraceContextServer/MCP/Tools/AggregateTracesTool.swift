// aggregate_traces: operations over many traces.

extension MCPTool {
  static let aggregateTraces = MCPTool(
    name: "aggregate_traces",
    description:
      "Over many traces, per operation: calls, failures, critical and self time, p50, p95, max, examples.",
    method: TracesAggregate.self,
    arguments: [
      .filter("rootName", "name", "service", "run", "hasErrors", "since"),
      Argument("groupBy", "operation (default), name, service, or an attribute's key"), .limit, .maxChars,
    ])
}
