// traces/compare: what changed between two traces, or two runs?

import JSON
import JSONRPC
import TraceDistiller

enum TracesCompare: RequestMethod {
  static let name = "traces/compare"
  static let summary =
    "What changed between two traces or two runs: paths slower, faster, added, removed, newly failing; the biggest part first."
  static let parameters: [Parameter] = [
    Parameter("base", .shape("ComparisonOperand"), isRequired: true), Parameter("target", .shape("ComparisonOperand")),
    Parameter("tolerance", .shape("Tolerance")), Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars, .maxTokens,
    .locale,
  ]

  enum Format: String, CaseIterable, Sendable { case text, json }

  struct Params {
    var base: ComparisonOperand
    var target: ComparisonOperand
    var tolerance: ComparisonTolerance
    var format: Format
    var locale: String?

    /// The trace to which the base must be similar.
    func likened() throws(ResponseError) -> String {
      if case .trace(let name) = target { return name }
      guard case .like = base else { return "latest" }
      throw .invalidParams("base \"like\" needs one trace as target", data: ["parameter": "base", "expected": "a trace as target"])
    }
  }

  struct Result {
    var comparison: TraceComparison
    var format: Format
    var language: SummaryLanguage
    var calls: CallNames
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    guard let base = reader.value("base") else {
      throw .invalidParams(
        "traces/compare needs base; traces/list shows the traces that there are", data: ["parameter": "base", "next": "traces/list"])
    }
    return Params(
      base: try ComparisonOperand(base, parameter: "base"),
      target: try reader.value("target").map { value throws(ResponseError) in try ComparisonOperand(value, parameter: "target") }
        ?? .trace("latest"),
      tolerance: try ComparisonTolerance(reader.value("tolerance")), format: try reader.choice("format", Format.self) ?? .text,
      locale: try reader.string("locale"))
  }

  /// Two small traces are quick; a run may be the whole store.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    guard case .trace(let base) = params.base, case .trace(let target) = params.target else { return false }
    return context.isSmall([base, target], below: 4_000)
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let base = try await params.base.traces(in: context, like: try params.likened())
    let target = try await params.target.traces(in: context, like: "latest")
    var comparison = TraceComparison(base: base.subject, target: target.subject, tolerance: params.tolerance)
    // Of the traces with the same root, those that share its calls.
    if case .like = base {
      var explainer = Explainer(try await context.analysis(try params.likened()))
      try await base.forEach(in: context) { explainer.add($0) }
      let like = explainer.likeTraces()
      guard !like.isEmpty else { throw .nothingLike(try params.likened(), looked: explainer.count) }
      for trace in like { comparison.addBase(trace) }
    } else {
      try await base.forEach(in: context) { comparison.addBase($0) }
    }
    try await target.forEach(in: context) { comparison.addTarget($0) }
    comparison.finish()
    return Result(comparison: comparison, format: params.format, language: context.language(params.locale), calls: context.calls)
  }
}

extension TracesCompare.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    switch format {
    case .json: try ComparisonEncoding.make(comparison, maxChars: maxChars)
    case .text: ComparisonEncoding.text(comparison, made(calls, maxChars: maxChars))
    }
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let made = self.made(calls, maxChars: maxChars)
    return TextAnswer(made.text, isCut: made.isTruncated)
  }

  private func made(_ calls: CallNames, maxChars: Int) -> ComparisonText {
    ComparisonText(comparison, language: language, calls: calls, maxChars: maxChars)
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
      // Limited to a billion milliseconds, which still fits into nanoseconds.
      guard let number = value.double, number >= 0, number <= 1e9 else {
        throw .invalidParams(
          "tolerance.\(key) must be a number from 0 to 1000000000, not \(ParameterReader.quote(value))",
          data: ["parameter": .string("tolerance.\(key)"), "expected": "a number from 0 to 1000000000"])
      }
      if key == "percent" { percent = number } else { nanos = Int64((number * 1_000_000).rounded()) }
    }
  }
}
