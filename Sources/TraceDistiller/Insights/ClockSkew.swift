// A call that another service seems to have answered before it was made: their clocks differ, and times between the two are not reliable.

enum ClockSkewDetector: InsightDetector {
  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    let storage = context.trace.snapshot.storage
    var found = InsightsByCall()
    for row in context.order.lazy.map(Int.init) {
      let parent = context.caller(of: row)
      guard parent >= 0, !tree.isDetached[row], !tree.isOpen[row] else { continue }
      // A late end proves nothing: a server may close its span after it has sent the answer. A child that begins before its parent does.
      let early = tree.start[parent].subtractingSaturated(tree.start[row])
      guard early >= InsightContext.leastNanos, !tree.isForgiven(early, row, parent, .usual) else { continue }
      let (service, caller) = (tree.service[row], tree.service[parent])
      // Two services on one host share its clock.
      let (clock, callers) = (storage.clock(of: row), storage.clock(of: parent))
      guard clock != 0, callers != 0, clock != callers else { continue }
      var insight = Insight(kind: .clockSkew, row: row, within: parent, count: 1, rows: [row])
      insight.nanos = early
      found.add(insight, Int32(bitPattern: caller), Int32(bitPattern: service)) { known, more in
        if more.nanos > known.nanos { (known.row, known.within) = (more.row, more.within) }
        known.merge(more)
      }
    }
    return found.insights
  }
}
