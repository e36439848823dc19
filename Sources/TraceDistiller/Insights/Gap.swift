// Time between two calls of one span in which nothing seems to happen. Time before its first call and after its last belongs to
// UncoveredTime.

import TraceRecords

enum GapDetector: InsightDetector {
  /// Of the root's duration, for all gaps of one kind together, and at least this long: code between two calls may well run for
  /// milliseconds.
  static let leastPercent: Int64 = 10
  static let leastNanos: Int64 = 5_000_000
  /// The minimum of a single gap, in thousandths of the root's duration: short work between the calls of a loop is not a gap.
  static let leastPerMille: Int64 = 10

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    var found = InsightsByCall()
    var costs: [Int: Int64] = [:]
    let leastHole = max(InsightContext.leastNanos / 2, context.rootNanos / 1_000 * leastPerMille)
    for row in context.order.lazy.map(Int.init) {
      guard context.trace.criticalNanos[row] >= leastHole, !context.tree.isOpen[row] else { continue }
      let children = context.tree.children(of: row)
      // For a group it is not known when its calls ran.
      guard !children.isEmpty, !context.isStandIn(row),
        !children.contains(where: { context.isStandIn(Int($0)) })
      else { continue }
      guard CalleeWaitDetector.callee(of: row, context) == nil else { continue }
      guard let insight = holes(row, children, leastHole, context, claims) else { continue }
      costs[row] = insight.costNanos
      found.add(insight, context.keys[row], -1) { known, more in
        // The largest gap is the one that is named.
        if more.nanos > known.nanos { (known.row, known.within) = (more.row, more.within) }
        known.merge(more)
      }
    }
    let told = found.insights.filter { $0.costNanos >= max(leastNanos, context.least(percent: leastPercent)) }
    let keys = Set(told.map { context.keys[$0.row] })
    for (row, nanos) in costs where keys.contains(context.keys[row]) { claims.gaps[row] = nanos }
    return told
  }

  private static func holes(
    _ row: Int, _ children: ArraySlice<Int32>, _ leastHole: Int64, _ context: InsightContext, _ claims: InsightClaims
  ) -> Insight? {
    let tree = context.tree
    var insight = Insight(kind: .gap, row: row, within: nil, count: 0, rows: [row])
    var reach = tree.start[row]
    var before: Int?
    func look(until time: Int64, next: Int) {
      guard let before, time.subtractingSaturated(reach) >= leastHole else { return }
      // The pause before a retry is reported as a retry.
      if claims.retried.contains(before) { return }
      var hole = context.path(of: row, from: reach, to: time)
      // Time between repeated calls that the loop's insight reports is not reported again.
      if let told = claims.loops[row] { hole = hole.subtracting(told) }
      let cost = hole.nanos
      guard cost >= leastHole else { return }
      insight.count += 1
      insight.add(hole)
      if cost > insight.nanos {
        insight.nanos = cost
        insight.within = before
        insight.rows = [row, before, next]
      }
    }
    for child in children.lazy.map(Int.init) where !tree.isDetached[child] {
      look(until: min(tree.start[child], tree.end[row]), next: child)
      if tree.end[child] > reach {
        reach = tree.end[child]
        before = child
      }
    }
    return insight.count > 0 ? insight : nil
  }
}
