// The data of one trace while records arrive and afterwards: its rows, their texts, and the totals that a list needs immediately.

import TraceRecords

/// One trace: rows, their texts, and running counts. A value type: a copy is a snapshot that shares pages with the original.
///
/// A span that is only referred to (as a parent, by a log, by an end) gets a row at the first reference, so that the order of records does
/// not matter and a parent is always a row number.
package struct TraceStorage: Sendable {
  package internal(set) var spans = SpanRows()
  package internal(set) var events = PagedArray<EventRow>()
  package internal(set) var arena = TextArena()
  package internal(set) var texts = TextTable()
  /// Maps an id to its row. Dropped when the trace is sealed, and rebuilt when a late record needs it; snapshots have none.
  private var index = HashIndex()
  private var isIndexed = true
  private var recentSpan = RecentID()
  private var recentParent = RecentID()

  /// The number of reported spans, without rows that are only referred to.
  package internal(set) var spanCount = 0
  package internal(set) var openCount = 0
  /// The number of rows that are a span's parent but were never reported themselves.
  package internal(set) var missingParentCount = 0
  package internal(set) var failedCount = 0
  /// The number of rows that logged an ERROR but were never reported.
  package internal(set) var unseenFailedCount = 0
  /// The number of failed spans, reported or not.
  package var errorSpanCount: Int { failedCount + unseenFailedCount }
  package internal(set) var warningCount = 0
  /// The number of spans known only from logs and children. A record with a start or an end turns one into an ordinary span.
  package internal(set) var logsOnlyCount = 0
  /// Some record also matched another span.
  package internal(set) var isApproximate = false
  /// The source delivered only a part of the trace.
  package internal(set) var isPartial = false
  package internal(set) var trueRoots: [UInt32] = []
  package internal(set) var minTime = Int64.max
  /// The largest instant of any record: open spans are known to have run at least until then.
  package internal(set) var maxTime = Int64.min
  package internal(set) var truncatedValues = 0
  /// The number of secrets that were removed from names, values and messages.
  package internal(set) var redactedValues = 0
  /// The number of spans that were folded to limit memory. Their statistics remain.
  package internal(set) var collapsedSpans = 0
  /// The number of spans that arrived as groups, each reported by one summary span.
  package internal(set) var prunedSpans = 0
  /// The trace contains the attribute key of summary spans.
  var mayHoldGroups = false
  /// The host of each service, if it named one; `severalHosts` if it named more.
  var hosts: [UInt32: UInt32] = [:]
  static let severalHosts = UInt32.max
  package internal(set) var folds: [UInt32: FoldedSpans] = [:]
  /// Ids that both sides of a call reported.
  var halves = CallHalves()

  let maxValueBytes: Int
  let redacts: Bool
  var keyVerdicts = KeyVerdicts()
  /// Source locations of spans; empty if no record had one. An array, because most traces have none.
  var ownPlaces: [CodePlaces] = []
  /// The location attributes of the latest record that had any.
  var codeAttributes = CodeAttributes()

  package init(maxValueBytes: Int, redacts: Bool = true) {
    self.maxValueBytes = maxValueBytes
    self.redacts = redacts
  }

  /// The heap memory of this trace, without the value itself.
  package var allocatedBytes: Int {
    spans.allocatedBytes + events.allocatedBytes + arena.allocatedBytes + texts.allocatedBytes + index.allocatedBytes
      + HeapBytes.ofArray(trueRoots.capacity * 4) + folds.capacity * 128 + HeapBytes.ofArray(hosts.capacity * 12)
      + keyVerdicts.allocatedBytes + halves.allocatedBytes
      + (ownPlaces.isEmpty ? 0 : HeapBytes.ofArray(MemoryLayout<CodePlaces>.stride) + ownPlaces[0].allocatedBytes)
  }

  /// Whether the start of a root was reported. A reused trace id is recognised by this.
  package var hasStartedRoot: Bool { trueRoots.contains { spans[Int($0)].flags.contains(.started) } }

  /// A true root has ended, no span is open, and no parent is missing. The store decides about the quiet period. After a collapse a missing
  /// parent may be a folded span, which would never arrive.
  package var isStructurallyComplete: Bool {
    openCount == 0 && (missingParentCount == 0 || collapsedSpans > 0) && trueRoots.contains { spans[Int($0)].flags.contains(.ended) }
  }

  // MARK: The span index

  /// The most recently used id of 16 bytes, and its row; −1 if there is none.
  private struct RecentID: Sendable, BitwiseCopyable {
    var row = -1
    var words: (UInt64, UInt64) = (0, 0)

    @inline(__always)
    func has(_ id: UnsafeRawBufferPointer) -> Bool {
      row >= 0 && words.0 == id.loadUnaligned(as: UInt64.self) && words.1 == id.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }

    init() {}

    init(_ id: UnsafeRawBufferPointer, row: Int) {
      self.row = row
      words = (id.loadUnaligned(as: UInt64.self), id.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
  }

  /// The row of an id, created if necessary. Nil only if the arena is full.
  @inline(__always)
  mutating func row(of id: UnsafeRawBufferPointer) -> Int? {
    guard id.count == HexID.digits else { return searchedRow(of: id) }
    if recentSpan.has(id) { return recentSpan.row }
    guard let row = searchedRow(of: id) else { return nil }
    recentSpan = RecentID(id, row: row)
    return row
  }

  /// The same for a parent. It has a cache of its own: siblings usually arrive one after the other, and an end usually follows its start.
  @inline(__always)
  mutating func row(ofParent id: UnsafeRawBufferPointer) -> Int? {
    guard id.count == HexID.digits else { return searchedRow(of: id) }
    if recentParent.has(id) { return recentParent.row }
    guard let row = searchedRow(of: id) else { return nil }
    recentParent = RecentID(id, row: row)
    return row
  }

  private mutating func searchedRow(of id: UnsafeRawBufferPointer) -> Int? {
    if !isIndexed { buildIndex() }
    let reference: TextReference?
    let hash: UInt32
    let found: (row: Int?, place: Int)
    // Ids of the usual form are compared and stored as numbers.
    if let hex = HexID(id) {
      hash = TextHash.hash(hex)
      found = index.findOrPlace(hash) { arena.equals(spans.id($0), hex) }
      if let row = found.row { return row }
      reference = arena.append(hex)
    } else {
      hash = TextHash.hash(id)
      found = index.findOrPlace(hash) { arena.equals(spans.id($0), id) }
      if let row = found.row { return row }
      reference = arena.append(id)
    }
    guard let reference else { return nil }
    let row = spans.count
    spans.append(SpanRow(id: reference))
    index.insert(hash, row: row, at: found.place)
    return row
  }

  private mutating func buildIndex() {
    index = HashIndex(capacity: spans.count)
    spans.visitAll { row, span in
      index.insert(arena.withBytes(span.id) { id in HexID(id).map { TextHash.hash($0) } ?? TextHash.hash(id) }, row: row)
    }
    isIndexed = true
  }

  private mutating func dropIndex() {
    index = HashIndex()
    isIndexed = false
    recentSpan = RecentID()
    recentParent = RecentID()
  }

  /// Called when the rows have new numbers.
  mutating func rebuildIndex() {
    dropIndex()
    buildIndex()
  }

  /// Called when no more records are expected: packs the rows and frees unused capacity and the index. A late record rebuilds the index.
  package mutating func seal() {
    // It was packed, and no record came since.
    guard isIndexed else { return }
    settleHalves()
    dropIndex()
    spans.seal()
    events.seal()
    arena.seal()
    texts.seal()
    trueRoots = trueRoots.trimmed
    if hasPlaces { places.seal() }
  }

  /// A copy for readers, without the indexes that only the writer needs.
  package var snapshot: TraceStorage {
    // What is sealed has none.
    if !isIndexed, texts.isUnindexed, halves.isSettled { return self }
    var copy = self
    copy.settleHalves()
    copy.dropIndex()
    copy.texts = texts.unindexed
    return copy
  }

  /// The same trace with its rows in a form for repeated reading.
  /// - Complexity: O(spans), or O(1) for a trace that is not sealed.
  package var unpacked: TraceStorage {
    var copy = self
    copy.spans = spans.unpacked
    return copy
  }
}
