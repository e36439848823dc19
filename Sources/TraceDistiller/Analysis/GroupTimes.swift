// Places groups that arrived pruned in their caller's time: the records do not say when each call ran.

import TraceRecords

extension CallTree {
  /// Places groups one after the other, as far as the last call of each allows. Similar calls of a loop alternate; side by side the groups
  /// would hide each other.
  ///
  ///     caller   ├──────────────────────────┤
  ///     reported  a├──┤ … ├──┤   b├──┤ … ├──┤     both from the first call to the last
  ///     placed    a├──────────┤b├─────────┤        as long as the calls of each took together
  mutating func layGroupsOut(_ storage: TraceStorage) {
    guard storage.prunedSpans > 0 else { return }
    for parent in 0..<count where isIncluded[parent] {
      var reach = Int64.min
      for row in children(of: parent).map(Int.init) where flags[row].contains(.pruned) {
        let length = duration(row)
        let latest = max(start[row], (storage.folds[UInt32(row)]?.endNanos ?? end[row]).subtractingSaturated(length))
        start[row] = min(max(start[row], reach), latest)
        end[row] = start[row].addingSaturated(length)
        reach = max(reach, end[row])
      }
    }
  }
}

extension DistilledTrace {
  /// The number of calls that a row stands for: 1, or the size of its group.
  package func calls(of row: Int) -> Int { tree.flags[row].contains(.collapsed) ? snapshot.storage.folds[UInt32(row)]?.count ?? 1 : 1 }
}
