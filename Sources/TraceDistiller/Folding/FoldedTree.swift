// A call tree in which similar siblings are one node: a loop of a thousand calls is one line, whatever is below it. See distilling.md,
// "Folding".

/// Every span of the scope is in exactly one node. Below a node with several spans, all their children are folded together.
package struct FoldedTree: Sendable {
  package private(set) var trace: DistilledTrace
  package private(set) var nodes: [FoldedNode] = []
  package private(set) var tops: Range<Int> = 0..<0
  private var rows: [Int32] = []
  private let keys: CallKeys
  /// For a node in the upper part of a chain, the node whose line shows it; otherwise the node itself.
  private var standIn: [Int32] = []
  /// The upper parts of all chains, each contiguous and from the top down.
  private var chains: [Int32] = []
  /// The sum of all nodes' times, and the longest span: upper limits for the numbers on a line.
  let sumNanos: Int64
  let longestNanos: Int64

  /// The minimum number of similar siblings that become one node.
  static let leastAlike = 4
  /// Siblings with one name and more rare shapes than this become one mixed node.
  static let mostRareShapes = 8
  /// With more outliers than this, they become one node, which names this many of them.
  static let mostOutliers = 2
  static let mostNamedOutliers = 3
  /// Self time below this fraction of the duration counts as little: 4 %.
  static let littleTime: Int64 = 25

  /// - Complexity: O(n) time on average, except for sorting siblings' shapes; O(n) memory, no recursion.
  /// - Parameter keys: the call keys of the trace.
  package init(_ trace: DistilledTrace, _ keys: CallKeys, focus: Int? = nil) {
    self.keys = keys
    self.trace = trace
    var builder = FoldedTreeBuilder(trace, keys)
    tops = builder.build(from: focus.map { [Int32($0)] } ?? trace.tree.roots.map { Int32($0.row) })
    (sumNanos, longestNanos) = (builder.sumNanos, builder.longestNanos)
    (nodes, rows) = builder.finish()
    standIn = nodes.indices.map { Int32($0) }
    joinChains(builder.single)
  }

  /// The same tree, for another copy of its trace.
  func bound(to trace: DistilledTrace) -> FoldedTree {
    var tree = self
    tree.trace = trace
    return tree
  }

  /// The approximate size in bytes, without the trace.
  var allocatedBytes: Int {
    nodes.count * (MemoryLayout<FoldedNode>.stride + 4) + (rows.count + chains.count) * 4
  }

  /// The spans of a node, ordered by start.
  package func rows(of node: Int) -> ArraySlice<Int32> { rows[nodes[node].members] }

  /// The nodes with a line of their own, level by level.
  var shownNodes: LazyFilterSequence<Range<Int>> { nodes.indices.lazy.filter { [standIn] in Int(standIn[$0]) == $0 } }

  /// The shown children of a node, with chains joined.
  package func children(of node: Int) -> LazyMapSequence<Range<Int>, Int> { shown(nodes[node].children) }
  package var shownTops: [Int] { Array(shown(tops)) }

  private func shown(_ range: Range<Int>) -> LazyMapSequence<Range<Int>, Int> { range.lazy.map { [standIn] in Int(standIn[$0]) } }

  /// The nodes above it that are shown on its line, from the top down.
  package func chain(of node: Int) -> ArraySlice<Int32> { chains[nodes[node].chain] }

  /// The upper end of the chain that ends with the node, or the node itself.
  private func top(of node: Int) -> Int { nodes[node].chain.isEmpty ? node : Int(chains[nodes[node].chain.lowerBound]) }

  /// The node above, skipping the nodes of chains; -1 at the top.
  package func parent(of node: Int) -> Int { nodes[top(of: node)].parent }

  /// The total time on its line: for a chain, the time of its upper end.
  package func totalNanos(of node: Int) -> Int64 { nodes[top(of: node)].totalNanos }
  package func maxNanos(of node: Int) -> Int64 { nodes[top(of: node)].maxNanos }
  package func spans(below node: Int) -> Int { nodes[top(of: node)].spans }
  package func failures(below node: Int) -> Int { nodes[top(of: node)].failures }

  /// The spans on the line of a node, with their self time.
  package func share(of node: Int) -> SummaryShare {
    var share = SummaryShare(spans: nodes[node].count, nanos: nodes[node].selfNanos)
    for place in nodes[node].chain {
      let part = nodes[Int(chains[place])]
      share.spans += part.count
      share.nanos = share.nanos.addingSaturated(part.selfNanos)
    }
    return share
  }

  /// The time on the critical path of all spans on the line.
  package func criticalNanos(of node: Int) -> Int64 {
    nodes[node].chain.reduce(nodes[node].criticalNanos) { $0.addingSaturated(nodes[Int(chains[$1])].criticalNanos) }
  }

  /// - Complexity: O(m) for the node's m spans, on average.
  package func times(of node: Int) -> FoldedTimes { FoldedTimes(rows(of: node).map { trace.tree.duration(Int($0)) }) }

  /// The common name of similar spans with different names, without the differing numbers and ids; nil if all have the same name.
  /// - Complexity: O(m) for the node's m spans.
  package func commonName(of node: Int) -> String? {
    let rows = rows(of: node)
    let names = trace.tree.name
    guard let first = rows.first, rows.contains(where: { names[Int($0)] != names[Int(first)] }) else { return nil }
    return keys.label(keys[Int(first)])
  }

  /// Joins nodes with one child and little self time to one line, and likewise a function that calls itself.
  /// - Parameter single: The nodes with exactly one child, in order.
  private mutating func joinChains(_ single: [Int32]) {
    guard !single.isEmpty else { return }
    var upper: [Int] = []
    var isTaken = [Bool](repeating: false, count: nodes.count)
    for top in single.lazy.map(Int.init) where !isTaken[top] {
      upper.removeAll(keepingCapacity: true)
      var node = top
      while continues(node) {
        upper.append(node)
        isTaken[node] = true
        node = nodes[node].children.lowerBound
      }
      // Two nodes are joined only if the upper one has almost no self time: a request and its handler.
      guard upper.count >= 2 || upper.count == 1 && nodes[top].selfNanos <= nodes[top].totalNanos / 100 else { continue }
      nodes[node].chain = chains.count..<chains.count + upper.count
      for part in upper {
        chains.append(Int32(part))
        standIn[part] = Int32(node)
      }
    }
  }

  private func continues(_ node: Int) -> Bool {
    let upper = nodes[node]
    guard upper.children.count == 1, upper.isWhole else { return false }
    let lower = nodes[upper.children.lowerBound]
    // A line of a group shows the group's own statistics.
    guard !isGroup(upper), !isGroup(lower) else { return false }
    guard lower.count == upper.count, lower.isFailed == upper.isFailed, lower.isRunning == upper.isRunning, lower.isWhole,
      !lower.isMixed
    else { return false }
    return upper.selfNanos <= upper.totalNanos / FoldedTree.littleTime || name(upper) == name(lower)
  }

  private func isGroup(_ node: FoldedNode) -> Bool {
    trace.tree.flags[Int(rows[node.members.lowerBound])].contains(.collapsed)
  }

  private func name(_ node: FoldedNode) -> UInt32 { trace.tree.name[Int(rows[node.members.lowerBound])] }
}
