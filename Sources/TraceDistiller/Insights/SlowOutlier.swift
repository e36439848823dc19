// One call that took much longer than similar ones.

enum SlowOutlierDetector: InsightDetector {
  /// With fewer siblings, there is no usual duration.
  static let leastSiblings = 8
  /// Multiple of the median; see distilling.md, "Folding".
  static let factor: Int64 = 3
  /// Of the root's duration: the time above the median.
  static let leastPercent: Int64 = 5

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    var found = InsightsByCall()
    for group in context.groups where group.count >= leastSiblings {
      guard group.longestNanos >= InsightContext.leastNanos, group.criticalNanos >= InsightContext.leastNanos else { continue }
      let members = context.members(of: group).lazy.map(Int.init)
      var durations = Array(members.map { tree.duration($0) })
      let median = durations.select(durations.count / 2)
      let limit = max(
        median.multipliedReportingOverflow(by: factor).overflow ? Int64.max : median * factor,
        median.addingSaturated(InsightContext.leastNanos))
      guard group.longestNanos > limit else { continue }
      // With 20 or more siblings, only those above the 95th percentile.
      let rank = durations.count >= 20 ? durations.select(durations.count - 1 - durations.count / 20) : 0
      var outliers: [Int] = []
      var excess = PathParts()
      for row in members where tree.duration(row) > limit && tree.duration(row) > rank && !tree.isOpen[row] && !context.isFailed(row) {
        outliers.append(row)
        excess.formUnion(context.path(below: row).suffix(tree.duration(row) - median))
      }
      // If many are slow, slow is usual.
      guard !outliers.isEmpty, outliers.count <= max(1, group.count / 10) else { continue }
      // If a reported loop has many outliers with little of its time, the loop itself is the finding.
      if outliers.count > FoldedTree.mostOutliers, let loop = claims.repeated[context.keys[group.parent]], excess.nanos < loop / 4 {
        continue
      }
      outliers.sort { left, right in
        tree.duration(left) != tree.duration(right) ? tree.duration(left) > tree.duration(right) : tree.startPrecedes(left, right)
      }
      var insight = Insight(kind: .slowOutlier, row: outliers[0], within: group.parent, count: outliers.count, rows: [])
      for row in outliers { insight.add(row: row) }
      insight.add(excess)
      insight.nanos = median
      insight.calls = [Insight.Call(row: outliers[0], count: group.count)]
      found.add(insight, context.keys[group.parent], group.key) { known, more in
        let (all, usual) = (known.calls[0].count + more.calls[0].count, known.nanos)
        let isWorse = tree.duration(more.row) > tree.duration(known.row)
        known.merge(more)
        if isWorse { (known.row, known.within, known.nanos) = (more.row, more.within, more.nanos) } else { known.nanos = usual }
        known.calls = [Insight.Call(row: known.row, count: all)]
        known.rows = [known.row] + known.rows.filter { $0 != known.row }.prefix(Insight.maxRows - 1)
      }
    }
    return found.insights.filter { $0.costNanos >= context.least(percent: leastPercent) }
  }
}
