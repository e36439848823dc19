// What lists sort and filter by, kept beside the traces: 100,000 of them are looked through without opening one.

/// One trace as lists rank it: plain values in a row of their own, so that a scan goes through memory in order.
struct TraceRank: Sendable, BitwiseCopyable {
  /// Order of first record: the larger, the later; the number of the trace's handle. 0 where the slot is empty.
  var serial = 0
  var startTimeUnixNano: Int64 = 0
  var durationNanos: Int64 = 0
  /// A hash of the bytes of its root's name: equal for equal names.
  var name: UInt64 = 0
  var errorCount: Int32 = 0
  var spanCount: Int32 = 0
  var outcome = SpanOutcome.running
  /// False for running traces, whose rank changes with every record, and for slots that are empty.
  var isKept = false

  /// 64 bits that are equal for equal texts; two others share them once in 2^64 pairs.
  static func hash(of bytes: some Sequence<UInt8>) -> UInt64 { StableHash.mix(0, StableHash.of(bytes)) }
}

extension TraceDistillerStore {
  /// Visits every live trace; those that are still told of are ranked at that moment.
  /// - Complexity: O(traces), and O(spans) for those of the running ones that have no root.
  func visitRanks(_ body: (_ slot: Int, TraceRank) -> Void) {
    for slot in ranks.indices where ranks[slot].isKept { body(slot, ranks[slot]) }
    for list in [running, settling] {
      var slot = list.first
      while slot >= 0 {
        body(slot, rank(slot: slot))
        slot = links[slot].next
      }
    }
  }

  /// What its line in a list says, as numbers.
  func rank(slot: Int) -> TraceRank {
    let storage = slots[slot]!.storage
    var rank = TraceRank(serial: slots[slot]!.handle)
    rank.errorCount = Int32(clamping: storage.errorSpanCount)
    rank.spanCount = Int32(clamping: storage.spanCount)
    rank.startTimeUnixNano = storage.minTime == .max ? 0 : storage.minTime
    guard let root = storage.primaryRootRow else { return rank }
    let span = storage.spans[root]
    rank.startTimeUnixNano = span.start
    rank.durationNanos = storage.duration(ofRoot: root)
    rank.outcome = storage.outcome(ofRoot: root)
    rank.name = storage.hash(ofText: span.name)
    return rank
  }

  /// The slot of the trace that is best by an order of ranks.
  func best(where isWanted: (TraceRank) -> Bool, by precedes: (TraceRank, TraceRank) -> Bool) -> Int? {
    var best: (slot: Int, rank: TraceRank)?
    visitRanks { slot, rank in
      guard isWanted(rank) else { return }
      if best.map({ precedes(rank, $0.rank) }) ?? true { best = (slot, rank) }
    }
    return best?.slot
  }
}

extension TraceStorage {
  /// How long the trace took so far.
  func duration(ofRoot root: Int) -> Int64 {
    let span = spans[root]
    return max(0, (span.isOpen ? max(span.start, maxTime) : span.end).subtractingSaturated(span.start))
  }

  func outcome(ofRoot root: Int) -> SpanOutcome {
    let span = spans[root]
    return span.isOpen ? .running : span.flags.contains(.failed) ? .error : .ok
  }

  fileprivate func hash(ofText number: UInt32) -> UInt64 {
    guard let reference = texts.reference(number) else { return 0 }
    return arena.withBytes(reference) { TraceRank.hash(of: $0) }
  }
}
