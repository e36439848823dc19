// Caches analyses of the most recently requested traces until the trace changes, is removed, or the memory is needed.

import Platform
import TraceRecords

/// A few analyses of one source's traces. Those of a store share pages with it; their additional memory counts against the store's bound.
package final class AnalysisCache: Sendable {
  static let maxEntries = 8

  /// The analysis of one revision of a trace. The first request computes it; concurrent requests wait, and later ones reuse it.
  private final class Entry: Sendable {
    let slot, serial, revision: Int
    let parts = TraceAnalysis.Parts()
    let distilled = Lazy<DistilledTrace>()

    init(_ snapshot: TraceSnapshot) { (slot, serial, revision) = (snapshot.slot, snapshot.serial, snapshot.revision) }
  }

  private struct State: Sendable {
    /// Ordered by last use, the least recently used first.
    var entries: [Entry] = []
    /// Set while something is cached: otherwise ingestion has no extra cost.
    var observation: TraceObservation?
    /// The bytes that the store counts for this cache.
    var counted = 0

    /// Keeps as many of these entries as fit, the newest first.
    /// - Parameter room: returns the bytes available for analyses of `bytes` bytes, of the traces in `slots`.
    /// - Returns: What the caller must release outside of the locks.
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

  /// Nil if the traces belong to another process. Then an outdated revision is evicted only as the least recently used entry.
  private let store: SharedTraceStore?
  private let maxBytes: Int
  private let state = PosixMutex(State())
  /// What answers about several traces keep for the next question, one of each kind.
  private let others = PosixMutex<[any AnyObject & Sendable]>([])
  private let otherBytes: Int

  package init(_ store: SharedTraceStore) {
    self.store = store
    maxBytes = store.withLock { min($0.limits.maxAnalysisBytes, $0.limits.maxBytes / 4) }
    otherBytes = store.withLock { min($0.limits.maxAnalysisBytes, $0.limits.maxBytes / AnalysisCache.otherShare) }
  }

  /// For traces that are not in a store of this process.
  package init(maxBytes: Int) {
    store = nil
    self.maxBytes = maxBytes
    otherBytes = maxBytes / AnalysisCache.otherShare
  }

  /// Of a store's bytes, what is kept besides analyses may take a twentieth.
  static let otherShare = 20

  /// What is kept of that kind, made when it is asked for first.
  package func kept<Kept: AnyObject & Sendable>(_ make: (_ maxBytes: Int) -> Kept) -> Kept {
    others.withLock { others in
      if let known = others.lazy.compactMap({ $0 as? Kept }).first { return known }
      let new = make(otherBytes)
      others.append(new)
      return new
    }
  }

  deinit {
    let counted = state.withLock { $0.counted }
    store?.withLock { $0.analysisBytes -= counted }
  }

  /// The trace with that name in its current state, distilled, with the cached results since its latest record.
  /// - Complexity: O(n log n) the first time, O(1) later.
  package func analysis(_ name: String, now: Int64) throws(CancellationError) -> Result<TraceAnalysis, TraceLookupFailure> {
    switch store?.snapshot(name, now: now) ?? .failure(.empty) {
    case .success(let snapshot): .success(try analysis(of: snapshot))
    case .failure(let failure): .failure(failure)
    }
  }

  /// - Parameter snapshot: from this source. Values that are not part of the trace itself (losses, quiet) may be newer than the analysis.
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
    // The entry was not in the cache yet, so changes of the trace since its snapshot were not reported to it.
    if isNew {
      settle { entries, store in
        store.map { store in entries.filter { store.holds($0.serial, in: $0.slot, revision: $0.revision) } } ?? entries
      }
    } else {
      settle()
    }
    return entry
  }

  /// Called when the store changed: removes the analyses of changed traces.
  private func forget(_ changes: TraceChanges) {
    settle { entries, _ in
      changes.isIncomplete ? [] : entries.filter { entry in !changes.changes.contains { $0.serial == entry.serial } }
    }
  }

  /// Enforces the limits: removes outdated entries first, then the oldest while there are too many or they take too much memory. The store
  /// frees memory if it can.
  package func settle() { settle { entries, _ in entries } }

  private func settle(_ current: ([Entry], TraceDistillerStore?) -> [Entry]) {
    // Removed entries are released here, outside of the locks: freeing large arrays takes time.
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

  /// The bytes of the cached analyses, not counting memory shared with the store.
  package var allocatedBytes: Int { state.withLock { $0.entries.reduce(0) { $0 + $1.parts.allocatedBytes } } }
}

extension TraceDistillerStore {
  /// Whether a slot holds that trace at that revision.
  fileprivate func holds(_ serial: Int, in slot: Int, revision: Int) -> Bool {
    guard slots.indices.contains(slot), slots[slot] != nil else { return false }
    return slots[slot]!.handle == serial && slots[slot]!.revision == revision
  }
}
