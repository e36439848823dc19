// Analyses of the traces that were asked about last, kept until the trace changes, goes, or others need the room.

import Platform
import TraceRecords

/// A few analyses of one source's traces. Those of a store share pages with it; what they take beyond those counts against the bound of the store.
package final class AnalysisCache: Sendable {
  static let maxEntries = 8

  /// The analysis of one revision of a trace. The first request makes it; those beside it wait, those after it find it made.
  private final class Entry: Sendable {
    let slot, serial, revision: Int
    let parts = TraceAnalysis.Parts()
    let distilled = Lazy<DistilledTrace>()

    init(_ snapshot: TraceSnapshot) { (slot, serial, revision) = (snapshot.slot, snapshot.serial, snapshot.revision) }
  }

  private struct State: Sendable {
    /// The one that was asked for longest ago first.
    var entries: [Entry] = []
    /// While something is kept: without it, ingestion pays nothing.
    var observation: TraceObservation?
    /// What the store counts for this cache.
    var counted = 0

    /// Keeps the newest of these that have room.
    /// - Parameter room: the bytes that there are for analyses of so many bytes, of the traces in those slots.
    /// - Returns: What may be freed.
    mutating func keep(_ current: [Entry], room: (_ bytes: Int, _ slots: [Int]) -> Int) -> ([Entry], TraceObservation?) {
      let before = entries
      entries = current
      var bytes = entries.reduce(0) { $0 + $1.parts.allocatedBytes }
      let room = room(bytes, entries.map(\.slot))
      while let oldest = entries.first, entries.count > AnalysisCache.maxEntries || bytes > room {
        bytes -= oldest.parts.allocatedBytes
        entries.removeFirst()
      }
      counted = bytes
      guard entries.isEmpty else { return (before, nil) }
      defer { observation = nil }
      return (before, observation)
    }
  }

  /// Nil where the traces are another process's: then a revision that nobody asks for any more goes as the oldest.
  private let store: SharedTraceStore?
  private let maxBytes: Int
  private let state = PosixMutex(State())

  package init(_ store: SharedTraceStore) {
    self.store = store
    maxBytes = store.withLock { min($0.limits.maxAnalysisBytes, $0.limits.maxBytes / 4) }
  }

  /// Of traces that no store of this process keeps.
  package init(maxBytes: Int) {
    store = nil
    self.maxBytes = maxBytes
  }

  deinit {
    let counted = state.withLock { $0.counted }
    store?.withLock { $0.analysisBytes -= counted }
  }

  /// The trace of that name in the store as it is now, distilled, with what was made of it since its latest record.
  /// - Complexity: O(n log n) the first time, O(1) later.
  package func analysis(_ name: String, now: Int64) throws(CancellationError) -> Result<TraceAnalysis, TraceLookupFailure> {
    switch store?.snapshot(name, now: now) ?? .failure(.empty) {
    case .success(let snapshot): .success(try analysis(of: snapshot))
    case .failure(let failure): .failure(failure)
    }
  }

  /// - Parameter snapshot: of this source; what is not the trace's own (losses, quiet) may have changed since the analysis was made.
  package func analysis(of snapshot: TraceSnapshot) throws(CancellationError) -> TraceAnalysis {
    let entry = entry(for: snapshot)
    var trace = try entry.distilled.value { () throws(CancellationError) in
      let trace = try DistilledTrace(snapshot, betweenStages: Cancellation.check)
      return entry.parts.counted(trace, bytes: trace.allocatedBytes)
    }
    trace.snapshot = snapshot
    return TraceAnalysis(trace, entry.parts)
  }

  private func entry(for snapshot: TraceSnapshot) -> Entry {
    let (entry, isNew) = state.withLock { state -> (Entry, Bool) in
      if let known = state.entries.firstIndex(where: { $0.serial == snapshot.serial && $0.revision == snapshot.revision }) {
        let entry = state.entries.remove(at: known)
        state.entries.append(entry)
        return (entry, false)
      }
      if let store, state.observation == nil {
        state.observation = store.observe([.changed, .evicted]) { [weak self] changes in self?.forget(changes) }
      }
      let entry = Entry(snapshot)
      state.entries.append(entry)
      return (entry, true)
    }
    // What happened to the trace between its snapshot and here was not reported for this entry.
    if isNew {
      settle { entries, store in
        store.map { store in entries.filter { store.holds($0.serial, in: $0.slot, revision: $0.revision) } } ?? entries
      }
    } else {
      settle()
    }
    return entry
  }

  /// The store changed: analyses of traces that are not what they were go.
  private func forget(_ changes: TraceChanges) {
    settle { entries, _ in
      changes.isIncomplete ? [] : entries.filter { entry in !changes.changes.contains { $0.serial == entry.serial } }
    }
  }

  /// Keeps the bounds: what is outdated goes, then the oldest where there are too many or they take too much. The store makes what room it can.
  package func settle() { settle { entries, _ in entries } }

  private func settle(_ current: ([Entry], TraceDistillerStore?) -> [Entry]) {
    // What is not kept is freed here, outside of the locks: large arrays take a while.
    let removed =
      if let store {
        store.withLock { store in
          state.withLock { state in
            // A store may have several caches.
            let others = store.analysisBytes - state.counted
            let removed = state.keep(current(state.entries, store)) { bytes, slots in
              min(maxBytes, store.makeRoom(forAnalyses: others + min(bytes, maxBytes), of: slots) - others)
            }
            store.analysisBytes = others + state.counted
            return removed
          }
        }
      } else {
        state.withLock { state in state.keep(current(state.entries, nil)) { _, _ in maxBytes } }
      }
    withExtendedLifetime(removed) {}
  }

  /// Bytes that are kept, beyond the store's own.
  package var allocatedBytes: Int { state.withLock { $0.entries.reduce(0) { $0 + $1.parts.allocatedBytes } } }
}

extension TraceDistillerStore {
  /// Whether a slot holds that trace, as it was at that revision.
  fileprivate func holds(_ serial: Int, in slot: Int, revision: Int) -> Bool {
    guard slots.indices.contains(slot), slots[slot] != nil else { return false }
    return slots[slot]!.handle == serial && slots[slot]!.revision == revision
  }
}
