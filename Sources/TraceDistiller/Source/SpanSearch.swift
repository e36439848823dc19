// A running search for spans: through one trace after the other, until the page is full, the effort is used up, or the search is cancelled.

/// The results so far, and where the search stopped.
package struct SpanSearch: Sendable {
  package let filter: TraceQuery
  package private(set) var matches: [(trace: Int, row: Int, next: SearchPlace)] = []
  package private(set) var traces: [TraceSnapshot] = []
  package private(set) var effort: SearchEffort
  package private(set) var searchedTraces = 0
  /// Set if the effort was used up before the end.
  package private(set) var stoppedAt: SearchPlace?
  /// The totals of the kept traces.
  package var kept = TraceListing()
  private var scan: SpanScan
  private let from: SearchPlace?
  private let trace: Int?
  private let limit: Int

  /// - Parameters:
  ///   - trace: the serial number of the only trace to search; nil for all.
  ///   - limit: the number of spans on a page.
  ///   - from: where an earlier search of the same filter stopped.
  ///   - effort: the maximum amount of data to examine.
  package init(_ filter: TraceQuery, inTrace trace: Int? = nil, limit: Int, from: SearchPlace? = nil, effort: Int = .max) {
    self.filter = filter
    self.trace = trace
    self.from = from
    self.effort = SearchEffort(limit: effort)
    // One more than the page, to find out whether there is another page.
    self.limit = limit + 1
    scan = SpanScan(filter.span)
  }

  /// The page is full, the effort is used up, or the search was cancelled.
  package var isOver: Bool { matches.count >= limit || stoppedAt != nil || Task.isCancelled }

  /// Whether the search must examine that trace. Newer traces than the one where it continues were examined before, or are not wanted.
  package func concerns(_ candidate: RankedTrace) -> Bool {
    from.map { candidate.place.serial <= $0.serial } ?? true && trace.map { candidate.place.serial == $0 } ?? true
  }

  /// A trace that is known to contain no match: it counts as searched.
  package mutating func passOver(spans: Int) {
    searchedTraces += 1
    effort.passOver(spans)
  }

  /// - Parameter snapshot: Copies the trace; called only if it has a match.
  package mutating func look(in storage: UnsafePointer<TraceStorage>, serial: Int, _ snapshot: () -> TraceSnapshot?) {
    let folded = storage.pointee.collapsedSpans
    // A trace that was folded meanwhile has different rows: it is searched again from the beginning.
    var row = from.map { $0.serial == serial && $0.folded == folded ? $0.row : 0 } ?? 0
    guard !effort.isSpent else {
      stoppedAt = SearchPlace(serial: serial, row: row, folded: folded)
      return
    }
    searchedTraces += 1
    guard scan.begin(storage) else { return }
    let before = matches.count
    while matches.count < limit, let found = scan.next(in: storage, from: &row, &effort) {
      if matches.count == before {
        guard let trace = snapshot() else { return }
        traces.append(trace)
      }
      matches.append((traces.count - 1, found, SearchPlace(serial: serial, row: row, folded: folded)))
    }
    // The times of its spans are computed for the whole trace.
    if matches.count > before { effort.spend(storage.pointee.spans.count) }
    if matches.count < limit, row < storage.pointee.spans.count { stoppedAt = SearchPlace(serial: serial, row: row, folded: folded) }
  }
}

/// A position in a search: a trace, and the row to continue with. Traces that arrive later are newer and are not part of this search.
package struct SearchPlace: Sendable, Equatable {
  package var serial: Int
  package var row: Int
  package var folded: Int

  package init(serial: Int, row: Int, folded: Int) { (self.serial, self.row, self.folded) = (serial, row, folded) }
}

/// Distinct texts of spans, in the order in which they were found.
struct DistinctTexts {
  /// What is looked at for them, at most.
  static let mostRows = 100_000

  private(set) var texts: [String] = []
  private var table = TextTable()
  private var arena = TextArena()
  /// Which texts of the trace at hand were met, by number.
  private var isMet: [Bool] = []
  private var rows = 0
  private let field: SpanTextField

  init(_ field: SpanTextField) { self.field = field }

  /// Returns false once there are enough texts, or enough spans were examined.
  mutating func add(_ storage: UnsafePointer<TraceStorage>) -> Bool {
    isMet.removeAll(keepingCapacity: true)
    isMet.append(contentsOf: repeatElement(false, count: storage.pointee.texts.count))
    storage.pointee.spans.visitAll { _, span in
      let number = field == .name ? span.name : field == .service ? span.service : span.target
      guard !isMet[Int(number)], texts.count < 500, span.isDefined else { return }
      isMet[Int(number)] = true
      guard let reference = storage.pointee.texts.reference(number) else { return }
      let isNew = storage.pointee.arena.withBytes(reference) { text in
        let known = table.count
        return table.intern(text, in: &arena) >= known
      }
      if isNew { texts.append(storage.pointee.text(number)) }
    }
    rows += storage.pointee.spans.count
    return texts.count < 500 && rows < Self.mostRows
  }
}
