// What texts of one folded tree have in common whatever their bound: the order in which its nodes are worth their lines, and the lines.

import Platform
import TraceRecords

/// Kept with a folded tree, for the next text that is made of it.
final class SharedLines: Sendable {
  /// Numbers of nodes, the worthiest first.
  let ranking = Once<[Int32]>()

  private struct Place: Hashable {
    var node: Int
    var language: SummaryLanguage
  }

  private let made = ForkSafeMutex<[Place: String]>([:])

  /// Lines that are kept; a text of the default bound has about a hundred.
  static let maxLines = 1_024
  /// What they take, about, of a tree of so many nodes.
  static func allocatedBytes(nodes: Int) -> Int { min(nodes, maxLines) * 256 + min(nodes, FoldedTree.mostRanked) * 4 }

  /// The line of a node, which is the same in every text of one language.
  func line(_ node: Int, _ language: SummaryLanguage, _ make: () -> String) -> String {
    let place = Place(node: node, language: language)
    if let line = made.withLock({ $0[place] }) { return line }
    // Made outside of the lock: it may look at every span of its node.
    let line = make()
    made.withLock { if $0.count < SharedLines.maxLines { $0[place] = line } }
    return line
  }
}
