// compare_runs: what did a change change?

import JSON
import JSONRPC

extension MCPPrompt {
  static let compareRuns = MCPPrompt(
    name: "compare_runs", title: "Compare runs",
    description: "What changed in the latest trace since another: slower, faster, new, missing, newly failing.",
    argument: Argument(name: "base", description: "The trace before: id, handle, or run:ID.", isRequired: true)
  ) { (arguments, context) async throws(ResponseError) in
    let base = arguments["base"] ?? ""
    let answer: TextAnswer
    do throws(ResponseError) {
      answer = try await TracesCompare.answer(["base": .string(base), "maxChars": 6_000], in: context).text(
        context.calls, maxChars: 6_000, in: context.mcpFence)
    } catch {
      throw .invalidParams(ToolError.text(error, context), data: error.data)
    }
    let handle = await handle(of: base, context)
    let called = base.hasPrefix("run:") ? "the run before" : "trace \(handle)"
    return [
      message(
        """
        Explain what changed from \(called) to the latest trace, and which change \
        of the program is the likely cause. The comparison follows; compare_traces shows more of it, critical_path and find_errors look into one trace.
        """),
      message(answer.text),
    ]
  }
}
