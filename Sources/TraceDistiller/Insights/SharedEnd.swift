// Several spans wait at the same time and end together, when another span ends: that span held what they waited for.
//
//   rebuild   ├───────────────────┤            holds the lock
//   wait          ├───────────────┤
//   wait             ├────────────┤            all end with it
//   wait                 ├────────┤

enum SharedEnd {
  static let leastSpans = 3
  /// The maximum distance between the ends: the lock passes from one to the next.
  static let slackNanos: Int64 = 1_000_000
  static let leastPercent: Int64 = 5
  /// The maximum number of spans of one kind that are examined.
  static let mostSpans = 10_000
  /// The maximum number of kinds for which the holder is searched: each search visits every span.
  static let mostKinds = 64

  static func find(in context: InsightContext) -> [Insight] {
    let tree = context.tree
    // Spans without calls, by kind.
    var kinds: [Int32: [Int]] = [:]
    var order: [Int32] = []
    for row in context.order.lazy.map(Int.init) where tree.children(of: row).isEmpty && !tree.isOpen[row] && tree.parent[row] >= 0 {
      guard tree.duration(row) >= InsightContext.leastNanos else { continue }
      let key = context.keys[row]
      if kinds[key] == nil { order.append(key) }
      if kinds[key, default: []].count < mostSpans { kinds[key, default: []].append(row) }
    }
    var found: [Insight] = []
    var looks = 0
    for key in order where looks < mostKinds {
      guard let rows = kinds[key], rows.count >= leastSpans else { continue }
      let ends = rows.map { tree.end[$0] }
      guard let first = ends.min(), let last = ends.max(), last.subtractingSaturated(first) <= slackNanos else { continue }
      guard isWaiting(rows, first, context) else { continue }
      looks += 1
      guard let insight = insight(rows, key, first, context) else { continue }
      found.append(insight)
    }
    return found
  }

  /// Whether all of them ran at the same time, for long enough together.
  private static func isWaiting(_ rows: [Int], _ first: Int64, _ context: InsightContext) -> Bool {
    var (waited, start) = (Int64(0), Int64.min)
    for row in rows {
      waited = waited.addingSaturated(context.tree.duration(row))
      start = max(start, context.tree.start[row])
    }
    return waited >= context.least(percent: leastPercent) && start < first
  }

  private static func insight(_ rows: [Int], _ key: Int32, _ first: Int64, _ context: InsightContext) -> Insight? {
    let tree = context.tree
    let earliest = rows.map { tree.start[$0] }.min() ?? 0
    // Their ancestors did their own work and hold nothing.
    var isAbove = Set<Int>()
    for row in rows {
      var above = row
      while above >= 0, isAbove.insert(above).inserted { above = Int(tree.parent[above]) }
    }
    var holder: Int?
    for row in context.order.lazy.map(Int.init) where !isAbove.contains(row) && context.keys[row] != key && !tree.isOpen[row] {
      let distance = first.subtractingSaturated(tree.end[row])
      // It ended just before the first of them, and was already running when the first began to wait.
      guard distance >= -slackNanos, distance <= slackNanos, tree.start[row] <= earliest else { continue }
      if holder.map({ tree.duration(row) > tree.duration($0) }) ?? true { holder = row }
    }
    guard let holder else { return nil }
    var insight = Insight(kind: .resourceWait, row: rows[0], within: Int(tree.parent[rows[0]]), count: rows.count, rows: [])
    for row in rows.prefix(Insight.maxRows - 1) { insight.add(row: row) }
    insight.add(row: holder)
    insight.nanos = rows.map { tree.duration($0) }.max() ?? 0
    for row in rows { insight.add(context.path(below: row)) }
    insight.calls = [Insight.Call(row: holder, count: rows.count)]
    // What the holder did for at least half of its time.
    if let part = tree.children(of: holder).map(Int.init).max(by: { tree.duration($0) < tree.duration($1) }),
      tree.duration(part) >= tree.duration(holder) / 2
    {
      insight.calls.append(Insight.Call(row: part, count: Int(clamping: tree.duration(part) / max(1, tree.duration(holder) / 100))))
    }
    return insight
  }
}
