// The chosen spans as an indented tree, with an elision line wherever something is missing.

/// The tree section of a summary.
struct TreeText {
  private(set) var lines: [String] = []
  private(set) var shown = SummaryShare(spans: 0, nanos: 0)
  private let trace: DistilledTrace
  private let selection: TreeSelection
  private let language: SummaryLanguage

  private struct Level {
    var rows: [Int]
    var next = 0
    /// What stands before the children's own glyph.
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

  init(_ trace: DistilledTrace, selection: TreeSelection, language: SummaryLanguage) {
    self.trace = trace
    self.selection = selection
    self.language = language
    write()
  }

  private mutating func write() {
    var levels = [level(selection.tops, indent: "", isTop: true)]
    while !levels.isEmpty {
      let depth = levels.count - 1
      guard levels[depth].next < levels[depth].rows.count else {
        if !levels[depth].hidden.isEmpty { lines.append(elision(levels[depth])) }
        levels.removeLast()
        continue
      }
      let row = levels[depth].rows[levels[depth].next]
      levels[depth].next += 1
      let isLast = levels[depth].next == levels[depth].rows.count && levels[depth].hidden.isEmpty
      let isTop = levels[depth].isTop
      lines.append(levels[depth].indent + (isTop ? "" : isLast ? "└─ " : "├─ ") + (selection.lines[row] ?? ""))
      shown.spans += 1
      shown.nanos = shown.nanos.addingSaturated(trace.selfNanos[row])
      let indent = isTop ? "" : levels[depth].indent + (isLast ? "   " : "│  ")
      let children = trace.tree.children(of: row)
      if !children.isEmpty { levels.append(level(children.map(Int.init), indent: indent, isTop: false)) }
    }
  }

  /// Splits siblings into those that are shown and the sum of the others.
  private func level(_ rows: [Int], indent: String, isTop: Bool) -> Level {
    var level = Level(rows: [], indent: indent, isTop: isTop, hidden: Hidden())
    for row in rows {
      if selection.isShown[row] {
        level.rows.append(row)
      } else {
        level.hidden.spans += Int(trace.subtreeSpans[row])
        level.hidden.total = level.hidden.total.addingSaturated(trace.tree.duration(row))
        level.hidden.max = max(level.hidden.max, trace.tree.duration(row))
        level.hidden.failed += Int(trace.subtreeFailures[row])
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

extension DistilledTrace {
  /// The spans that a text of `budget` characters would show, in its order, with their depths.
  package func selectedRows(scope: TreeScope, language: SummaryLanguage, budget: Int) -> [(row: Int, depth: Int)] {
    let selection = TreeSelection(self, scope: scope, language: language, budget: budget)
    var rows: [(row: Int, depth: Int)] = []
    var stack = selection.tops.reversed().filter { selection.isShown[$0] }.map { (row: $0, depth: 0) }
    while let (row, depth) = stack.popLast() {
      rows.append((row, depth))
      for child in tree.children(of: row).reversed() where selection.isShown[Int(child)] { stack.append((Int(child), depth + 1)) }
    }
    return rows
  }
}
