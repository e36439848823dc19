// Spans that never ended although their callers did: a missing end, a leaked task, or a crash.

enum NeverEndedDetector: InsightDetector {
  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    var found = InsightsByCall()
    for row in context.order.lazy.map(Int.init) where tree.isOpen[row] {
      let parent = context.caller(of: row)
      // While the caller is running, so may the call. A detached one may run longer for good reasons.
      guard parent >= 0, !tree.isOpen[parent], !tree.isDetached[row] else { continue }
      let insight = Insight(kind: .neverEnded, row: row, within: parent, count: 1, rows: [row])
      found.add(insight, context.keys[parent], context.keys[row]) { $0.merge($1) }
    }
    return found.insights
  }
}
