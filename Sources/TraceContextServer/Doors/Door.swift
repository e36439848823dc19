// A door is one protocol that a client may speak: ours or MCP's (an editor's or HTTP's would be others). It knows the methods of that
// protocol, keeps what its client negotiated, and answers with the same methods as all other doors.

import JSON
import JSONRPC
import TraceDistiller

/// Every connection has its own doors. The first door that knows a request answers it. Called on the connection's reading thread.
protocol Door: Sendable {
  /// How a request is answered; nil if it belongs to another door.
  func reply(to request: Request) throws(ResponseError) -> Reply?

  /// What the connection must do after a notification; nil if it belongs to another door.
  func receive(_ notification: Notification) -> ConnectionDirective?

  /// How this client's messages are read and written; nil until the client has used this door.
  var rules: MessageRules? { get }
}

/// State that the doors of one connection share: the server, the session, and the way to the client.
final class ClientConnection: Sendable {
  let source: any TraceSource
  let analyses: AnalysisCache
  /// Monotonic nanoseconds, the clock with which the pipe's reader stamps records.
  let clock: @Sendable () -> Int64
  /// The threads of the process; nil outside of a connection, where no request waits.
  let workers: Workers?
  let report: @Sendable () -> ServerReport
  let session = SessionState()
  let notifications = NotificationSender()
  let requests = ClientRequests()
  /// What the client works on, for its source; nil where nobody asks by projects.
  let project: ProjectChoice?
  let waits: CompletionWaits
  private let onClient: @Sendable () -> Void
  /// What went with the process that kept the traces before; nil if nothing did.
  private let lost: String?

  init(
    source: any TraceSource, analyses: AnalysisCache, clock: @escaping @Sendable () -> Int64, workers: Workers?,
    report: @escaping @Sendable () -> ServerReport, lost: String?,
    project: ProjectChoice? = nil, onClient: @escaping @Sendable () -> Void
  ) {
    self.lost = lost
    self.project = project
    self.source = source
    self.analyses = analyses
    self.clock = clock
    self.workers = workers
    self.report = report
    self.onClient = onClient
    waits = CompletionWaits(source: source, clock: clock, timers: workers?.timer)
  }

  /// The client has said which folders it works in: they are its project from now on, whatever directory its server was started in.
  func work(in folders: [String]) {
    guard let project, let folders = ProjectCondition(folders: folders) else { return }
    project.project = folders
  }

  /// The client has completed its handshake, or an equivalent step: it is not a script.
  func greet() { if session.greet() { onClient() } }

  /// - Parameter hint: a hint for answers that would be empty.
  func context(
    language: SummaryLanguage = .english, calls: CallNames = .methods, hint: @escaping @Sendable ([SourceReport]) -> String
  ) -> RequestContext {
    var context = RequestContext(
      source: source, analyses: analyses, now: clock(), language: language, calls: calls, waits: workers == nil ? nil : waits,
      workers: workers, status: report,
      hint: { [report] in
        let report = report()
        // Who misses traces has to know that an earlier hub had them.
        return hint(report.sources) + (report.hub?.lost.map { "; " + $0 } ?? "")
      })
    context.lost = lost
    return context
  }
}
