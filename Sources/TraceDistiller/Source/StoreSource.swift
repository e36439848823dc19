// The store of this process as a source: it has complete knowledge of its traces, and never waits.

/// Answers from a store. Every method returns without suspending.
package struct StoreSource: TraceSource {
  package let store: SharedTraceStore

  /// Questions that name no project are about this one; ids and handles lead to any trace.
  package var project: ProjectCondition? { choice.project }
  private let choice: ProjectChoice

  package init(_ store: SharedTraceStore, project: ProjectCondition? = nil) { self.init(store, choice: ProjectChoice(project)) }

  package init(_ store: SharedTraceStore, choice: ProjectChoice) { (self.store, self.choice) = (store, choice) }

  /// The filter, of this project if it names none.
  private func scoped(_ filter: TraceQuery) -> TraceQuery {
    var filter = filter
    filter.trace.project = filter.trace.project ?? project
    return filter
  }

  package var name: String { "store" }
  package var abilities: SourceAbilities { [.logs, .forgetting, .wholeKnowledge] }

  package var firstNumber: Int { store.firstNumber }

  package func holdsAtMost(traces: Int, spans: Int, logs: Int) -> Bool {
    // Counting spans visits every trace, so it comes last and is done only if needed.
    store.withLock { $0.liveCount <= traces && $0.logs.count <= logs && (spans == .max || $0.liveSpanCount <= spans) }
  }

  package func snapshotAtOnce(_ name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure>? {
    store.snapshot(name, of: project, now: now)
  }

  package func list(_ query: TraceListQuery, now: Int64) async -> SourceAnswer<TraceListing> {
    var query = query
    query.filter = scoped(query.filter)
    return SourceAnswer(store.listing(query, now: now))
  }

  package func select(_ filter: TraceQuery, now: Int64) async -> SourceAnswer<TraceSelection> {
    SourceAnswer(store.select(scoped(filter), now: now))
  }

  package func lines(of traces: [RankedTrace], now: Int64) async -> SourceAnswer<[TraceOverview]> {
    SourceAnswer(store.overviews(of: traces, now: now))
  }

  package func find(_ name: String, now: Int64) async -> SourceAnswer<Result<TraceOverview, TraceLookupFailure>> {
    let found = store.withLock { store -> Result<TraceOverview, TraceLookupMiss> in
      store.advance(to: now)
      store.prepare(toLookUp: name)
      return store.lookup(name, of: project).map { store.overview(slot: $0.slot, now: now) }
    }
    // Similar names are searched outside of the lock.
    return SourceAnswer(found.mapError { $0.failure(for: name) })
  }

  package func snapshot(_ name: String, now: Int64) async -> SourceAnswer<Result<TraceSnapshot, TraceLookupFailure>> {
    SourceAnswer(store.snapshot(name, of: project, now: now))
  }

  package func snapshot(of trace: RankedTrace, now: Int64) async -> SourceAnswer<TraceSnapshot?> {
    SourceAnswer(store.snapshot(of: trace, now: now))
  }

  /// Small traces are searched in place, without a copy.
  package func search(_ search: SpanSearch, now: Int64) async -> SourceAnswer<SpanSearch> {
    var search = search
    let candidates = store.candidates(scoped(search.filter), now: now)
    search.kept = candidates.kept
    let traces = candidates.traces.filter { search.concerns($0) }
    store.visit(traces, now: now, matching: search.filter.span) {
      search.passOver(spans: $0)
    } _: { trace, storage, snapshot in
      search.look(in: storage, serial: trace.place.serial, snapshot)
      return !search.isOver
    }
    return SourceAnswer(search)
  }

  package func texts(_ field: SpanTextField, now: Int64) async -> SourceAnswer<[String]> {
    var texts = DistinctTexts(field)
    let newest = store.oneOfEachKind(store.candidates(scoped(TraceQuery()), now: now).traces, spans: DistinctTexts.mostRows)
    store.visit(newest, now: now) { _, storage, _ in texts.add(storage) }
    return SourceAnswer(texts.texts)
  }

  package func logs() async -> SourceAnswer<KeptLogs> {
    SourceAnswer(store.withLock { KeptLogs(logs: $0.logs, losses: $0.losses) })
  }

  package func runs(outside project: ProjectCondition) -> Set<String> { store.withLock { $0.runs.names { !project.includes($0) } } }

  package func status(now: Int64) async -> SourceAnswer<StoreStatus?> {
    SourceAnswer(
      store.withLock { store in
        store.advance(to: now)
        return StoreStatus(store)
      })
  }

  package func forget(_ traces: [RankedTrace], now: Int64) async -> SourceAnswer<ForgottenTraces> {
    SourceAnswer(
      store.withLock { store in
        let (cleared, spans) = store.clear(traces)
        return ForgottenTraces(traces: cleared, spans: spans, left: store.liveCount)
      })
  }

  package func completions(after number: Int?, _ filter: TraceQuery, now: Int64) async -> SourceAnswer<CompletedTraces> {
    var answer = store.withLock { store in
      store.advance(to: now)
      return CompletedTraces(
        found: number.map { store.completions(after: $0, now: now) } ?? [], latest: store.latestCompletion,
        isMissing: number.map { store.lostCompletion(after: $0) } ?? false, losses: store.losses)
    }
    if !answer.found.isEmpty {
      let matching = Set(store.matching(answer.found.map { $0.trace }, scoped(filter), now: now).map { $0.serial })
      answer.found.removeAll { !matching.contains($0.trace.serial) }
    }
    return SourceAnswer(answer)
  }

  package func recordedFiles() async -> SourceAnswer<[String]> { SourceAnswer(store.withLock { $0.codeIndex.files }) }

  package func snapshots(through files: [String], limit: Int, failed: Int, now: Int64) async -> SourceAnswer<[TraceSnapshot]> {
    SourceAnswer(
      store.withLock { store in
        store.advance(to: now)
        let slots = store.slots(through: files, of: project, limit: limit, failed: failed)
        return slots.compactMap { store.snapshot(slot: $0, now: now) }
      })
  }

  package func observe(_ interest: TraceChangeInterest, _ body: @escaping @Sendable (TraceChanges) -> Void) -> TraceObservation? {
    store.observe(interest, body)
  }

  package func advance(to now: Int64) -> Int64? {
    store.withLock { store in
      store.advance(to: now)
      return store.nextCompletion
    }
  }
}
