// A source outside this process: it answers late, in part, or not at all, and implements only what a source must.

import JSONRPC
import Platform
import Synchronization
import TraceDistiller

@testable import TraceContextServer

/// Traces of a store, as remote as the test requires. It leaves everything else to the default implementations of sources.
final class DistantSource: TraceSource {
  struct Behaviour: Sendable {
    /// Answers come later, on another thread.
    var isLate = true
    var gaps: [SourceGap] = []
    var failure: SourceUnavailable?
  }

  let name = "tempo+https://traces.example/"
  let abilities: SourceAbilities = []
  let inner: StoreSource
  private let behaviour: Mutex<Behaviour>
  private let asked = Mutex<[String]>([])

  init(_ store: SharedTraceStore, _ behaviour: Behaviour = Behaviour()) {
    inner = StoreSource(store)
    self.behaviour = Mutex(behaviour)
  }

  /// The names of the methods called so far.
  var questions: [String] { asked.withLock { $0 } }

  func behave(_ change: (inout Behaviour) -> Void) { behaviour.withLock { change(&$0) } }

  private func answer<Value: Sendable>(
    _ question: String, _ body: () async -> SourceAnswer<Value>
  ) async throws(SourceUnavailable) -> SourceAnswer<Value> {
    asked.withLock { $0.append(question) }
    let behaviour = behaviour.withLock { $0 }
    if behaviour.isLate { await elsewhere() }
    if let failure = behaviour.failure { throw failure }
    var answer = await body()
    answer.gaps += behaviour.gaps
    return answer
  }

  /// As after a network's answer: another thread resumes.
  private func elsewhere() async {
    await withCheckedContinuation { continuation in testWorkers.long.run { continuation.resume() } }
  }

  func list(_ query: TraceListQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceListing> {
    try await answer("list") { await inner.list(query, now: now) }
  }

  func select(_ filter: TraceQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceSelection> {
    try await answer("select") { await inner.select(filter, now: now) }
  }

  func lines(of traces: [RankedTrace], now: Int64) async throws(SourceUnavailable) -> SourceAnswer<[TraceOverview]> {
    try await answer("lines") { await inner.lines(of: traces, now: now) }
  }

  func find(_ name: String, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<Result<TraceOverview, TraceLookupFailure>> {
    try await answer("find") { await inner.find(name, now: now) }
  }

  func snapshot(_ name: String, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<Result<TraceSnapshot, TraceLookupFailure>> {
    try await answer("snapshot \(name)") { await inner.snapshot(name, now: now) }
  }

  func snapshot(of trace: RankedTrace, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<TraceSnapshot?> {
    try await answer("snapshot of \(trace.place.serial)") { await inner.snapshot(of: trace, now: now) }
  }

  func completions(after number: Int?, _ filter: TraceQuery, now: Int64) async throws(SourceUnavailable) -> SourceAnswer<CompletedTraces> {
    try await answer("completions") { await inner.completions(after: number, filter, now: now) }
  }
}
