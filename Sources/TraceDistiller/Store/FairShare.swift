// Which completed trace goes first when room is needed: the oldest, but not one of the last ten of a service, so that one that sends a
// lot does not push the others out.

/// How many completed traces each group has (a root's service, or else its name), and which of the oldest are left alone.
struct FairShare: Sendable {
  /// The last traces of a group are kept while others can go.
  static let kept: Int32 = 10
  /// Of more groups the further ones share one: what is left alone stays a small part of the store.
  static let maxGroups = 64
  /// The group of those that came when there were as many.
  private static let rest: UInt32 = 0

  private var counts: [UInt32: Int32] = [:]
  /// The last of the oldest traces that are known to be left alone; -1 if the first has to be looked at. The groups of these traces.
  private(set) var passed = -1
  private var passedGroups: Set<UInt32> = []

  private func key(_ group: UInt32) -> UInt32 { counts[group] != nil ? group : Self.rest }

  /// A trace has completed. Returns the group that it counts in.
  mutating func add(_ group: UInt32) -> UInt32 {
    let group = counts[group] != nil || counts.count < Self.maxGroups ? group : Self.rest
    counts[group, default: 0] += 1
    if counts[group] == Self.kept + 1, passedGroups.contains(group) { forgetPassed() }
    return group
  }

  /// A trace is no longer among the completed ones.
  mutating func remove(_ group: UInt32, _ slot: Int) {
    if slot == passed { forgetPassed() }
    guard let count = counts[group] else { return }
    counts[group] = count > 1 ? count - 1 : nil
  }

  func leavesAlone(_ group: UInt32) -> Bool { counts[group] ?? 0 <= Self.kept }

  mutating func pass(_ slot: Int, _ group: UInt32) {
    passed = slot
    passedGroups.insert(group)
  }

  private mutating func forgetPassed() {
    passed = -1
    passedGroups.removeAll(keepingCapacity: true)
  }
}

extension TraceDistillerStore {
  /// Larger traces are not left alone: those of all groups together take no more than half of the bound.
  private var largestLeftAlone: Int { limits.maxBytes / (2 * Int(FairShare.kept) * FairShare.maxGroups) }

  /// The completed trace that goes next: the oldest that is not among the last of its group, or else the oldest. -1 if there is none.
  /// - Complexity: O(1) on average: traces that are left alone are passed once.
  mutating func nextToEvict() -> Int {
    var slot = fairShare.passed >= 0 ? links[fairShare.passed].next : completed.first
    while slot >= 0 {
      let group = ranks[slot].group
      guard fairShare.leavesAlone(group), slots.withSlot(slot, { $0.pointee.bytes }) <= largestLeftAlone else {
        if slot != completed.first { statistics.sparedTraces += 1 }
        return slot
      }
      fairShare.pass(slot, group)
      slot = links[slot].next
    }
    return completed.first
  }
}
