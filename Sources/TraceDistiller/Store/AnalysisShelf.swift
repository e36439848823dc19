// Analyses of traces that were asked about, kept until the trace changes, goes, or others need the room.

/// A few analyses, the one that was asked for longest ago first. They share pages with the store; what they take beyond those counts against the bound of the store.
struct AnalysisShelf: Sendable {
  private struct Entry: Sendable {
    var slot: Int
    var handle: Int
    var revision: Int
    var analysis: TraceAnalysis
  }

  static let maxEntries = 8

  private var entries: [Entry] = []
  private let maxBytes: Int

  init(maxBytes: Int) { self.maxBytes = maxBytes }

  var isEmpty: Bool { entries.isEmpty }

  /// The analysis of the trace in a slot as it is now: a new one, which is empty, or that of an earlier request.
  mutating func analysis(of slot: Int, in store: TraceDistillerStore) -> TraceAnalysis {
    guard let (handle, revision) = store.version(slot: slot) else { return TraceAnalysis() }
    var entry = Entry(slot: slot, handle: handle, revision: revision, analysis: TraceAnalysis())
    if let known = entries.firstIndex(where: { $0.handle == handle && $0.revision == revision }) { entry = entries.remove(at: known) }
    entries.append(entry)
    return entry.analysis
  }

  /// Takes out what is outdated, and the oldest where there are too many or they take too much. The store makes what room it can for the others.
  /// - Returns: What was taken out, to be freed outside of the store's lock.
  mutating func sweep(_ store: inout TraceDistillerStore) -> [TraceAnalysis] {
    var removed: [TraceAnalysis] = []
    entries.removeAll { entry in
      let version = store.version(slot: entry.slot)
      let isCurrent = version?.handle == entry.handle && version?.revision == entry.revision
      if !isCurrent { removed.append(entry.analysis) }
      return !isCurrent
    }
    var bytes = entries.reduce(0) { $0 + $1.analysis.allocatedBytes }
    let room = min(maxBytes, store.makeRoom(forAnalyses: min(bytes, maxBytes), of: entries.map(\.slot)))
    while let oldest = entries.first, entries.count > AnalysisShelf.maxEntries || bytes > room {
      bytes -= oldest.analysis.allocatedBytes
      removed.append(oldest.analysis)
      entries.removeFirst()
    }
    store.analysisBytes = bytes
    return removed
  }

  /// Bytes beyond the store's own.
  var allocatedBytes: Int { entries.reduce(0) { $0 + $1.analysis.allocatedBytes } }
}

extension TraceDistillerStore {
  /// Which trace a slot holds, and how far it has come.
  func version(slot: Int) -> (handle: Int, revision: Int)? {
    guard slots.indices.contains(slot), slots[slot] != nil else { return nil }
    return (slots[slot]!.handle, slots[slot]!.revision)
  }
}
