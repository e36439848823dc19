// Looks at the rank of every kept trace, some at a time: records wait for one turn, not for all.

/// A list that needs to look at every trace. A trace that is kept from the first turn to the last is seen once; one that came later is not
/// counted, and one that went in between may be.
struct RankScan: Sendable {
  let query: TraceListQuery
  private(set) var listing = TraceListing()
  /// All that match, in no order; of a list of few lines no more than twice as many as it has.
  var found: [RankedTrace] = []
  /// Only the first lines are wanted: no more traces are held than twice as many, however many match.
  let isOfFew: Bool
  private var filter: RankFilter
  /// What comes behind this one is on no page.
  private var last: TraceListPlace?
  private var next = 0
  private var end: Int?

  static let few = 1_000
  /// The ranks looked at in one turn, some hundred microseconds; one that has to be made counts as several.
  static let atATime = 16_384
  private static let costOfRunning = 16

  init(_ query: TraceListQuery, isOfAll: Bool = false) {
    self.query = query
    isOfFew = !isOfAll && query.filter.span.isEmpty && !query.isOneOfEachName && query.limit <= Self.few
    filter = RankFilter(query.filter)
  }

  /// One turn, under the store's lock. Returns whether there is more to look at.
  mutating func visit(_ store: borrowing TraceDistillerStore) -> Bool {
    (listing.evicted, listing.losses) = (store.evictedCount, store.losses)
    let end = self.end ?? store.nextHandle
    self.end = end
    filter.begin(in: store)
    var left = Self.atATime
    while next < store.ranks.count, left > 0 {
      let slot = next
      next += 1
      left -= 1
      // An empty slot, or a trace that came after the scan began.
      guard store.ranks[slot].serial > 0, store.ranks[slot].serial < end else { continue }
      if store.ranks[slot].isKept {
        look(at: store.ranks[slot], slot, store)
      } else {
        left -= Self.costOfRunning
        look(at: store.rank(slot: slot), slot, store)
      }
    }
    listing.ofOtherProjects = filter.ofOtherProjects
    return next < store.ranks.count
  }

  @inline(__always)
  private mutating func look(at rank: TraceRank, _ slot: Int, _ store: borrowing TraceDistillerStore) {
    listing.kept += 1
    listing.firstStart = min(listing.firstStart, rank.startTimeUnixNano)
    listing.lastStart = max(listing.lastStart, rank.startTimeUnixNano)
    guard filter.matches(rank, slot, in: store) else { return }
    let place = TraceListPlace(rank, sort: query.sort)
    guard isOfFew else { return found.append(RankedTrace(slot: slot, place: place)) }
    listing.matching += 1
    if let after = query.after, !after.precedes(place) { return }
    listing.rest += 1
    guard query.limit > 0, last.map({ place.precedes($0) }) ?? true else { return }
    found.append(RankedTrace(slot: slot, place: place))
    guard found.count == 2 * query.limit else { return }
    found.sortFirst(query.limit) { $0.place.precedes($1.place) }
    found.removeLast(query.limit)
    last = found.last?.place
  }

  /// The lines of a list of few.
  var firstFound: ArraySlice<RankedTrace> {
    var found = found
    found.sortFirst(query.limit) { $0.place.precedes($1.place) }
    return found.prefix(query.limit)
  }
}
