// One request of the MCP door, and the revision in which its answer is written.

import JSON
import JSONRPC
import TraceDistiller

struct MCPRequest: Sendable {
  var id: RequestID
  var method: MCPMethod
  var revision: MCPRevision
  /// Without `_meta`.
  var params: JSONObject
  /// The token for progress notifications while the client waits.
  var progressToken: JSONValue?

  private static let versionKey = "io.modelcontextprotocol/protocolVersion"
  private static let capabilitiesKey = "io.modelcontextprotocol/clientCapabilities"

  /// Nil for a request of our own methods, or of a language client.
  /// - Parameter negotiated: The revision that `initialize` agreed on.
  init?(_ request: Request, negotiated: MCPRevision?) throws(ResponseError) {
    let meta = request.params?["_meta"]?.object
    let version = meta?[Self.versionKey]
    guard let method = MCPMethod(rawValue: request.method) else {
      if let version { _ = try Self.stateless(version, meta) }
      return nil
    }
    // A language client's `initialize` names no revision.
    if method == .initialize, request.params?["protocolVersion"] == nil, version == nil { return nil }
    if method == .initialize, let wanted = request.params?["protocolVersion"] {
      guard let wanted = wanted.string else {
        throw .invalidParams("protocolVersion must be a string such as \(MCPRevision.latestWithHandshake.rawValue)")
      }
      revision = .negotiated(wanted)
    } else if let version {
      revision = try Self.stateless(version, meta)
    } else if let negotiated {
      revision = negotiated
    } else if method == .ping {
      revision = .latestWithHandshake
    } else {
      throw .noRevision(method.rawValue, method == .discover || meta != nil ? Self.versionKey : nil)
    }
    guard method.exists(in: revision) else { throw .notInRevision(method, revision) }
    id = request.id
    self.method = method
    switch request.params {
    case nil: params = [:]
    case .object(var object)?:
      object["_meta"] = nil
      params = object
    case .some: throw .invalidParams("\(method.rawValue) takes its parameters by name: send an object")
    }
    progressToken = meta?["progressToken"].flatMap { $0.string != nil || $0.integer != nil ? $0 : nil }
  }

  /// The revision of a request without a handshake.
  private static func stateless(_ version: JSONValue, _ meta: JSONObject?) throws(ResponseError) -> MCPRevision {
    guard let wanted = version.string else { throw .invalidParams("_meta[\"\(versionKey)\"] must be a string") }
    guard let revision = MCPRevision(rawValue: wanted), revision.isStateless else { throw .unsupportedRevision(wanted) }
    guard meta?[capabilitiesKey]?.object != nil else {
      throw .invalidParams("_meta needs \"\(capabilitiesKey)\": an object, {} where the client has none")
    }
    return revision
  }
}

extension ResponseError {
  static func unsupportedRevision(_ wanted: String) -> ResponseError {
    ResponseError(
      code: Code.unsupportedRevision,
      message:
        "protocol version \(VisibleText.quoted(wanted, limit: 40)) is not served without a handshake; data.supported names those that are known",
      data: ["supported": .array(MCPRevision.names.map { .string($0) }), "requested": .string(wanted)])
  }

  /// - Parameter key: The key that `_meta` lacks; nil if there is no `_meta`.
  static func noRevision(_ method: String, _ key: String?) -> ResponseError {
    if let key { return .invalidParams("\(method) needs params._meta[\"\(key)\"], such as \(MCPRevision.july2026.rawValue)") }
    return .invalidRequest(
      "\(method) came before 'initialize'; send it first, or give params._meta with the protocol version (\(MCPRevision.july2026.rawValue))"
    )
  }

  static func notInRevision(_ method: MCPMethod, _ revision: MCPRevision) -> ResponseError {
    ResponseError(code: Code.methodNotFound, message: "revision \(revision.rawValue) has no \(method.rawValue)", data: ["near": []])
  }
}

extension ResponseError.Code {
  /// MCP 2026-07-28.
  static let unsupportedRevision = -32_022
  /// MCP before 2026-07-28, where this code meant that the resource was not found; later revisions use −32602. It is also LSP's "not
  /// initialized".
  static let resourceNotFound = -32_002
}
