// A call that nearly all similar siblings make and one does not: a skipped step.

enum MissingCallDetector: InsightDetector {
  /// With fewer siblings, no call counts as the rule.
  static let leastSiblings = 8
  /// At most one in this many may lack it. If more do, there are two kinds of siblings.
  static let oneIn = 50
  /// The maximum number of calls that are checked per group.
  static let mostCalls = 4

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    var counts = [Int](repeating: 0, count: context.keys.count)
    var seenIn = [Int32](repeating: -1, count: context.keys.count)
    var found = InsightsByCall()
    for group in context.groups where group.count >= leastSiblings {
      // A sibling that failed or was answered at once has a reason for making no calls.
      let members = context.members(of: group).map(Int.init).filter {
        !context.isFailed($0) && !context.tree.isOpen[$0] && !context.trace.tree.flags[$0].contains(.collapsed)
      }
      guard members.count >= leastSiblings else { continue }
      var touched: [Int32] = []
      var example: [Int32: Int] = [:]
      for member in members {
        for child in context.tree.children(of: member) {
          let key = context.keys[Int(child)]
          guard seenIn[Int(key)] != Int32(member) else { continue }
          seenIn[Int(key)] = Int32(member)
          if counts[Int(key)] == 0 {
            touched.append(key)
            example[key] = Int(child)
          }
          counts[Int(key)] += 1
        }
      }
      let allowed = max(1, members.count / oneIn)
      let wanted = touched.filter { counts[Int($0)] < members.count && counts[Int($0)] >= members.count - allowed }.prefix(mostCalls)
      for key in touched { counts[Int(key)] = 0 }
      for key in wanted {
        let lacking = members.filter { member in !context.tree.children(of: member).contains { context.keys[Int($0)] == key } }
        guard let first = lacking.first else { continue }
        var insight = Insight(kind: .missingCall, row: first, within: group.parent, count: lacking.count, rows: [])
        for row in lacking { insight.add(row: row) }
        insight.calls = [Insight.Call(row: example[key]!, count: members.count)]
        found.add(insight, group.key, key) { known, more in
          known.calls[0].count += more.calls[0].count
          known.merge(more)
        }
      }
    }
    return found.insights
  }
}
