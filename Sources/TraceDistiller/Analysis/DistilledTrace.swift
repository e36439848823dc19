// A trace with everything computed that an answer may ask for.

import TraceRecords

/// One trace, distilled: the snapshot, its call tree, and per span what time was its own and what time was critical.
/// All arrays are indexed by row.
package struct DistilledTrace: Sendable {
  package let snapshot: TraceSnapshot
  package let tree: CallTree
  package let selfNanos: [Int64]
  package let childOverlapNanos: [Int64]
  /// Time on the critical path of the primary root.
  package let criticalNanos: [Int64]
  package let criticalPath: CriticalPath?
  /// The span itself and everything below it.
  package let subtreeSpans: [Int32]
  package let subtreeFailures: [Int32]

  /// - Complexity: O(n log n) time, O(n) memory.
  package init(_ snapshot: TraceSnapshot, root: Int? = nil) {
    let snapshot = snapshot.unpacked
    self.snapshot = snapshot
    let tree = CallTree(snapshot.storage, maxClockAdjust: snapshot.maxClockAdjustNanos)
    self.tree = tree
    (selfNanos, childOverlapNanos) = tree.selfTimes()
    var critical = [Int64](repeating: 0, count: tree.count)
    let path = (root ?? tree.roots.first?.row).map { tree.criticalPath(root: $0) }
    for segment in path?.segments ?? [] { critical[segment.row] += segment.nanos }
    criticalPath = path
    criticalNanos = critical
    var spans = [Int32](repeating: 0, count: tree.count)
    var failures = [Int32](repeating: 0, count: tree.count)
    for row in tree.parentsFirst.reversed().map(Int.init) {
      spans[row] += 1
      if snapshot.storage.spans[row].flags.contains(.failed) { failures[row] += 1 }
      let parent = Int(tree.parent[row])
      if parent >= 0 {
        spans[parent] += spans[row]
        failures[parent] += failures[row]
      }
    }
    subtreeSpans = spans
    subtreeFailures = failures
  }

  /// The root that answers are about when the caller names none; nil for a trace of which only logs spoke.
  package var primaryRoot: DistilledTraceNode? { tree.roots.first.map { node($0.row) } }

  package func node(_ row: Int) -> DistilledTraceNode { DistilledTraceNode(trace: self, row: row) }

  /// The row of a span that some record told of.
  /// - Complexity: O(n): a snapshot carries no index.
  package func row(ofSpan id: String) -> Int? {
    var id = id
    return id.withUTF8 { bytes in
      let wanted = UnsafeRawBufferPointer(bytes)
      return snapshot.storage.spans.indices.first {
        snapshot.storage.arena.equals(snapshot.storage.spans[$0].id, wanted) && tree.isIncluded[$0]
      }
    }
  }

  /// Names from the root down to a span, both included.
  package func path(to row: Int) -> [Int] {
    var path: [Int] = []
    var current = row
    while current >= 0 {
      path.append(current)
      current = Int(tree.parent[current])
    }
    return path.reversed()
  }

  /// Spans other than the primary root that failed, those among them of which only their ERROR logs came: never hidden by the root's outcome.
  package var failedInside: Int { snapshot.storage.errorSpanCount - (primaryRoot.map { $0.isFailed ? 1 : 0 } ?? 0) }
}
