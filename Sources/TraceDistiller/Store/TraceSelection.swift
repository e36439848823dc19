// Selects the traces of a shared store that match a filter: first by rank, then by spans, a few traces at a time, because records wait
// meanwhile.

import Platform

extension SharedTraceStore {
  /// The number of rows examined under one lock: about a millisecond.
  private static let rowsAtATime = 16_384
  /// Traces with more rows are copied and examined outside of the lock.
  private static let mostRowsInPlace = 4_096

  /// A page of a list.
  package func listing(_ query: TraceListQuery, now: Int64) -> TraceListing {
    let newest = withLock { store in
      store.advance(to: now)
      return store.newestPage(query, now: now)
    }
    if let newest { return newest }
    var scan = scan(query, now: now)
    if !query.filter.span.isEmpty { scan.found = matching(scan.found, query.filter.span, now: now) }
    return withLock { [scan] store in store.page(of: scan, now: now) }
  }

  /// The kept traces and the time range in which they began.
  package func kept(now: Int64) -> TraceListing {
    var query = TraceListQuery()
    query.limit = 0
    return scan(query, now: now).listing
  }

  /// Looks at all traces, a turn at a time; in between, others have the lock.
  private func scan(_ query: TraceListQuery, isOfAll: Bool = false, now: Int64) -> RankScan {
    var scan = RankScan(query, isOfAll: isOfAll)
    var isFirst = true
    while true {
      let (turned, hasMore) = withLock { [scan, isFirst] store in
        if isFirst { store.advance(to: now) }
        var scan = scan
        let hasMore = scan.visit(store)
        return (scan, hasMore)
      }
      (scan, isFirst) = (turned, false)
      guard hasMore else { return scan }
      // Whoever waits for the lock is awake a moment after it is free: taken again at once, it would never be.
      usleep(20)
    }
  }

  /// All traces that match, the newest first.
  package func select(_ filter: TraceQuery, now: Int64) -> TraceSelection {
    var query = TraceListQuery()
    query.filter = filter
    let scan = scan(query, isOfAll: true, now: now)
    var (listing, found) = (scan.listing, scan.found)
    if !filter.span.isEmpty { found = matching(found, filter.span, now: now) }
    found.sort { $0.place.precedes($1.place) }
    listing.matching = found.count
    return TraceSelection(traces: found, kept: listing)
  }

  /// All traces that meet the conditions for traces, the newest first, without checking spans.
  package func candidates(_ filter: TraceQuery, now: Int64) -> TraceSelection {
    var own = TraceListQuery()
    own.filter = filter
    let scan = scan(own, isOfAll: true, now: now)
    return TraceSelection(traces: scan.found.sorted { $0.place.precedes($1.place) }, kept: scan.listing)
  }

  /// The lines whose traces match, without those that were removed meanwhile.
  package func matching(_ lines: [TraceOverview], _ filter: TraceQuery, now: Int64) -> [TraceOverview] {
    let left = withLock { store in
      var ranks = RankFilter(filter)
      ranks.begin(in: store)
      return lines.filter { line in
        store.isLive(line.slot, serial: line.serial) && ranks.matches(store.rank(slot: line.slot), line.slot, in: store)
      }
    }
    guard !filter.span.isEmpty else { return left }
    let traces = left.map { RankedTrace(slot: $0.slot, place: TraceListPlace($0, sort: .recent)) }
    let serials = Set(matching(traces, filter.span, now: now).map(\.place.serial))
    return left.filter { serials.contains($0.serial) }
  }

  /// The lines of the traces, in order, without those that were removed meanwhile.
  package func overviews(of traces: [RankedTrace], now: Int64) -> [TraceOverview] {
    var lines: [TraceOverview] = []
    lines.reserveCapacity(traces.count)
    for start in stride(from: 0, to: traces.count, by: 256) {
      let some = traces[start..<min(start + 256, traces.count)]
      lines += withLock { store in some.compactMap { store.overview(of: ($0.slot, $0.place.serial), now: now) } }
    }
    return lines
  }

  /// The first of the traces, up to so many spans, without those of which is known that their spans are called as those of one before them are.
  package func oneOfEachKind(_ traces: [RankedTrace], spans most: Int) -> [RankedTrace] {
    withLock { store in
      var known: Set<UInt32> = []
      var (left, kept) = (most, [RankedTrace]())
      for trace in traces where store.isLive(trace.slot, serial: trace.place.serial) {
        guard left > 0 else { break }
        left -= store.slots.withSlot(trace.slot) { $0.pointee.storage.spanCount }
        let kind = store.signatures.kind(trace.slot)
        if kind == 0 || known.insert(kind).inserted { kept.append(trace) }
      }
      return kept
    }
  }

  /// A copy of a trace; nil if it is gone by now.
  package func snapshot(of trace: RankedTrace, now: Int64) -> TraceSnapshot? {
    withLock { $0.isLive(trace.slot, serial: trace.place.serial) ? $0.snapshot(slot: trace.slot, now: now) : nil }
  }

