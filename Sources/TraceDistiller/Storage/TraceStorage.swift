// One trace while records arrive and after: its rows, their texts, and the sums that a list needs at once.

import TraceRecords

/// One trace: rows, their texts, and running counts. A value: a copy is a snapshot that shares pages with the original.
///
/// A span that is only spoken of (as a parent, by a log, by an end) has a row from the first mention on, so that the order of records
/// does not matter and a parent is always a row number.
package struct TraceStorage: Sendable {
  package internal(set) var spans = SpanRows()
  package internal(set) var events = PagedArray<EventRow>()
  package internal(set) var arena = TextArena()
  package internal(set) var texts = TextTable()
  /// Id to row. Dropped when the trace is sealed and made anew when a late record needs it; snapshots go without.
  private var index = HashIndex()
  private var isIndexed = true
  private var recentSpan = RecentID()
  private var recentParent = RecentID()

  /// Spans that a record told of; rows that are only spoken of do not count.
  package internal(set) var spanCount = 0
  package internal(set) var openCount = 0
  /// Rows that are some span's parent and were never told of themselves.
  package internal(set) var missingParentCount = 0
  package internal(set) var failedCount = 0
  /// Rows that logged an ERROR and that no record told of.
  package internal(set) var unseenFailedCount = 0
  /// Spans that failed, whether or not they were told of.
  package var errorSpanCount: Int { failedCount + unseenFailedCount }
  package internal(set) var warningCount = 0
  /// Spans of which only logs and children are known; a record that tells a start or an end makes one a span like others.
  package internal(set) var logsOnlyCount = 0
  /// Some record fitted another span as well.
  package internal(set) var isApproximate = false
  /// Whoever was asked for it gave only a part of it.
  package internal(set) var isPartial = false
  package internal(set) var trueRoots: [UInt32] = []
  package internal(set) var minTime = Int64.max
  /// The largest instant of any record: how far open spans are known to have run.
  package internal(set) var maxTime = Int64.min
  package internal(set) var truncatedValues = 0
  /// Secrets that were taken out of names, values and messages on the way in.
  package internal(set) var redactedValues = 0
  /// Spans that were folded away to keep memory bounded; their statistics remain.
  package internal(set) var collapsedSpans = 0
  /// Spans that came as groups, each told by one summary span.
  package internal(set) var prunedSpans = 0
  /// Some text of the trace is the sign of summary spans.
  var mayHoldGroups = false
  /// The host of each service, where it told one; `severalHosts` where it told more.
  var hosts: [UInt32: UInt32] = [:]
  static let severalHosts = UInt32.max
  package internal(set) var folds: [UInt32: FoldedSpans] = [:]
  /// Ids that both sides of a call told of.
  var halves = CallHalves()

  let maxValueBytes: Int
  let redacts: Bool
  var keyVerdicts = KeyVerdicts()
  /// Where in the code spans are; empty where no record said. In an array, because most traces have none.
  var ownPlaces: [CodePlaces] = []
  /// Those of the latest record that had them.
  var codeAttributes = CodeAttributes()

  package init(maxValueBytes: Int, redacts: Bool = true) {
    self.maxValueBytes = maxValueBytes
    self.redacts = redacts
  }

  /// Bytes that this trace keeps allocated, beyond its own value.
  package var allocatedBytes: Int {
    spans.allocatedBytes + events.allocatedBytes + arena.allocatedBytes + texts.allocatedBytes + index.allocatedBytes
      + HeapBytes.ofArray(trueRoots.capacity * 4) + folds.capacity * 128 + HeapBytes.ofArray(hosts.capacity * 12)
      + keyVerdicts.allocatedBytes + halves.allocatedBytes
      + (ownPlaces.isEmpty ? 0 : HeapBytes.ofArray(MemoryLayout<CodePlaces>.stride) + ownPlaces[0].allocatedBytes)
  }

  /// Whether some record told of a root's start: the sign by which a recycled id is known.
  package var hasStartedRoot: Bool { trueRoots.contains { spans[Int($0)].flags.contains(.started) } }

  /// A true root ended, nothing is open, no parent is missing. Quiet is the store's to judge.
  /// After a collapse a missing parent may be a span that was folded: waiting for it would be in vain.
  package var isStructurallyComplete: Bool {
    openCount == 0 && (missingParentCount == 0 || collapsedSpans > 0) && trueRoots.contains { spans[Int($0)].flags.contains(.ended) }
  }

  // MARK: The span index

  /// An id of 16 bytes that was asked for last, and its row; −1 where none was.
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

  /// The row of an id, made where there is none. Nil only where the arena is full.
  @inline(__always)
  mutating func row(of id: UnsafeRawBufferPointer) -> Int? {
    guard id.count == HexID.digits else { return searchedRow(of: id) }
    if recentSpan.has(id) { return recentSpan.row }
    guard let row = searchedRow(of: id) else { return nil }
    recentSpan = RecentID(id, row: row)
    return row
  }

  /// The same for a parent, which is remembered by itself: children come one after the other, and the end of each mostly behind its start.
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
    // The usual ids are compared and kept as numbers.
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

  /// The rows have new numbers.
  mutating func rebuildIndex() {
    dropIndex()
    buildIndex()
  }

  /// No more is expected: rows are packed, slack and the index are given back. A late record makes the index anew.
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

  /// A copy for readers: without the indexes, which only the writer needs.
  package var snapshot: TraceStorage {
    // What is sealed has none.
    if !isIndexed, texts.isUnindexed, halves.isSettled { return self }
    var copy = self
    copy.settleHalves()
    copy.dropIndex()
    copy.texts = texts.unindexed
    return copy
  }

  /// The same trace with its rows laid out for reading them often.
  /// - Complexity: O(spans), and nothing for a trace that is not sealed.
  package var unpacked: TraceStorage {
    var copy = self
    copy.spans = spans.unpacked
    return copy
  }
}
