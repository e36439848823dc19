// The store's tables beside traces and logs (ids, runs, producers): they are counted and bounded as well.

import TraceRecords

extension TraceDistillerStore {
  /// Each of the three kinds of tables (remembered ids, runs, producers) takes at most this share of the byte bound.
  var tableShare: Int { limits.maxBytes / 16 }

  /// Everything that counts against the byte bound.
  package var countedBytes: Int { allocatedBytes + logs.allocatedBytes + tableBytes + analysisBytes + intakeBytes }

  /// Called when sources hold more (or fewer) bytes of unfinished lines. They count twice, because memory freed by traces is in fragments
  /// that return to the system only in part, and up to a quarter of the bound: a line must not evict all traces.
  package mutating func account(intake change: Int) {
    heldBytes += change
    intakeBytes = min(2 * heldBytes, limits.maxBytes / 4)
    if countedBytes > limits.maxBytes { enforceByteBound(grown: -1) }
  }

  /// Evicts completed and abandoned traces to make room for cached analyses, but no running traces and none of those that were requested.
  /// - Returns: the bytes available for analyses.
  mutating func makeRoom(forAnalyses bytes: Int, of asked: [Int]) -> Int {
    while countedBytes - analysisBytes + bytes > limits.maxBytes {
      guard let oldest = [nextToEvict(), completed.first, abandoned.first].first(where: { $0 >= 0 && !asked.contains($0) }) else { break }
      evict(oldest)
    }
    return max(0, limits.maxBytes - countedBytes + analysisBytes)
  }

  /// Updates the counted bytes of the tables: once per batch, because they grow by one entry at a time.
  mutating func accountTables() {
    let ids =
      idTable.allocatedBytes + knownIDs.capacity * MemoryLayout<KnownID>.stride + evictedIDs.capacity * MemoryLayout<EvictedID>.stride
    // The memory that traces use in slots and ranks is counted with the traces; the unused rest is counted here.
    let free = (slots.allocated - liveCount) * MemoryLayout<Slot>.stride + (ranks.capacity - liveCount) * MemoryLayout<TraceRank>.stride
    let order = links.capacity * MemoryLayout<SlotList.Links>.stride + freeSlots.capacity * 8 + liveCount * 48 + ages.allocatedBytes
    tableBytes =
      ids + free + order + runs.allocatedBytes + runSets.allocatedBytes + producerBytes + codeIndex.allocatedBytes
      + signatures.allocatedBytes
    if countedBytes > limits.maxBytes { enforceByteBound(grown: latest.slot) }
  }

  /// An id that is remembered after its traces are gone.
  struct EvictedID: Sendable {
    var row: Int
    /// The stamp of its latest eviction. An older entry is outdated.
    var stamp: Int
    var bytes: Int
  }

  /// Remembers the id of removed traces, within limits on number and bytes.
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
