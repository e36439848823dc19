// Results in the form of each revision. Since the stateless revision a result has its kind, the server, and how long it may be cached.

import JSON

enum MCPResult {
  static let serverInfo: JSONValue = ["name": "trace-distiller", "version": .string(ServerVersion.text)]

  /// For answers that do not change while the process runs.
  private static let longMillis = 3_600_000

  /// - Parameter meta: Members of `_meta`.
  static func make(_ request: MCPRequest, _ members: JSONObject, meta: JSONObject = [:]) -> JSONValue {
    var result = JSONObject()
    var meta = meta
    if request.revision.isStateless { result["resultType"] = "complete" }
    for (key, value) in members.members { result[key] = value }
    if request.revision.isStateless {
      if request.method.isCacheable {
        result["ttlMs"] = .integer(request.method.isStatic ? longMillis : 0)
        result["cacheScope"] = request.method.isStatic ? "public" : "private"
      }
      meta["io.modelcontextprotocol/serverInfo"] = serverInfo
    }
    if !meta.isEmpty { result["_meta"] = .object(meta) }
    return .object(result)
  }

  /// The server's capabilities, as `initialize` and `server/discover` report them.
  static func capabilities(_ revision: MCPRevision) -> JSONValue {
    var capabilities: JSONObject = ["tools": [:], "resources": ["subscribe": true], "prompts": [:]]
    if revision.declaresCompletions { capabilities["completions"] = [:] }
    return .object(capabilities)
  }

  static func text(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }
}
