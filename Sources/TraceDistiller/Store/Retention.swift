// How long traces are kept: the orders in which they settle, complete, are abandoned and are evicted.

extension TraceDistillerStore {
  /// Advances time: traces that were quiet long enough complete, those without records for too long are abandoned, and the limit on their
  /// number is enforced.
  /// - Complexity: O(traces that change).
  package mutating func advance(to now: Int64) {
    while settling.first >= 0, now - slots[settling.first]!.lastArrival >= limits.quietNanos { end(settling.first, as: .completed) }
    while running.first >= 0, now - slots[running.first]!.lastArrival >= limits.maxLiveNanos { end(running.first, as: .abandoned) }
    while limits.maxTraces > 0, completed.count > limits.maxTraces { evict(completed.first) }
  }

  /// The sources have ended (a file was read to its end): every structurally complete trace completes.
  package mutating func finishInput(now: Int64) {
    while settling.first >= 0 { end(settling.first, as: .completed) }
    advance(to: now)
  }

  /// Ends a running trace with the given state.
  mutating func end(_ slot: Int, as state: TraceState) {
    if state == .completed {
      statistics.tracesCompleted += 1
      slots[slot]!.completion = takeCompletion()
    } else {
      statistics.tracesAbandoned += 1
    }
    move(slot, to: state)
    slots[slot]!.storage.seal()
    ranks[slot] = rank(slot: slot)
    ranks[slot].isKept = true
    if state == .completed { ranks[slot].group = fairShare.add(group(slot: slot)) }
    account(slot)
    note(state == .completed ? .completed : .abandoned, slot)
  }

  /// Moves a trace to the end of a state's order.
  mutating func move(_ slot: Int, to state: TraceState) {
    let old = slots[slot]!.state
    if old == state, list(state).last == slot { return }
    ranks[slot].isKept = false
    signatures.forget(slot)
    noteUnpacked(slot)
    if old == .completed { fairShare.remove(ranks[slot].group, slot) }
    withList(old) { $0.remove(slot, &$1) }
    withList(state) { $0.append(slot, &$1) }
    slots[slot]!.state = state
    if old == .completed || old == .abandoned { note(.reopened, slot) }
    switch (isLive(old), isLive(state)) {
    case (true, false): runs.traceEnded(slots[slot]!.run)
    case (false, true): runs.traceBegan(slots[slot]!.run)
    default: break
    }
  }

  /// Whole traces that wait for quiet, laid out for records that may still come. Those that were silent longest beyond these are packed: a file's traces all
  /// wait until its end, and a busy pipe's for half a second.
  static let mostUnpacked = 1_024
  /// Larger ones wait until they are complete: a late record would lay all of their rows out again.
  private static let mostRowsOfPacked = 4_096

  /// Packs the settling traces that come first in their order.
  mutating func packSettled() {
    while settling.count - packedCount > Self.mostUnpacked {
      let slot = lastPacked < 0 ? settling.first : links[lastPacked].next
      guard slot >= 0, slot != settling.last else { return }
      if slots[slot]!.storage.spans.count <= Self.mostRowsOfPacked {
        slots[slot]!.storage.seal()
        account(slot)
      }
      slots[slot]!.isPacked = true
      (lastPacked, packedCount) = (slot, packedCount + 1)
    }
  }

  /// A trace leaves its place in its order.
  private mutating func noteUnpacked(_ slot: Int) {
    guard slots[slot]!.isPacked else { return }
    slots[slot]!.isPacked = false
    packedCount -= 1
    if lastPacked == slot { lastPacked = links[slot].previous }
  }

  /// For runs, a trace is over once it is structurally complete: the next program of a shell loop may start before half a second of quiet.
  private func isLive(_ state: TraceState) -> Bool { state == .running }

  func list(_ state: TraceState) -> SlotList {
    switch state {
    case .running: running
    case .settling: settling
    case .completed: completed
    case .abandoned: abandoned
    }
  }

