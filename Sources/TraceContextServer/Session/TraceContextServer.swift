// The handler behind a connection: lifecycle here, everything else in the registry's methods.

package import JSON
package import JSONRPC
import Synchronization
package import TraceDistiller
import TraceRecords

/// Answers one client out of a store.
package final class TraceContextServer: MessageHandler {
  private let store: SharedTraceStore
  private let analyses: AnalysisCache
  private let clock: @Sendable () -> Int64
  private let report: @Sendable () -> ServerReport
  private let onParentProcess: @Sendable (Int32) -> Void
  private let onClient: @Sendable () -> Void
  private let client = ClientVoice()
  private let session = Mutex(Session())
  private let door: MCPDoor
  let waits: CompletionWaits

  /// - Parameters:
  ///   - clock: monotonic nanoseconds; what the pipe's reader stamps records with.
  ///   - report: the server's surroundings, for `server/status` and for hints in empty answers.
  ///   - onParentProcess: told once which process' end shall end this one.
  ///   - onClient: told once that an MCP or language client speaks, not a script.
  package init(
    store: SharedTraceStore, clock: @escaping @Sendable () -> Int64, report: @escaping @Sendable () -> ServerReport,
    onParentProcess: @escaping @Sendable (Int32) -> Void = { _ in }, onClient: @escaping @Sendable () -> Void = {}
  ) {
    self.store = store
    analyses = AnalysisCache(store)
    self.clock = clock
    waits = CompletionWaits(store: store, clock: clock)
    self.report = report
    self.onParentProcess = onParentProcess
    self.onClient = onClient
    door = MCPDoor(subscriptions: SubscriptionWatch { [client] in client.tell($0, $1, during: nil) })
  }

  /// How notifications reach the client; given once the connection exists. Those during a request go out only while it is running.
  package func notify(through send: @escaping @Sendable (_ method: String, _ params: JSONValue, _ during: RequestID?) -> Void) {
    client.speak(through: send)
  }

  package var rules: MessageRules { session.withLock { $0.rules } }

  package func begin(_ framing: MessageFraming) { session.withLock { $0.framing = framing } }

  package func respondNow(to request: Request) throws -> JSONValue? {
    try session.withLock { session throws(ResponseError) in try session.check(request.method) }
    if let asked = try mcpRequest(request) { return try answerNow(asked) }
    switch request.method {
    case "initialize":
      let (answer, parent) = session.withLock { ($0.initialize(request.params), $0.parentProcess) }
      if let parent { onParentProcess(parent) }
      onClient()
      return answer
    case "shutdown":
      session.withLock { $0.shutDown() }
      waits.end()
      return .null
    default: return try method(request.method).answerIfQuick(params(of: request), in: context())?.json()
    }
  }

  package func respond(to request: Request) async throws -> JSONValue {
    if let asked = try mcpRequest(request) {
      let answer = try await door.answer(asked, in: mcpContext()) { [client] in client.tell($0, $1, during: request.id) }
      try Task.checkCancellation()
      return answer
    }
    let answer = try await method(request.method).answerWaiting(params(of: request), in: context(waits: waits))
    try Task.checkCancellation()
    return try answer.json()
  }

  package func inputEnded() { waits.end() }

  /// Answers one call outside of any connection.
  package func answer(_ method: String, _ params: JSONValue?) throws(ResponseError) -> JSONValue {
    try self.method(method).answer(params, in: context()).json()
  }

  /// The same as text.
  package func answerAsText(_ method: String, _ params: JSONValue?) throws(ResponseError) -> TextAnswer {
    let context = context()
    return try self.method(method).answer(params, in: context).text(context.calls)
  }

  package func receive(_ notification: Notification) -> ConnectionDirective {
    switch notification.method {
    case "exit": return .exit(session.withLock { $0.exitCode })
    case "initialized": welcome()
    case "notifications/cancelled":
      // An answer would be a message too many: the client has forgotten the request.
      if let id = notification.params?["requestId"].flatMap({ RequestID($0) }) { return .discard(id) }
    // `$/setTrace` and whatever a newer client says need no answer.
    default: break
    }
    return .proceed
  }

  /// Tells a language client where records are expected, or why none will come: its log is where people look first.
  private func welcome() {
    guard session.withLock({ $0.framing }) == .contentLength else { return }
    let report = report()
    client.tell(
      "window/logMessage", ["type": .integer(report.isReadingAll ? 3 : 2), "message": .string(SourceHint.text(report.sources))], during: nil
    )
  }

  /// The request as one of MCP's, if it is one.
  private func mcpRequest(_ request: Request) throws(ResponseError) -> MCPRequest? {
    try MCPRequest(request, negotiated: session.withLock { $0.revision })
  }

  /// Without what MCP clients add to every request.
  private func params(of request: Request) -> JSONValue? {
    guard case .object(var object)? = request.params else { return request.params }
    object["_meta"] = nil
    return .object(object)
  }

  private func answerNow(_ request: MCPRequest) throws(ResponseError) -> JSONValue? {
    let isFirst = session.withLock { session in
      let wasKnown = session.isClientKnown
      if request.method == .initialize { session.agree(on: request.revision) }
      if request.revision.isStateless { session.isStateless = true }
      return !wasKnown && session.isClientKnown
    }
    if isFirst { onClient() }
    return try door.answerNow(request, in: mcpContext())
  }

  /// Agents call our methods by the names of tools, and are told more where there is nothing yet.
  private func mcpContext() -> RequestContext {
    RequestContext(
      store: store, analyses: analyses, now: clock(), calls: CallNames(ToolRegistry.names), waits: waits, status: report,
      hint: { [report] in FirstSteps.text(report().sources) })
  }

  private func method(_ name: String) throws(ResponseError) -> any RequestMethod.Type {
    if let method = MethodRegistry.method(named: name) { return method }
    throw .methodNotFound(name, near: nearest(name, among: MethodRegistry.methods.map { $0.name }, limit: 3))
  }

  private func context(waits: CompletionWaits? = nil) -> RequestContext {
    RequestContext(
      store: store, analyses: analyses, now: clock(), language: session.withLock { $0.language }, waits: waits, status: report,
      hint: { [report] in SourceHint.text(report().sources) })
  }
}
