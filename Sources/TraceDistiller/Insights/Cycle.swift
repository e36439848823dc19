// The same few values of an attribute repeat in the same order, among siblings or down a chain of calls: modules that import one another, a
// redirect loop, a state machine that goes in circles.

enum CycleDetector: InsightDetector {
  /// The number of values in one round. Two values may alternate for good reasons, so they must repeat more often.
  static let periods = 2...8
  static let leastRounds = 5
  static let leastRoundsOfTwo = 10
  /// The maximum number of spans that are examined per sequence.
  static let mostSpans = 4_096

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    var found: [Insight] = []
    var isSeen = [Bool](repeating: false, count: tree.count)
    for row in context.order.lazy.map(Int.init) {
      let children = tree.children(of: row)
      // Siblings with the same name, whatever distinguishes them.
      if children.count >= periods.lowerBound * leastRounds, claims.loops[row] == nil {
        let members = mostFrequent(children, tree)
        if members.count >= periods.lowerBound * leastRounds, let insight = cycle(members, within: row, context) { found.append(insight) }
      }
      // A chain of calls with the same name.
      guard !isSeen[row] else { continue }
      var chain = [row]
      while chain.count < mostSpans, let next = tree.onlyChild(of: chain[chain.count - 1]), tree.name[next] == tree.name[row] {
        chain.append(next)
        isSeen[next] = true
      }
      if chain.count >= periods.lowerBound * leastRounds, let insight = cycle(chain, within: context.caller(of: row), context) {
        found.append(insight)
      }
    }
    return found
  }

  /// The spans of the name that most of them have, whatever lies between.
  private static func mostFrequent(_ children: ArraySlice<Int32>, _ tree: CallTree) -> [Int] {
    var counts: [UInt32: Int] = [:]
    for child in children { counts[tree.name[Int(child)], default: 0] += 1 }
    guard let most = counts.values.max(), let name = children.lazy.map({ tree.name[Int($0)] }).first(where: { counts[$0] == most }) else {
      return []
    }
    return children.lazy.map(Int.init).filter { tree.name[$0] == name }.prefix(mostSpans).map { $0 }
  }

  private static func cycle(_ rows: [Int], within: Int, _ context: InsightContext) -> Insight? {
    // Text attributes, by index. Attributes that a span lacks are dropped.
    var keys: [String] = []
    var values: [String: [String]] = [:]
    for (place, row) in rows.enumerated() {
      for attribute in context.trace.node(row).attributes {
        guard case .string(let text) = attribute.value, text.utf8.count <= 256 else { continue }
        if place == 0 {
          keys.append(attribute.key)
          values[attribute.key] = [text]
        } else if values[attribute.key]?.count == place {
          values[attribute.key]?.append(text)
        }
      }
      // The first few values already show that nothing repeats.
      if place == periods.upperBound * 2 {
        keys.removeAll { key in values[key].map { $0.count <= place || period(of: $0, isWhole: false) == nil } ?? true }
        if keys.isEmpty { return nil }
      }
    }
    for key in keys {
      guard let all = values[key], all.count == rows.count, let period = period(of: all, isWhole: true) else { continue }
      var insight = Insight(kind: .cycle, row: rows[0], within: within >= 0 ? within : nil, count: rows.count / period, rows: [])
      for row in rows.prefix(Insight.maxRows) { insight.add(row: row) }
      let isChain = rows.count > 1 && Int(context.tree.parent[rows[1]]) == rows[0]
      for row in isChain ? rows.prefix(1) : rows[...] { insight.add(context.path(below: row)) }
      insight.attribute = key
      insight.round = Array(all.prefix(period))
      return insight
    }
    return nil
  }

  /// The smallest number of values after which all of them repeat; nil if they do not repeat, or are all equal.
  static func period(of values: [String], isWhole: Bool) -> Int? {
    for period in periods where values.count > period {
      let rounds = values.count / period
      if isWhole, rounds < (period == 2 ? leastRoundsOfTwo : leastRounds) { continue }
      guard (period..<values.count).allSatisfy({ values[$0].utf8.elementsEqual(values[$0 - period].utf8) }) else { continue }
      return Set(values.prefix(period).map { Array($0.utf8) }).count == period ? period : nil
    }
    return nil
  }
}