  /// Visits traces in their order, until the body says false or nobody waits any more: small ones in place, some at a time under one lock, large ones as
  /// copies outside of it. Those that went meanwhile are passed over.
  /// - Parameters:
  ///   - conditions: Traces of which is known that none of their spans meets these are passed over as well. The first search makes what is known.
  ///   - passedOver: Told how many spans such a trace has.
  ///   - surely: Told of traces of which is known, without opening them, that one of their spans meets the conditions; where it is left out, they are visited.
  ///   - body: Told the trace and its storage; `snapshot` copies it.
  package func visit(
    _ traces: [RankedTrace], now: Int64, matching conditions: SpanConditions? = nil, passedOver: (Int) -> Void = { _ in },
    surely: ((RankedTrace) -> Void)? = nil, _ body: (RankedTrace, UnsafePointer<TraceStorage>, _ snapshot: () -> TraceSnapshot?) -> Bool
  ) {
    var rest = traces[...]
    var wanted = WantedSignature()
    let conditions = conditions.flatMap { $0.isEmpty ? nil : $0 }
    let hasRegex = conditions?.texts.contains { $0.isRegex } ?? false
    while !rest.isEmpty, !Task.isCancelled {
      let (visited, isOver, large) = withLock { store -> (Int, Bool, TraceSnapshot?) in
        // Moved out of the store, because traces are read while signatures are written.
        var signatures = SignatureTable()
        swap(&signatures, &store.signatures)
        defer {
          swap(&signatures, &store.signatures)
          // Memory that a search allocates counts like that of records.
          if conditions != nil { store.accountTables() }
        }
        var (visited, rows) = (0, 0)
        let workBefore = hasRegex ? conditions?.work ?? 0 : 0
        for (place, trace) in zip(rest.indices, rest) {
          // The texts of those that come next are on their way while this one's are looked at: memory is what a search waits for.
          if wanted.asksTexts {
            if place + 8 < rest.endIndex { store.slots.prefetch(rest[place + 8].slot) }
            if place + 4 < rest.endIndex { store.slots.prefetchTexts(rest[place + 4].slot) }
          }
          if rows + (hasRegex ? (conditions?.work ?? 0) - workBefore : 0) > Self.rowsAtATime { break }
          guard store.isLive(trace.slot, serial: trace.place.serial) else {
            visited += 1
            continue
          }
          if let conditions {
            if !wanted.isCurrent(signatures.textCount) { wanted = WantedSignature(conditions, signatures.texts) }
            switch signatures.verdict(wanted, trace.slot) {
            case .no:
              (visited, rows) = (visited + 1, rows + 1)
              passedOver(Int(store.ranks[trace.slot].spanCount))
              continue
            case .yes:
              guard let surely else { break }
              (visited, rows) = (visited + 1, rows + 1)
              surely(trace)
              continue
            case .maybe, .unknown: break
            }
          }
          let count = store.slots.withSlot(trace.slot) { $0.pointee.storage.spans.count }
          if count > Self.mostRowsInPlace {
            // A large trace is copied alone and at the beginning of a turn: the traces before it have used enough time under the lock.
            return visited > 0 ? (visited, false, nil) : (1, false, store.snapshot(slot: trace.slot, now: now))
          }
          visited += 1
          rows += count + 16
          let goesOn = store.slots.withSlot(trace.slot) { live in
            if conditions != nil, store.ranks[trace.slot].isKept {
              if let signature = signatures.signature(trace.slot) {
                guard live.withStorage({ wanted.mayHaveTexts($0, signature) }) else {
                  passedOver(Int(store.ranks[trace.slot].spanCount))
                  return true
                }
              } else {
                live.withStorage { signatures.sign(trace.slot, of: store.slots.count, $0) }
                rows += count
              }
            }
            return live.withStorage { body(trace, $0, { store.snapshot(slot: trace.slot, now: now) }) }
          }
          guard goesOn else { return (visited, true, nil) }
        }
        return (visited, false, nil)
      }
      if let large, let trace = rest.first, !withUnsafePointer(to: large.storage, { body(trace, $0, { large }) }) { return }
      if isOver { return }
      rest = rest.dropFirst(visited)
    }
  }

  private func matching(_ traces: [RankedTrace], _ conditions: SpanConditions, now: Int64) -> [RankedTrace] {
    var scan = SpanScan(conditions)
    var found: [RankedTrace] = []
    var sure: [RankedTrace] = []
    let keep: (RankedTrace) -> Void = { sure.append($0) }
    visit(traces, now: now, matching: conditions, surely: keep) { trace, storage, _ in
      if scan.matchesAny(in: storage) { found.append(trace) }
      return true
    }
    return found + sure
  }
}

/// The traces that a filter selected, and the totals.
package struct TraceSelection: Sendable {
  /// The newest first.
  package var traces: [RankedTrace]
  /// The number of kept traces, and the time range in which they began.
  package var kept: TraceListing
}

extension TraceDistillerStore {
  func isLive(_ slot: Int, serial: Int) -> Bool { ranks.indices.contains(slot) && ranks[slot].serial == serial }
}
