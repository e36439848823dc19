// Two servers' answers as one. What the wrapped server says comes first and is never changed; ours is added.

import JSON

enum WrapMerge {
  /// Requests that both may answer, and the capability that says so.
  static let capabilities: [String: String] = [
    "textDocument/hover": "hoverProvider", "textDocument/codeLens": "codeLensProvider", "textDocument/inlayHint": "inlayHintProvider",
    "textDocument/documentLink": "documentLinkProvider", "textDocument/codeAction": "codeActionProvider",
    "textDocument/diagnostic": "diagnosticProvider", "textDocument/prepareCallHierarchy": "callHierarchyProvider",
    "workspace/symbol": "workspaceSymbolProvider",
  ]

  /// The answer to `initialize`: the server's, with what only we can do.
  static func initialize(_ server: JSONValue, _ ours: JSONValue) -> JSONValue {
    guard var result = server.object, var capabilities = server["capabilities"]?.object, let own = ours["capabilities"]?.object else {
      return server
    }
    for (name, value) in own.members {
      switch name {
      case "positionEncoding": break
      case "executeCommandProvider":
        let theirs = capabilities[name]?["commands"]?.array ?? []
        var provider = capabilities[name]?.object ?? [:]
        provider["commands"] = .array(theirs + (value["commands"]?.array ?? []))
        capabilities[name] = .object(provider)
      case "workspace", "experimental":
        guard var members = capabilities[name]?.object else {
          if capabilities[name] == nil { capabilities[name] = value }
          continue
        }
        for (key, inner) in value.object?.members ?? [] where members[key] == nil { members[key] = inner }
        capabilities[name] = .object(members)
      // Without it a client would ask only us, and the server would publish besides.
      case "diagnosticProvider": break
      default: if isMissing(capabilities[name]) { capabilities[name] = value }
      }
    }
    result["capabilities"] = .object(capabilities)
    return .object(result)
  }

  static func isMissing(_ capability: JSONValue?) -> Bool { capability == nil || capability == .null || capability == false }

  /// Nil where ours has nothing to add: then the server's answer goes as it was written.
  static func answer(_ method: String, _ server: JSONValue, _ ours: JSONValue) -> JSONValue? {
    switch method {
    case "textDocument/hover": return hover(server, ours)
    case "textDocument/diagnostic":
      guard let own = ours["items"]?.array, server["kind"]?.string == "full", var object = server.object else { return nil }
      // With it the client would ask whether the server's part changed, and the answer would say nothing of ours.
      object["resultId"] = nil
      object["items"] = .array((server["items"]?.array ?? []) + own)
      return .object(object)
    default:
      guard let own = ours.array, !own.isEmpty else { return nil }
      if server == .null { return ours }
      return server.array.map { .array($0 + own) }
    }
  }

  private static func hover(_ server: JSONValue, _ ours: JSONValue) -> JSONValue? {
    guard let own = ours["contents"]?["value"]?.string else { return nil }
    guard var object = server.object, let contents = server["contents"] else { return server == .null ? ours : nil }
    let isMarkdown = ours["contents"]?["kind"]?.string == "markdown"
    // A server may answer with the older forms: texts, and code with its language.
    if contents.object != nil, let kind = contents["kind"]?.string {
      let value = contents["value"]?.string ?? ""
      let isBoth = kind == "markdown" && isMarkdown
      let added = kind == "markdown" && !isMarkdown ? "```\n\(own)\n```" : own
      object["contents"] = [
        "kind": .string(kind), "value": .string(value.isEmpty ? added : value + (isBoth ? "\n\n---\n\n" : "\n\n") + added),
      ]
    } else {
      object["contents"] = .array((contents.array ?? [contents]) + [.string(own)])
    }
    return .object(object)
  }
}
