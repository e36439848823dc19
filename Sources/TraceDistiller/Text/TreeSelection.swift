// Which nodes of a folded tree are shown under a budget: the worthiest first, with their ancestors.

/// What to show of a call tree.
package struct TreeScope: Sendable {
  /// Only this span and what is below it; nil for all roots.
  package var focus: Int?
  /// Levels below the top that are shown at most.
  package var maxDepth: Int?

  package init(focus: Int? = nil, maxDepth: Int? = nil) {
    self.focus = focus
    self.maxDepth = maxDepth
  }
}

/// Chooses nodes so that their lines, those of their ancestors, and one elision line for every shown span with hidden children never exceed
/// the budget. distilling.md, "Choosing under a budget".
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

  /// An elision line's longest text in this trace.
  private let elisionReserve: Int

  /// All spans of the scope; nil as soon as their lines are known to take more than the budget.
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

  /// - Complexity: O(n) to rank, then O(what is shown) lines made; no recursion.
  init(_ tree: FoldedTree, _ shared: TreeLines, scope: TreeScope, language: SummaryLanguage, budget: Int) {
    self.init(tree, shared, scope: scope, language: language, room: budget)
    var failures = 0
    for row in ranked(limit: max(16, budget / 12)) {
      // No line of a span is shorter; and after so many that did not fit, a shorter one is not worth the search.
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
    // Its line break, and two times that may be longer than those of the whole: 999.99 ms of 1.00 s.
    elisionReserve = jsonLength(elision) + 2 + 6
    // Hidden roots are counted in an elision line as well.
    rest = room - elisionReserve
  }

  /// The worthiest nodes, best first, but for the tops: the first comes before all others, the rest behind them.
  private func ranked(limit: Int) -> [Int] {
    tops.prefix(1) + shared.ranking(of: tree).prefix(limit).map(Int.init).filter { $0 != tops.first } + tops.dropFirst().prefix(limit)
  }

  /// From the top down to the longest child each time, as far as there is room: where the worthiest spans lie too deep to be shown with all
  /// their ancestors, the way to them is shown at least.
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

  /// Shows a node and its ancestors; where not all fit, as many from the top as do: the way to what matters comes before what matters less.
  /// False where the node itself is not shown.
  private mutating func show(_ node: Int) -> Bool {
    guard !isShown[node] else { return true }
    var way: [Int] = []
    var current = node
    while current >= 0, !isShown[current] {
      way.append(current)
      // Each line takes at least a few characters: a way too long for the budget is known before it is walked.
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
    // The last child is shown: its parent needs no elision line any more.
    if hidden == 1 { rest += 3 * depth + elisionReserve }
  }
}
