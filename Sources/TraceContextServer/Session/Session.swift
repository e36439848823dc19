// What one client has agreed with us so far. A value with rules: what may be asked when.

import JSON
import JSONRPC
import TraceDistiller

/// The lifecycle of LSP 3.17: initialize, initialized, shutdown, exit. With one JSON message a line no handshake is needed, so that
/// scripts can ask at once.
struct Session: Sendable {
  enum Phase: Sendable { case fresh, initialized, shutDown }

  private(set) var phase = Phase.fresh
  var framing = MessageFraming.line
  private(set) var language = SummaryLanguage.english
  /// The process whose end ends us, as `initialize` named it.
  private(set) var parentProcess: Int32?
  /// What an MCP client agreed on by `initialize`.
  private(set) var revision: MCPRevision?
  /// A request of MCP without a handshake has come.
  var isStateless = false

  /// An MCP or language client has shown itself by its handshake, or by what takes its place: a script needs none.
  var isClientKnown: Bool { phase == .initialized || isStateless }

  var rules: MessageRules {
    MessageRules(takesBatches: revision?.hasBatches ?? false, omitsUnknownIDs: isStateless || revision?.omitsUnknownIDs ?? false)
  }

  /// Whether a request may be answered now.
  func check(_ method: String) throws(ResponseError) {
    switch phase {
    case .fresh:
      if framing == .contentLength, method != "initialize" { throw .serverNotInitialized(method) }
    case .initialized:
      if method == "initialize" { throw .invalidRequest("initialize came twice; a session is initialized once") }
    case .shutDown:
      throw .invalidRequest("\(VisibleText.make(method, limit: 80)) came after shutdown; only the exit notification may follow")
    }
  }

  mutating func initialize(_ params: JSONValue?) -> JSONValue {
    phase = .initialized
    language = SummaryLanguage(locale: params?["locale"]?.string)
    parentProcess = params?["processId"]?.integer.flatMap { Int32(exactly: $0) }
    var methods = JSONObject()
    for method in MethodRegistry.methods { methods[method.name] = .integer(MethodRegistry.version) }
    return [
      "capabilities": ["experimental": ["traceDistiller": ["version": .string(ServerVersion.text), "methods": .object(methods)]]],
      "serverInfo": ["name": "trace-distiller", "version": .string(ServerVersion.text)],
    ]
  }

  /// The handshake of an MCP client.
  mutating func agree(on revision: MCPRevision) {
    phase = .initialized
    self.revision = revision
  }

  mutating func shutDown() { phase = .shutDown }

  /// 0 after a shutdown, 1 without: LSP's rule.
  var exitCode: Int32 { phase == .shutDown ? 0 : 1 }
}
