// The handler of a connection: the session's rules are here, the methods are in the doors.

package import JSON
package import JSONRPC
import Platform
import Synchronization
package import TraceDistiller

/// Answers one client from a source of traces. A process may have any number of these with one source and the same threads: no state of a
/// client is kept elsewhere.
package final class TraceContextServer: MessageHandler {
  private let connection: ClientConnection
  private let native: NativeDoor
  /// The first door that knows a request answers it.
  private let doors: [any Door]

  /// - Parameters:
  ///   - source: the source of the traces.
  ///   - analyses: cached analyses of traces, shared by the clients of a source.
  ///   - clock: monotonic nanoseconds, the clock with which the pipe's reader stamps records.
  ///   - marks: the marks around text of records in answers to models.
  ///   - workers: the threads of the process; nil outside of a connection, where no request waits.
  ///   - report: the state of the server, for `server/status` and for hints in empty answers.
  ///   - lost: what went with the process that kept the traces before, as a sentence for lists.
  ///   - project: what the source prefers, where the client may say what it works on.
  ///   - onParentProcess: called once with the process whose end must end this one.
  ///   - onClient: called once when an MCP or language client, not a script, has begun its session.
  package init(
    source: any TraceSource, analyses: AnalysisCache, clock: @escaping @Sendable () -> Int64, workers: Workers? = nil,
    marks: DataMarks = DataMarks(), report: @escaping @Sendable () -> ServerReport, lost: String? = nil,
    project: ProjectChoice? = nil, onParentProcess: @escaping @Sendable (Int32) -> Void = { _ in },
    onClient: @escaping @Sendable () -> Void = {}
  ) {
    connection = ClientConnection(
      source: source, analyses: analyses, clock: clock, workers: workers, report: report, lost: lost, project: project,
      onClient: onClient)
    native = NativeDoor(connection, onParentProcess: onParentProcess)
    doors = [MCPDoor(connection, marks: marks), LanguageDoor(connection, onParentProcess: onParentProcess), native]
  }

  /// The same, for the store of this process.
  package convenience init(
    store: SharedTraceStore, analyses: AnalysisCache? = nil, clock: @escaping @Sendable () -> Int64, workers: Workers? = nil,
    marks: DataMarks = DataMarks(), report: @escaping @Sendable () -> ServerReport,
    onParentProcess: @escaping @Sendable (Int32) -> Void = { _ in }, onClient: @escaping @Sendable () -> Void = {}
  ) {
    self.init(
      source: StoreSource(store), analyses: analyses ?? AnalysisCache(store), clock: clock, workers: workers, marks: marks, report: report,
      onParentProcess: onParentProcess, onClient: onClient)
  }

  /// Sets how notifications reach the client, once the connection exists. Notifications of a request are sent only while it is running.
  package func notify(through send: @escaping @Sendable (_ method: String, _ params: JSONValue, _ during: RequestID?) -> Void) {
    connection.notifications.use(send)
  }

  /// Sets how requests reach the client, and their answers us.
  package func ask(through request: @escaping @Sendable (_ method: String, _ params: JSONValue?) async throws -> JSONValue) {
    connection.requests.use(request)
  }

  var waits: CompletionWaits { connection.waits }

  package var rules: MessageRules {
    for door in doors { if let rules = door.rules { return rules } }
    return MessageRules()
  }

  package func begin(_ framing: MessageFraming) { connection.session.use(framing) }

  package func reply(to request: Request) throws -> Reply {
    try connection.session.check(request.method)
    for door in doors { if let reply = try door.reply(to: request) { return reply } }
    throw ResponseError.methodNotFound(request.method)
  }

  package func receive(_ notification: Notification) -> ConnectionDirective {
    for door in doors { if let directive = door.receive(notification) { return directive } }
    return .proceed
  }

  package func inputEnded() { connection.waits.end() }

  /// Answers one call outside of any connection. Blocks this thread if the source has to be waited for.
  package func answer(_ method: String, _ params: JSONValue?) throws(ResponseError) -> JSONValue {
    try call(method, params).answer.json().json
  }

  /// The same as text.
  package func answerAsText(_ method: String, _ params: JSONValue?) throws(ResponseError) -> TextAnswer {
    let (answer, context) = try call(method, params)
    return try answer.text(context.calls)
  }

  /// One answer in both forms: as JSON, and as text of at most `maxChars` where that is given.
  package func answerInBothForms(_ method: String, _ params: JSONValue?, maxChars: Int? = nil) throws(ResponseError) -> (
    json: JSONValue, text: TextAnswer
  ) {
    let (answer, context) = try call(method, params)
    let text = if let maxChars { try answer.text(context.calls, within: maxChars) } else { try answer.text(context.calls) }
    return (try answer.json().json, text)
  }

  /// What the complete traces of a filter are usually like, and how many others there are.
  package func baseline(filter: JSONValue?, run: String?) throws(ResponseError) -> (baseline: CheckBaseline, leftOut: Int) {
    let filter = try TraceFilter(filter)
    return try wait { context throws(ResponseError) in try await CheckBase.make(filter, run: run, in: context) }
  }

  private func call(_ name: String, _ params: JSONValue?) throws(ResponseError) -> (answer: MethodAnswer, context: RequestContext) {
    let method = try NativeDoor.method(name)
    return try wait { context throws(ResponseError) in (try await method.answer(params, in: context), context) }
  }

  /// This thread waits where the source has to be waited for.
  private func wait<Value: Sendable>(_ work: @escaping @Sendable (RequestContext) async throws(ResponseError) -> Value)
    throws(ResponseError) -> Value
  {
    let context = native.context
    let outcome = Outcome<Value>()
    BegunTask {
      do throws(ResponseError) { outcome.set(.success(try await work(context))) } catch { outcome.set(.failure(error)) }
    }.finish()
    return try outcome.get()
  }

  /// The outcome of a call.
  private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, ResponseError>?>(nil)

    func set(_ outcome: Result<Value, ResponseError>) { result.withLock { $0 = outcome } }
    func get() throws(ResponseError) -> Value { try (result.withLock { $0 } ?? .failure(.requestCancelled())).get() }
  }
}

extension TraceContextServer {
  /// The parameters that a method accepts; nil if there is no such method.
  package static func parameterNames(of method: String) -> [String]? { MethodRegistry.method(named: method)?.parameters.map { $0.name } }
}
