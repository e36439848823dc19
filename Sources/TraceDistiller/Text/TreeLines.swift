// What all texts of one folded tree share, whatever their bound: the ranking of its nodes, and their lines.

import Platform
import TraceRecords

/// Kept with a folded tree, for the next text about it.
package final class TreeLines: Sendable {
  private let ranking = Lazy<[Int32]>()

  private struct Place: Hashable {
    var node: Int
    var language: SummaryLanguage
  }

  private let made = PosixMutex<[Place: String]>([:])

  package init() {}

  /// The maximum number of cached lines; a text with the default bound has about a hundred.
  static let maxLines = 1_024
  /// No text has room for more lines.
  static let mostRanked = SummaryOptions.budgetRange.upperBound / 12
  /// The approximate size for a tree with that many nodes.
  static func allocatedBytes(nodes: Int) -> Int { min(nodes, maxLines) * 256 + min(nodes, mostRanked) * 4 }

  /// The line of a node, which is the same in every text of one language.
  func line(_ node: Int, _ language: SummaryLanguage, _ make: () -> String) -> String {
    let place = Place(node: node, language: language)
    if let line = made.withLock({ $0[place] }) { return line }
    // Created outside of the lock: it may visit every span of the node.
    let line = make()
    made.withLock { if $0.count < TreeLines.maxLines { $0[place] = line } }
    return line
  }

  /// The most important nodes, the best first, as many as any text has room for.
  ///
  /// Importance: time on the critical path counts double, then self time; failures, outliers and top nodes come first.
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

  /// Nodes are ordered level by level: at equal importance the earlier one is higher in the tree.
  func precedes(_ other: RankedNode) -> Bool { worth != other.worth ? worth > other.worth : number < other.number }
}
