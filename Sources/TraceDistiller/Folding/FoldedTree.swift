// A call tree in which alike siblings are one node: a loop of a thousand calls is one line, whatever it has below it. distilling.md, "Folding".

/// Every span of the scope is in exactly one node. Below a node of several spans, their children are folded together.
package struct FoldedTree: Sendable {
  package private(set) var trace: DistilledTrace
  package private(set) var nodes: [FoldedNode] = []
  package private(set) var tops: Range<Int> = 0..<0
  private var rows: [Int32] = []
  private let keys: CallKeys
  /// For the upper end of a chain, the node that tells it; else the node itself.
  private var standIn: [Int32] = []
  /// The sum of all nodes' times, and the longest span: no line tells of more.
  private(set) var sumNanos: Int64 = 0
  private(set) var longestNanos: Int64 = 0
  let lines = SharedLines()

  /// So many alike siblings become one node.
  static let leastAlike = 4
  /// Siblings of one name and more rare shapes than this are one mixed node.
  static let mostRareShapes = 8
  /// More outliers than this are one node of their own, which names so many of them.
  static let mostOutliers = 2
  static let mostNamedOutliers = 3
  /// Self time below this part of its duration is little: 4 %.
  static let littleTime: Int64 = 25
  /// No text has room for more lines.
  static let mostRanked = SummaryOptions.budgetRange.upperBound / 12

  /// - Complexity: O(n log n) time, O(n) memory, no recursion.
  package init(_ trace: DistilledTrace, focus: Int? = nil) {
    let keys = trace.callKeys
    self.trace = trace
    var builder = FoldedTreeBuilder(trace, keys)
    self.keys = keys
    let roots = focus.map { [Int32($0)] } ?? trace.tree.roots.map { Int32($0.row) }
    tops = append(builder.groups(of: roots, below: 1), parent: -1)
    var next = 0
    // Nodes are appended level by level: the children of one are neighbours.
    while next < nodes.count {
      let members = rows[nodes[next].members]
      if members.count == 1 {
        let children = trace.tree.children(of: Int(members[members.startIndex]))
        if children.count >= FoldedTree.leastAlike {
          nodes[next].children = append(builder.groups(of: Array(children), below: 1), parent: next)
        } else if !children.isEmpty {
          nodes[next].children = append(few: children, parent: next)
        }
      } else {
        var children: [Int32] = []
        for row in members { children.append(contentsOf: trace.tree.children(of: Int(row))) }
        if !children.isEmpty { nodes[next].children = append(builder.groups(of: children, below: members.count), parent: next) }
      }
      next += 1
    }
    standIn = nodes.indices.map { Int32($0) }
    joinChains()
    for node in nodes {
      sumNanos = sumNanos.addingSaturated(node.totalNanos)
      longestNanos = max(longestNanos, node.maxNanos)
    }
  }

  /// The same tree as part of another copy of its trace.
  func bound(to trace: DistilledTrace) -> FoldedTree {
    var tree = self
    tree.trace = trace
    return tree
  }

  /// Bytes that this takes beside its trace, about: most nodes stand for one span and hold no array of their own.
  var allocatedBytes: Int {
    nodes.count * (MemoryLayout<FoldedNode>.stride + 4) + rows.count * 4 + SharedLines.allocatedBytes(nodes: nodes.count)
  }

  /// The spans of a node, in the order of their starts.
  package func rows(of node: Int) -> ArraySlice<Int32> { rows[nodes[node].members] }

  /// The nodes that have a line of their own, in the order of the tree's levels.
  var shownNodes: LazyFilterSequence<Range<Int>> { nodes.indices.lazy.filter { [standIn] in Int(standIn[$0]) == $0 } }

  /// What is below a node, chains joined.
  package func children(of node: Int) -> LazyMapSequence<Range<Int>, Int> { shown(nodes[node].children) }
  package var shownTops: [Int] { Array(shown(tops)) }

  private func shown(_ range: Range<Int>) -> LazyMapSequence<Range<Int>, Int> { range.lazy.map { [standIn] in Int(standIn[$0]) } }

  /// The node above, past the ends of chains; -1 at the top.
  package func parent(of node: Int) -> Int { nodes[node].chain.first.map { nodes[$0].parent } ?? nodes[node].parent }

  /// The whole that its line tells of: a chain's time is that of its upper end.
  package func totalNanos(of node: Int) -> Int64 { nodes[nodes[node].chain.first ?? node].totalNanos }
  package func maxNanos(of node: Int) -> Int64 { nodes[nodes[node].chain.first ?? node].maxNanos }
  package func spans(below node: Int) -> Int { nodes[nodes[node].chain.first ?? node].spans }
  package func failures(below node: Int) -> Int { nodes[nodes[node].chain.first ?? node].failures }

  /// Spans that the line of a node tells of, with their self time.
  package func share(of node: Int) -> SummaryShare {
    var share = SummaryShare(spans: nodes[node].count, nanos: nodes[node].selfNanos)
    for part in nodes[node].chain {
      share.spans += nodes[part].count
      share.nanos = share.nanos.addingSaturated(nodes[part].selfNanos)
    }
    return share
  }

  /// Time on the critical path of all spans that the line tells of.
  package func criticalNanos(of node: Int) -> Int64 {
    nodes[node].chain.reduce(nodes[node].criticalNanos) { $0.addingSaturated(nodes[$1].criticalNanos) }
  }

  /// - Complexity: O(m log m) of the node's m spans.
  package func times(of node: Int) -> FoldedTimes { FoldedTimes(sorted: rows(of: node).map { trace.tree.duration(Int($0)) }.sorted()) }

  /// What alike spans of different names are called, without the numbers and ids that differ; nil where all have one name.
  /// - Complexity: O(m) of the node's m spans.
  package func commonName(of node: Int) -> String? {
    let rows = rows(of: node)
    let spans = trace.snapshot.storage.spans
    guard let first = rows.first, rows.contains(where: { spans[Int($0)].name != spans[Int(first)].name }) else { return nil }
    return keys.label(keys[Int(first)])
  }

  // MARK: Building

  private mutating func append(_ groups: [FoldedTreeBuilder.Group], parent: Int) -> Range<Int> {
    let first = nodes.count
    for group in groups {
      let start = rows.count
      rows.append(contentsOf: group.rows)
      var node = FoldedNode(parent: parent, members: start..<rows.count)
      node.isMixed = group.isMixed
      node.isOutlier = group.isOutlier
      node.position = group.position
      node.among = group.among
      node.worstPositions = group.worstPositions
      node.slowCount = group.slowCount
      node.slowNanos = group.slowNanos
      for row in group.rows { add(Int(row), to: &node) }
      nodes.append(node)
    }
    return first..<nodes.count
  }

  /// Too few for a loop: each child is a node of its own, and nothing is to be grouped.
  private mutating func append(few children: ArraySlice<Int32>, parent: Int) -> Range<Int> {
    let first = nodes.count
    for child in children {
      var node = FoldedNode(parent: parent, members: rows.count..<rows.count + 1)
      rows.append(child)
      for other in children where keys[Int(other)] == keys[Int(child)] { node.among += 1 }
      add(Int(child), to: &node)
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
    node.isFailed = node.isFailed || trace.snapshot.storage.spans[row].flags.contains(.failed)
    node.isRunning = node.isRunning || trace.tree.isOpen[row]
  }

  /// Nodes that each have one child and little time of their own are one line; so is a function that calls itself.
  private mutating func joinChains() {
    var upper: [Int] = []
    var isTaken = [Bool](repeating: false, count: nodes.count)
    for top in nodes.indices where !isTaken[top] {
      upper.removeAll(keepingCapacity: true)
      var node = top
      while continues(node) {
        upper.append(node)
        isTaken[node] = true
        node = nodes[node].children.lowerBound
      }
      // Two are joined where the upper one has next to no time of its own: a request and its handling.
      guard upper.count >= 2 || upper.count == 1 && nodes[top].selfNanos <= nodes[top].totalNanos / 100 else { continue }
      nodes[node].chain = upper
      for part in upper { standIn[part] = Int32(node) }
    }
  }

  private func continues(_ node: Int) -> Bool {
    let upper = nodes[node]
    guard upper.children.count == 1, upper.isWhole else { return false }
    let lower = nodes[upper.children.lowerBound]
    guard lower.count == upper.count, lower.isFailed == upper.isFailed, lower.isRunning == upper.isRunning, lower.isWhole,
      !lower.isMixed
    else { return false }
    return upper.selfNanos <= upper.totalNanos / FoldedTree.littleTime || name(upper) == name(lower)
  }

  private func name(_ node: FoldedNode) -> UInt32 { trace.snapshot.storage.spans[Int(rows[node.members.lowerBound])].name }
}
