// trace/explain: why is a trace slow, failed or incomplete? And of a filter: why are its traces, together?

import JSON
import JSONRPC
import TraceDistiller

enum TraceExplain: RequestMethod {
  static let name = "trace/explain"
  static let summary =
    "Why: ranked findings with evidence, against like traces or a base; what is not explained; the next question. Of a filter: over all of its traces."
  static let parameters: [Parameter] = [
    .traceID, Parameter("filter", .filter), Parameter("base", .shape("ComparisonOperand")),
    Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars,
    .maxTokens, .locale,
  ]
  static let defaultMaxChars = 3_600

  enum Format: String, CaseIterable, Sendable { case text, json }

  enum Subject: Sendable {
    case trace(String)
    case filter(TraceFilter)
  }

  struct Params {
    var subject: Subject
    var base: ComparisonOperand
    var format: Format
    var locale: String?
  }

  struct Result {
    enum Answer: Sendable {
      case trace(Explanation)
      case filter(ExplanationOverview)
    }

    var answer: Answer
    var format: Format
    var language: SummaryLanguage
    var calls: CallNames
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    let (trace, filter) = (try reader.string("traceId"), reader.value("filter"))
    if trace != nil, filter != nil {
      throw .invalidParams(
        "traceId names one trace and filter many: give one of them", data: ["parameter": "filter", "expected": "traceId or filter"])
    }
    return Params(
      subject: try filter.map { value throws(ResponseError) in .filter(try TraceFilter(value)) } ?? .trace(trace ?? "latest"),
      base: try reader.value("base").map { value throws(ResponseError) in try ComparisonOperand(value, parameter: "base") } ?? .like,
      format: try reader.choice("format", Format.self) ?? .text, locale: try reader.string("locale"))
  }

  /// Two small traces are quick. For `like`, the comparison may read the whole store; a filter's traces may be many.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    guard case .trace(let traceID) = params.subject else { return false }
    switch params.base {
    case .trace(let base): return context.isSmall([base, traceID], below: 4_000)
    case .like: return context.isSmall(below: 64, spans: 4_000)
    case .run, .filter: return false
    }
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let language = context.language(params.locale)
    let answer: Result.Answer
    switch params.subject {
    case .trace(let traceID): answer = .trace(try await explanation(of: traceID, params.base, in: context))
    case .filter(let filter): answer = .filter(try await overview(of: filter, params.base, language, in: context))
    }
    return Result(answer: answer, format: params.format, language: language, calls: context.calls)
  }

  private static func overview(
    of filter: TraceFilter, _ base: ComparisonOperand, _ language: SummaryLanguage, in context: RequestContext
  ) async throws(ResponseError) -> ExplanationOverview {
    let found = try await ExplainedTraces.explain(filter, against: base, language, in: context)
    var hint: String?
    if found.kept.kept == 0 {
      hint = context.hint()
    } else if found.matching == 0 {
      hint = try await filter.alternatives(found.kept, in: context)
    }
    return ExplanationOverview(
      found.groups, matching: found.matching, losses: found.kept.losses, language: language, note: filter.note(.traces, found.kept),
      hint: hint)
  }

  private static func explanation(
    of traceID: String, _ operand: ComparisonOperand, in context: RequestContext
  ) async throws(ResponseError) -> Explanation {
    let target = try await context.analysis(traceID)
    let base = try await operand.traces(in: context, like: traceID)
    if let known = target.kept(base.identity, as: Explanation.self) { return known.of(target.trace) }
    let explanation = try await explain(target, base, in: context)
    target.keep(explanation, as: base.identity, bytes: explanation.allocatedBytes)
    context.analyses.settle()
    return explanation
  }
}

extension TraceExplain {
  private static func explain(_ target: TraceAnalysis, _ base: ComparedTraces, in context: RequestContext) async throws(ResponseError)
    -> Explanation
  {
    var explainer = Explainer(target)
    if case .like(let lines) = base {
      let (service, name) = (target.trace.primaryRoot?.service ?? "", target.trace.primaryRoot?.name ?? "")
      var table = context.analyses.profiles.table(service: service, name: name)
      var snapshots: [TraceSnapshot] = []
      for line in lines {
        if Task.isCancelled { throw .requestCancelled() }
        guard let snapshot = try await context.snapshot(of: RankedTrace(line)) else { continue }
        table.add(snapshot)
        snapshots.append(snapshot)
      }
      explainer.add(snapshots, from: table)
      // The explained trace is one of the others' like traces.
      context.analyses.profiles.keep(table, service: service, name: name, of: snapshots.map(\.serial) + [target.trace.snapshot.serial])
      return explainer.explanationAgainstLike()
    }
    try await base.forEach(in: context) { explainer.add($0) }
    // A partial result would be cached as the full one.
    if Task.isCancelled { throw .requestCancelled() }
    return explainer.explanation(against: base.explained(explainer.count))
  }
}

extension TraceExplain.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    switch (answer, format) {
    case (.trace(let explanation), .json): try ExplanationEncoding.make(explanation, language, maxChars: maxChars)
    case (.trace(let explanation), .text): ExplanationEncoding.text(explanation, made(explanation, calls, maxChars: maxChars))
    case (.filter(let overview), .json): try overview.json(maxChars: maxChars)
    case (.filter(let overview), .text): overview.textJSON(maxChars: maxChars, calls)
    }
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    switch answer {
    case .trace(let explanation):
      let made = self.made(explanation, calls, maxChars: maxChars)
      return TextAnswer(made.text, isCut: made.isTruncated)
    case .filter(let overview): return overview.text(maxChars: maxChars, calls)
    }
  }

  private func made(_ explanation: Explanation, _ calls: CallNames, maxChars: Int) -> ExplanationText {
    ExplanationText(explanation, language: language, calls: calls, maxChars: maxChars)
  }
}
