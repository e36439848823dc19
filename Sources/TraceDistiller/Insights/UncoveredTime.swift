// Where a span's self time is: in one interval or in many, before its first call, between two calls, or after its last. If most of a trace
// is not covered by spans, this is reported first, because the problem is where nothing was recorded.

enum UncoveredTimeDetector: InsightDetector {
  static let leastNanos: Int64 = 5_000_000
  /// Of the root's duration, for a span below the root.
  static let leastPercent: Int64 = 20
  /// Of the root's duration, for the root.
  static let leastRootPercent: Int64 = 50
  /// Of the uncovered time, from which on a single interval counts as all of it.
  static let onePercent: Int64 = 80

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    var found = InsightsByCall()
    guard let root = context.order.first.map(Int.init) else { return [] }
    for row in context.order.lazy.map(Int.init) {
      let least = context.least(percent: row == root ? leastRootPercent : leastPercent)
      guard context.trace.criticalNanos[row] >= max(least, leastNanos), !context.tree.isOpen[row] else { continue }
      guard !context.tree.flags[row].contains(.collapsed), CalleeWaitDetector.callee(of: row, context) == nil else { continue }
      guard let insight = stretches(row, isRoot: row == root, max(least, leastNanos), context, claims) else { continue }
      found.add(insight, context.keys[row], row == root ? 0 : 1) { known, more in
        if more.nanos > known.nanos {
          (known.row, known.within, known.stretch, known.nanos) = (more.row, more.within, more.stretch, more.nanos)
        }
        known.merge(more)
      }
    }
    return found.insights
  }

  private static func stretches(_ row: Int, isRoot: Bool, _ least: Int64, _ context: InsightContext, _ claims: InsightClaims) -> Insight? {
    let tree = context.tree
    let children = tree.children(of: row)
    // For a span without calls its duration already says everything, unless the span is the whole trace.
    guard !children.isEmpty || isRoot else { return nil }
    var insight = Insight(kind: .uncoveredTime, row: row, within: nil, count: 1, rows: [row])
    var largest = (nanos: Int64(0), before: Int?.none, after: Int?.none)
    var (sum, longStretches) = (Int64(0), 0)
    func look(from: Int64, to: Int64, before: Int?, after: Int?) {
      var stretch = context.path(of: row, from: from, to: to)
      // Time that is reported with repeated calls is not reported again.
      if let told = claims.loops[row] { stretch = stretch.subtracting(told) }
      let nanos = stretch.nanos
      insight.add(stretch)
      sum = sum.addingSaturated(nanos)
      if nanos >= context.rootNanos / 100 { longStretches += 1 }
      if nanos > largest.nanos { largest = (nanos, before, after) }
    }
    var reach = tree.start[row]
    var last: Int?
    for child in children.lazy.map(Int.init) where !tree.isDetached[child] {
      look(from: reach, to: min(tree.start[child], tree.end[row]), before: last, after: child)
      if tree.end[child] > reach { (reach, last) = (tree.end[child], child) }
    }
    look(from: reach, to: tree.end[row], before: last, after: nil)
    guard sum >= least, largest.nanos > 0 else { return nil }
    let isBetween = largest.before != nil && largest.after != nil
    // Of the root it is said first, wherever it lies.
    if isBetween, !isRoot, claims.gaps[row].map({ $0 >= sum / 2 }) ?? true { return nil }
    insight.nanos = largest.nanos
    insight.within = nil
    let isOne = largest.nanos >= sum / 100 * onePercent
    insight.stretch = Insight.Stretch(
      before: largest.before, after: largest.after, count: isOne ? 1 : max(2, longStretches), isMost: isRoot)
    for neighbour in [largest.before, largest.after].compactMap({ $0 }) { insight.add(row: neighbour) }
    return insight
  }
}
