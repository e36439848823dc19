// The lock at the edge: ingestion and questions meet here, for as long as a batch or a copy takes, and nowhere else.

package import TraceRecords

/// What changed in a store, for those who wait.
package struct StoreChange: Sendable {
  /// Some trace completed.
  package var isCompletion: Bool
  /// The next instant at which a trace can complete came nearer, or is known now.
  package var isSooner: Bool
}

/// One store that the reader of a pipe writes to and requests take snapshots from.
package final class SharedTraceStore: Sendable {
  private struct Guarded: Sendable {
    var store: TraceDistillerStore
    var observer: (@Sendable (StoreChange) -> Void)?
    var analyses: AnalysisShelf
  }

  private let guarded: ForkSafeMutex<Guarded>

  package init(limits: StoreLimits = StoreLimits()) {
    guarded = ForkSafeMutex(
      Guarded(
        store: TraceDistillerStore(limits: limits), analyses: AnalysisShelf(maxBytes: min(limits.maxAnalysisBytes, limits.maxBytes / 4))))
  }

  /// Applies the records of one read under one lock.
  package func apply(_ batch: RecordBatch, _ texts: BatchTexts, source: SourceID, now: Int64) {
    withLock { $0.apply(batch, texts, source: source, now: now) }
  }

  /// From now on the observer is told of completions, by the thread that brought them about, outside of the lock. There is one.
  package func watch(_ observer: @escaping @Sendable (StoreChange) -> Void) { guarded.withLock { $0.observer = observer } }

  /// Runs a short read or change of the store; the pipe waits meanwhile.
  package func withLock<Result: Sendable>(_ body: (inout TraceDistillerStore) -> Result) -> Result {
    withGuarded { body(&$0.store) }
  }

  private func withGuarded<Result: Sendable>(_ body: (inout Guarded) -> Result) -> Result {
    // What is outdated is freed where it is taken up, outside of the lock: large arrays take a while.
    let (result, _, change, observer) = guarded.withLock {
      guarded -> (Result, [TraceAnalysis], StoreChange?, (@Sendable (StoreChange) -> Void)?) in
      let (latest, next) = (guarded.store.latestCompletion, guarded.store.nextCompletion ?? .max)
      let result = body(&guarded)
      let outdated = guarded.analyses.isEmpty ? [] : guarded.analyses.sweep(&guarded.store)
      guard let observer = guarded.observer else { return (result, outdated, nil, nil) }
      let change = StoreChange(
        isCompletion: guarded.store.latestCompletion != latest, isSooner: guarded.store.nextCompletion ?? .max < next)
      return (result, outdated, change, change.isCompletion || change.isSooner ? observer : nil)
    }
    if let change, let observer { observer(change) }
    return result
  }

  /// The trace of that name as it is now.
  package func snapshot(_ name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure> {
    // Names that look alike are looked for outside of the lock.
    withLock { $0.snapshot(named: name, now: now).map { $0.trace } }.mapError { $0.failure(for: name) }
  }

  /// The trace of that name as it is now, and what was computed of it since its latest record.
  package func analysis(_ name: String, now: Int64) -> Result<(trace: TraceSnapshot, analysis: TraceAnalysis), TraceLookupFailure> {
    withGuarded { guarded in
      guarded.store.snapshot(named: name, now: now).map { found in
        (found.trace, guarded.analyses.analysis(of: found.slot, in: guarded.store))
      }
    }.mapError { $0.failure(for: name) }
  }

  /// Every live trace as a line of a list, in the order of their first records, and what was lost on the way into the store.
  ///
  /// Lines are made some at a time, because the pipe waits meanwhile. Of more than that, each is as its trace is when the
  /// line is made, and traces that go meanwhile have none.
  package func overviews(now: Int64) -> (lines: [TraceOverview], losses: LossReport) {
    let (all, losses) = withLock { store in
      store.advance(to: now)
      return (store.liveTraces(), store.losses)
    }
    let ordered = all.sorted { $0.serial < $1.serial }
    var lines: [TraceOverview] = []
    lines.reserveCapacity(ordered.count)
    for start in stride(from: 0, to: ordered.count, by: SharedTraceStore.linesAtATime) {
      let some = ordered[start..<min(start + SharedTraceStore.linesAtATime, ordered.count)]
      lines += withLock { store in some.compactMap { store.overview(of: $0, now: now) } }
    }
    return (lines, losses)
  }

  /// How many lines are made before the pipe gets its turn.
  private static let linesAtATime = 256

  /// Bytes that are kept of analyses, beyond the store's own.
  package var analysisBytes: Int { withGuarded { $0.analyses.allocatedBytes } }
}

extension TraceDistillerStore {
  fileprivate mutating func snapshot(named name: String, now: Int64) -> Result<(slot: Int, trace: TraceSnapshot), TraceLookupMiss> {
    advance(to: now)
    return lookup(name).flatMap { found in
      guard var trace = snapshot(slot: found.slot, now: now) else { return .failure(.empty) }
      trace.namesakes = found.namesakes
      return .success((found.slot, trace))
    }
  }
}
