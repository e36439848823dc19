// Which spans of a tree are shown under a budget: the worthiest first, with their ancestors.

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

/// Chooses rows so that their lines, those of their ancestors, and one elision line for every shown span with hidden children never exceed
/// the budget. distilling.md, "Choosing under a budget".
struct TreeSelection {
  private(set) var isShown: [Bool]
  private(set) var lines: [Int: String] = [:]
  private(set) var tops: [Int]
  private let trace: DistilledTrace
  private let scope: TreeScope
  private let lineMaker: SpanLine
  private var depth: [Int: Int] = [:]
  private var hiddenChildren: [Int: Int] = [:]
  private var rest: Int

  /// An elision line's longest text in this trace.
  private let elisionReserve: Int

  /// All spans of the scope; nil as soon as their lines are known to take more than the budget.
  init?(allOf trace: DistilledTrace, scope: TreeScope, language: SummaryLanguage, budget: Int) {
    self.init(trace, scope: scope, language: language, room: .max)
    var stack = tops
    var used = 0
    while let row = stack.popLast() {
      let line = lineMaker.make(trace.node(row))
      used += jsonLength(line) + 2
      if used > budget + 2 { return nil }
      isShown[row] = true
      lines[row] = line
      stack.append(contentsOf: trace.tree.children(of: row).lazy.map(Int.init))
    }
  }

  /// - Complexity: O(n) to rank, then O(what is shown) lines made; no recursion.
  init(_ trace: DistilledTrace, scope: TreeScope, language: SummaryLanguage, budget: Int) {
    self.init(trace, scope: scope, language: language, room: budget)
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

  private init(_ trace: DistilledTrace, scope: TreeScope, language: SummaryLanguage, room: Int) {
    self.trace = trace
    self.scope = scope
    lineMaker = SpanLine(language: language)
    isShown = Array(repeating: false, count: trace.tree.count)
    tops = scope.focus.map { [$0] } ?? trace.tree.roots.map(\.row)
    var (sum, longest) = (Int64(0), Int64(0))
    for row in 0..<trace.tree.count where trace.tree.isIncluded[row] {
      sum = sum.addingSaturated(trace.tree.duration(row))
      longest = max(longest, trace.tree.duration(row))
    }
    let elision = language.more(trace.tree.count, total: sum, max: longest, failed: trace.snapshot.storage.failedCount)
    // Its line break, and two times that may be longer than those of the whole: 999.99 ms of 1.00 s.
    elisionReserve = jsonLength(elision) + 2 + 6
    // Hidden roots are told in an elision line as well.
    rest = room - elisionReserve
  }

  /// The worthiest rows, best first. Worth: time on the critical path counts double, then self time; failures and the tops come before.
  private func ranked(limit: Int) -> [Int] {
    struct Ranked {
      var row: Int
      var worth: Int64
    }
    func precedes(_ left: Ranked, _ right: Ranked) -> Bool {
      left.worth != right.worth ? left.worth > right.worth : trace.tree.startPrecedes(left.row, right.row)
    }
    let whole = tops.first.map { max(1, trace.tree.duration($0)) } ?? 1
    var best: [Ranked] = []
    var threshold = Int64.min
    func consider(_ row: Int) {
      var worth = trace.criticalNanos[row].addingSaturated(trace.criticalNanos[row]).addingSaturated(trace.selfNanos[row])
      if trace.snapshot.storage.spans[row].flags.contains(.failed) { worth = worth.addingSaturated(whole).addingSaturated(whole) }
      guard worth >= threshold else { return }
      best.append(Ranked(row: row, worth: worth))
      if best.count >= limit * 4 {
        best.sort(by: precedes)
        best.removeLast(best.count - limit)
        threshold = best.last?.worth ?? threshold
      }
    }
    if let focus = scope.focus {
      var stack = [focus]
      while let row = stack.popLast() {
        consider(row)
        stack.append(contentsOf: trace.tree.children(of: row).map(Int.init))
      }
    } else {
      for row in 0..<trace.tree.count where trace.tree.isIncluded[row] { consider(row) }
    }
    best.sort(by: precedes)
    let isTop = Set(tops.prefix(limit))
    return tops.prefix(1) + best.prefix(limit).map(\.row).filter { $0 != tops.first }
      + tops.dropFirst().prefix(limit).filter { isTop.contains($0) }
  }

  /// From the top down to the longest child each time, as far as there is room: where the worthiest spans lie too deep to be shown with all
  /// their ancestors, the way to them is shown at least.
  private mutating func followHeaviest() {
    guard var row = tops.first else { return }
    while show(row) {
      var heaviest = -1
      for child in trace.tree.children(of: row).lazy.map(Int.init)
      where heaviest < 0 || trace.tree.duration(child) > trace.tree.duration(heaviest) {
        heaviest = child
      }
      guard heaviest >= 0 else { return }
      row = heaviest
    }
  }

  /// Shows a row and its ancestors; where not all fit, as many from the top as do: the way to what matters comes before what matters less.
  /// False where the row itself is not shown.
  private mutating func show(_ row: Int) -> Bool {
    guard !isShown[row] else { return true }
    var chain: [Int] = []
    var current = row
    while current >= 0, !isShown[current] {
      chain.append(current)
      // Each line takes at least a few characters: a chain too long for the budget is known before it is walked.
      if chain.count * 8 > rest { return false }
      if current == scope.focus { break }
      current = Int(trace.tree.parent[current])
    }
    let top = chain[chain.count - 1]
    let parentOfTop = top == scope.focus ? -1 : Int(trace.tree.parent[top])
    let topDepth = parentOfTop >= 0 ? depth[parentOfTop]! + 1 : 0
    if let maxDepth = scope.maxDepth, topDepth + chain.count - 1 > maxDepth { return false }
    var used = 0
    var made: [(row: Int, line: String)] = []
    for (offset, row) in chain.reversed().enumerated() {
      let line = lineMaker.make(trace.node(row))
      let cost = self.cost(of: line, at: topDepth + offset, hasChildren: !trace.tree.children(of: row).isEmpty)
      if used + cost > rest { break }
      used += cost
      made.append((row, line))
    }
    rest -= used
    for (offset, entry) in made.enumerated() { place(entry.row, entry.line, at: topDepth + offset) }
    return made.count == chain.count
  }

  private func cost(of line: String, at depth: Int, hasChildren: Bool) -> Int {
    let own = 3 * depth + jsonLength(line) + 2
    return hasChildren ? own + 3 * (depth + 1) + elisionReserve : own
  }

  private mutating func place(_ row: Int, _ line: String, at depth: Int) {
    isShown[row] = true
    lines[row] = line
    self.depth[row] = depth
    hiddenChildren[row] = trace.tree.children(of: row).count
    let parent = row == scope.focus ? -1 : Int(trace.tree.parent[row])
    guard parent >= 0, let hidden = hiddenChildren[parent] else { return }
    hiddenChildren[parent] = hidden - 1
    // The last child is shown: its parent needs no elision line any more.
    if hidden == 1 { rest += 3 * depth + elisionReserve }
  }
}
