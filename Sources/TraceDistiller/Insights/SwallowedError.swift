// A call failed, but its caller and everything above succeeded: from outside nothing shows that something is missing.

import TraceRecords

enum SwallowedErrorDetector: InsightDetector {
  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    var told = ToldFailures(context)
    var failsAbove = [Bool](repeating: false, count: tree.count)
    var found = InsightsByCall()
    // A failure above the focus is reported there.
    if let focus = context.focus, context.trace.path(to: focus).contains(where: { context.isFailed($0) }) { return [] }
    var looks = 0
    for row in context.order.lazy.map(Int.init) {
      if let exception = recordedException(row, &looks, context) {
        var insight = Insight(kind: .swallowedError, row: row, within: row, count: 1, rows: [row])
        insight.message = exception
        found.add(insight, context.keys[row], -1) { $0.merge($1) }
      }
      let parent = context.caller(of: row)
      failsAbove[row] = context.isFailed(row) || parent >= 0 && failsAbove[parent]
      guard parent >= 0, context.isFailed(row), !failsAbove[parent], !tree.isOpen[parent] else { continue }
      guard !tree.isDetached[row], !claims.recovered.contains(row) else { continue }
      guard !told.isTold(from: parent) else { continue }
      let origin = origin(of: row, context)
      var insight = Insight(kind: .swallowedError, row: origin, within: parent, count: 1, rows: [origin])
      insight.calls = [Insight.Call(row: row, count: 1)]
      found.add(insight, context.keys[parent], context.keys[origin]) { $0.merge($1) }
    }
    return found.insights.map { insight in
      var insight = insight
      if insight.message.isEmpty { insight.message = context.trace.failureMessage(of: insight.row) }
      insight.place = context.trace.failurePlace(of: insight.row)
      follower(of: &insight, context)
      return insight
    }
  }

  /// An exception that a span recorded without failing: it was caught inside the span. The decoder turned it into a warning.
  private static func recordedException(_ row: Int, _ looks: inout Int, _ context: InsightContext) -> String? {
    guard context.tree.flags[row].contains(.hasWarning), !context.isFailed(row), !context.tree.isOpen[row], looks < mostLooks else {
      return nil
    }
    looks += 1
    let warnings = context.trace.snapshot.storage.events(ofRow: row, limit: 8, where: { $0 == .warn })
    return warnings.first { $0.attributes.contains { $0.key == "exception.type" || $0.key == "exception.stacktrace" } }?.message
  }

  /// The maximum number of spans per trace whose warnings are read. If there are more, the errors section shows them.
  private static let mostLooks = 4_096

  /// Follows a failure from the topmost failed span down to its origin: the first failed child each time, as long as it says what happened.
  /// Further down, a span may be marked as failed only because it sent the error response.
  /// - Complexity: Each span is visited once, because only the topmost failed spans start a walk.
  private static func origin(of row: Int, _ context: InsightContext) -> Int {
    var (origin, telling) = (row, says(row, context) ? row : -1)
    while let next = context.tree.children(of: origin).first(where: { context.isFailed(Int($0)) }) {
      origin = Int(next)
      if says(origin, context) { telling = origin }
    }
    return telling >= 0 ? telling : origin
  }

  /// Whether the span says more than that it failed.
  private static func says(_ row: Int, _ context: InsightContext) -> Bool {
    context.tree.flags[row].contains(.hasErrorLog) || !(context.trace.node(row).statusMessage ?? "").isEmpty
  }

  /// A failing lookup and the slow path taken afterwards belong together: the call that always comes next after this one failed.
  private static func follower(of insight: inout Insight, _ context: InsightContext) {
    guard insight.calls.count == 1, insight.count > 1 else { return }
    let tree = context.tree
    let key = context.keys[insight.calls[0].row]
    var (next, times, cost) = (-1, 0, PathParts())
    for group in context.groups where group.key == key && group.failures > 0 {
      let siblings = tree.children(of: group.parent).map(Int.init)
      for (place, row) in siblings.enumerated() where context.keys[row] == key && context.isFailed(row) {
        guard let after = siblings[(place + 1)...].first(where: { tree.begins($0, after: row) }), context.keys[after] != key else { return }
        if next < 0 { next = after }
        guard context.keys[after] == context.keys[next] else { return }
        times += 1
        cost.formUnion(context.path(below: after))
      }
    }
    guard next >= 0, times >= insight.count, cost.nanos >= context.least(percent: 2) else { return }
    insight.calls.append(Insight.Call(row: next, count: times))
    insight.add(row: next)
    insight.add(cost)
  }
}

/// Spans that report a failure by other means than their status: a proxy passes a 500 on and is not failed itself.
private struct ToldFailures {
  /// The maximum number of callers that are examined.
  private static let mostLevels = 64
  private let context: InsightContext
  private var known: [Int: Bool] = [:]

  init(_ context: InsightContext) { self.context = context }

  /// Whether a span or one above it reports a failure.
  mutating func isTold(from row: Int) -> Bool {
    var passed: [Int] = []
    var current = row
    var answer = false
    while current >= 0, passed.count < Self.mostLevels {
      if let known = known[current] {
        answer = known
        break
      }
      passed.append(current)
      answer = tells(current)
      if answer { break }
      current = Int(context.tree.parent[current])
    }
    for row in passed { known[row] = answer }
    return answer
  }

  private func tells(_ row: Int) -> Bool {
    for attribute in context.trace.node(row).attributes {
      switch (attribute.key, attribute.value) {
      case ("http.status_code", .integer(let code)), ("http.response.status_code", .integer(let code)): if code >= 400 { return true }
      case ("http.status_code", .string(let code)), ("http.response.status_code", .string(let code)):
        if let code = Int64(code), code >= 400 { return true }
      case ("rpc.grpc.status_code", .integer(let code)): if code != 0 { return true }
      case ("error", .bool(true)), ("error", .string("true")), ("error.type", _), ("exception.type", _): return true
      default: break
      }
    }
    return false
  }
}
