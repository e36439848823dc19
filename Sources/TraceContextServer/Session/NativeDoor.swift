// Our own door: our methods, for scripts and language clients, with the lifecycle of LSP.

import JSON
import JSONRPC
import Synchronization
import TraceDistiller

/// Handles every request: an unknown method is rejected here. So it must be the last door.
final class NativeDoor: Door {
  private let connection: ClientConnection
  private let onParentProcess: @Sendable (Int32) -> Void
  private let language = Mutex(SummaryLanguage.english)
  private let notices: TraceNotices

  /// - Parameter onParentProcess: called once with the process whose end must end this one.
  init(_ connection: ClientConnection, onParentProcess: @escaping @Sendable (Int32) -> Void) {
    self.connection = connection
    notices = TraceNotices(connection)
    self.onParentProcess = onParentProcess
  }

  var rules: MessageRules? { nil }

  /// The context of a request, in the language that the client asked for.
  var context: RequestContext {
    connection.context(language: language.withLock { $0 }) { SourceHint.text($0) }
  }

  func reply(to request: Request) throws(ResponseError) -> Reply? {
    switch request.method {
    case "initialize": return .now(initialize(request.params))
    case "shutdown":
      connection.session.shutDown()
      connection.waits.end()
      notices.end()
      return .now(.null)
    case "traces/subscribe": return .now(try notices.subscribe(request.params))
    case "traces/unsubscribe":
      notices.end()
      return .now(.null)
    default:
      let method = try NativeDoor.method(request.method)
      return try method.reply(params(of: request), in: context).written { answer throws(ResponseError) in try answer.json().json }
    }
  }

  func receive(_ notification: Notification) -> ConnectionDirective? {
    switch notification.method {
    case "exit": return .exit(connection.session.exitCode)
    case "initialized": welcome()
    // `$/setTrace` and unknown notifications of newer clients are ignored.
    default: break
    }
    return .proceed
  }

  static func method(_ name: String) throws(ResponseError) -> any (RequestMethod & SendableMetatype).Type {
    if let method = MethodRegistry.method(named: name) { return method }
    throw .methodNotFound(name, near: nearest(name, among: MethodRegistry.methods.map { $0.name }, limit: 3))
  }

  private func initialize(_ params: JSONValue?) -> JSONValue {
    connection.session.initialize()
    language.withLock { $0 = SummaryLanguage(locale: params?["locale"]?.string) }
    if let parent = params?["processId"]?.integer.flatMap({ Int32(exactly: $0) }) { onParentProcess(parent) }
    connection.work(in: ClientFolders.ofLanguageClient(params))
    connection.greet()
    var methods = JSONObject()
    for method in MethodRegistry.methods { methods[method.name] = .integer(method.version) }
    return [
      "capabilities": ["experimental": ["traceDistiller": ["version": .string(ServerVersion.text), "methods": .object(methods)]]],
      "serverInfo": ["name": "trace-distiller", "version": .string(ServerVersion.text)],
    ]
  }

  /// Shows a language client where records are expected, or why none will arrive: people look into its log first.
  private func welcome() {
    guard connection.session.framing == .contentLength else { return }
    let report = connection.report()
    connection.notifications.send(
      "window/logMessage", ["type": .integer(report.isReadingAll ? 3 : 2), "message": .string(SourceHint.text(report.sources))])
  }

  /// The parameters without the members that MCP clients add to every request.
  private func params(of request: Request) -> JSONValue? {
    guard case .object(var object)? = request.params else { return request.params }
    object["_meta"] = nil
    return .object(object)
  }
}