  private mutating func withList(_ state: TraceState, _ body: (inout SlotList, inout [SlotList.Links]) -> Void) {
    switch state {
    case .running: body(&running, &links)
    case .settling: body(&settling, &links)
    case .completed: body(&completed, &links)
    case .abandoned: body(&abandoned, &links)
    }
  }

  /// Updates the counted bytes of a trace.
  mutating func account(_ slot: Int) {
    let bytes = slots[slot]!.countedBytes
    allocatedBytes += bytes - slots[slot]!.bytes
    slots[slot]!.bytes = bytes
  }

  /// Evicts in this order: completed traces (oldest completion first, the last ten of each service after all others), abandoned ones, ended subtrees of the largest traces, the least
  /// recently updated running trace. The trace that just grew is the last. Module logs and tables have bounds of their own inside this one.
  /// - Parameter grown: the trace that just grew; -1 if logs grew.
  mutating func enforceByteBound(grown: Int) {
    while countedBytes > limits.maxBytes {
      if completed.first >= 0 {
        evict(nextToEvict())
      } else if abandoned.first >= 0 {
        evict(abandoned.first)
      } else if collapseLargest() {
        continue
      } else if settling.first >= 0, settling.first != grown {
        evict(settling.first)
      } else if running.first >= 0, running.first != grown {
        evict(running.first)
      } else if grown >= 0, slots[grown] != nil {
        evict(grown)
      } else {
        return
      }
    }
  }

  /// Folds ended subtrees of the largest running trace that has grown enough since the last time. Returns false if there is none.
  private mutating func collapseLargest() -> Bool {
    var largest = -1
    for candidate in collapsible {
      let isLarger = largest < 0 || slots[candidate].map { ($0.bytes, -candidate) > (slots[largest]!.bytes, -largest) } ?? false
      if slots[candidate]?.state == .running, isLarger { largest = candidate }
    }
    guard largest >= 0 else {
      collapsible.removeAll()
      return false
    }
    collapsible.remove(largest)
    let folded = slots[largest]!.storage.collapseEndedSubtrees()
    slots[largest]!.collapsedAtRows = max(1_024, slots[largest]!.storage.spans.count)
    slots[largest]!.revision += 1
    note(.changed, largest)
    statistics.collapsedSpans += UInt64(folded)
    account(largest)
    return true
  }

  /// The number of evicted traces.
  package var evictedCount: UInt64 { statistics.evictedCompleted + statistics.evictedAbandoned + statistics.evictedRunning }

  /// Evicts a trace.
  mutating func evict(_ number: Int) {
    switch slots[number]?.state {
    case nil: return
    case .completed: statistics.evictedCompleted += 1
    case .abandoned: statistics.evictedAbandoned += 1
    case .settling:
      // It was structurally complete, but not quiet yet.
      statistics.evictedCompleted += 1
    case .running: statistics.evictedRunning += 1
    }
    forget(number)
  }

  /// Removes a trace. Its id is remembered, so that late records are distinguished from new ones.
  mutating func forget(_ number: Int) {
    guard let state = slots[number]?.state, let idRow = slots[number]?.idRow else { return }
    note(.evicted, number)
    if isLive(state) { runs.traceEnded(slots[number]!.run) }
    if state == .completed { latestLostCompletion = max(latestLostCompletion, slots[number]!.completion) }
    runs.traceForgotten(slots[number]!.run)
    for run in slots[number]!.otherRuns { runs.traceForgotten(run) }
    collapsible.remove(number)
    if slots[number]!.storage.hasPlaces { unindexPlaces(of: number) }
    noteUnpacked(number)
    if state == .completed { fairShare.remove(ranks[number].group, number) }
    withList(state) { $0.remove(number, &$1) }
    allocatedBytes -= slots[number]!.bytes
    slots.free(number)
    ages.remove(number)
    runSets.remove(ranks[number].runSet)
    ranks[number] = TraceRank()
    signatures.forget(number)
    if latest.slot == number { latest.slot = -1 }
    freeSlots.append(number)
    knownIDs[idRow].slots.removeAll { $0 == number }
    guard knownIDs[idRow].slots.isEmpty else { return }
    remember(evicted: idRow)
  }
}
