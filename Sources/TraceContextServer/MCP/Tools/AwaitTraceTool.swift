// await_trace: the next run of the program.

extension MCPTool {
  static let awaitTrace = MCPTool(
    name: "await_trace",
    description:
      "Waits until a matching trace completes, 20 s by default, and returns it with a cursor; with a cursor also what completed since. timeoutMs 0 only gets a cursor. Use when you start a program.",
    method: TracesAwait.self,
    arguments: [.filter("rootName", "name", "service", "run", "hasErrors"), .cursor, Argument("timeoutMs"), .limit, .maxChars])
}
