// The lock at the edge: ingestion and questions meet here, for as long as a batch or a copy takes, and nowhere else.

import Platform
package import TraceRecords

/// One store that the reader of a pipe writes to and requests take snapshots from.
package final class SharedTraceStore: Sendable {
  private let guarded: ForkSafeMutex<TraceDistillerStore>
  private let feed = ChangeFeed()

  package init(limits: StoreLimits = StoreLimits()) { guarded = ForkSafeMutex(TraceDistillerStore(limits: limits)) }

  /// Applies the records of one read under one lock.
  package func apply(_ batch: RecordBatch, _ texts: BatchTexts, source: SourceID, now: Int64) {
    withLock { $0.apply(batch, texts, source: source, now: now) }
  }

  /// From now on the observer is called with what happens to traces: outside of the store's lock, in the order in which it happened, never twice at a
  /// time, by a thread that changes the store. That thread waits for it, so it is quick; it may use the store. There may be any number of observers.
  package func observe(_ interest: TraceChangeInterest, _ body: @escaping @Sendable (TraceChanges) -> Void) -> TraceObservation {
    feed.add(interest, body)
  }

  /// Runs a short read or change of the store; the pipe waits meanwhile.
  package func withLock<Result: Sendable>(_ body: (inout TraceDistillerStore) -> Result) -> Result {
    // No tuple with the result: its type would be looked up in the Swift runtime, under a lock of the runtime's that a child of `fork` may find held
    // for ever.
    var hasNews = false
    let result = guarded.withLock { store in
      let interest = feed.interest
      store.changeLog.interest = interest
      if interest.isEmpty { return body(&store) }
      let next = store.nextCompletion ?? .max
      let result = body(&store)
      let changes = TraceChanges(
        changes: store.changeLog.take(), isSooner: interest.contains(.sooner) && store.nextCompletion ?? .max < next)
      hasNews = !changes.changes.isEmpty || changes.isSooner
      if hasNews { feed.append(changes) }
      return result
    }
    if hasNews { feed.deliver() }
    return result
  }

  /// The trace of that name as it is now.
  package func snapshot(_ name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure> {
    // Names that look alike are looked for outside of the lock.
    withLock { $0.snapshot(named: name, now: now) }.mapError { $0.failure(for: name) }
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
}

extension TraceDistillerStore {
  fileprivate mutating func snapshot(named name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupMiss> {
    advance(to: now)
    prepare(toLookUp: name)
    return lookup(name).flatMap { found in
      guard var trace = snapshot(slot: found.slot, now: now) else { return .failure(.empty) }
      trace.namesakes = found.namesakes
      return .success(trace)
    }
  }
}
