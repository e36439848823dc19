// One kind of span has so many log lines that they hide others, and cost time and memory themselves.

enum ChattyLogDetector: InsightDetector {
  /// The number of lines in one span from which on people do not read them any more.
  static let leastLines = 100

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let storage = context.trace.snapshot.storage
    guard storage.events.count >= leastLines else { return [] }
    var lines = [Int32](repeating: 0, count: context.tree.count)
    storage.events.visitAll { _, event in lines[Int(event.span)] += 1 }
    var found = InsightsByCall()
    for row in context.order.lazy.map(Int.init) where Int(lines[row]) >= leastLines {
      var insight = Insight(kind: .chattyLog, row: row, within: nil, count: Int(lines[row]), rows: [row])
      insight.calls = [Insight.Call(row: row, count: Int(lines[row]))]
      found.add(insight, context.keys[row], 0) { known, more in
        if more.calls[0].count > known.calls[0].count { (known.row, known.calls) = (more.row, more.calls) }
        known.merge(more)
      }
    }
    return found.insights
  }
}
