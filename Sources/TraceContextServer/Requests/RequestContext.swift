// What a method may use while it answers one request.

import JSON
import JSONRPC
import Platform
import Synchronization
import TraceDistiller

/// The server as one request sees it: the source of traces, the time, the client's language. No method reads a clock, a file or the
/// environment itself.
///
/// Gaps of a source are collected here, and the answer lists them whatever the method is. A source that does not answer becomes an error
/// that says what to do.
struct RequestContext: Sendable {
  let source: any TraceSource
  /// Cached analyses of the traces that were requested last.
  var analyses: AnalysisCache
  /// Monotonic nanoseconds, as the store counts them.
  var now: Int64
  var language: SummaryLanguage
  /// The caller's names for our methods.
  var calls: CallNames
  /// The marks that the caller finds around text from records; nil for callers that are not models.
  var fence: DataFence?
  /// Where to wait for completions; nil outside of a connection, where no request waits.
  var waits: CompletionWaits?
  /// The threads of the connection.
  var workers: Workers?
  var status: @Sendable () -> ServerReport
  /// A hint for an empty answer.
  var hint: @Sendable () -> String
  /// What went with the process that kept the traces before.
  var lost: String?
  /// The bound of the answer's length.
  var budget = AnswerBudget()
  private let notes = RequestNotes()

  init(
    source: any TraceSource, analyses: AnalysisCache, now: Int64, language: SummaryLanguage = .english, calls: CallNames = .methods,
    waits: CompletionWaits? = nil, workers: Workers? = nil,
    status: @escaping @Sendable () -> ServerReport,
    hint: @escaping @Sendable () -> String
  ) {
    self.source = source
    self.analyses = analyses
    self.now = now
    self.language = language
    self.calls = calls
    self.waits = waits
    self.workers = workers
    self.status = status
    self.hint = hint
  }

  /// The language of the request if it names one, otherwise the client's.
  func language(_ locale: String?) -> SummaryLanguage { locale.map { SummaryLanguage(locale: $0) } ?? language }

  // MARK: The source

  /// Calls the source, and collects the gaps of its answer.
  func ask<Value: Sendable>(
    _ question: (any TraceSource) async throws(SourceUnavailable) -> SourceAnswer<Value>
  ) async throws(ResponseError) -> Value {
    do throws(SourceUnavailable) {
      let answer = try await question(source)
      if !answer.gaps.isEmpty { note(answer.gaps) }
      return answer.value
    } catch {
      throw .sourceUnavailable(error)
    }
  }

  func note(_ gaps: [SourceGap]) { notes.add(gaps) }

  /// The gaps of the answer known so far.
  var gaps: [SourceGap] { notes.gaps }

  /// The trace that a request names; every error names the next step. It is looked up once per request, so that `latest` is the same trace
  /// when the cost is estimated and when it is answered.
  func snapshot(_ traceID: String) async throws(ResponseError) -> TraceSnapshot {
    if let snapshot = snapshotAtOnce(traceID) { return snapshot }
    let now = now
    let found = try await ask { source throws(SourceUnavailable) in try await source.snapshot(traceID, now: now) }
    switch found {
    case .success(let snapshot):
      notes.note(snapshot, as: traceID)
      return snapshot
    case .failure(let failure): throw error(failure, traceID)
    }
  }

  /// The same if the source can answer without waiting.
  private func snapshotAtOnce(_ traceID: String) -> TraceSnapshot? {
    if let snapshot = notes.trace(traceID) { return snapshot }
    guard case .success(let snapshot)? = source.snapshotAtOnce(traceID, now: now) else { return nil }
    notes.note(snapshot, as: traceID)
    return snapshot
  }

  /// A cursor stands at the trace with that number. Where an earlier process kept it, what came behind it is gone as well.
  func check(_ number: Int, ofCursor cursor: String) throws(ResponseError) {
    if source.firstNumber > 1, number < source.firstNumber { throw .departedCursor(cursor) }
  }

  /// A selected trace; nil if it was removed meanwhile.
  func snapshot(of trace: RankedTrace) async throws(ResponseError) -> TraceSnapshot? {
    let now = now
    return try await ask { source throws(SourceUnavailable) in try await source.snapshot(of: trace, now: now) }
  }

  func list(_ query: TraceListQuery) async throws(ResponseError) -> TraceListing {
    let now = now
    return try await ask { source throws(SourceUnavailable) in try await source.list(query, now: now) }
  }

  /// All traces that match, the newest first.
  func select(_ filter: TraceQuery) async throws(ResponseError) -> TraceSelection {
    let now = now
    return try await ask { source throws(SourceUnavailable) in try await source.select(filter, now: now) }
  }

