// The values by which lists sort and filter, stored apart from the traces: 100,000 of them are scanned without reading any trace.

/// One trace as lists see it: plain values in a row of their own, so that a scan reads memory sequentially.
struct TraceRank: Sendable, BitwiseCopyable {
  /// The order of first records, also the number in the trace's handle; larger means later. 0 if the slot is empty.
  var serial = 0
  var startTimeUnixNano: Int64 = 0
  var durationNanos: Int64 = 0
  /// A hash of the bytes of its root's name: equal for equal names.
  var name: UInt64 = 0
  var errorCount: Int32 = 0
  var spanCount: Int32 = 0
  /// The service of its root, or else the root's name, as a hash: who shares the bound. 0 if neither is known.
  var group: UInt32 = 0
  var outcome = SpanOutcome.running
  /// False for running traces, whose rank changes with every record, and for empty slots.
  var isKept = false
  /// The number of the set of its runs.
  var runSet = RunSets.empty

  /// 64 bits that are equal for equal texts. Different texts collide with a probability of 2^-64.
  static func hash(of bytes: some Sequence<UInt8>) -> UInt64 { StableHash.mix(0, StableHash.of(bytes)) }
}

extension TraceDistillerStore {
  /// Visits every live trace. Running traces are ranked during the visit.
  /// - Complexity: O(traces), plus O(spans) for running traces without a root.
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

  /// The values of its line in a list, as numbers. Read in place: a list asks this of every trace that has not ended.
  func rank(slot: Int) -> TraceRank {
    slots.withSlot(slot) { live in
      var rank = TraceRank(serial: live.pointee.handle, runSet: ranks[slot].runSet)
      live.withStorage { storage in
        rank.errorCount = Int32(clamping: storage.pointee.errorSpanCount)
        rank.spanCount = Int32(clamping: storage.pointee.spanCount)
        rank.startTimeUnixNano = storage.pointee.minTime == .max ? 0 : storage.pointee.minTime
        guard let root = storage.pointee.primaryRootRow else { return }
        rank.startTimeUnixNano = storage.pointee.spans[root].start
        rank.durationNanos = storage.pointee.duration(ofRoot: root)
        rank.outcome = storage.pointee.outcome(ofRoot: root)
        rank.name = storage.pointee.hash(ofText: storage.pointee.spans[root].name)
      }
      return rank
    }
  }

  /// Who shares the byte bound with other traces of its kind: see `FairShare`.
  func group(slot: Int) -> UInt32 {
    let hash = slots.withSlot(slot) { live in
      live.withStorage { storage -> UInt64 in
        guard let root = storage.pointee.primaryRootRow else { return 0 }
        let span = storage.pointee.spans[root]
        return storage.pointee.hash(ofText: span.service == 0 ? span.name : span.service)
      }
    }
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }

  /// The slot of the best trace in an order of ranks.
  func best(
    of project: ProjectCondition?, where isWanted: (TraceRank) -> Bool = { _ in true }, by precedes: (TraceRank, TraceRank) -> Bool
  ) -> Int? {
    var best: (slot: Int, rank: TraceRank)?
    var verdicts = ProjectVerdicts(project, in: self)
    visitRanks { slot, rank in
      guard isWanted(rank) else { return }
      guard best.map({ precedes(rank, $0.rank) }) ?? true else { return }
      if let isWithin = verdicts?.includes(rank.runSet, slot, in: self), !isWithin { return }
      best = (slot, rank)
    }
    return best?.slot
  }
}

extension TraceStorage {
  /// The duration of the trace so far.
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
