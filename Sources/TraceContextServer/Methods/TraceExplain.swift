// trace/explain: why is a trace slow, failed or incomplete?

import JSON
import JSONRPC
import TraceDistiller

enum TraceExplain: RequestMethod {
  static let name = "trace/explain"
  static let summary =
    "Why: ranked findings with evidence, against like traces or a base; what is not explained; the next question."
  static let parameters: [Parameter] = [
    .traceID, Parameter("base", .shape("ComparisonOperand")), Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars,
    .maxTokens, .locale,
  ]
  static let defaultMaxChars = 3_600

  enum Format: String, CaseIterable, Sendable { case text, json }

  struct Params {
    var traceID: String
    var base: ComparisonOperand
    var format: Format
    var locale: String?
  }

  struct Result {
    var explanation: Explanation
    var format: Format
    var language: SummaryLanguage
    var calls: CallNames
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest",
      base: try reader.value("base").map { value throws(ResponseError) in try ComparisonOperand(value, parameter: "base") } ?? .like,
      format: try reader.choice("format", Format.self) ?? .text, locale: try reader.string("locale"))
  }

  /// Two small traces are quick. For `like`, the comparison may read the whole store.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    switch params.base {
    case .trace(let base): context.isSmall([base, params.traceID], below: 4_000)
    case .like: context.isSmall(below: 64, spans: 4_000)
    case .run, .filter: false
    }
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let target = try await context.analysis(params.traceID)
    let base = try await params.base.traces(in: context, like: params.traceID)
    let explanation: Explanation
    if let known = target.kept(base.identity, as: Explanation.self) {
      explanation = known.of(target.trace)
    } else {
      explanation = try await explain(target, base, in: context)
      target.keep(explanation, as: base.identity, bytes: explanation.allocatedBytes)
      context.analyses.settle()
    }
    return Result(explanation: explanation, format: params.format, language: context.language(params.locale), calls: context.calls)
  }
}

extension TraceExplain {
  private static func explain(_ target: TraceAnalysis, _ base: ComparedTraces, in context: RequestContext) async throws(ResponseError)
    -> Explanation
  {
    var explainer = Explainer(target)
    try await base.forEach(in: context) { explainer.add($0) }
    // A partial result would be cached as the full one.
    if Task.isCancelled { throw .requestCancelled() }
    if case .like = base { return explainer.explanationAgainstLike() }
    return explainer.explanation(against: base.explained(explainer.count))
  }
}

extension TraceExplain.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    switch format {
    case .json: try ExplanationEncoding.make(explanation, language, maxChars: maxChars)
    case .text: ExplanationEncoding.text(explanation, made(calls, maxChars: maxChars))
    }
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let made = self.made(calls, maxChars: maxChars)
    return TextAnswer(made.text, isCut: made.isTruncated)
  }

  private func made(_ calls: CallNames, maxChars: Int) -> ExplanationText {
    ExplanationText(explanation, language: language, calls: calls, maxChars: maxChars)
  }
}