  /// The lines of the selected traces, in their order.
  func lines(of traces: [RankedTrace]) async throws(ResponseError) -> [TraceOverview] {
    let now = now
    return try await ask { source throws(SourceUnavailable) in try await source.lines(of: traces, now: now) }
  }

  /// All traces as lines, the newest first.
  func allLines() async throws(ResponseError) -> [TraceOverview] { try await lines(of: select(TraceQuery()).traces) }

  // MARK: One trace

  /// The trace that a request names, distilled. Computed once while the trace does not change.
  func analysis(_ traceID: String) async throws(ResponseError) -> TraceAnalysis {
    let snapshot = try await self.snapshot(traceID)
    return try uncancelled { () throws(CancellationError) in try analyses.analysis(of: snapshot) }
  }

  /// Where a second part of an answer is computed in parallel: on a thread for long work, or outside of a connection on a new thread.
  var beside: TraceAnalysis.Beside {
    guard let threads = workers?.long else {
      // If the system refuses a thread, the code that needs the result computes it.
      return { work in try? SystemThread.start(work) }
    }
    return { work in threads.run(work) }
  }

  /// Runs work on the threads of that class, because code that waits for events must not delay other waiting code.
  func run<Value: Sendable>(
    on workClass: WorkClass, _ work: @escaping @Sendable () async throws(ResponseError) -> Value
  ) async throws(ResponseError) -> Value {
    guard let workers else { return try await work() }
    return try await withTaskExecutorPreference(workers[workClass]) { () async throws(ResponseError) in try await work() }
  }

  /// The same, without the derived results.
  func distilled(_ traceID: String) async throws(ResponseError) -> DistilledTrace { try await analysis(traceID).trace }

  /// Runs work that stops early if the client no longer waits for it.
  func uncancelled<Result>(_ work: () throws(CancellationError) -> Result) throws(ResponseError) -> Result {
    do throws(CancellationError) { return try work() } catch { throw .requestCancelled() }
  }

  func error(_ failure: TraceLookupFailure, _ traceID: String) -> ResponseError {
    switch failure {
    case .notFound(let near, let gone): return .traceNotFound(traceID, near: near, gone: gone)
    case .ambiguous(let candidates): return .ambiguousTraceID(traceID, candidates: candidates)
    case .ofOtherProjects(let count):
      return .noTrace(
        traceID,
        hint: "\(AnswerWords.counted(count, "trace")) of other projects: \(calls(TracesList.name)) {\"filter\":{\"project\":\"*\"}}")
    case .empty: return status().isCutOff ? .sourceUnavailable(hint()) : .noTrace(traceID, hint: hint())
    }
  }

  /// The row of the span that a request names by its id, or by a unique prefix of at least 4 characters.
  /// - Parameter takesLogged: Whether a span that appears only in logs is accepted.
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

  // MARK: What it costs

  /// Whether the source answers at once and has no more than that many traces, with no more than that many spans together.
  func isSmall(below traces: Int, spans: Int = .max, logs: Int = .max) -> Bool {
    source.holdsAtMost(traces: traces, spans: spans, logs: logs)
  }

  /// Whether an answer about these traces can be made at once and reads no more than `cost` spans. If a trace does not exist, the error is
  /// also made at once.
  func isSmall(_ traceIDs: [String], below cost: Int) -> Bool {
    var sum = 0
    for name in traceIDs {
      if let snapshot = snapshotAtOnce(name) {
        sum += snapshot.answerCost
      } else if source.snapshotAtOnce(name, now: now) == nil {
        return false
      }
    }
    return sum <= cost
  }
}

/// State collected during one request.
private final class RequestNotes: Sendable {
  private struct State: Sendable {
    /// The traces that were looked up, by the names in the request.
    var traces: [(name: String, trace: TraceSnapshot)] = []
    var gaps: [SourceGap] = []
  }

  private let state = Mutex(State())

  // Names are compared as bytes: as strings, two spellings of one character would be equal.
  func trace(_ name: String) -> TraceSnapshot? { state.withLock { $0.traces.first { $0.name.utf8.elementsEqual(name.utf8) }?.trace } }

  func note(_ trace: TraceSnapshot, as name: String) { state.withLock { $0.traces.append((name, trace)) } }

  /// A gap that several answers report is stored once.
  func add(_ gaps: [SourceGap]) { state.withLock { state in for gap in gaps where !state.gaps.contains(gap) { state.gaps.append(gap) } } }

  var gaps: [SourceGap] { state.withLock { $0.gaps } }
}
