// What texts of one folded tree have in common whatever their bound: the order in which its nodes are worth their lines, and the lines.

import Platform
import TraceRecords

/// Kept beside a folded tree, for the next text that is made of it.
package final class TreeLines: Sendable {
  private let ranking = Lazy<[Int32]>()

  private struct Place: Hashable {
    var node: Int
    var language: SummaryLanguage
  }

  private let made = PosixMutex<[Place: String]>([:])

  package init() {}

  /// Lines that are kept; a text of the default bound has about a hundred.
  static let maxLines = 1_024
  /// No text has room for more lines.
  static let mostRanked = SummaryOptions.budgetRange.upperBound / 12
  /// What they take, about, of a tree of so many nodes.
  static func allocatedBytes(nodes: Int) -> Int { min(nodes, maxLines) * 256 + min(nodes, mostRanked) * 4 }

  /// The line of a node, which is the same in every text of one language.
  func line(_ node: Int, _ language: SummaryLanguage, _ make: () -> String) -> String {
    let place = Place(node: node, language: language)
    if let line = made.withLock({ $0[place] }) { return line }
    // Made outside of the lock: it may look at every span of its node.
    let line = make()
    made.withLock { if $0.count < TreeLines.maxLines { $0[place] = line } }
    return line
  }

  /// Numbers of the nodes that are worth the most, best first, as many as any text has room for.
  ///
  /// Worth: time on the critical path counts double, then self time; failures, outliers and the tops come before.
  /// - Complexity: O(n) on average the first time, O(1) later.
  func ranking(of tree: FoldedTree) -> [Int32] {
    ranking.value {
      let whole = tree.shownTops.first.map { max(1, tree.totalNanos(of: $0)) } ?? 1
      var ranked: [RankedNode] = []
      for node in tree.shownNodes { ranked.append(RankedNode(number: Int32(node), worth: tree.worth(of: node, whole))) }
      ranked.sortFirst(TreeLines.mostRanked) { $0.precedes($1) }
      return ranked.prefix(TreeLines.mostRanked).map(\.number)
    }
  }
}

extension FoldedTree {
  fileprivate func worth(of number: Int, _ whole: Int64) -> Int64 {
    let node = nodes[number]
    let critical = criticalNanos(of: number)
    var worth = critical.addingSaturated(critical).addingSaturated(share(of: number).nanos)
    if node.isFailed { worth = worth.addingSaturated(whole).addingSaturated(whole) }
    if node.isOutlier || node.slowCount > 0 { worth = worth.addingSaturated(whole) }
    return worth
  }
}

private struct RankedNode {
  var number: Int32
  var worth: Int64

  /// Nodes are in the order of the tree's levels: the earlier of equals is the higher one.
  func precedes(_ other: RankedNode) -> Bool { worth != other.worth ? worth > other.worth : number < other.number }
}
