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

  package var name: TextPattern?
  package var service: TextPattern?
  package var run: TextPattern?
  package var outcome: SpanOutcome?
  package var hasErrors: Bool?
  package var minMillis: Double?
  package var maxMillis: Double?
  package var since: Int64?
  package var until: Int64?

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
}

extension TraceDistillerStore {
  /// The traces that match, in their order, as far as a page goes.
  /// - Complexity: O(traces + page log page); the name of each kind of trace is looked at once.
  package func listing(_ query: TraceListQuery, now: Int64) -> TraceListing {
    var listing = TraceListing()
    var filter = RankFilter(query)
    var found: [(place: TraceListPlace, slot: Int)] = []
    visitRanks { slot, rank in
      listing.kept += 1
      listing.firstStart = min(listing.firstStart, rank.startTimeUnixNano)
      listing.lastStart = max(listing.lastStart, rank.startTimeUnixNano)
      guard filter.matches(rank, slot, in: self) else { return }
      listing.matching += 1
      let place = TraceListPlace(rank, sort: query.sort)
      if query.after?.precedes(place) ?? true { found.append((place, slot)) }
    }
    listing.rest = found.count
    found.sortFirst(query.limit) { $0.place.precedes($1.place) }
    var names: Set<UInt64> = []
    for (_, slot) in found.prefix(query.limit) {
      if query.isOneOfEachName, !names.insert((ranks[slot].isKept ? ranks[slot] : rank(slot: slot)).name).inserted { continue }
      listing.lines.append(overview(slot: slot, now: now))
    }
    return listing
  }
}

/// Matches ranks. Texts are looked up where they are met first, and known by their mixtures from then on.
private struct RankFilter {
  private let query: TraceListQuery
  private var names = Verdicts()
  private var services = Verdicts()

  init(_ query: TraceListQuery) { self.query = query }

  mutating func matches(_ rank: TraceRank, _ slot: Int, in store: TraceDistillerStore) -> Bool {
    if let outcome = query.outcome, rank.outcome != outcome { return false }
    if let hasErrors = query.hasErrors, (rank.errorCount > 0) != hasErrors { return false }
    let millis = Double(rank.durationNanos) / 1_000_000
    if let least = query.minMillis, millis < least { return false }
    if let most = query.maxMillis, millis > most { return false }
    if let since = query.since, rank.startTimeUnixNano < since { return false }
    if let until = query.until, rank.startTimeUnixNano > until { return false }
    if let pattern = query.name, !names.verdict(on: rank.name, { pattern.matches(store.rootText(slot, \.name)) }) { return false }
    if let pattern = query.service, !services.verdict(on: rank.service, { pattern.matches(store.rootText(slot, \.service)) }) {
      return false
    }
    if let run = query.run {
      let names = store.runNames(slot: slot)
      return names.isEmpty ? run.matches("") : names.contains { run.matches($0) }
    }
    return true
  }

}

/// What a pattern says of texts, by their mixtures. Most traces have one of a few names: those are found without hashing.
private struct Verdicts {
  private var known: [UInt64: Bool] = [:]
  /// By the lowest bits of a mixture, the latest of those that share them.
  private var recent = [(mixture: UInt64, verdict: Bool?)](repeating: (0, nil), count: 64)

  mutating func verdict(on mixture: UInt64, _ decide: () -> Bool) -> Bool {
    let place = Int(truncatingIfNeeded: mixture & 63)
    if recent[place].mixture == mixture, let verdict = recent[place].verdict { return verdict }
    let verdict = known[mixture] ?? decide()
    known[mixture] = verdict
    recent[place] = (mixture, verdict)
    return verdict
  }
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
