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
  }

  private let guarded: ForkSafeMutex<Guarded>

  package init(limits: StoreLimits = StoreLimits()) { guarded = ForkSafeMutex(Guarded(store: TraceDistillerStore(limits: limits))) }

  /// Applies the records of one read under one lock.
  package func apply(_ batch: RecordBatch, _ texts: BatchTexts, source: SourceID, now: Int64) {
    withLock { $0.apply(batch, texts, source: source, now: now) }
  }

  /// From now on the observer is told of completions, by the thread that brought them about, outside of the lock. There is one.
  package func watch(_ observer: @escaping @Sendable (StoreChange) -> Void) { guarded.withLock { $0.observer = observer } }

  /// Runs a short read or change of the store; the pipe waits meanwhile.
  package func withLock<Result: Sendable>(_ body: (inout TraceDistillerStore) -> Result) -> Result {
    let (result, change, observer) = guarded.withLock { guarded -> (Result, StoreChange?, (@Sendable (StoreChange) -> Void)?) in
      guard let observer = guarded.observer else { return (body(&guarded.store), nil, nil) }
      let (latest, next) = (guarded.store.latestCompletion, guarded.store.nextCompletion ?? .max)
      let result = body(&guarded.store)
      let change = StoreChange(
        isCompletion: guarded.store.latestCompletion != latest, isSooner: guarded.store.nextCompletion ?? .max < next)
      return (result, change, change.isCompletion || change.isSooner ? observer : nil)
    }
    if let change, let observer { observer(change) }
    return result
  }

  /// The trace of that name as it is now.
  package func snapshot(_ name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure> {
    withLock { store in
      store.advance(to: now)
      return store.find(name, now: now).flatMap { slot in
        store.snapshot(slot: slot, now: now).map { .success($0) } ?? .failure(.empty)
      }
    }
  }
}
