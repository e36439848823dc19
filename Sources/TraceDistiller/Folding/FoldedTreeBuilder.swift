// Builds the nodes of a folded tree level by level. Everything that it needs for a node lies in arrays that the next node uses again.

struct FoldedTreeBuilder {
  private let trace: DistilledTrace
  private(set) var nodes: [FoldedNode] = []
  /// The spans of all nodes, those of one together.
  private(set) var rows: [Int32] = []
  private var kinds: SiblingKinds
  private var siblings: [Int32] = []

  init(_ trace: DistilledTrace, _ keys: CallKeys) {
    self.trace = trace
    kinds = SiblingKinds(trace, keys)
    nodes.reserveCapacity(trace.tree.count)
    rows.reserveCapacity(trace.tree.count)
  }

  /// - Returns: The topmost nodes.
  /// - Complexity: O(n) on average, no recursion.
  mutating func build(from roots: [Int32]) -> Range<Int> {
    siblings = roots
    let tops = append(below: 1, parent: -1)
    var next = 0
    // Nodes are appended level by level: the children of one are neighbours.
    while next < nodes.count {
      let members = nodes[next].members
      siblings.removeAll(keepingCapacity: true)
      for member in members { siblings.append(contentsOf: trace.tree.children(of: Int(rows[member]))) }
      if !siblings.isEmpty { nodes[next].children = append(below: members.count, parent: next) }
      next += 1
    }
    return tops
  }

  /// Makes nodes of the siblings, which are children of so many alike spans.
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
