// The same call is made again after a failure: the failed attempts and the pauses between them are lost time.

import TraceRecords

enum RetryDetector: InsightDetector {
  /// With more calls than this, it is a loop over many things and not a retry.
  static let mostAttempts = 10
  /// The maximum number of attribute comparisons per trace: in a trace with only failures the rest is not examined.
  static let mostComparisons = 4_096

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    var found = InsightsByCall()
    var comparisons = 0
    for group in context.groups where group.failures > 0 && group.count > 1 {
      let members = context.members(of: group).map(Int.init)
      var index = 0
      while index < members.count {
        var attempts = [members[index]]
        while index + attempts.count < members.count, context.isFailed(attempts[attempts.count - 1]), comparisons < mostComparisons {
          comparisons += 1
          let next = members[index + attempts.count]
          guard isAgain(attempts[attempts.count - 1], next, members, context) else { break }
          attempts.append(next)
        }
        if attempts.count > 1, attempts.count <= mostAttempts { take(attempts, group, context, &claims, &found) }
        index += attempts.count
      }
    }
    return found.insights
  }

  private static func take(
    _ attempts: [Int], _ group: SiblingGroup, _ context: InsightContext, _ claims: inout InsightClaims, _ found: inout InsightsByCall
  ) {
    let tree = context.tree
    let failed = context.isFailed(attempts[attempts.count - 1]) ? attempts : attempts.dropLast()
    claims.retried.formUnion(attempts.dropLast())
    if failed.count < attempts.count { claims.recovered.formUnion(failed) }
    var insight = Insight(kind: .retry, row: attempts[0], within: group.parent, count: attempts.count, rows: [])
    for (index, row) in attempts.enumerated() {
      insight.add(row: row)
      guard index < attempts.count - 1 else { continue }
      insight.add(context.path(below: row))
      let pause = tree.start[attempts[index + 1]].subtractingSaturated(tree.end[row])
      insight.nanos = insight.nanos.addingSaturated(max(0, pause))
      insight.add(context.path(of: group.parent, from: tree.end[row], to: tree.start[attempts[index + 1]]))
    }
    insight.calls = [Insight.Call(row: attempts[0], count: failed.count)]
    insight.message = context.trace.failureMessage(of: attempts[0])
    found.add(insight, context.keys[group.parent], group.key) { known, more in
      let pauses = known.nanos.addingSaturated(more.nanos)
      known.calls[0].count += more.calls[0].count
      known.merge(more)
      known.nanos = pauses
    }
  }

  /// Whether the later call is another attempt at the earlier one. A loop whose next item succeeds is not.
  private static func isAgain(_ earlier: Int, _ later: Int, _ members: [Int], _ context: InsightContext) -> Bool {
    guard context.tree.begins(later, after: earlier) else { return false }
    guard context.tree.name[earlier] == context.tree.name[later] else { return false }
    let (left, right) = (Attempt(context.trace.node(earlier)), Attempt(context.trace.node(later)))
    guard left.what == right.what else { return false }
    // Certain if the program numbers its attempts.
    if let number = right.number { return number > (left.number ?? 0) }
    // Otherwise all but the last must have failed: a program stops retrying once it succeeds.
    guard members.count <= 4 else { return false }
    return members.dropLast().allSatisfy { context.isFailed($0) } && !context.isFailed(members[members.count - 1])
  }

  /// The identity of a call, without its result and its attempt number.
  private struct Attempt {
    var what: [DistilledAttribute] = []
    var number: Int64?

    init(_ node: DistilledTraceNode) {
      for attribute in node.attributes {
        let key = attribute.key.lowercased()
        if ["attempt", "retry", "resend"].contains(where: { key.contains($0) }) {
          if case .integer(let number) = attribute.value { self.number = number }
          if case .string(let text) = attribute.value, let number = Int64(text) { self.number = number }
        } else if !Attempt.outcomes.contains(where: { key.contains($0) }) {
          what.append(attribute)
        }
      }
      what.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// Parts of keys whose values are known only afterwards, or differ from connection to connection.
    private static let outcomes = [
      "status", "error", "exception", "duration", "elapsed", "latency", "response", "result", "thread", "peer.port", "local.port",
      "backoff",
      "wait", "request_id", "request-id",
    ]
  }
}

extension DistilledTrace {
  /// Why a span failed: its first ERROR log, else its status message, else empty.
  func failureMessage(of row: Int) -> String {
    let logs = snapshot.storage.events(ofRow: row, limit: 1, where: { $0 == .error })
    return logs.first?.message ?? node(row).statusMessage ?? ""
  }
}
