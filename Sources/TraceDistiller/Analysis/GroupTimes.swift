// Where in their caller's time groups are put that came pruned: nobody told when each call ran.

import TraceRecords

extension CallTree {
  /// One behind the other, as far as the last call of each allows: alike calls of a loop take turns, and side by side they would hide each other.
  ///
  ///     caller   ├──────────────────────────┤
  ///     told      a├──┤ … ├──┤   b├──┤ … ├──┤     both from the first turn to the last
  ///     put       a├──────────┤b├─────────┤        as long as the calls of each took together
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
  /// How many calls a row stands for: 1, or those of its group.
  package func calls(of row: Int) -> Int { tree.flags[row].contains(.collapsed) ? snapshot.storage.folds[UInt32(row)]?.count ?? 1 : 1 }
}
