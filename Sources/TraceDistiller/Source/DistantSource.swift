// Default implementations for sources, based on their lists and traces. A source that can do better implements the method itself.

extension TraceSource {
  package var firstNumber: Int { 1 }
  package var project: ProjectCondition? { nil }
  package func runs(outside project: ProjectCondition) -> Set<String> { [] }

  package func holdsAtMost(traces: Int, spans: Int, logs: Int) -> Bool { false }

  package func snapshotAtOnce(_ name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure>? { nil }

  package func observe(_ interest: TraceChangeInterest, _ body: @escaping @Sendable (TraceChanges) -> Void) -> TraceObservation? { nil }

  package func advance(to now: Int64) -> Int64? { nil }

  /// Without an index of files it knows none.
  package func recordedFiles() async throws(SourceUnavailable) -> SourceAnswer<[String]> { SourceAnswer([]) }

  package func snapshots(
    through files: [String], limit: Int, failed: Int, now: Int64
  ) async throws(SourceUnavailable) -> SourceAnswer<[TraceSnapshot]> { SourceAnswer([]) }

  package func logs() async throws(SourceUnavailable) -> SourceAnswer<KeptLogs> {
    SourceAnswer(KeptLogs(logs: ModuleLogs(maxBytes: 0, maxValueBytes: 0, redacts: true), losses: LossReport()))
  }

  package func status(now: Int64) async throws(SourceUnavailable) -> SourceAnswer<StoreStatus?> { SourceAnswer(nil) }

  /// Removes nothing.
  package func forget(_ traces: [RankedTrace], now: Int64) async throws(SourceUnavailable) -> SourceAnswer<ForgottenTraces> {
    let kept = try await list(.none, now: now)
    return SourceAnswer(ForgottenTraces(traces: 0, spans: 0, left: kept.value.kept), gaps: kept.gaps)
  }

  /// Searches one trace at a time, the newest first.
  package func search(_ search: SpanSearch, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<SpanSearch> {
    var search = search
    var chosen = try await select(search.filter, now: now)
    search.kept = chosen.value.kept
    for trace in chosen.value.traces where search.concerns(trace) && !search.isOver {
      let answer = try await snapshot(of: trace, now: now)
      chosen.gaps += answer.gaps
      guard let found = answer.value else { continue }
      withUnsafePointer(to: found.storage) { search.look(in: $0, serial: trace.place.serial) { found } }
    }
    return SourceAnswer(search, gaps: chosen.gaps)
  }

  /// From the newest ten traces.
  package func texts(_ field: SpanTextField, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<[String]> {
    let chosen = try await select(TraceQuery(), now: now)
    var texts = DistinctTexts(field)
    for trace in chosen.value.traces.prefix(10) {
      guard let found = try await snapshot(of: trace, now: now).value, withUnsafePointer(to: found.storage, { texts.add($0) }) else {
        break
      }
    }
    return SourceAnswer(texts.texts, gaps: chosen.gaps)
  }
}

extension TraceListQuery {
  /// A query for no lines, only for the totals.
  package static var none: TraceListQuery {
    var query = TraceListQuery()
    query.limit = 0
    return query
  }
}
