// Spans of one kind that never overlap although their parents do: they wait for the same lock, connection or thread.

enum ResourceWaitDetector: InsightDetector {
  /// Three in a row may happen by chance.
  static let leastSpans = 4
  /// Of the root's duration: the waiting time on the critical path.
  static let leastPercent: Int64 = 5
  /// Of the time from the first to the last of them, the part that they must fill: rare spans do not overlap anyway.
  static let leastFilledPercent: Int64 = 50

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    var counts = [Int32](repeating: 0, count: context.keys.count)
    for row in context.order where tree.parent[Int(row)] >= 0 { counts[Int(context.keys[Int(row)])] += 1 }
    // Only keys whose spans all have different parents: found through groups with one member.
    var singles = [Int32](repeating: 0, count: context.keys.count)
    for group in context.groups where group.count == 1 { singles[Int(group.key)] += 1 }
    var spans: [Int32: [Int]] = [:]
    var wanted: [Int32] = []
    for group in context.groups where group.count == 1 && singles[Int(group.key)] == counts[Int(group.key)] {
      guard counts[Int(group.key)] >= leastSpans else { continue }
      if spans[group.key] == nil { wanted.append(group.key) }
      spans[group.key, default: []].append(Int(context.members[group.range.lowerBound]))
    }
    var best: [Int32: Insight] = [:]
    var parents: [Int32] = []
    for key in wanted {
      guard let insight = lockStep(spans[key]!, context), let within = insight.within else { continue }
      // If several calls are made under one lock, the call that fills most of the time is the one that holds it.
      let parentKey = context.keys[within]
      if best[parentKey] == nil { parents.append(parentKey) }
      if best[parentKey].map({ $0.nanos < insight.nanos }) ?? true { best[parentKey] = insight }
    }
    let inTurn = parents.map { best[$0]! }
    let known = Set(inTurn.flatMap(\.rows))
    return inTurn + SharedEnd.find(in: context).filter { known.isDisjoint(with: $0.rows) }
  }

  private static func lockStep(_ unsorted: [Int], _ context: InsightContext) -> Insight? {
    let tree = context.tree
    let rows = unsorted.sorted { tree.startPrecedes($0, $1) }
    let parentKey = context.keys[Int(tree.parent[rows[0]])]
    var (filled, parentsSum) = (Int64(0), Int64(0))
    var (parentsStart, parentsEnd) = (Int64.max, Int64.min)
    var (cost, waited) = (PathParts(), 0)
    // The time of the spans before this one in the line.
    var others = PathParts()
    for (index, row) in rows.enumerated() {
      let parent = Int(tree.parent[row])
      guard context.keys[parent] == parentKey, !tree.isOpen[row], !tree.isDetached[row] else { return nil }
      filled = filled.addingSaturated(tree.duration(row))
      parentsSum = parentsSum.addingSaturated(tree.duration(parent))
      parentsStart = min(parentsStart, tree.start[parent])
      parentsEnd = max(parentsEnd, tree.end[parent])
      let ahead = PathParts([PathParts.Part(start: tree.start[parent], end: tree.start[row])])
      cost.formUnion(context.path(below: parent).intersection(ahead).intersection(others))
      others.formUnion(PathParts([PathParts.Part(start: tree.start[row], end: tree.end[row])]))
      guard index > 0 else { continue }
      let previous = rows[index - 1]
      guard tree.begins(row, after: previous) else { return nil }
      // The parent was already running while the previous span was still active.
      if tree.start[parent] < tree.end[previous] { waited += 1 }
    }
    let whole = tree.end[rows[rows.count - 1]].subtractingSaturated(tree.start[rows[0]])
    guard filled / 100 >= whole / 100 * leastFilledPercent / 100, whole > 0 else { return nil }
    guard parentsSum / 2 >= parentsEnd.subtractingSaturated(parentsStart), waited * 10 >= (rows.count - 1) * 8 else { return nil }
    guard cost.nanos >= context.least(percent: leastPercent) else { return nil }
    var insight = Insight(kind: .resourceWait, row: rows[0], within: Int(tree.parent[rows[0]]), count: rows.count, rows: [])
    insight.places = rows.count
    for row in rows { insight.add(row: row) }
    insight.add(cost)
    insight.nanos = filled
    insight.through = busiest(rows, filled, context)
    return insight
  }

  /// The kind of call in which they spend at least half of their time while it is their turn; its count is the percentage.
  private static func busiest(_ rows: [Int], _ filled: Int64, _ context: InsightContext) -> Insight.Call? {
    var sums: [Int32: (nanos: Int64, row: Int)] = [:]
    for row in rows {
      for child in context.tree.children(of: row).lazy.map(Int.init) where !context.tree.isDetached[child] {
        let inside = max(0, min(context.tree.end[child], context.tree.end[row]) - max(context.tree.start[child], context.tree.start[row]))
        let known = sums[context.keys[child]] ?? (0, child)
        sums[context.keys[child]] = (known.nanos.addingSaturated(inside), known.row)
      }
    }
    let most = sums.values.max { $0.nanos != $1.nanos ? $0.nanos < $1.nanos : context.tree.startPrecedes($1.row, $0.row) }
    guard let most, filled > 0, most.nanos >= filled / 2 else { return nil }
    return Insight.Call(row: most.row, count: Int(clamping: min(most.nanos, filled) / max(1, filled / 100)))
  }
}
