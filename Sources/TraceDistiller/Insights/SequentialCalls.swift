// Calls that run one after another although nothing shows that they depend on each other: similar siblings that mostly wait, or consecutive
// reads from other services.

import TraceRecords

enum SequentialCallsDetector: InsightDetector {
  /// Two may be chance, or may depend on each other.
  static let leastCalls = 3
  /// Consecutive reads of different resources: three are needed for a pattern.
  static let leastReads = 3
  /// Of the root's duration: the time that could be saved.
  static let leastPercent: Int64 = 5
  /// Of the root's duration, if it is not known whether the calls wait or compute.
  static let leastPercentUnknown: Int64 = 20
  /// The time between the calls, in percent of their time. If it is larger, the next call may need the result of the last, or a loop polls.
  static let mostBetweenPercent: Int64 = 15
  /// The same limit for reads of different resources, where each pause must be short as well.
  static let mostBetweenReadsPercent: Int64 = 25
  /// The longest pause that a traced program needs between two calls on a busy machine; it is also at most a quarter of the call.
  static let mostPauseNanos: Int64 = 1_000_000
  /// Of the calls' time, the part that must be spent waiting for something outside.
  static let leastWaitingPercent: Int64 = 60

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let waiting = waitingNanos(context)
    var found = InsightsByCall()
    for group in context.groups where group.count >= leastCalls && group.failures * 2 < group.count {
      guard let insight = alike(group, waiting, context, claims) else { continue }
      found.add(insight, context.keys[group.parent], group.key) { $0.merge($1) }
    }
    return found.insights + reads(context)
  }

  /// The approximate time that each span and its subtree spend in remote calls. Overlapping calls count twice, but never more than the span
  /// itself.
  private static func waitingNanos(_ context: InsightContext) -> [Int64] {
    let tree = context.tree
    var waiting = [Int64](repeating: 0, count: tree.count)
    for row in context.order.reversed().lazy.map(Int.init) {
      waiting[row] = context.isRemoteCall(row) ? tree.duration(row) : min(waiting[row], tree.duration(row))
      let parent = Int(tree.parent[row])
      if parent >= 0 { waiting[parent] = waiting[parent].addingSaturated(waiting[row]) }
    }
    return waiting
  }

  private static func alike(
    _ group: SiblingGroup, _ waiting: [Int64], _ context: InsightContext, _ claims: InsightClaims
  ) -> Insight? {
    let members = context.members(of: group)
    let first = Int(members[members.startIndex])
    let saved = group.criticalNanos - min(group.criticalNanos, group.longestNanos)
    guard saved >= context.least(percent: leastPercent) else { return nil }
    // A dozen calls are better combined into one than made in parallel.
    if group.count >= RepeatedCallDetector.leastCalls, context.isRemoteCall(first) { return nil }
    if let repeated = claims.repeated[group.key], repeated * 2 >= group.criticalNanos { return nil }
    if claims.pieces.contains([context.keys[group.parent], group.key]) { return nil }
    if members.contains(where: { claims.retried.contains(Int($0)) }) { return nil }
    guard isOneAfterAnother(members.map(Int.init), context) else { return nil }
    var waitingSum: Int64 = 0
    var sum: Int64 = 0
    for member in members.map(Int.init) {
      waitingSum = waitingSum.addingSaturated(waiting[member])
      sum = sum.addingSaturated(context.tree.duration(member))
    }
    let isKnownToWait = waitingSum / 100 >= sum / 100 * leastWaitingPercent / 100
    let isUnknown =
      waitingSum == 0 && context.tree.children(of: first).isEmpty && context.tree.kind[first] == .unspecified
    guard isKnownToWait || isUnknown && saved >= context.least(percent: leastPercentUnknown) else { return nil }
    var insight = Insight(kind: .sequentialCalls, row: first, within: group.parent, count: group.count, rows: [])
    for member in members { insight.add(row: Int(member)) }
    insight.add(context.path(below: members.map(Int.init)), sparing: min(group.criticalNanos, group.longestNanos))
    insight.nanos = group.longestNanos
    return insight
  }

  /// No call starts before the previous one has ended, within the accuracy of the clocks, and there is little time between them.
  private static func isOneAfterAnother(
    _ rows: [Int], mostBetween: Int64 = mostBetweenPercent, _ context: InsightContext
  ) -> Bool {
    let tree = context.tree
    var sum: Int64 = 0
    var between: Int64 = 0
    for (index, row) in rows.enumerated() {
      guard !tree.isDetached[row], !tree.isOpen[row] else { return false }
      sum = sum.addingSaturated(tree.duration(row))
      guard index > 0 else { continue }
      guard tree.begins(row, after: rows[index - 1]) else { return false }
      between = between.addingSaturated(max(0, tree.start[row].subtractingSaturated(tree.end[rows[index - 1]])))
    }
    return between <= sum / 100 * mostBetween
  }

  /// Reads of several resources, one directly after the other: a read changes nothing that the next one could need, and there is no time
  /// between them in which its result could have been used.
  private static func reads(_ context: InsightContext) -> [Insight] {
    let tree = context.tree
    var isRead = [Bool?](repeating: nil, count: context.keys.count)
    var found = InsightsByCall()
    for parent in context.order.lazy.map(Int.init) {
      let children = tree.children(of: parent)
      guard children.count >= leastReads, context.subtreeCritical[parent] >= context.least(percent: leastPercent) else { continue }
      var run: [Int] = []
      func close() {
        defer { run = [] }
        guard run.count >= leastReads, Set(run.map { context.keys[$0] }).count == run.count else { return }
        guard isOneAfterAnother(run, mostBetween: mostBetweenReadsPercent, context) else { return }
        var critical: Int64 = 0
        var longest: Int64 = 0
        for row in run {
          critical = critical.addingSaturated(context.subtreeCritical[row])
          longest = max(longest, tree.duration(row))
        }
        let saved = critical - min(critical, longest)
        guard saved >= context.least(percent: leastPercent) else { return }
        var insight = Insight(kind: .sequentialCalls, row: run[0], within: parent, count: run.count, rows: [])
        for row in run { insight.add(row: row) }
        insight.calls = run.map { Insight.Call(row: $0, count: 1) }
        insight.add(context.path(below: run), sparing: min(critical, longest))
        insight.nanos = longest
        found.add(insight, context.keys[parent], context.keys[run[0]]) { known, more in
          known.merge(more)
          known.count -= more.count
        }
      }
      for child in children.lazy.map(Int.init) {
        let key = Int(context.keys[child])
        if isRead[key] == nil { isRead[key] = isReadCall(child, context) }
        let isNext = run.last.map { isDirectlyAfter($0, child, tree) } ?? true
        if isRead[key] == true, !context.isFailed(child), !context.isStandIn(child) {
          if !isNext { close() }
          run.append(child)
        } else {
          close()
        }
      }
      close()
    }
    return found.insights
  }

  /// The pause is short compared with the call before it, or no longer than a program needs to continue.
  private static func isDirectlyAfter(_ row: Int, _ next: Int, _ tree: CallTree) -> Bool {
    let pause = tree.start[next].subtractingSaturated(tree.end[row])
    return pause <= max(tree.duration(row) / 20, min(mostPauseNanos, tree.duration(row) / 4))
  }

  private static func isReadCall(_ row: Int, _ context: InsightContext) -> Bool {
    let node = context.trace.node(row)
    guard node.kind == .client else { return false }
    for attribute in node.attributes {
      if attribute.key == "http.request.method" || attribute.key == "http.method" { return attribute.value == .string("GET") }
    }
    return false
  }
}
