// A verdict as the forms of output read it: out of the answer's JSON, whoever gave it.

import JSON
import TraceDistiller

struct CheckOutput {
  struct Claim {
    var kind: String
    var service: String
    var operation: String
    var sentence: String
    var handle: String
    var traceID: String
    var file: String?
    var line: Int?
    /// `trace/span {"traceId":"t1","spanId":"…"}`
    var next: String
  }

  struct Rule {
    var text: String
    var verdict: CheckVerdict
    var looked: String
    var reason: String
    var value: String
    var claims: [Claim]
    var notes: [String]
    var moreClaims: Int

    /// The rule with its value, and what it looked at.
    var title: String { text + (value.isEmpty ? "" : ": \(value)") }
    var isRegression: Bool { if case .noRegression? = try? CheckRule(parsing: text).claim { true } else { false } }
  }

  let json: JSONValue
  let text: String
  let rules: [Rule]
  let traces: Int

  init(json: JSONValue, text: String) {
    (self.json, self.text) = (json, text)
    rules = (json["rules"]?.array ?? []).map { Self.rule($0) }
    traces = Int(json["traces"]?.integer ?? 0)
  }

  /// What the answer says, also of rules that it had no room for.
  var verdict: CheckVerdict { json["verdict"]?.string.flatMap { CheckVerdict(rawValue: $0) } ?? .undecided }
  var verdictWithoutRegressions: CheckVerdict { .of(rules.lazy.filter { !$0.isRegression }.map(\.verdict)) }

  private static func rule(_ value: JSONValue) -> Rule {
    var shown = ""
    if let number = value["value"] {
      let unit = value["unit"]?.string ?? ""
      shown = number.serializedString + (unit == "ms" ? " ms" : unit == "percent" ? " %" : "")
    }
    return Rule(
      text: value["rule"]?.string ?? "", verdict: value["verdict"]?.string.flatMap { CheckVerdict(rawValue: $0) } ?? .undecided,
      looked: value["looked"]?.string ?? "", reason: value["reason"]?.string ?? "", value: shown,
      claims: (value["claims"]?.array ?? []).map { claim($0) }, notes: (value["notes"]?.array ?? []).compactMap(\.string),
      moreClaims: Int(value["moreClaims"]?.integer ?? 0))
  }

  private static func claim(_ value: JSONValue) -> Claim {
    var next = ""
    if let method = value["next"]?["method"]?.string, let params = value["next"]?["params"] {
      next = "\(method) \(params.serializedString)"
    }
    return Claim(
      kind: value["kind"]?.string ?? "", service: value["service"]?.string ?? "", operation: value["operation"]?.string ?? "",
      sentence: value["claim"]?.string ?? "", handle: value["handle"]?.string ?? "", traceID: value["traceId"]?.string ?? "",
      file: value["file"]?.string, line: value["line"]?.integer.map { Int($0) }, next: next)
  }
}

extension CheckOutput.Claim {
  /// The sentence, the trace and the call that shows more.
  var whole: String { next.isEmpty ? sentence : "\(sentence) [\(handle): \(next)]" }
}
