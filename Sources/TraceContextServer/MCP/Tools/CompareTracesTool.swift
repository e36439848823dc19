// compare_traces: what changed between two traces or runs.

extension MCPTool {
  static let compareTraces = MCPTool(
    name: "compare_traces",
    description:
      "What changed from base to target: slower, faster, new, missing, newly failing calls, the biggest first. Use after a change, or for a slow run beside a fast one.",
    method: TracesCompare.self,
    arguments: [
      Argument("base", "a trace, or run:ID for all of one run", isRequired: true), Argument("target", "default latest"), .maxChars,
    ])
}
