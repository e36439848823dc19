// Where traces lie: in pages, so that many of them cost no more than they are.

/// The store's slots by number. Pages rather than one array: growing never moves a trace, and no more than a page is slack, where a doubling array
/// could take as much again as all traces together.
struct SlotTable: Sendable, RandomAccessCollection {
  private var pages: [[TraceDistillerStore.Slot?]] = []
  private static let pageSize = 64

  private(set) var count = 0
  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(slot: Int) -> TraceDistillerStore.Slot? {
    get { pages[slot &>> 6][slot & 63] }
    _modify { yield &pages[slot &>> 6][slot & 63] }
  }

  mutating func append(_ slot: TraceDistillerStore.Slot) {
    if count & 63 == 0 {
      pages.append([])
      // The first page grows as needed, later ones come whole.
      if count > 0 { pages[count &>> 6].reserveCapacity(Self.pageSize) }
    }
    pages[count &>> 6].append(slot)
    count += 1
  }
}
