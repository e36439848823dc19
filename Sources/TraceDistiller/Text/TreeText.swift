// The chosen nodes as an indented tree, with an elision line wherever something is missing.

/// The tree section of a summary.
struct TreeText {
  private(set) var lines: [String] = []
  private(set) var shown = SummaryShare(spans: 0, nanos: 0)
  private let selection: TreeSelection
  private let language: SummaryLanguage

  private struct Level {
    var nodes: [Int]
    var next = 0
    /// The text before the children's own glyph.
    var indent: String
    var isTop: Bool
    var hidden: Hidden
  }

  private struct Hidden {
    var spans = 0
    var total: Int64 = 0
    var max: Int64 = 0
    var failed = 0
    var isEmpty: Bool { spans == 0 }
  }

  init(_ selection: TreeSelection, language: SummaryLanguage) {
    self.selection = selection
    self.language = language
    write()
  }

  private mutating func write() {
    var levels = [level(selection.tops, indent: "", isTop: true)]
    while !levels.isEmpty {
      let depth = levels.count - 1
      guard levels[depth].next < levels[depth].nodes.count else {
        if !levels[depth].hidden.isEmpty { lines.append(elision(levels[depth])) }
        levels.removeLast()
        continue
      }
      let node = levels[depth].nodes[levels[depth].next]
      levels[depth].next += 1
      let isLast = levels[depth].next == levels[depth].nodes.count && levels[depth].hidden.isEmpty
      let isTop = levels[depth].isTop
      lines.append(levels[depth].indent + (isTop ? "" : isLast ? "└─ " : "├─ ") + (selection.lines[node] ?? ""))
      let share = selection.tree.share(of: node)
      shown.spans += share.spans
      shown.nanos = shown.nanos.addingSaturated(share.nanos)
      let indent = isTop ? "" : levels[depth].indent + (isLast ? "   " : "│  ")
      let children = Array(selection.tree.children(of: node))
      if !children.isEmpty { levels.append(level(children, indent: indent, isTop: false)) }
    }
  }

  /// Divides siblings into those that are shown and the total of the others.
  private func level(_ nodes: [Int], indent: String, isTop: Bool) -> Level {
    let tree = selection.tree
    var level = Level(nodes: [], indent: indent, isTop: isTop, hidden: Hidden())
    for node in nodes {
      if selection.isShown[node] {
        level.nodes.append(node)
      } else {
        level.hidden.spans += tree.spans(below: node)
        level.hidden.total = level.hidden.total.addingSaturated(tree.totalNanos(of: node))
        level.hidden.max = max(level.hidden.max, tree.maxNanos(of: node))
        level.hidden.failed += tree.failures(below: node)
      }
    }
    return level
  }

  private func elision(_ level: Level) -> String {
    let hidden = level.hidden
    return level.indent + (level.isTop ? "" : "└─ ")
      + language.more(hidden.spans, total: hidden.total, max: hidden.max, failed: hidden.failed)
  }
}

extension FoldedTree {
  /// The nodes that a text of `budget` characters would show, in the same order, with their depths.
  /// - Parameter lines: the cached lines of the tree, if there are any.
  package func selected(
    _ lines: TreeLines = TreeLines(), scope: TreeScope, language: SummaryLanguage, budget: Int
  ) -> [(node: Int, depth: Int)] {
    let selection = TreeSelection(self, lines, scope: scope, language: language, budget: budget)
    var nodes: [(node: Int, depth: Int)] = []
    var stack = selection.tops.reversed().filter { selection.isShown[$0] }.map { (node: $0, depth: 0) }
    while let (node, depth) = stack.popLast() {
      nodes.append((node, depth))
      for child in children(of: node).reversed() where selection.isShown[child] { stack.append((child, depth + 1)) }
    }
    return nodes
  }
}
