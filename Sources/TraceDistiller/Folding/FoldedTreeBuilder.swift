// Builds the nodes of a folded tree level by level. The arrays needed for one node are reused for the next.

struct FoldedTreeBuilder {
  private let trace: DistilledTrace
  private var nodes: [FoldedNode] = []
  /// The spans of all nodes; those of one node are contiguous.
  private var rows: [Int32] = []
  /// By node: the end of its spans in `rows`. The walk through the levels reads nothing else of earlier nodes.
  private var ends: [Int32] = []
  /// The nodes with exactly one child, in order: only these can form chains.
  private(set) var single: [Int32] = []
  private(set) var sumNanos: Int64 = 0
  private(set) var longestNanos: Int64 = 0
  private var kinds: SiblingKinds
  private var siblings: [Int32] = []

  init(_ trace: DistilledTrace, _ keys: CallKeys) {
    self.trace = trace
    kinds = SiblingKinds(trace, keys)
    nodes.reserveCapacity(trace.tree.count)
    rows.reserveCapacity(trace.tree.count)
    ends.reserveCapacity(trace.tree.count)
  }

  /// - Returns: The topmost nodes.
  /// - Complexity: O(n) on average, no recursion.
  mutating func build(from roots: [Int32]) -> Range<Int> {
    siblings = roots
    let tops = append(below: 1, parent: -1)
    var next = 0
    var start = 0
    // Nodes are appended level by level, so the children of one node are contiguous.
    while next < ends.count {
      let end = Int(ends[next])
      siblings.removeAll(keepingCapacity: true)
      for member in start..<end { trace.tree.appendChildren(of: Int(rows[member]), to: &siblings) }
      if !siblings.isEmpty {
        let children = append(below: end - start, parent: next)
        nodes[next].children = children
        if children.count == 1 { single.append(Int32(next)) }
      }
      start = end
      next += 1
    }
    return tops
  }

  /// Hands over the result. If the builder kept it too, the first change would copy it.
  mutating func finish() -> (nodes: [FoldedNode], rows: [Int32]) {
    defer { (nodes, rows) = ([], []) }
    return (nodes, rows)
  }

  /// Creates nodes for siblings, which are the children of `parents` similar spans.
  private mutating func append(below parents: Int, parent: Int) -> Range<Int> {
    let first = nodes.count
    kinds.group(siblings, below: parents)
    for group in kinds.groups {
      let start = rows.count
      for place in group.members { rows.append(siblings[Int(kinds.members[place])]) }
      var node = FoldedNode(parent: parent, members: start..<rows.count)
      node.isMixed = group.isMixed
      node.isOutlier = group.isOutlier
      node.position = Int(group.position)
      node.among = Int(group.among)
      node.worst = group.worst
      node.slowCount = group.slowCount
      node.slowNanos = group.slowNanos
      for place in start..<rows.count { add(Int(rows[place]), to: &node) }
      nodes.append(node)
      ends.append(Int32(rows.count))
      sumNanos = sumNanos.addingSaturated(node.totalNanos)
      longestNanos = max(longestNanos, node.maxNanos)
    }
    return first..<nodes.count
  }

  private func add(_ row: Int, to node: inout FoldedNode) {
    let duration = trace.tree.duration(row)
    node.totalNanos = node.totalNanos.addingSaturated(duration)
    node.selfNanos = node.selfNanos.addingSaturated(trace.selfNanos[row])
    node.criticalNanos = node.criticalNanos.addingSaturated(trace.criticalNanos[row])
    node.spans += Int(trace.subtreeSpans[row])
    node.failures += Int(trace.subtreeFailures[row])
    node.maxNanos = max(node.maxNanos, duration)
    if trace.tree.flags[row].contains(.failed) { node.isFailed = true }
    if trace.tree.isOpen[row] { node.isRunning = true }
  }
}
