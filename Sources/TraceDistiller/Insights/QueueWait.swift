// Work that no span waits for: what a consumer or a detached task does after it was handed over, how long it was queued before, and how
// long it continues after the root has ended. It is not on the root's critical path, so it has a critical path of its own.

import TraceRecords

enum QueueWaitDetector: InsightDetector {
  /// Of the root's duration or that of the handed-over work, whichever is longer.
  static let leastPercent: Int64 = 5

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    var found = InsightsByCall()
    for row in context.order.lazy.map(Int.init) where tree.isDetached[row] {
      let parent = context.caller(of: row)
      guard parent >= 0, !tree.isOpen[parent] else { continue }
      // A queue receives the work when its producer ends, so the wait is counted from there.
      let wait = tree.start[row].subtractingSaturated(tree.end[parent])
      guard wait > InsightContext.leastNanos, wait > max(context.rootNanos, tree.duration(row)) / 100 * leastPercent else { continue }
      var insight = Insight(kind: .queueWait, row: row, within: parent, count: 1, rows: [row])
      insight.nanos = wait
      found.add(insight, context.keys[parent], context.keys[row]) { known, more in
        if more.nanos > known.nanos { (known.row, known.within) = (more.row, more.within) }
        known.merge(more)
      }
    }
    return found.insights
  }
}

enum WorkAfterRootDetector: InsightDetector {
  /// Of the root's duration: by how much the handed-over work outlasts the root.
  static let leastPercent: Int64 = 5
  /// The maximum number of operations of its critical path that are named.
  static let mostOperations = 3

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    guard let root = context.order.first.map(Int.init), !tree.isOpen[root] else { return [] }
    var latest: (row: Int, beyond: Int64)?
    var count = 0
    for row in context.order.lazy.map(Int.init) where tree.isDetached[row] && !tree.isOpen[row] {
      let beyond = tree.end[row].subtractingSaturated(tree.end[root])
      guard beyond > InsightContext.leastNanos, beyond > context.least(percent: leastPercent) else { continue }
      count += 1
      if beyond > latest?.beyond ?? 0 { latest = (row, beyond) }
    }
    guard let latest else { return [] }
    var insight = Insight(kind: .workAfterRoot, row: latest.row, within: root, count: count, rows: [latest.row])
    insight.nanos = latest.beyond
    let path = tree.criticalPath(root: latest.row)
    insight.calls = operations(of: path, tree)
    for call in insight.calls where !insight.rows.contains(call.row) { insight.add(row: call.row) }
    return [insight]
  }

  /// The operations with most of a path's time, as calls whose counts are nanoseconds.
  static func operations(of path: CriticalPath, _ tree: CallTree) -> [Insight.Call] {
    var sums: [UInt32: (nanos: Int64, row: Int)] = [:]
    for segment in path.segments {
      let known = sums[tree.name[segment.row]] ?? (0, segment.row)
      sums[tree.name[segment.row]] = (known.nanos.addingSaturated(segment.nanos), known.row)
    }
    let sorted = sums.values.sorted { $0.nanos != $1.nanos ? $0.nanos > $1.nanos : tree.startPrecedes($0.row, $1.row) }
    return sorted.prefix(mostOperations).map { Insight.Call(row: $0.row, count: Int(clamping: $0.nanos)) }
  }
}
