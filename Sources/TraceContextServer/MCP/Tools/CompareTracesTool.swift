// compare_traces: what changed between two traces or runs.

extension MCPTool {
  static let compareTraces = MCPTool(
    name: "compare_traces", title: "Compare traces",
    description:
      "What changed from base to target: slower, faster, new, missing and newly failing calls, the biggest first. Use after a change, or for a slow run beside a fast one. Each is a trace, or {\"run\": id} for all traces of one execution.",
    method: TracesCompare.self,
    arguments: [Argument("base", isRequired: true), Argument("target", "default latest"), .maxChars])
}
