// What became of a rule: the verdict, what it rests on, and where to look.

/// Whether a rule holds, or cannot be decided.
package enum CheckVerdict: String, Sendable {
  case holds, broken, undecided

  /// Of several, the worst: what is broken stays so.
  package static func of(_ all: some Sequence<CheckVerdict>) -> CheckVerdict {
    var verdict = CheckVerdict.holds
    for one in all {
      if one == .broken { return .broken }
      if one == .undecided { verdict = .undecided }
    }
    return verdict
  }
}

/// One thing that breaks a rule, and the call that shows more of it.
package struct CheckClaim: Sendable {
  /// As `trace/explain` and `trace/insights` call it; `limit` of a measure that is beyond its limit.
  package var kind: String
  package var service = ""
  package var operation = ""
  /// The operation that the trace is about.
  package var root = ""
  /// How much it costs; 0 where it is not about time.
  package var nanos: Int64 = 0
  package var sentence: String
  package var example: CheckExample?
}

/// A span of a trace to look at.
package struct CheckExample: Sendable {
  package var handle: String
  package var traceID: String
  package var spanID: String
  /// Where in the program's own code.
  package var place: StackFrame?
  package var next: NextCall

  init(_ trace: DistilledTrace, row: Int?, method: String) {
    handle = trace.snapshot.handle
    traceID = trace.snapshot.traceID
    spanID = row.map { trace.snapshot.storage.spanID($0) } ?? ""
    place = row.flatMap { trace.callPlace(of: $0) }
    var params = [(key: "traceId", value: handle)]
    // Ids that JSON would have to escape are left to the reader.
    let isPlain = spanID.utf8.count <= 64 && spanID.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
    if method == "trace/span", !spanID.isEmpty, isPlain {
      params.append(("spanId", spanID))
      next = NextCall(method: method, params: params)
    } else {
      next = NextCall(method: method == "trace/span" ? "trace/summary" : method, params: params)
    }
  }
}

package struct RuleAnswer: Sendable {
  package var rule: CheckRule
  package var verdict: CheckVerdict
  /// What it looked at, as a sentence.
  package var looked: String
  /// How many spans and traces those are.
  package var spans = 0
  package var traces = 0
  /// Of a measure.
  package var value: CheckRule.Limit?
  /// Why it is undecided, or holds though there was nothing.
  package var reason: String?
  /// The worst first.
  package var claims: [CheckClaim] = []
  /// Further ones beyond those that are kept.
  package var moreClaims = 0
  /// What is told besides and breaks nothing.
  package var notes: [String] = []

  static let mostClaims = 10

  /// Nothing that the rule speaks of was there.
  static func unmatched(_ rule: CheckRule, _ what: String, near: [String] = []) -> RuleAnswer {
    let names = near.map { VisibleText.quoted($0, limit: 60) }.joined(separator: ", ")
    let meant = near.isEmpty ? "" : "; nearest: \(names)"
    var answer = RuleAnswer(rule: rule, verdict: rule.isOptional ? .holds : .broken, looked: what + meant)
    answer.reason =
      rule.isOptional ? "optional: nothing to look at" : "nothing to look at; a rule for what need not be there begins with optional"
    return answer
  }

  mutating func keep(_ all: [CheckClaim]) {
    claims = Array(all.prefix(Self.mostClaims))
    moreClaims = all.count - claims.count
  }
}
