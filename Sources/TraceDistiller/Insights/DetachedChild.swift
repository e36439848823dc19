// A call that continues after its caller has ended without being marked as detached: its result and its failure are never seen.

enum DetachedChildDetector: InsightDetector {
  /// Of the root's duration. A child that closes only slightly late was merely written late.
  static let leastPercent: Int64 = 1

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    let least = context.least(percent: leastPercent)
    var found = InsightsByCall()
    for row in context.order.lazy.map(Int.init) {
      let parent = context.caller(of: row)
      guard parent >= 0, !tree.isDetached[row], !tree.isOpen[row], !tree.isOpen[parent] else { continue }
      let beyond = tree.end[row].subtractingSaturated(tree.end[parent])
      // A span that starts after its caller's end was caused by it, not called by it.
      guard tree.start[row] < tree.end[parent] else { continue }
      // The clocks of two services may differ.
      guard beyond >= least, !tree.isForgiven(beyond, row, parent, .usual), tree.service[row] == tree.service[parent] else { continue }
      var insight = Insight(kind: .detachedChild, row: row, within: parent, count: 1, rows: [row])
      insight.nanos = beyond
      found.add(insight, context.keys[parent], context.keys[row]) { known, more in
        if more.nanos > known.nanos { (known.row, known.within) = (more.row, more.within) }
        known.merge(more)
      }
    }
    return found.insights
  }
}
