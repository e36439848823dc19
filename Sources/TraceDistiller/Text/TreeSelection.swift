// Chooses the nodes of a folded tree that are shown within a budget: the most important first, with their ancestors.

/// The part of a call tree to show.
package struct TreeScope: Sendable {
  /// Only this span and the spans below it; nil for all roots.
  package var focus: Int?
  /// The maximum number of levels below the top.
  package var maxDepth: Int?

  package init(focus: Int? = nil, maxDepth: Int? = nil) {
    self.focus = focus
    self.maxDepth = maxDepth
  }
}

/// Chooses nodes so that their lines, those of their ancestors, and one elision line for every shown span with hidden children never exceed
/// the budget. See distilling.md, "Choosing under a budget".
struct TreeSelection {
  private(set) var isShown: [Bool]
  private(set) var lines: [Int: String] = [:]
  let tops: [Int]
  let tree: FoldedTree
  private let shared: TreeLines
  private let scope: TreeScope
  private let lineMaker: SpanLine
  private var depth: [Int: Int] = [:]
  private var hiddenChildren: [Int: Int] = [:]
  private var rest: Int

  /// The longest possible elision line in this trace.
  private let elisionReserve: Int

  /// Selects all spans; nil as soon as it is clear that their lines exceed the budget.
  init?(allOf tree: FoldedTree, _ shared: TreeLines, language: SummaryLanguage, budget: Int) {
    self.init(tree, shared, scope: TreeScope(), language: language, room: .max)
    var stack = tops
    var used = 0
    while let node = stack.popLast() {
      let line = line(of: node)
      used += jsonLength(line) + 2
      if used > budget + 2 { return nil }
      isShown[node] = true
      lines[node] = line
      stack.append(contentsOf: tree.children(of: node))
    }
  }

  /// - Complexity: O(n) for ranking, then O(shown lines); no recursion.
  init(_ tree: FoldedTree, _ shared: TreeLines, scope: TreeScope, language: SummaryLanguage, budget: Int) {
    self.init(tree, shared, scope: scope, language: language, room: budget)
    var failures = 0
    for row in ranked(limit: max(16, budget / 12)) {
      // No line of a span is shorter; and after many lines that did not fit, searching for a shorter one is not worth it.
      if rest < TreeSelection.shortestLine || failures > 128 { break }
      failures = show(row) ? 0 : failures + 1
    }
    followHeaviest()
  }

  /// `a (1 ns | 1 ns)` and its line break.
  private static let shortestLine = 17

  private init(_ tree: FoldedTree, _ shared: TreeLines, scope: TreeScope, language: SummaryLanguage, room: Int) {
    self.tree = tree
    self.shared = shared
    self.scope = scope
    lineMaker = SpanLine(language: language)
    isShown = Array(repeating: false, count: tree.nodes.count)
    tops = tree.shownTops
    let trace = tree.trace
    let elision = language.more(
      trace.tree.count, total: tree.sumNanos, max: tree.longestNanos, failed: trace.snapshot.storage.failedCount)
    // A line break, and two times that may be longer as text than those of the whole: 999.99 ms of 1.00 s.
    elisionReserve = jsonLength(elision) + 2 + 6
    // Hidden roots also need an elision line.
    rest = room - elisionReserve
  }

  /// The most important nodes, best first; of the top nodes only the first comes before the others.
  private func ranked(limit: Int) -> [Int] {
    tops.prefix(1) + shared.ranking(of: tree).prefix(limit).map(Int.init).filter { $0 != tops.first } + tops.dropFirst().prefix(limit)
  }

  /// Follows the longest child from the top down while there is room. If the most important spans are too deep to be shown with all their
  /// ancestors, at least the path towards them is shown.
  private mutating func followHeaviest() {
    guard var node = tops.first else { return }
    while show(node) {
      var heaviest = -1
      for child in tree.children(of: node) where heaviest < 0 || tree.totalNanos(of: child) > tree.totalNanos(of: heaviest) {
        heaviest = child
      }
      guard heaviest >= 0 else { return }
      node = heaviest
    }
  }

  /// Shows a node and its ancestors. If not all fit, shows as many from the top as fit: the path to an important node comes before less
  /// important nodes. Returns false if the node itself is not shown.
  private mutating func show(_ node: Int) -> Bool {
    guard !isShown[node] else { return true }
    var way: [Int] = []
    var current = node
    while current >= 0, !isShown[current] {
      way.append(current)
      // Each line takes at least a few characters, so a path that is too long is recognised before it is walked.
      if way.count * 8 > rest { return false }
      current = tree.parent(of: current)
    }
    let topDepth = current >= 0 ? depth[current]! + 1 : 0
    if let maxDepth = scope.maxDepth, topDepth + way.count - 1 > maxDepth { return false }
    var used = 0
    var made: [(node: Int, line: String)] = []
    for (offset, node) in way.reversed().enumerated() {
      let line = line(of: node)
      let cost = self.cost(of: line, at: topDepth + offset, hasChildren: !tree.nodes[node].children.isEmpty)
      if used + cost > rest { break }
      used += cost
      made.append((node, line))
    }
    rest -= used
    for (offset, entry) in made.enumerated() { place(entry.node, entry.line, at: topDepth + offset) }
    return made.count == way.count
  }

  private func line(of node: Int) -> String { shared.line(node, lineMaker.language) { lineMaker.make(node, in: tree) } }

  private func cost(of line: String, at depth: Int, hasChildren: Bool) -> Int {
    let own = 3 * depth + jsonLength(line) + 2
    return hasChildren ? own + 3 * (depth + 1) + elisionReserve : own
  }

  private mutating func place(_ node: Int, _ line: String, at depth: Int) {
    isShown[node] = true
    lines[node] = line
    self.depth[node] = depth
    hiddenChildren[node] = tree.nodes[node].children.count
    let parent = tree.parent(of: node)
    guard parent >= 0, let hidden = hiddenChildren[parent] else { return }
    hiddenChildren[parent] = hidden - 1
    // The last hidden child is shown now, so its parent needs no elision line.
    if hidden == 1 { rest += 3 * depth + elisionReserve }
  }
}
