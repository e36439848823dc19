// diagnose_slow_trace: where did the time go, and what to do about it?

import JSONRPC

extension MCPPrompt {
  static let diagnoseSlowTrace = MCPPrompt(
    name: "diagnose_slow_trace", title: "Diagnose a slow trace",
    description: "Why a trace took as long as it did, and what would make it faster.",
    argument: Argument(name: "traceId", description: "The trace: id, handle, root name, latest or slowest (default).")
  ) { (arguments, context) async throws(ResponseError) in
    let trace = arguments["traceId"] ?? "slowest"
    let called = await handle(of: trace, context)
    return [
      message(
        """
        Explain why trace \(called) took as long as it did, and propose what to change. Its summary follows. \
        Call critical_path for what kept it from ending sooner, find_insights for patterns with their cost, get_span for the values of a span. \
        Name operations, times and span ids; say what is measured and what you infer.
        """),
      try await summary(of: trace, context),
    ]
  }
}
