// What the store keeps beside traces and logs (ids, runs, producers): counted like them, and bounded like them.

import TraceRecords

extension TraceDistillerStore {
  /// Each of three kinds of tables, remembered ids, runs and producers, takes at most this share of the byte bound.
  var tableShare: Int { limits.maxBytes / 16 }

  /// Everything that counts against the byte bound.
  package var countedBytes: Int { allocatedBytes + logs.allocatedBytes + tableBytes + analysisBytes + intakeBytes }

  /// Sources hold so many bytes more (or fewer) of lines that have not ended. They count twice, because what traces leave lies in pieces of which only
  /// a part goes back to the system, and up to a quarter of the bound: no line is worth all traces.
  package mutating func account(intake change: Int) {
    heldBytes += change
    intakeBytes = min(2 * heldBytes, limits.maxBytes / 4)
    if countedBytes > limits.maxBytes { enforceByteBound(grown: -1) }
  }

  /// Completed and abandoned traces go for what was computed of others, no trace that runs and none of those that were asked about.
  /// - Returns: how many bytes analyses may take.
  mutating func makeRoom(forAnalyses bytes: Int, of asked: [Int]) -> Int {
    while countedBytes - analysisBytes + bytes > limits.maxBytes {
      guard let oldest = [completed.first, abandoned.first].first(where: { $0 >= 0 && !asked.contains($0) }) else { break }
      evict(oldest)
    }
    return max(0, limits.maxBytes - countedBytes + analysisBytes)
  }

  /// Brings the account of the tables up to date: once a batch, as they grow by an entry at a time.
  mutating func accountTables() {
    let ids =
      idTable.allocatedBytes + knownIDs.capacity * MemoryLayout<KnownID>.stride + evictedIDs.capacity * MemoryLayout<EvictedID>.stride
    // Of traces, their own account has what they take of slots and ranks; what is free of them is here.
    let free = (slots.allocated - liveCount) * MemoryLayout<Slot>.stride + (ranks.capacity - liveCount) * MemoryLayout<TraceRank>.stride
    let order = links.capacity * MemoryLayout<SlotList.Links>.stride + freeSlots.capacity * 8 + liveCount * 48
    tableBytes = ids + free + order + runs.allocatedBytes + producerBytes + codeIndex.allocatedBytes + signatures.allocatedBytes
    if countedBytes > limits.maxBytes { enforceByteBound(grown: latest.slot) }
  }

  /// An id that outlives its traces.
  struct EvictedID: Sendable {
    var row: Int
    /// That of its latest eviction; an older entry is stale.
    var stamp: Int
    var bytes: Int
  }

  /// Remembers the id of traces that are gone, within the bounds of number and bytes.
  mutating func remember(evicted row: Int) {
    knownIDs[row].evictionStamp += 1
    let bytes = ByteTable.bytes(ofKey: idTable[row].count) + MemoryLayout<KnownID>.stride + MemoryLayout<EvictedID>.stride
    evictedIDs.append(EvictedID(row: row, stamp: knownIDs[row].evictionStamp, bytes: bytes))
    rememberedBytes += bytes
    while evictedIDs.count - evictedHead > limits.maxEvictedIDs || evictedHead < evictedIDs.count && rememberedBytes > tableShare {
      let oldest = evictedIDs[evictedHead]
      evictedHead += 1
      rememberedBytes -= oldest.bytes
      guard knownIDs[oldest.row].slots.isEmpty, knownIDs[oldest.row].evictionStamp == oldest.stamp else { continue }
      idTable.remove(row: oldest.row)
      knownIDs[oldest.row] = KnownID()
    }
    if evictedHead > min(1_024, limits.maxEvictedIDs), evictedHead * 2 >= evictedIDs.count {
      evictedIDs.removeFirst(evictedHead)
      evictedHead = 0
    }
  }
}
