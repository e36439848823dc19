// What a client may speak. A door is one language (ours, MCP's; an editor's or HTTP's would be others): it knows the methods of that language, remembers
// what its client agreed on, and answers out of the same methods as all others.

import JSON
import JSONRPC
import TraceDistiller

/// Every connection has doors of its own; the first that knows a request answers it. Called on the connection's reading thread.
protocol Door: Sendable {
  /// What becomes of a request; nil where it is another door's.
  func reply(to request: Request) throws(ResponseError) -> Reply?

  /// What a notification asks of the connection; nil where it is another door's.
  func receive(_ notification: Notification) -> ConnectionDirective?

  /// How this client's messages are read and written; nil as long as nobody came in by this door.
  var rules: MessageRules? { get }
}

/// What the doors of one connection share: the server behind them, how far the session is, and the way to the client.
final class ClientConnection: Sendable {
  let source: any TraceSource
  let analyses: AnalysisCache
  /// Monotonic nanoseconds; what the pipe's reader stamps records with.
  let clock: @Sendable () -> Int64
  /// The threads of the process; nil outside of a connection, where nobody waits for anything.
  let workers: Workers?
  let report: @Sendable () -> ServerReport
  let session = SessionState()
  let notifications = NotificationSender()
  let waits: CompletionWaits
  private let onClient: @Sendable () -> Void

  init(
    source: any TraceSource, analyses: AnalysisCache, clock: @escaping @Sendable () -> Int64, workers: Workers?,
    report: @escaping @Sendable () -> ServerReport,
    onClient: @escaping @Sendable () -> Void
  ) {
    self.source = source
    self.analyses = analyses
    self.clock = clock
    self.workers = workers
    self.report = report
    self.onClient = onClient
    waits = CompletionWaits(source: source, clock: clock, timers: workers?.timer)
  }

  /// The client has shaken hands, or done what takes that place: it is no script.
  func greet() { if session.greet() { onClient() } }

  /// - Parameter hint: what to do where there is nothing to say yet.
  func context(
    language: SummaryLanguage = .english, calls: CallNames = .methods, hint: @escaping @Sendable ([SourceReport]) -> String
  ) -> RequestContext {
    RequestContext(
      source: source, analyses: analyses, now: clock(), language: language, calls: calls, waits: workers == nil ? nil : waits,
      workers: workers, status: report,
      hint: { [report] in hint(report().sources) })
  }
}
