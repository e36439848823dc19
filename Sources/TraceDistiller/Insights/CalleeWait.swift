// Time between a caller's span and the answering span, on either side: network, connection set-up, or a queue in front of the called
// service. One finding per pair of services, whatever the operations.

import TraceRecords

enum CalleeWaitDetector: InsightDetector {
  /// Of the root's duration, for all calls of one pair together; and more than a millisecond.
  static let leastPercent: Int64 = 5

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    var found = InsightsByCall()
    for row in context.order.lazy.map(Int.init) where context.trace.criticalNanos[row] > 0 && !tree.isOpen[row] {
      // For a group it is not known when its calls ran.
      guard let child = callee(of: row, context), !context.isStandIn(row), !context.isStandIn(child) else { continue }
      var insight = Insight(kind: .calleeWait, row: row, within: nil, count: 1, rows: [row, child])
      insight.add(context.path(of: row))
      insight.nanos = context.criticalNanos(of: row, from: tree.start[row], to: tree.start[child])
      insight.otherNanos = context.criticalNanos(of: row, from: tree.end[child], to: tree.end[row])
      insight.calls = [Insight.Call(row: child, count: 1)]
      let isPair = tree.service[row] != 0 && tree.service[child] != 0 && tree.service[row] != tree.service[child]
      let pair = isPair ? (tree.service[row], tree.service[child]) : (UInt32(context.keys[row]), UInt32(context.keys[child]) | 1 << 31)
      found.add(insight, Int32(bitPattern: pair.0), Int32(bitPattern: pair.1)) { known, more in
        let (before, after) = (known.nanos.addingSaturated(more.nanos), known.otherNanos.addingSaturated(more.otherNanos))
        // The most expensive call is the one that is named.
        if isDearer(more.row, known.row, context) {
          (known.row, known.calls) = (more.row, more.calls)
          known.rows = more.rows + known.rows.prefix(Insight.maxRows - 2)
          known.add(partsOf: more)
          known.count += more.count
        } else {
          known.merge(more)
        }
        (known.nanos, known.otherNanos) = (before, after)
      }
    }
    return found.insights.filter { $0.costNanos > InsightContext.leastNanos && $0.costNanos > context.rootNanos / 100 * leastPercent }
  }

  private static func isDearer(_ row: Int, _ known: Int, _ context: InsightContext) -> Bool {
    context.trace.criticalNanos[row] > context.trace.criticalNanos[known]
  }

  /// The span of the called side, if it covers only a part of the caller's span.
  static func callee(of row: Int, _ context: InsightContext) -> Int? {
    let tree = context.tree
    if let child = tree.foreignCallee(of: row, context.trace.snapshot.storage) { return child }
    guard let child = tree.onlyChild(of: row), tree.kind[row] != .server, tree.kind[row] != .consumer else { return nil }
    if tree.kind[row] == .client, tree.kind[child] == .server { return child }
    let isOtherService = tree.service[row] != 0 && tree.service[child] != 0 && tree.service[row] != tree.service[child]
    return isOtherService && context.isRemoteCall(row) ? child : nil
  }
}
