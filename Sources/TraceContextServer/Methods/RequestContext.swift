// What a method may ask of the server while it answers one request.

import JSON
import JSONRPC
import Platform
import Synchronization
import TraceDistiller

/// The server as one request sees it: the store, the time, the client's language. No method reads a clock, a file or the environment itself.
struct RequestContext: Sendable {
  var store: SharedTraceStore
  /// What was made of the traces that were asked about last.
  var analyses: AnalysisCache
  /// Monotonic nanoseconds, as the store counts them.
  var now: Int64
  var language: SummaryLanguage
  /// What the caller calls our methods.
  var calls: CallNames
  /// What the caller finds around text that came from records; nil for callers who are no models.
  var fence: DataFence?
  /// Where to wait for completions; nil outside of a connection, where nobody waits.
  var waits: CompletionWaits?
  /// The threads of the connection.
  var workers: Workers?
  var status: @Sendable () -> ServerReport
  /// What to do when there is nothing to tell.
  var hint: @Sendable () -> String
  private let found = FoundTraces()

  init(
    store: SharedTraceStore, analyses: AnalysisCache, now: Int64, language: SummaryLanguage = .english, calls: CallNames = .methods,
    waits: CompletionWaits? = nil, workers: Workers? = nil,
    status: @escaping @Sendable () -> ServerReport,
    hint: @escaping @Sendable () -> String
  ) {
    self.store = store
    self.analyses = analyses
    self.now = now
    self.language = language
    self.calls = calls
    self.waits = waits
    self.workers = workers
    self.status = status
    self.hint = hint
  }

  /// The language that a request asks for, else the client's.
  func language(_ locale: String?) -> SummaryLanguage { locale.map { SummaryLanguage(locale: $0) } ?? language }

  /// The trace that a request names; every failure tells the next step. Looked up once a request: `latest` is the same trace where its cost is asked for
  /// and where it is answered, whatever comes in between.
  func snapshot(_ traceID: String) throws(ResponseError) -> TraceSnapshot {
    if let snapshot = found.trace(traceID) { return snapshot }
    switch store.snapshot(traceID, now: now) {
    case .success(let snapshot):
      found.note(snapshot, as: traceID)
      return snapshot
    case .failure(let failure): throw error(failure, traceID)
    }
  }

  /// The same, distilled: computed once as long as the trace does not change.
  func analysis(_ traceID: String) throws(ResponseError) -> TraceAnalysis {
    let snapshot = try self.snapshot(traceID)
    return try uncancelled { () throws(CancellationError) in try analyses.analysis(of: snapshot) }
  }

  /// A second core for one answer, where one of those for long work is free; nil outside of a connection.
  var beside: TraceAnalysis.Beside? {
    guard let threads = workers?.long else { return nil }
    return { work in threads.run(work) }
  }

  /// Runs a piece of work on the threads of that class: what waits for events must not hold up the others that wait.
  func run<Result: Sendable>(on workClass: WorkClass, _ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    guard let workers else { return try work() }
    return try await withTaskExecutorPreference(workers[workClass]) { try work() }
  }

  /// The same without what is made of it beside.
  func distilled(_ traceID: String) throws(ResponseError) -> DistilledTrace { try analysis(traceID).trace }

  /// Work that ends early where the client no longer waits for it.
  func uncancelled<Result>(_ work: () throws(CancellationError) -> Result) throws(ResponseError) -> Result {
    do throws(CancellationError) { return try work() } catch { throw .requestCancelled() }
  }

  private func error(_ failure: TraceLookupFailure, _ traceID: String) -> ResponseError {
    switch failure {
    case .notFound(let near, let isEvicted):
      let isClearing = isEvicted && store.withLock { $0.statistics.clearedTraces > 0 }
      return .traceNotFound(traceID, near: near, isEvicted: isEvicted, isClearing: isClearing)
    case .ambiguous(let candidates): return .ambiguousTraceID(traceID, candidates: candidates)
    case .empty: return status().isCutOff ? .sourceUnavailable(hint()) : .noTrace(traceID, hint: hint())
    }
  }

  /// The row of a span that a request names by its id, or by a beginning of 4 characters or more that no other span has.
  /// - Parameter takesLogged: Whether one that only logs speak of will do.
  func row(_ spanID: String, in trace: DistilledTrace, takesLogged: Bool = false) throws(ResponseError) -> Int {
    if let row = trace.row(ofSpan: spanID) { return row }
    if takesLogged, let row = trace.row(ofLoggedSpan: spanID) { return row }
    let most = 8
    let matching = spanID.utf8.count >= 4 ? trace.rows(ofSpansBeginning: spanID, limit: most + 1) : []
    if matching.count == 1 { return matching[0] }
    if matching.count > 1 {
      throw .ambiguousSpanID(spanID, candidates: matching.prefix(most).map { trace.snapshot.storage.spanID($0) })
    }
    let ids = (0..<min(1_000, trace.tree.count)).lazy.filter { trace.tree.isIncluded[$0] }.map { trace.snapshot.storage.spanID($0) }
    throw .spanNotFound(spanID, near: nearest(spanID, among: Array(ids), limit: 3))
  }

  /// Whether so few traces, of so few spans together, are kept.
  func isSmall(below traces: Int, spans: Int) -> Bool {
    store.withLock { $0.liveCount <= traces && (spans == .max || $0.liveSpanCount <= spans) }
  }

  /// What an answer about a trace costs, in spans; 0 where there is none.
  func cost(of traceID: String) -> Int { (try? snapshot(traceID))?.answerCost ?? 0 }
}

/// The traces that one request has looked up, by the names that it gave them.
private final class FoundTraces: Sendable {
  private let traces = Mutex<[(name: String, trace: TraceSnapshot)]>([])

  // Names are compared as bytes: as strings, two spellings of one character would be one name.
  func trace(_ name: String) -> TraceSnapshot? { traces.withLock { $0.first { $0.name.utf8.elementsEqual(name.utf8) }?.trace } }

  func note(_ trace: TraceSnapshot, as name: String) { traces.withLock { $0.append((name, trace)) } }
}
