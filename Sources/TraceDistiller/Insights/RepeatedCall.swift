// N+1: one span makes the same remote call again and again where one call could do; or similar spans below it do, a few times each.

enum RepeatedCallDetector: InsightDetector {
  /// Fewer calls may be all that is needed; ten equal calls in one span are a loop.
  static let leastCalls = 10
  /// Of the root's duration. Less is not worth a change of the code.
  static let leastPercent: Int64 = 2
  /// A pause of this length between two calls can be the driver's or the mapper's own; all pauses together can be `mostOverhead` times the
  /// calls' time.
  static let mostOverheadNanos: Int64 = 1_000_000
  static let mostOverhead: Int64 = 3
  /// The maximum number of calls that are named. A loop with more kinds is described by its most frequent ones.
  static let maxCalls = 3

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    var found = InsightsByCall()
    // The keys of candidate loops, by the key of their caller: queries of one loop belong together.
    var calls: [Int32: [(key: Int32, row: Int, count: Int)]] = [:]
    var latestPlace: [Int32: Int] = [:]
    for group in context.groups where group.count >= leastCalls {
      let first = Int(context.members[group.range.lowerBound])
      guard context.isRemoteCall(first), group.failures * 2 < group.count else { continue }
      let members = context.members(of: group).map(Int.init)
      guard isInTurn(members, context) else { continue }
      let parentKey = context.keys[group.parent]
      var known = calls[parentKey] ?? []
      if let place = known.firstIndex(where: { $0.key == group.key }) {
        known[place].count += group.count
      } else if known.count < 64 {
        known.append((group.key, first, group.count))
      }
      calls[parentKey] = known
      var insight = Insight(kind: .repeatedCall, row: first, within: group.parent, count: group.count, rows: [])
      for member in members.prefix(Insight.maxRows / 2) { insight.add(row: member) }
      insight.add(context.path(below: members))
      insight.add(pauses(members, group, context, &claims))
      (insight.nanos, insight.otherNanos) = times(members, context)
      // A second loop in the same span does not count as another place.
      let isSamePlace = latestPlace[parentKey] == group.parent
      latestPlace[parentKey] = group.parent
      found.add(insight, parentKey, 0) { known, more in
        join(&known, more, isSamePlace: isSamePlace)
        if isSamePlace { known.places -= 1 }
      }
    }
    for row in context.standIns.lazy.map(Int.init) {
      guard let insight = pruned(row, context, &claims), let parent = insight.within else { continue }
      let parentKey = context.keys[parent]
      calls[parentKey, default: []].append((context.keys[row], row, insight.count))
      let isSamePlace = latestPlace[parentKey] == parent
      latestPlace[parentKey] = parent
      found.add(insight, parentKey, 0) { known, more in
        join(&known, more, isSamePlace: isSamePlace)
        if isSamePlace { known.places -= 1 }
      }
    }
    let loops = found.insights.compactMap { insight -> Insight? in
      var insight = insight
      insight.settle()
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
      insight.place = context.trace.callPlace(of: insight.row)
      return insight
    }
    return loops + inPieces(context, &claims)
  }

  /// Adds both times. For two loops in one span, the longer time from first to last call counts once.
  private static func join(_ known: inout Insight, _ more: Insight, isSamePlace: Bool) {
    let calls = known.nanos.addingSaturated(more.nanos)
    let reach = isSamePlace ? max(known.otherNanos, more.otherNanos) : known.otherNanos.addingSaturated(more.otherNanos)
    known.merge(more)
    (known.nanos, known.otherNanos) = (calls, reach)
  }

  /// Whether the calls run one after the other. Calls that run at the same time are already made in parallel: their sum is not a cost.
  static func isInTurn(_ rows: [Int], _ context: InsightContext) -> Bool {
    var last = rows[0]
    var inTurn = 0
    for row in rows.dropFirst() {
      if context.tree.begins(row, after: last) { inTurn += 1 }
      if context.tree.end[row] > context.tree.end[last] { last = row }
    }
    return inTurn * 10 >= (rows.count - 1) * 8
  }

  /// The time in the calls, and the time from the first to the last.
  private static func times(_ rows: [Int], _ context: InsightContext) -> (calls: Int64, reach: Int64) {
    var calls: Int64 = 0
    var end = Int64.min
    for row in rows {
      calls = calls.addingSaturated(context.tree.duration(row))
      end = max(end, context.tree.end[row])
    }
    let reach = end.subtractingSaturated(context.tree.start[rows[0]])
    return (min(calls, reach), reach)
  }

  /// A group that arrived as one span gives its number of calls. Below another group it is not known how many each caller made.
  private static func pruned(_ row: Int, _ context: InsightContext, _ claims: inout InsightClaims) -> Insight? {
    let (parent, calls) = (context.caller(of: row), context.trace.calls(of: row))
    guard context.trace.tree.flags[row].contains(.pruned), parent >= 0, calls >= leastCalls, context.isRemoteCall(row),
      !context.isFailed(row), !context.isStandIn(parent)
    else { return nil }
    // It is not known when the calls ran, so the time between them is not known either.
    claims.loops[parent] = PathParts([PathParts.Part(start: .min / 2, end: .max / 2)])
    var insight = Insight(kind: .repeatedCall, row: row, within: parent, count: calls, rows: [row])
    insight.add(context.path(below: row))
    // The time from the first to the last call is not known.
    (insight.nanos, insight.otherNanos) = (insight.costNanos, insight.costNanos)
    return insight
  }

  /// The caller's own time between two such calls belongs to the loop while it is short: one call instead of many would save it too. A
  /// pause that is longer than the longest call and longer than a driver needs is work of its own. Where all pauses together take several
  /// times as long as the calls, the pauses are the cost and none counts.
  private static func pauses(
    _ rows: [Int], _ group: SiblingGroup, _ context: InsightContext, _ claims: inout InsightClaims
  ) -> PathParts {
    var pauses: [PathParts.Part] = []
    let longest = max(group.longestNanos, mostOverheadNanos)
    for (row, next) in zip(rows, rows.dropFirst()) {
      let first = pauses.count
      context.appendPath(of: group.parent, from: context.tree.end[row], to: context.tree.start[next], to: &pauses)
      let pause = pauses[first...].reduce(0) { $0 + $1.nanos }
      if pause > longest { pauses.removeLast(pauses.count - first) }
    }
    var found = PathParts(pauses)
    if found.nanos / mostOverhead > group.criticalNanos { found = PathParts() }
    claims.loops[group.parent, default: PathParts()].formUnion(found)
    return found
  }

  /// The same statement two to nine times below each of several similar siblings, for example when a template is rendered several times.
  private static func inPieces(_ context: InsightContext, _ claims: inout InsightClaims) -> [Insight] {
    struct Piece: Hashable {
      var above: Int
      var caller: Int32
      var call: Int32
    }
    var pieces: [Piece: [SiblingGroup]] = [:]
    var order: [Piece] = []
    for group in context.groups where group.count > 1 && group.count < leastCalls && group.failures * 2 < group.count {
      let above = context.caller(of: group.parent)
      guard above >= 0, context.isRemoteCall(Int(context.members[group.range.lowerBound])) else { continue }
      let piece = Piece(above: above, caller: context.keys[group.parent], call: group.key)
      if pieces[piece] == nil { order.append(piece) }
      pieces[piece, default: []].append(group)
    }
    var found = InsightsByCall()
    for piece in order {
      guard let groups = pieces[piece], groups.count > 1 else { continue }
      let rows = groups.flatMap { context.members(of: $0).map(Int.init) }.sorted { context.tree.startPrecedes($0, $1) }
      guard rows.count >= leastCalls, isInTurn(rows, context) else { continue }
      var insight = Insight(kind: .repeatedCall, row: rows[0], within: piece.above, count: rows.count, rows: [])
      for row in rows.prefix(Insight.maxRows) { insight.add(row: row) }
      insight.add(context.path(below: rows))
      (insight.nanos, insight.otherNanos) = times(rows, context)
      insight.calls = [Insight.Call(row: rows[0], count: rows.count)]
      insight.through = Insight.Call(row: groups[0].parent, count: groups.count)
      found.add(insight, context.keys[piece.above], piece.call) { join(&$0, $1, isSamePlace: false) }
    }
    let told = found.insights.filter { $0.costNanos >= context.least(percent: leastPercent) }
    for insight in told {
      guard let through = insight.through else { continue }
      claims.pieces.insert([context.keys[through.row], context.keys[insight.row]])
      claims.repeated[context.keys[through.row], default: 0] += insight.costNanos
    }
    return told.map { insight in
      var insight = insight
      insight.place = context.trace.callPlace(of: insight.row)
      return insight
    }
  }
}
