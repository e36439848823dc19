// A trace with everything computed that an answer may ask for.

import TraceRecords

/// One trace, distilled: the snapshot, its call tree, and per span what time was its own and what time was critical.
/// All arrays are indexed by row.
package struct DistilledTrace: Sendable {
  package internal(set) var snapshot: TraceSnapshot
  package let tree: CallTree
  package let selfNanos: [Int64]
  package let childOverlapNanos: [Int64]
  /// Time on the critical path of the primary root, or of the focus.
  package private(set) var criticalNanos: [Int64]
  package private(set) var criticalPath: CriticalPath?
  /// The span itself and everything below it.
  package let subtreeSpans: [Int32]
  package let subtreeFailures: [Int32]
  /// The span that it is about, where that is not the whole trace.
  private(set) var focus: Int?

  /// - Complexity: O(n log n) time, O(n) memory.
  package init(_ snapshot: TraceSnapshot) { self.init(snapshot, betweenStages: {}) }

  /// A trace whose spans are added up by themselves: what is below each is not counted.
  package init(forTotals snapshot: TraceSnapshot) { self.init(snapshot, countsSubtrees: false, betweenStages: {}) }

  /// - Parameter check: called between stages of some ten nanoseconds a span each; what it throws ends the work.
  init<Stop>(_ snapshot: TraceSnapshot, countsSubtrees: Bool = true, betweenStages check: () throws(Stop) -> Void) throws(Stop) {
    let snapshot = snapshot.unpacked
    self.snapshot = snapshot
    let tree = CallTree(snapshot.storage, maxClockAdjust: snapshot.maxClockAdjustNanos)
    self.tree = tree
    try check()
    (selfNanos, childOverlapNanos) = tree.selfTimes()
    try check()
    (criticalPath, criticalNanos) = DistilledTrace.critical(tree, root: tree.roots.first?.row)
    try check()
    (subtreeSpans, subtreeFailures) = countsSubtrees ? DistilledTrace.subtrees(tree) : ([], [])
  }

  private static func critical(_ tree: CallTree, root: Int?) -> (CriticalPath?, [Int64]) {
    var nanos = [Int64](repeating: 0, count: tree.count)
    let path = root.map { tree.criticalPath(root: $0) }
    for segment in path?.segments ?? [] { nanos[segment.row] += segment.nanos }
    return (path, nanos)
  }

  private static func subtrees(_ tree: CallTree) -> (spans: [Int32], failures: [Int32]) {
    var spans = [Int32](repeating: 0, count: tree.count)
    var failures = [Int32](repeating: 0, count: tree.count)
    for row in tree.parentsFirst.reversed().lazy.map(Int.init) {
      spans[row] += 1
      if tree.flags[row].contains(.failed) { failures[row] += 1 }
      let parent = Int(tree.parent[row])
      if parent >= 0 {
        spans[parent] += spans[row]
        failures[parent] += failures[row]
      }
    }
    return (spans, failures)
  }

  /// The trace with a span in the place of its root: critical is then what kept that span from ending.
  package func focused(on row: Int) -> DistilledTrace {
    if row == focus { return self }
    var trace = self
    (trace.criticalPath, trace.criticalNanos) = DistilledTrace.critical(tree, root: row)
    trace.focus = row
    return trace
  }

  /// Bytes that this takes beside its snapshot, about.
  var allocatedBytes: Int {
    // Per row: the call tree 55, two times, time on the critical path, two counts.
    let segments = (criticalPath?.segments.count ?? 0) * MemoryLayout<CriticalPath.Segment>.stride
    return tree.count * 87 + segments + tree.resolution.allocatedBytes
  }

  /// The root that answers are about when the caller names none; nil for a trace of which only logs spoke.
  package var primaryRoot: DistilledTraceNode? { tree.roots.first.map { node($0.row) } }

  package func node(_ row: Int) -> DistilledTraceNode { DistilledTraceNode(trace: self, row: row) }

  /// The row of a span that some record reported.
  /// - Complexity: O(n): a snapshot carries no index.
  package func row(ofSpan id: String) -> Int? {
    if let row = snapshot.storage.row(ofShownID: id) { return tree.isIncluded[row] ? row : nil }
    var id = id
    return id.withUTF8 { bytes in
      let wanted = UnsafeRawBufferPointer(bytes)
      return snapshot.storage.spans.indices.first {
        snapshot.storage.arena.equals(snapshot.storage.spans[$0].id, wanted) && tree.isIncluded[$0]
      }
    }
  }

  /// Rows of spans whose ids begin so, one for each id, as some record reported them.
  /// - Complexity: O(n).
  package func rows(ofSpansBeginning beginning: String, limit: Int) -> [Int] {
    let wanted = Array(beginning.utf8)
    var rows: [Int] = []
    let (arena, spans) = (snapshot.storage.arena, snapshot.storage.spans)
    for row in spans.indices where tree.isIncluded[row] {
      guard arena.withBytes(spans[row].id, { $0.starts(with: wanted) }) else { continue }
      // Caller and callee may share one id.
      let isKnown = rows.contains { known in arena.withBytes(spans[row].id) { arena.equals(spans[known].id, $0) } }
      if !isKnown { rows.append(row) }
      if rows.count == limit { break }
    }
    return rows
  }

  /// The row of a span that only logs speak of.
  package func row(ofLoggedSpan id: String) -> Int? {
    snapshot.storage.spans.indices.first { row in
      let span = snapshot.storage.spans[row]
      return !span.isDefined && span.lastEvent != SpanRow.none && snapshot.storage.spanID(row).utf8.elementsEqual(id.utf8)
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
