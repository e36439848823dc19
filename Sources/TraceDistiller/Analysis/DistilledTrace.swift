// A trace with everything computed that an answer may need.

import TraceRecords

/// One distilled trace: the snapshot, its call tree, and for each span its self time and its critical time. All arrays are indexed by row.
package struct DistilledTrace: Sendable {
  package internal(set) var snapshot: TraceSnapshot
  package private(set) var tree: CallTree
  package private(set) var selfNanos: [Int64]
  package private(set) var childOverlapNanos: [Int64]
  /// Time on the critical path of the primary root, or of the focused span.
  package private(set) var criticalNanos: [Int64]
  package private(set) var criticalPath: CriticalPath?
  /// The number of spans in each subtree, including its top span.
  package let subtreeSpans: [Int32]
  package let subtreeFailures: [Int32]
  /// The focused span, if the answer is not about the whole trace.
  private(set) var focus: Int?

  /// - Complexity: O(n log n) time, O(n) memory.
  package init(_ snapshot: TraceSnapshot) { self.init(snapshot, betweenStages: {}) }

  /// A trace whose spans are added up by themselves: what is below each is not counted, and there is no path, only the times on it.
  init(forTotals snapshot: TraceSnapshot, _ walk: inout CriticalPathWalk) {
    self.snapshot = snapshot
    tree = CallTree()
    (selfNanos, childOverlapNanos, criticalNanos, subtreeSpans, subtreeFailures) = ([], [], [], [], [])
    rebuild(forTotals: snapshot, &walk)
  }

  /// Makes it another such trace, in the memory that it has. Packed rows are read as they are: each is needed twice.
  mutating func rebuild(forTotals snapshot: consuming TraceSnapshot, _ walk: inout CriticalPathWalk) {
    self.snapshot = snapshot
    tree.rebuild(self.snapshot.storage, maxClockAdjust: self.snapshot.maxClockAdjustNanos)
    tree.selfTimes(into: &selfNanos, childOverlap: &childOverlapNanos)
    criticalNanos.refill(0, tree.count)
    guard let root = tree.roots.first?.row else { return }
    walk.run(root, of: tree)
    for segment in walk.segments { criticalNanos[segment.row] += segment.nanos }
  }

  /// - Parameter check: called between stages, which take about ten nanoseconds per span each. An error that it throws ends the work.
  init<Stop>(_ snapshot: TraceSnapshot, betweenStages check: () throws(Stop) -> Void) throws(Stop) {
    let snapshot = snapshot.unpacked
    self.snapshot = snapshot
    let tree = CallTree(snapshot.storage, maxClockAdjust: snapshot.maxClockAdjustNanos)
    self.tree = tree
    try check()
    (selfNanos, childOverlapNanos) = tree.selfTimes()
    try check()
    (criticalPath, criticalNanos) = DistilledTrace.critical(tree, root: tree.roots.first?.row)
    try check()
    (subtreeSpans, subtreeFailures) = DistilledTrace.subtrees(tree)
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

  /// The trace with a span in place of its root: critical spans are then those that kept that span from ending.
  package func focused(on row: Int) -> DistilledTrace {
    if row == focus { return self }
    var trace = self
    (trace.criticalPath, trace.criticalNanos) = DistilledTrace.critical(tree, root: row)
    trace.focus = row
    return trace
  }

  /// The approximate size in bytes, without the snapshot.
  var allocatedBytes: Int {
    // Per row: 55 bytes of the call tree, two times, time on the critical path, two counts.
    let segments = (criticalPath?.segments.count ?? 0) * MemoryLayout<CriticalPath.Segment>.stride
    return tree.count * 87 + segments + tree.resolution.allocatedBytes
  }

  /// The root for answers if the caller names none; nil for a trace that appears only in logs.
  package var primaryRoot: DistilledTraceNode? { tree.roots.first.map { node($0.row) } }

  package func node(_ row: Int) -> DistilledTraceNode { DistilledTraceNode(trace: self, row: row) }

  /// The row of a span that has a record of its own.
  /// - Complexity: O(n): a snapshot has no index.
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

  /// Rows of spans whose ids begin with that text, one row per id, only for spans with a record of their own.
  /// - Complexity: O(n).
  package func rows(ofSpansBeginning beginning: String, limit: Int) -> [Int] {
    let wanted = Array(beginning.utf8)
    var rows: [Int] = []
    let (arena, spans) = (snapshot.storage.arena, snapshot.storage.spans)
    for row in spans.indices where tree.isIncluded[row] {
      guard arena.withBytes(spans[row].id, { $0.starts(with: wanted) }) else { continue }
      // A caller and its callee may share one id.
      let isKnown = rows.contains { known in arena.withBytes(spans[row].id) { arena.equals(spans[known].id, $0) } }
      if !isKnown { rows.append(row) }
      if rows.count == limit { break }
    }
    return rows
  }

  /// The row of a span that appears only in logs.
  package func row(ofLoggedSpan id: String) -> Int? {
    snapshot.storage.spans.indices.first { row in
      let span = snapshot.storage.spans[row]
      return !span.isDefined && span.lastEvent != SpanRow.none && snapshot.storage.spanID(row).utf8.elementsEqual(id.utf8)
    }
  }

  /// The rows from the root down to a span, including both.
  package func path(to row: Int) -> [Int] {
    var path: [Int] = []
    var current = row
    while current >= 0 {
      path.append(current)
      current = Int(tree.parent[current])
    }
    return path.reversed()
  }

  /// Failed spans other than the primary root, including spans known only from their ERROR logs. The root's outcome never hides them.
  package var failedInside: Int { snapshot.storage.errorSpanCount - (primaryRoot.map { $0.isFailed ? 1 : 0 } ?? 0) }
}
