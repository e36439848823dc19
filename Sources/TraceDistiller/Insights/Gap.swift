// Time in which nothing seems to happen: between a caller's span and its callee's, and between two calls of one span. What a span does before
// its first call and after its last is its own work, which the tree shows as self time.

import TraceRecords

enum GapDetector: InsightDetector {
  /// Of the root's duration, all gaps of one kind together, and at least so long: code between two calls may well run for milliseconds.
  static let leastPercent: Int64 = 10
  static let leastNanos: Int64 = 5_000_000
  /// A single gap that counts, in thousandths of the root's duration: what a loop does between its calls is no gap.
  static let leastPerMille: Int64 = 10

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    var found = InsightsByCall()
    let leastHole = max(InsightContext.leastNanos / 2, context.rootNanos / 1_000 * leastPerMille)
    for row in context.order.lazy.map(Int.init) {
      guard context.trace.criticalNanos[row] >= leastHole, !context.tree.isOpen[row] else { continue }
      let children = context.tree.children(of: row)
      // When the calls ran that a group stands for is not known.
      guard !children.isEmpty, !claims.loops.contains(row), !context.isStandIn(row),
        !children.contains(where: { context.isStandIn(Int($0)) })
      else { continue }
      guard let insight = callee(row, children, context) ?? holes(row, children, leastHole, context, claims) else { continue }
      found.add(insight, context.keys[row], insight.calls.isEmpty ? -1 : context.keys[insight.calls[0].row]) { known, more in
        // The largest gap stays the one that is named.
        if more.nanos > known.nanos { (known.row, known.within, known.calls) = (more.row, more.within, more.calls) }
        known.merge(more)
      }
    }
    return found.insights.filter { $0.costNanos >= max(leastNanos, context.least(percent: leastPercent)) }
  }

  /// The span of the other side covers only a part of the caller's: the rest is the way there and back, or a queue.
  private static func callee(_ row: Int, _ children: ArraySlice<Int32>, _ context: InsightContext) -> Insight? {
    let storage = context.trace.snapshot.storage
    guard children.count == 1, let child = children.first.map(Int.init), !context.tree.isDetached[child] else { return nil }
    let (caller, answering) = (storage.spans[row], storage.spans[child])
    let isOtherService = caller.service != 0 && answering.service != 0 && caller.service != answering.service
    // A job that calls one service works itself; a span that is the call does nothing but wait.
    guard caller.kind == .client && answering.kind == .server || isOtherService && isCall(row, context) else { return nil }
    var insight = Insight(kind: .gap, row: row, within: nil, count: 1, rows: [row, child])
    insight.costNanos = context.trace.criticalNanos[row]
    insight.nanos = insight.costNanos
    insight.calls = [Insight.Call(row: child, count: 1)]
    return insight
  }

  private static func isCall(_ row: Int, _ context: InsightContext) -> Bool {
    let storage = context.trace.snapshot.storage
    let span = storage.spans[row]
    guard span.kind != .server, span.kind != .consumer else { return false }
    if context.isRemoteCall(row) { return true }
    guard let name = storage.texts.reference(span.name) else { return false }
    return storage.arena.withBytes(name) { GenericName.matches($0) }
  }

  private static func holes(
    _ row: Int, _ children: ArraySlice<Int32>, _ leastHole: Int64, _ context: InsightContext, _ claims: InsightClaims
  ) -> Insight? {
    let tree = context.tree
    var insight = Insight(kind: .gap, row: row, within: nil, count: 0, rows: [row])
    var reach = tree.start[row]
    var before: Int?
    func look(until time: Int64, next: Int) {
      guard let before, time.subtractingSaturated(reach) >= leastHole else { return }
      // The pause before another attempt is reported as such.
      if claims.retried.contains(before) { return }
      let cost = context.criticalNanos(of: row, from: reach, to: time)
      guard cost >= leastHole else { return }
      insight.count += 1
      insight.costNanos = insight.costNanos.addingSaturated(cost)
      if cost > insight.nanos {
        insight.nanos = cost
        insight.within = before
        insight.rows = [row, before, next]
      }
    }
    for child in children.lazy.map(Int.init) where !tree.isDetached[child] {
      look(until: min(tree.start[child], tree.end[row]), next: child)
      if tree.end[child] > reach {
        reach = tree.end[child]
        before = child
      }
    }
    return insight.count > 0 ? insight : nil
  }
}
