// The interface of a source of traces: a store in this process, another process, or a trace database on another machine.
//
//   method ──asks──▶ TraceSource ◀── StoreSource      the store of this process: answers at once
//                                ◀── …                any other source: may answer late, in part, or not at all

/// A source of traces.
///
/// Answers may take time. A source that covers only a part of a request lists the rest in `SourceAnswer.gaps`; one that cannot answer
/// throws `SourceUnavailable`. Every `now` is the caller's clock in monotonic nanoseconds: sources have no clock.
package protocol TraceSource: Sendable {
  /// Its name in answers: a word for a store, an address without its secrets for a server.
  var name: String { get }
  var abilities: SourceAbilities { get }

  /// The first number that its handles and cursors may have: lower ones were given by an earlier process. 1 where there was none.
  var firstNumber: Int { get }
  /// The project whose traces it prefers, if it prefers one.
  var project: ProjectCondition? { get }
  /// The names of the runs of which is known that they work elsewhere.
  func runs(outside project: ProjectCondition) -> Set<String>

  // MARK: Without waiting

  /// Whether it answers without waiting and holds no more than that: such requests need no thread of their own.
  func holdsAtMost(traces: Int, spans: Int, logs: Int) -> Bool
  /// The trace with that name, or why there is none, if the source can answer without waiting; otherwise nil.
  func snapshotAtOnce(_ name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure>?

  // MARK: Traces

  /// A page of the list of traces.
  func list(_ query: TraceListQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceListing>
  /// All traces that match, the newest first.
  func select(_ filter: TraceQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceSelection>
  /// The lines of the selected traces, in their order, without those that were removed meanwhile.
  func lines(of traces: [RankedTrace], now: Int64) async throws(SourceUnavailable) -> SourceAnswer<[TraceOverview]>
  /// The line of the trace with that name.
  func find(_ name: String, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<Result<TraceOverview, TraceLookupFailure>>
  /// The current state of the trace with that name.
  func snapshot(_ name: String, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<Result<TraceSnapshot, TraceLookupFailure>>
  /// A selected trace; nil if it was removed meanwhile.
  func snapshot(of trace: RankedTrace, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceSnapshot?>
  /// Continues a search through the traces that match.
  func search(_ search: SpanSearch, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<SpanSearch>
  /// Distinct texts of the spans in the newest traces, at most 500, for requests that match nothing.
  func texts(_ field: SpanTextField, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<[String]>

  // MARK: Other data

  /// Module logs; empty if it keeps none.
  func logs() async throws(SourceUnavailable) -> SourceAnswer<KeptLogs>
  /// What is kept and counted; nil if the source keeps nothing itself.
  func status(now: Int64) async throws(SourceUnavailable) -> SourceAnswer<StoreStatus?>
  /// Removes traces, if it can.
  func forget(_ traces: [RankedTrace], now: Int64) async throws(SourceUnavailable) -> SourceAnswer<ForgottenTraces>

  // MARK: Changes

  /// The matching traces that completed after `number`, or all completed ones if it is nil.
  func completions(after number: Int?, _ filter: TraceQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<CompletedTraces>
  /// Calls the observer with changes from now on. Returns nil if the source pushes no changes and callers have to poll.
  /// The source files that kept spans name, as they were recorded.
  func recordedFiles() async throws(SourceUnavailable) -> SourceAnswer<[String]>
  /// The newest traces that ran through one of these files, and the newest of the others that failed; the newest first.
  func snapshots(through files: [String], limit: Int, failed: Int, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<
    [TraceSnapshot]
  >

  func observe(_ interest: TraceChangeInterest, _ body: @escaping @Sendable (TraceChanges) -> Void) -> TraceObservation?
  /// Applies changes that depend only on time. Returns the time of the next such change; nil if there is none.
  func advance(to now: Int64) -> Int64?
}

/// What a source can do beyond listing and returning traces.
package struct SourceAbilities: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// It has module logs.
  package static let logs = SourceAbilities(rawValue: 1)
  /// It removes traces on request.
  package static let forgetting = SourceAbilities(rawValue: 2)
  /// It has complete knowledge of what it is asked: its answers have no gaps.
  package static let wholeKnowledge = SourceAbilities(rawValue: 4)
}

/// A source's answer, and what it does not cover.
package struct SourceAnswer<Value: Sendable>: Sendable {
  package var value: Value
  package var gaps: [SourceGap]

  package init(_ value: Value, gaps: [SourceGap] = []) {
    self.value = value
    self.gaps = gaps
  }
}

/// Something that an answer does not cover.
package struct SourceGap: Sendable, Equatable {
  /// The source that has it, or should have it.
  package var source: String
  /// What is missing and why, as a part of a sentence: `ranks by time only: the slowest of the newest 500`.
  package var reason: String

  package init(source: String, reason: String) {
    self.source = source
    self.reason = reason
  }
}

/// A source cannot answer.
package struct SourceUnavailable: Error, Sendable, Equatable {
  package var source: String
  package var reason: String
  /// When a retry makes sense, if that is known.
  package var retryAfterMillis: Int?

  package init(source: String, reason: String, retryAfterMillis: Int? = nil) {
    self.source = source
    self.reason = reason
    self.retryAfterMillis = retryAfterMillis
  }
}

/// A text field of spans.
package enum SpanTextField: Sendable { case name, service, target }

/// The traces that completed after some point.
package struct CompletedTraces: Sendable {
  package var found: [(number: Int, trace: TraceOverview)]
  /// The number of the latest completion of any trace.
  package var latest: Int
  /// Other traces completed and are already gone.
  package var isMissing: Bool
  package var losses: LossReport

  package init(found: [(number: Int, trace: TraceOverview)], latest: Int, isMissing: Bool, losses: LossReport) {
    self.found = found
    self.latest = latest
    self.isMissing = isMissing
    self.losses = losses
  }
}

package struct ForgottenTraces: Sendable {
  package var traces: Int
  package var spans: Int
  /// The number of traces that are still kept.
  package var left: Int

  package init(traces: Int, spans: Int, left: Int) {
    self.traces = traces
    self.spans = spans
    self.left = left
  }
}

/// Module logs, and the counts of those that were not kept.
package struct KeptLogs: Sendable {
  package var logs: ModuleLogs
  package var losses: LossReport

  package init(logs: ModuleLogs, losses: LossReport) {
    self.logs = logs
    self.losses = losses
  }
}
