// The lock at the edge: ingestion and questions meet here, for as long as a batch or a copy takes, and nowhere else.

package import TraceRecords

/// One store that the reader of a pipe writes to and requests take snapshots from.
package final class SharedTraceStore: Sendable {
  private let store: ForkSafeMutex<TraceDistillerStore>

  package init(limits: StoreLimits = StoreLimits()) { store = ForkSafeMutex(TraceDistillerStore(limits: limits)) }

  /// Applies the records of one read under one lock.
  package func apply(_ batch: RecordBatch, _ texts: BatchTexts, source: SourceID, now: Int64) {
    store.withLock { $0.apply(batch, texts, source: source, now: now) }
  }

  /// Runs a short read or change of the store; the pipe waits meanwhile.
  package func withLock<Result: Sendable>(_ body: (inout TraceDistillerStore) -> Result) -> Result { store.withLock { body(&$0) } }

  /// The trace of that name as it is now.
  package func snapshot(_ name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure> {
    store.withLock { store in
      store.advance(to: now)
      return store.find(name, now: now).flatMap { slot in
        store.snapshot(slot: slot, now: now).map { .success($0) } ?? .failure(.empty)
      }
    }
  }
}
