// What traces say about lines, kept for the next question: an editor asks for every line of a file, and again after each run.

import Synchronization

/// The newest that were made, within a bound of bytes. Editors of one process share it.
package final class TraceCodeCache: Sendable {
  private struct State: Sendable {
    var kept: [Int: TraceCode] = [:]
    /// Serial numbers, the least recently made first.
    var order: [Int] = []
    var bytes = 0
  }

  private let state = Mutex(State())
  private let maxBytes: Int

  package init(maxBytes: Int) { self.maxBytes = max(1 << 20, min(maxBytes, 64 << 20)) }

  /// What that state of the trace says.
  package func code(of snapshot: TraceSnapshot, _ analyses: AnalysisCache, language: SummaryLanguage) throws(CancellationError) -> TraceCode
  {
    let known = state.withLock { $0.kept[snapshot.serial] }
    if let known, known.revision == snapshot.revision, known.isComplete == snapshot.isComplete { return known }
    let made = TraceCode(try analyses.analysis(of: snapshot), language: language)
    state.withLock { state in
      if let old = state.kept.updateValue(made, forKey: snapshot.serial) {
        state.bytes -= old.bytes
        state.order.removeAll { $0 == snapshot.serial }
      }
      state.order.append(snapshot.serial)
      state.bytes += made.bytes
      while state.bytes > maxBytes, state.order.count > 1 {
        state.bytes -= state.kept.removeValue(forKey: state.order.removeFirst())?.bytes ?? 0
      }
    }
    return made
  }
}
