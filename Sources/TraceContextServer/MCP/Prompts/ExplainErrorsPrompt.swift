// explain_errors: what failed, where, and with which values?

import JSONRPC

extension MCPPrompt {
  static let explainErrors = MCPPrompt(
    name: "explain_errors", title: "Explain errors", description: "What failed in a trace, why, and what became of it.",
    argument: Argument(name: "traceId", description: "The trace: id, handle, root name, latest or latest-error (default).")
  ) { (arguments, context) async throws(ResponseError) in
    let trace = arguments["traceId"] ?? "latest-error"
    let called = await handle(of: trace, context)
    return [
      message(
        """
        Explain what failed in trace \(called): the cause, the place in the code, the values at that moment, and \
        whether somebody swallowed it. Its summary follows. Call find_errors for causes with their paths, get_span for all values of a span. \
        Then propose a fix.
        """),
      try await summary(of: trace, context),
    ]
  }
}
