// Who holds traces, as those who ask see it: a store in this process, another process, an engine of another machine.
//
//   method ──asks──▶ TraceSource ◀── StoreSource      the store of this process: answers at once
//                                ◀── …                whoever else has traces: answers late, in part, or not at all

/// A holder of traces.
///
/// Answers may take time. One that speaks for a part only of what was asked says so (`SourceAnswer.gaps`), one that cannot be given throws
/// `SourceUnavailable`. Every `now` is the asker's clock in monotonic nanoseconds: sources have none.
package protocol TraceSource: Sendable {
  /// What answers call it: a word for a store, an address for an engine, without its secrets.
  var name: String { get }
  var abilities: SourceAbilities { get }

  // MARK: At once

  /// Whether it answers without waiting for anybody and holds no more than that: such questions need no thread of their own.
  func holdsAtMost(traces: Int, spans: Int, logs: Int) -> Bool
  /// The trace of that name, or why there is none, where it need not ask anybody; else nil.
  func snapshotAtOnce(_ name: String, now: Int64) -> Result<TraceSnapshot, TraceLookupFailure>?

  // MARK: Traces

  /// A page of the list of traces.
  func list(_ query: TraceListQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceListing>
  /// Every trace that matches, the newest first.
  func select(_ filter: TraceQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceSelection>
  /// The lines of chosen traces, in their order; none for those that went meanwhile.
  func lines(of traces: [RankedTrace], now: Int64) async throws(SourceUnavailable) -> SourceAnswer<[TraceOverview]>
  /// The line of the trace that a name leads to.
  func find(_ name: String, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<Result<TraceOverview, TraceLookupFailure>>
  /// The trace that a name leads to, as it is now.
  func snapshot(_ name: String, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<Result<TraceSnapshot, TraceLookupFailure>>
  /// A chosen trace; nil where it went meanwhile.
  func snapshot(of trace: RankedTrace, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceSnapshot?>
  /// Goes on with a search through the traces that match.
  func search(_ search: SpanSearch, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<SpanSearch>
  /// Different texts of the spans of the newest traces, for those who find nothing; at most 500.
  func texts(_ field: SpanTextField, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<[String]>

  // MARK: Beside traces

  /// Module logs; none where it keeps none.
  func logs() async throws(SourceUnavailable) -> SourceAnswer<KeptLogs>
  /// What is kept and counted; nil where it keeps nothing of its own.
  func status(now: Int64) async throws(SourceUnavailable) -> SourceAnswer<StoreStatus?>
  /// Forgets traces, where it can.
  func forget(_ traces: [RankedTrace], now: Int64) async throws(SourceUnavailable) -> SourceAnswer<ForgottenTraces>

  // MARK: Changes

  /// What completed and matches, after a moment, or up to now where that is nil.
  func completions(after number: Int?, _ filter: TraceQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<CompletedTraces>
  /// Calls the observer with what happens from now on; nil where nothing is pushed and askers have to look again and again.
  func observe(_ interest: TraceChangeInterest, _ body: @escaping @Sendable (TraceChanges) -> Void) -> TraceObservation?
  /// Brings up to date what time alone changes, and returns when that can happen next; nil for never.
  func advance(to now: Int64) -> Int64?
}

/// What a source can do beyond listing traces and handing them out.
package struct SourceAbilities: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// It has module logs.
  package static let logs = SourceAbilities(rawValue: 1)
  /// It forgets traces on request.
  package static let forgetting = SourceAbilities(rawValue: 2)
  /// It knows all that there is of what it is asked: its answers have no gaps.
  package static let wholeKnowledge = SourceAbilities(rawValue: 4)
}

/// What a source says, and for what it does not speak.
package struct SourceAnswer<Value: Sendable>: Sendable {
  package var value: Value
  package var gaps: [SourceGap]

  package init(_ value: Value, gaps: [SourceGap] = []) {
    self.value = value
    self.gaps = gaps
  }
}

/// Something that an answer does not speak for.
package struct SourceGap: Sendable, Equatable {
  /// The source that has it, or would.
  package var source: String
  /// What is missing and why, as a part of a sentence: `ranks by time only: the slowest of the newest 500`.
  package var reason: String

  package init(source: String, reason: String) {
    self.source = source
    self.reason = reason
  }
}

/// A source gives no answer.
package struct SourceUnavailable: Error, Sendable, Equatable {
  package var source: String
  package var reason: String
  /// When it is worth asking again, where that is known.
  package var retryAfterMillis: Int?

  package init(source: String, reason: String, retryAfterMillis: Int? = nil) {
    self.source = source
    self.reason = reason
    self.retryAfterMillis = retryAfterMillis
  }
}

/// A text that spans have.
package enum SpanTextField: Sendable { case name, service, target }

/// What completed after a moment.
package struct CompletedTraces: Sendable {
  package var found: [(number: Int, trace: TraceOverview)]
  /// The number of the latest completion of all.
  package var latest: Int
  /// Others completed and are gone already.
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
  /// Traces that are kept.
  package var left: Int

  package init(traces: Int, spans: Int, left: Int) {
    self.traces = traces
    self.spans = spans
    self.left = left
  }
}

/// Module logs with what became of the others.
package struct KeptLogs: Sendable {
  package var logs: ModuleLogs
  package var losses: LossReport

  package init(logs: ModuleLogs, losses: LossReport) {
    self.logs = logs
    self.losses = losses
  }
}
