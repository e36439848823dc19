// N+1: one span makes the same remote call again and again, where one call for all would do.

enum RepeatedCallDetector: InsightDetector {
  /// Fewer may well be all that there is to ask; ten of the same in one span are a loop.
  static let leastCalls = 10
  /// Of the root's duration. Less is not worth a change of code.
  static let leastPercent: Int64 = 2
  /// Calls that are named; a loop of more kinds is described by its most frequent ones.
  static let maxCalls = 3

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    var found = InsightsByCall()
    // The keys of the loops in question, by the key of their caller: queries of one loop belong together.
    var calls: [Int32: [(key: Int32, row: Int, count: Int)]] = [:]
    for group in context.groups where group.count >= leastCalls {
      let first = Int(context.members[group.range.lowerBound])
      guard context.isRemoteCall(first), group.failures * 2 < group.count else { continue }
      let parentKey = context.keys[group.parent]
      var known = calls[parentKey] ?? []
      if let place = known.firstIndex(where: { $0.key == group.key }) {
        known[place].count += group.count
      } else if known.count < 64 {
        known.append((group.key, first, group.count))
      }
      calls[parentKey] = known
      var insight = Insight(kind: .repeatedCall, row: first, within: group.parent, count: group.count, rows: [])
      for member in context.members(of: group).prefix(Insight.maxRows / 2) { insight.add(row: Int(member)) }
      insight.costNanos = group.criticalNanos.addingSaturated(between(group, context, &claims))
      insight.nanos = Int64(group.parent)
      found.add(insight, parentKey, 0) { known, more in
        // A second loop in the same span is no second place.
        let isSamePlace = known.nanos == more.nanos
        known.merge(more)
        if isSamePlace { known.places -= 1 }
        known.nanos = more.nanos
      }
    }
    for row in context.standIns.lazy.map(Int.init) {
      guard let insight = pruned(row, context, &claims) else { continue }
      let parentKey = context.keys[Int(context.tree.parent[row])]
      calls[parentKey, default: []].append((context.keys[row], row, insight.count))
      found.add(insight, parentKey, 0) { known, more in
        let isSamePlace = known.nanos == more.nanos
        known.merge(more)
        if isSamePlace { known.places -= 1 }
        known.nanos = more.nanos
      }
    }
    return found.insights.compactMap { insight in
      var insight = insight
      insight.nanos = 0
      guard insight.costNanos >= context.least(percent: leastPercent), let within = insight.within else { return nil }
      let key = context.keys[within]
      claims.repeated[key] = insight.costNanos
      let sorted = (calls[key] ?? []).enumerated().sorted { left, right in
        left.element.count != right.element.count ? left.element.count > right.element.count : left.offset < right.offset
      }
      insight.calls = sorted.map { Insight.Call(row: $0.element.row, count: $0.element.count) }
      if let most = insight.calls.first {
        insight.row = most.row
        insight.rows = [most.row] + insight.rows.filter { $0 != most.row }.prefix(Insight.maxRows - 1)
      }
      return insight
    }
  }

  /// A group that came as one span tells how many calls it stands for. Below another group it is not known how many each of its callers made.
  private static func pruned(_ row: Int, _ context: InsightContext, _ claims: inout InsightClaims) -> Insight? {
    let (parent, calls) = (context.caller(of: row), context.trace.calls(of: row))
    guard context.trace.tree.flags[row].contains(.pruned), parent >= 0, calls >= leastCalls, context.isRemoteCall(row),
      !context.isFailed(row), !context.isStandIn(parent)
    else { return nil }
    claims.loops.insert(parent)
    var insight = Insight(kind: .repeatedCall, row: row, within: parent, count: calls, rows: [row])
    insight.costNanos = context.subtreeCritical[row]
    insight.nanos = Int64(parent)
    return insight
  }

  /// What the caller does between its first and its last such call belongs to the loop: one call would make it unnecessary as well.
  private static func between(_ group: SiblingGroup, _ context: InsightContext, _ claims: inout InsightClaims) -> Int64 {
    guard claims.loops.insert(group.parent).inserted else { return 0 }
    let first = Int(context.members[group.range.lowerBound])
    let last = Int(context.members[group.range.upperBound - 1])
    return context.criticalNanos(of: group.parent, from: context.tree.start[first], to: context.tree.end[last])
  }
}
