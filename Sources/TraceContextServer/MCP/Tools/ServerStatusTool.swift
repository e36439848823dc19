// server_status: pipes, losses, limits.

extension MCPTool {
  static let serverStatus = MCPTool(
    name: "server_status",
    description:
      "Which pipe is read, what came, what was lost or refused and why, memory, limits. Use when traces are missing or incomplete.",
    method: ServerStatus.self,
    arguments: [])
}
