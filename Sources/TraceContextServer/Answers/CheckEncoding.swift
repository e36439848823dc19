// A verdict as facts: every rule with what it looked at, and what breaks it.

import JSON
import JSONRPC
import TraceDistiller

enum CheckEncoding {
  /// The members that every form of the answer has.
  static func head(_ report: CheckReport) -> JSONObject {
    [
      "verdict": .string(report.verdict.rawValue), "broken": .integer(report.count(.broken)),
      "undecided": .integer(report.count(.undecided)),
      "holds": .integer(report.count(.holds)), "traces": .integer(report.traces), "notComplete": .integer(report.incomplete),
      "spans": .integer(report.spans),
    ]
  }

  static func rule(_ answer: RuleAnswer) -> JSONValue {
    var object: JSONObject = ["rule": .string(answer.rule.text), "verdict": .string(answer.verdict.rawValue)]
    if answer.rule.isOptional { object["optional"] = true }
    object["looked"] = .string(answer.looked)
    object["spans"] = .integer(answer.spans)
    object["traces"] = .integer(answer.traces)
    object.append("reason", answer.reason.map { .string($0) })
    if let value = answer.value {
      object["value"] = number(value)
      if case .measure(_, _, _, let limit) = answer.rule.claim { object["limit"] = number(limit) }
      object["unit"] = .string(unit(value))
    }
    object["claims"] = .array(answer.claims.map { claim($0) })
    if answer.moreClaims > 0 { object["moreClaims"] = .integer(answer.moreClaims) }
    if !answer.notes.isEmpty { object["notes"] = .array(answer.notes.map { .string($0) }) }
    return .object(object)
  }

  private static func claim(_ claim: CheckClaim) -> JSONValue {
    var object: JSONObject = ["kind": .string(claim.kind)]
    if !claim.service.isEmpty { object["service"] = .string(claim.service) }
    if !claim.operation.isEmpty { object["operation"] = .string(claim.operation) }
    if !claim.root.isEmpty { object["root"] = .string(claim.root) }
    if claim.nanos > 0 { object["ms"] = TraceShape.millis(claim.nanos) }
    object["claim"] = .string(claim.sentence)
    guard let example = claim.example else { return .object(object) }
    object["traceId"] = .string(example.traceID)
    object["handle"] = .string(example.handle)
    if !example.spanID.isEmpty { object["spanId"] = .string(example.spanID) }
    if let place = example.place {
      object["file"] = .string(place.file)
      if place.line > 0 { object["line"] = .integer(place.line) }
    }
    var params = JSONObject()
    for (key, value) in example.next.params { params[key] = .string(value) }
    object["next"] = ["method": .string(example.next.method), "params": .object(params)]
    return .object(object)
  }

  private static func number(_ value: CheckRule.Limit) -> JSONValue {
    switch value {
    case .nanos(let nanos): TraceShape.millis(nanos)
    case .number(let number): .integer(number)
    case .percent(let percent): .number((percent * 10_000).rounded() / 10_000)
    }
  }

  private static func unit(_ value: CheckRule.Limit) -> String {
    switch value {
    case .nanos: "ms"
    case .number: "count"
    case .percent: "percent"
    }
  }
}
