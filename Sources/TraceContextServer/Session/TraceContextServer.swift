// The handler behind a connection: lifecycle here, everything else in the registry's methods.

package import JSON
package import JSONRPC
import Synchronization
package import TraceDistiller
import TraceRecords

/// Answers one client out of a store.
package final class TraceContextServer: MessageHandler {
  private let store: SharedTraceStore
  private let clock: @Sendable () -> Int64
  private let report: @Sendable () -> ServerReport
  private let onParentProcess: @Sendable (Int32) -> Void
  private let notifier = Mutex<(@Sendable (String, JSONValue) -> Void)?>(nil)
  private let session = Mutex(Session())
  let waits: CompletionWaits

  /// - Parameters:
  ///   - clock: monotonic nanoseconds; what the pipe's reader stamps records with.
  ///   - report: the server's surroundings, for `server/status` and for hints in empty answers.
  ///   - onParentProcess: told once which process' end shall end this one.
  package init(
    store: SharedTraceStore, clock: @escaping @Sendable () -> Int64, report: @escaping @Sendable () -> ServerReport,
    onParentProcess: @escaping @Sendable (Int32) -> Void = { _ in }
  ) {
    self.store = store
    self.clock = clock
    waits = CompletionWaits(store: store, clock: clock)
    self.report = report
    self.onParentProcess = onParentProcess
  }

  /// How notifications reach the client; given once the connection exists.
  package func notify(through send: @escaping @Sendable (_ method: String, _ params: JSONValue) -> Void) { notifier.withLock { $0 = send } }

  package func begin(_ framing: MessageFraming) { session.withLock { $0.framing = framing } }

  package func respondNow(to request: Request) throws -> JSONValue? {
    try session.withLock { session throws(ResponseError) in try session.check(request.method) }
    switch request.method {
    case "initialize":
      let (answer, parent) = try session.withLock { session throws(ResponseError) in
        (try session.initialize(request.params), session.parentProcess)
      }
      if let parent { onParentProcess(parent) }
      return answer
    case "shutdown":
      session.withLock { $0.shutDown() }
      waits.end()
      return .null
    default: return try method(request.method).answerIfQuick(request.params, in: context())
    }
  }

  package func respond(to request: Request) async throws -> JSONValue {
    let answer = try await method(request.method).answerWaiting(request.params, in: context(waits: waits))
    try Task.checkCancellation()
    return answer
  }

  package func inputEnded() { waits.end() }

  /// Answers one call outside of any connection.
  package func answer(_ method: String, _ params: JSONValue?) throws(ResponseError) -> JSONValue {
    try self.method(method).answer(params, in: context())
  }

  package func receive(_ notification: Notification) -> ConnectionDirective {
    switch notification.method {
    case "exit": return .exit(session.withLock { $0.exitCode })
    case "initialized": welcome()
    // `$/setTrace` and whatever a newer client says need no answer.
    default: break
    }
    return .proceed
  }

  /// Tells a language client where records are expected, or why none will come: its log is where people look first.
  private func welcome() {
    guard session.withLock({ $0.framing }) == .contentLength, let send = notifier.withLock({ $0 }) else { return }
    let report = report()
    send("window/logMessage", ["type": .integer(report.isReadingAll ? 3 : 2), "message": .string(SourceHint.text(report.sources))])
  }

  private func method(_ name: String) throws(ResponseError) -> any RequestMethod.Type {
    if let method = MethodRegistry.method(named: name) { return method }
    throw .methodNotFound(name, near: nearest(name, among: MethodRegistry.methods.map { $0.name }, limit: 3))
  }

  private func context(waits: CompletionWaits? = nil) -> RequestContext {
    RequestContext(
      store: store, now: clock(), language: session.withLock { $0.language }, waits: waits, status: report,
      hint: { [report] in SourceHint.text(report().sources) })
  }
}
