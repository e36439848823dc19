// One page of the list of traces: chosen by rank, so that only the lines of the page are made.

/// Which traces are listed, and in which order.
package struct TraceListQuery: Sendable {
  package enum Sort: String, CaseIterable, Sendable {
    /// Newest first.
    case recent
    case slowest
    /// Most failed spans first.
    case errors
  }

  package var sort = Sort.recent
  /// Only what follows this place.
  package var after: TraceListPlace?
  /// Lines at most.
  package var limit = Int.max
  /// Of the traces within the limit that have one name, only the first has a line.
  package var isOneOfEachName = false

  package var filter = TraceQuery()

  package init() {}
}

/// The place of a trace in a sorted list: its key, so that the next page follows even when the trace itself is gone by then.
package struct TraceListPlace: Sendable, Equatable {
  package var value: Int64
  package var serial: Int

  package init(value: Int64, serial: Int) { (self.value, self.serial) = (value, serial) }

  package init(_ trace: TraceOverview, sort: TraceListQuery.Sort) {
    self.init(value: TraceListPlace.value(sort, nanos: trace.durationNanos, errors: trace.errorCount), serial: trace.serial)
  }

  init(_ rank: TraceRank, sort: TraceListQuery.Sort) {
    self.init(value: TraceListPlace.value(sort, nanos: rank.durationNanos, errors: Int(rank.errorCount)), serial: rank.serial)
  }

  private static func value(_ sort: TraceListQuery.Sort, nanos: Int64, errors: Int) -> Int64 {
    switch sort {
    case .recent: 0
    case .slowest: nanos
    case .errors: Int64(errors)
    }
  }

  /// The larger value first, of equals the newer.
  package func precedes(_ other: TraceListPlace) -> Bool { value != other.value ? value > other.value : serial > other.serial }
}

/// A page of a list, and how much there is.
package struct TraceListing: Sendable {
  package var lines: [TraceOverview] = []
  /// Traces that match, and those of them that are on this page or behind it.
  package var matching = 0
  package var rest = 0
  /// Traces that are kept, and the time in which they began.
  package var kept = 0
  package var firstStart: Int64 = .max
  package var lastStart: Int64 = .min
  /// Traces that made room for others, and what was lost on the way in.
  package var evicted: UInt64 = 0
  package var losses = LossReport()

  package init() {}
}

extension TraceDistillerStore {
  /// The traces that match, in their order, as far as a page goes; spans are asked here and now.
  /// - Complexity: O(traces + page log page), and O(spans) where the filter asks for spans; the name of each kind of trace is looked at once.
  package func listing(_ query: TraceListQuery, now: Int64) -> TraceListing {
    var (listing, found) = ranked(query)
    if !query.filter.span.isEmpty {
      var scan = SpanScan(query.filter.span)
      found.removeAll { trace in !slots.withSlot(trace.slot) { $0.withStorage { scan.matchesAny(in: $0) } } }
    }
    return page(query, listing: &listing, found, now: now)
  }

  /// What the traces themselves decide: every one whose own conditions hold, in no order.
  func ranked(_ query: TraceListQuery) -> (listing: TraceListing, found: [RankedTrace]) {
    var listing = TraceListing()
    (listing.evicted, listing.losses) = (evictedCount, losses)
    var filter = RankFilter(query.filter)
    var found: [RankedTrace] = []
    visitRanks { slot, rank in
      listing.kept += 1
      listing.firstStart = min(listing.firstStart, rank.startTimeUnixNano)
      listing.lastStart = max(listing.lastStart, rank.startTimeUnixNano)
      guard filter.matches(rank, slot, in: self) else { return }
      found.append(RankedTrace(slot: slot, place: TraceListPlace(rank, sort: query.sort)))
    }
    return (listing, found)
  }

  /// The lines of a page out of the traces that match. Those that went meanwhile have none.
  func page(_ query: TraceListQuery, listing: inout TraceListing, _ matching: [RankedTrace], now: Int64) -> TraceListing {
    listing.matching = matching.count
    var rest = query.after.map { after in matching.filter { after.precedes($0.place) } } ?? matching
    listing.rest = rest.count
    rest.sortFirst(query.limit) { $0.place.precedes($1.place) }
    var names: Set<UInt64> = []
    for trace in rest.prefix(query.limit) where slots[trace.slot]?.handle == trace.place.serial {
      let slot = trace.slot
      if query.isOneOfEachName, !names.insert((ranks[slot].isKept ? ranks[slot] : rank(slot: slot)).name).inserted { continue }
      listing.lines.append(overview(slot: slot, now: now))
    }
    return listing
  }
}

/// A trace in an order, and where the store keeps it.
package struct RankedTrace: Sendable {
  var slot: Int
  package var place: TraceListPlace

  init(slot: Int, place: TraceListPlace) { (self.slot, self.place) = (slot, place) }

  /// The trace of a line.
  package init(_ line: TraceOverview) { self.init(slot: line.slot, place: TraceListPlace(line, sort: .recent)) }
}

extension TraceDistillerStore {
  func rootText(_ slot: Int, _ field: KeyPath<SpanRow, UInt32>) -> String {
    guard let root = slots[slot]!.storage.primaryRootRow else { return "" }
    return slots[slot]!.storage.text(slots[slot]!.storage.spans[root][keyPath: field])
  }
}

extension Array {
  /// Brings the first `count` elements of an order to the front and sorts them; what stands behind them is left as it falls.
  /// - Complexity: O(n + count log count) on average (Hoare's selection).
  mutating func sortFirst(_ count: Int, by precedes: (Element, Element) -> Bool) {
    guard count > 0 else { return }
    var (low, high) = (0, self.count - 1)
    while low < high, count < self.count {
      let pivot = self[(low + high) / 2]
      var (left, right) = (low, high)
      while left <= right {
        while precedes(self[left], pivot) { left += 1 }
        while precedes(pivot, self[right]) { right -= 1 }
        guard left <= right else { break }
        swapAt(left, right)
        left += 1
        right -= 1
      }
      if count - 1 <= right {
        high = right
      } else if count - 1 >= left {
        low = left
      } else {
        break
      }
    }
    self[..<Swift.min(count, self.count)].sort(by: precedes)
  }
}
