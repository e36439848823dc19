// The methods of the MCP door, and the revisions that have each. Our own methods are answered beside them.

enum MCPMethod: String, CaseIterable, Sendable {
  case initialize
  case ping
  case discover = "server/discover"
  case listTools = "tools/list"
  case callTool = "tools/call"
  case listResources = "resources/list"
  case listTemplates = "resources/templates/list"
  case readResource = "resources/read"
  case subscribe = "resources/subscribe"
  case unsubscribe = "resources/unsubscribe"
  case listen = "subscriptions/listen"
  case listPrompts = "prompts/list"
  case getPrompt = "prompts/get"
  case complete = "completion/complete"

  func exists(in revision: MCPRevision) -> Bool {
    switch self {
    case .discover, .listen: revision.isStateless
    case .initialize, .ping, .subscribe, .unsubscribe: !revision.isStateless
    default: true
    }
  }

  /// Whether clients may cache the answer. The answer then gives a time to live.
  var isCacheable: Bool {
    switch self {
    case .discover, .listTools, .listResources, .listTemplates, .readResource, .listPrompts: true
    default: false
    }
  }

  /// The answer is the same for every client while the process runs.
  var isStatic: Bool {
    switch self {
    case .discover, .listTools, .listTemplates, .listPrompts: true
    default: false
    }
  }
}
