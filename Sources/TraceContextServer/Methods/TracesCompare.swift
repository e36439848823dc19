// traces/compare: what changed between two traces, or two runs?

import JSON
import JSONRPC
import TraceDistiller

enum TracesCompare: RequestMethod {
  static let name = "traces/compare"
  static let summary =
    "What changed between two traces or two runs: paths slower, faster, added, removed, newly failing; the biggest part first."
  static let parameters: [Parameter] = [
    Parameter("base", .shape("TraceOrRun"), isRequired: true), Parameter("target", .shape("TraceOrRun")),
    Parameter("tolerance", .shape("Tolerance")), Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars, .maxTokens,
    .locale,
  ]

  enum Format: String, CaseIterable, Sendable { case text, json }

  static let lengthOfJSON = 1

  struct Params {
    var base: TraceOrRun
    var target: TraceOrRun
    var tolerance: ComparisonTolerance
    var format: Format
    var maxChars: Int
    var locale: String?
  }

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    guard let base = reader.value("base") else {
      throw .invalidParams(
        "traces/compare needs base; traces/list shows the traces that there are", data: ["parameter": "base", "next": "traces/list"])
    }
    return Params(
      base: try TraceOrRun(base, parameter: "base"),
      target: try reader.value("target").map { value throws(ResponseError) in try TraceOrRun(value, parameter: "target") }
        ?? .trace("latest"),
      tolerance: try ComparisonTolerance(reader.value("tolerance")), format: try reader.choice("format", Format.self) ?? .text,
      maxChars: try reader.budget(), locale: try reader.string("locale"))
  }

  /// Two small traces are; a run may be the whole store.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    guard case .trace(let base) = params.base, case .trace(let target) = params.target else { return false }
    return context.cost(of: base) + context.cost(of: target) <= 4_000
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let base = try params.base.traces(in: context)
    let target = try params.target.traces(in: context)
    var comparison = TraceComparison(base: base.subject, target: target.subject, tolerance: params.tolerance)
    base.forEach(in: context) { comparison.addBase($0) }
    target.forEach(in: context) { comparison.addTarget($0) }
    comparison.finish()
    switch params.format {
    case .json: return Result(json: try ComparisonJSON.make(comparison, maxChars: params.maxChars))
    case .text:
      let language = params.locale.map { SummaryLanguage(locale: $0) } ?? context.language
      return Result(json: ComparisonJSON.text(comparison, language, context.calls, maxChars: params.maxChars))
    }
  }
}

extension ComparisonTolerance {
  init(_ value: JSONValue?) throws(ResponseError) {
    self.init()
    guard let value else { return }
    guard let members = value.object?.members else {
      throw .invalidParams(
        "tolerance must be an object of percent and ms, not \(ParameterReader.quote(value))",
        data: ["parameter": "tolerance", "expected": "an object of percent and ms"])
    }
    for (key, value) in members where !value.isNull {
      guard key == "percent" || key == "ms" else { throw .unknownKey(key, in: "tolerance", known: ["percent", "ms"]) }
      // A million seconds is no tolerance any more, and fits into nanoseconds.
      guard let number = value.double, number >= 0, number <= 1e9 else {
        throw .invalidParams(
          "tolerance.\(key) must be a number from 0 to 1000000000, not \(ParameterReader.quote(value))",
          data: ["parameter": .string("tolerance.\(key)"), "expected": "a number from 0 to 1000000000"])
      }
      if key == "percent" { percent = number } else { nanos = Int64((number * 1_000_000).rounded()) }
    }
  }
}
