// diagnose_slow_trace: where did the time go, and what to do about it?

import JSONRPC

extension MCPPrompt {
  static let diagnoseSlowTrace = MCPPrompt(
    name: "diagnose_slow_trace", title: "Diagnose a slow trace",
    description: "Why a trace took as long as it did, and what would make it faster.",
    arguments: [
      Argument(name: "traceId", description: "The trace: id, handle, latest or slowest (default)."),
      Argument(name: "span", description: "A span's name to look into."),
    ]
  ) { (arguments, context) throws(ResponseError) in
    let trace = arguments["traceId"] ?? "slowest"
    let span =
      arguments["span"] == nil ? "" : " Look into spans named \(arguments.quoted("span", or: "")) in particular (search_spans finds them)."
    return [
      message(
        """
        Explain why trace \(arguments.quoted("traceId", or: trace)) took as long as it did, and propose what to change. Its summary follows. \
        Call critical_path for what kept it from ending sooner, find_insights for patterns with their cost, get_span for the values of a span.\(span) \
        Name operations, times and span ids; say what is measured and what you infer.
        """),
      try summary(of: trace, context),
    ]
  }
}
