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
      let outdated = guarded.analyses.isEmpty ? [] : guarded.analyses.sweep(guarded.store)
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
    withLock { $0.snapshot(named: name, now: now).map { $0.trace } }
  }

  /// The trace of that name as it is now, and what was computed of it since its latest record.
  package func analysis(_ name: String, now: Int64) -> Result<(trace: TraceSnapshot, analysis: TraceAnalysis), TraceLookupFailure> {
    withGuarded { guarded in
      guarded.store.snapshot(named: name, now: now).map { found in
        (found.trace, guarded.analyses.analysis(of: found.slot, in: guarded.store))
      }
    }
  }

  /// Bytes that are kept of analyses, beyond the store's own.
  package var analysisBytes: Int { withGuarded { $0.analyses.allocatedBytes } }
}

extension TraceDistillerStore {
  fileprivate mutating func snapshot(named name: String, now: Int64) -> Result<(slot: Int, trace: TraceSnapshot), TraceLookupFailure> {
    advance(to: now)
    return find(name, now: now).flatMap { slot in snapshot(slot: slot, now: now).map { .success((slot, $0)) } ?? .failure(.empty) }
  }
}
