// The lock around the store. Ingestion and requests meet only here, and only for as long as a batch or a copy takes.

import Platform
package import TraceRecords

/// A store that the reader of a pipe writes to and requests take snapshots from.
package final class SharedTraceStore: Sendable {
  private let guarded: ForkSafeMutex<TraceDistillerStore>
  private let feed = ChangeFeed()

  /// - Parameter numbers: Where handles begin, if an earlier process has given some.
  package init(limits: StoreLimits = StoreLimits(), numbers: SerialNumbers = SerialNumbers()) {
    guarded = ForkSafeMutex(TraceDistillerStore(limits: limits, numbers: numbers))
  }

  /// The first number that handles and cursors of this store may have.
  package var firstNumber: Int { withLock { $0.firstNumber } }

  /// Applies the records of one read under a single lock.
  package func apply(_ batch: RecordBatch, _ texts: BatchTexts, source: SourceID, now: Int64) {
    withLock { $0.apply(batch, texts, source: source, now: now) }
  }

  /// From now on the observer is called with changes of traces: outside of the store's lock, in order, never twice at the same time, on a
  /// thread that changes the store. That thread waits for the observer, so it must be quick; it may use the store. There may be any number
  /// of observers.
  package func observe(_ interest: TraceChangeInterest, _ body: @escaping @Sendable (TraceChanges) -> Void) -> TraceObservation {
    feed.add(interest, body)
  }

  /// Runs a short read or change of the store. The pipe waits meanwhile.
  package func withLock<Result: Sendable>(_ body: (inout TraceDistillerStore) -> Result) -> Result {
    // The flag is not returned in a tuple with the result: the tuple's type would be looked up in the Swift runtime under a runtime lock,
    // which in a child of `fork` may be held for ever.
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

  /// The current state of the trace with that name.
  package func snapshot(_ name: String, of project: ProjectCondition? = nil, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure> {
    // Similar names are searched outside of the lock.
    withLock { $0.snapshot(named: name, of: project, now: now) }.mapError { $0.failure(for: name) }
  }

  /// Every live trace as a line of a list, in the order of their first records, and the losses before the store.
  ///
  /// Lines are created in batches, because the pipe waits meanwhile. If there are several batches, each line shows its trace at the time
  /// when the line is created, and traces that are removed meanwhile have no line.
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

  /// The number of lines created before the pipe gets its turn.
  private static let linesAtATime = 256
}

extension TraceDistillerStore {
  fileprivate mutating func snapshot(named name: String, of project: ProjectCondition?, now: Int64) -> Result<
    TraceSnapshot, TraceLookupMiss
  > {
    advance(to: now)
    prepare(toLookUp: name)
    return lookup(name, of: project).flatMap { found in
      guard var trace = snapshot(slot: found.slot, now: now) else { return .failure(.empty) }
      trace.namesakes = found.namesakes
      return .success(trace)
    }
  }
}
