// Counts what was really traced at its source, independent of the path through records, pipe and server, which the count checks.

import Synchronization
import TraceLayers
import Tracing

/// A layer of this program; see `LayeredTracing.Configuration.layers`.
final class SpanCensus: TraceLayer {
  struct Trace: Sendable {
    var id: TraceID
    var rootName: String
    var spanCount = 0
    /// The number of spans with an error, their own or one that was thrown out of them.
    var failedSpanCount = 0
    var isRootFailed = false
  }

  private struct State: Sendable {
    var traces: [Trace] = []
    var places: [TraceID: Int] = [:]
  }

  private let state = Mutex(State())

  /// In the order in which their roots began.
  var traces: [Trace] { state.withLock { $0.traces } }

  func spanStarted(_ span: SpanStarted) {
    state.withLock { state in
      if span.parentID == nil {
        state.places[span.traceID] = state.traces.count
        state.traces.append(Trace(id: span.traceID, rootName: span.name))
      }
      if let place = state.places[span.traceID] { state.traces[place].spanCount += 1 }
    }
  }

  /// `withSpan` sets the status `error` if an error is thrown out of the span.
  func spanEnded(_ end: SpanEnded) {
    guard end.status?.code == .error else { return }
    state.withLock { state in
      guard let place = state.places[end.span.traceID] else { return }
      state.traces[place].failedSpanCount += 1
      if end.span.parentID == nil { state.traces[place].isRootFailed = true }
    }
  }

  func logged(_ event: LoggedEvent) {}
}
