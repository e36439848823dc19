// One page of the list of traces. Traces are selected by rank, so that only the lines of the page are created.

/// Which traces to list, and in which order.
package struct TraceListQuery: Sendable {
  package enum Sort: String, CaseIterable, Sendable {
    /// Newest first.
    case recent
    case slowest
    /// Most failed spans first.
    case errors
  }

  package var sort = Sort.recent
  /// Only traces after this position.
  package var after: TraceListPlace?
  /// The maximum number of lines.
  package var limit = Int.max
  /// Of several traces within the limit that have the same name, only the first has a line.
  package var isOneOfEachName = false

  package var filter = TraceQuery()

  package init() {}
}

/// The position of a trace in a sorted list. It is a key, so that the next page works even if the trace itself is gone by then.
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

  /// Larger values first; for equal values newer traces first.
  package func precedes(_ other: TraceListPlace) -> Bool { value != other.value ? value > other.value : serial > other.serial }
}

/// A page of a list, and the totals.
package struct TraceListing: Sendable {
  package var lines: [TraceOverview] = []
  /// The number of matching traces, and of those on this page or after it.
  package var matching = 0
  package var rest = 0
  /// The number of kept traces, and the time range in which they began.
  package var kept = 0
  /// The number of traces that meet the conditions for traces but belong to other projects.
  package var ofOtherProjects = 0
  package var firstStart: Int64 = .max
  package var lastStart: Int64 = .min
  /// The number of evicted traces, and the losses before the store.
  package var evicted: UInt64 = 0
  package var losses = LossReport()

  package init() {}
}

extension TraceDistillerStore {
  /// The matching traces in order, up to the end of the page. Conditions for spans are checked directly.
  /// - Complexity: O(page) for the newest traces, of a project or of all. Otherwise O(traces + page log page), plus O(spans) if the filter
  ///   has conditions for spans. The name of each kind of trace is checked once.
  package func listing(_ query: TraceListQuery, now: Int64) -> TraceListing {
    if let page = newestPage(query, now: now) { return page }
    var scan = RankScan(query)
    while scan.visit(self) {}
    if !query.filter.span.isEmpty {
      var spans = SpanScan(query.filter.span)
      scan.found.removeAll { trace in !slots.withSlot(trace.slot) { $0.withStorage { spans.matchesAny(in: $0) } } }
    }
    return page(of: scan, now: now)
  }

  /// The page that a scan found.
  func page(of scan: RankScan, now: Int64) -> TraceListing {
    var listing = scan.listing
    guard scan.isOfFew else { return page(scan.query, listing: &listing, scan.found, now: now) }
    for trace in scan.firstFound where isLive(trace.slot, serial: trace.place.serial) {
      listing.lines.append(overview(slot: trace.slot, now: now))
    }
    return listing
  }

  /// The newest traces, of a project or of all, read off the end of the order of ages; the totals are counted as traces come and go. Nil for
  /// other lists, and where nothing matches: then is told when the kept traces began.
  func newestPage(_ query: TraceListQuery, now: Int64) -> TraceListing? {
    guard query.sort == .recent, query.after == nil, !query.isOneOfEachName, query.limit <= RankScan.few, query.filter.span.isEmpty,
      query.filter.trace.isOnlyOfProject
    else { return nil }
    var listing = TraceListing()
    listing.kept = liveCount
    var verdicts = ProjectVerdicts(query.filter.trace.project, in: self)
    if verdicts != nil {
      guard let others = verdicts?.others(in: self) else { return nil }
      listing.ofOtherProjects = others
    }
    listing.matching = listing.kept - listing.ofOtherProjects
    listing.rest = listing.matching
    guard listing.matching > 0 || listing.kept == 0 else { return nil }
    (listing.evicted, listing.losses) = (evictedCount, losses)
    var slots: [Int] = []
    let wanted = min(query.limit, listing.matching)
    var (slot, left) = (ages.newest, wanted + Self.mostPassed)
    while slots.count < wanted {
      // Others' traces stand before them: a scan reads these in sequence, which is faster.
      guard slot >= 0, left > 0 else { return nil }
      if verdicts?.includes(ranks[slot].runSet, slot, in: self) ?? true { slots.append(slot) }
      (slot, left) = (ages.older(than: slot), left - 1)
    }
    for slot in slots { listing.lines.append(overview(slot: slot, now: now)) }
    return listing
  }

  /// Of other projects' traces so many are passed over one by one.
  static let mostPassed = 4_096

  /// The newest trace of a project.
  func newest(of project: ProjectCondition?) -> Int? {
    var verdicts = ProjectVerdicts(project, in: self)
    var (slot, left) = (ages.newest, Self.mostPassed)
    while slot >= 0, left > 0 {
      if verdicts?.includes(ranks[slot].runSet, slot, in: self) ?? true { return slot }
      (slot, left) = (ages.older(than: slot), left - 1)
    }
    return slot < 0 ? nil : best(of: project) { $0.serial > $1.serial }
  }

  /// The lines of a page of the matching traces, without traces that were removed meanwhile.
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

/// A trace in a sorted list, and its slot in the store.
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
  /// Moves the first `count` elements of the order to the front and sorts them. The order of the rest is undefined.
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
