// trace/summary: the distilled trace.

import JSON
import JSONRPC
import TraceDistiller

enum TraceSummary: TraceMethod {
  static let name = "trace/summary"
  static let summary = "The distilled trace: header, tree, critical path, errors, and what is left out; text or JSON under a bound."
  static let parameters: [Parameter] = [
    .traceID, Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars, .maxTokens, .focus, .maxDepth,
    Parameter("show", .listOf(SummaryOptions.Section.allCases.map(\.rawValue))),
    Parameter("contents", .oneOf(AgentContents.allCases.map(\.rawValue))), .locale,
  ]

  enum Format: String, CaseIterable, Sendable { case text, json }

  struct Params: TraceParams {
    var traceID: String
    var format: Format
    var focus: String?
    var maxDepth: Int?
    var show: Set<SummaryOptions.Section>?
    var contents: AgentContents
    var locale: String?
  }

  struct Result {
    var analysis: TraceAnalysis
    /// All options except the bound.
    var options: SummaryOptions
    var format: Format
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest", format: try reader.choice("format", Format.self) ?? .text,
      focus: try reader.string("focus"),
      maxDepth: try reader.integer("maxDepth"), show: try reader.choices("show", SummaryOptions.Section.self),
      contents: try reader.choice("contents", AgentContents.self) ?? .preview, locale: try reader.string("locale"))
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    var analysis = try await context.analysis(params.traceID)
    var options = SummaryOptions()
    options.language = context.language(params.locale)
    options.calls = context.calls
    options.scope.maxDepth = params.maxDepth
    options.contents = params.contents
    if let show = params.show { options.sections = show }
    if let name = params.focus {
      let focus = try context.row(name, in: analysis.trace)
      options.scope.focus = focus
      analysis = analysis.focused(on: focus)
    }
    try context.uncancelled { () throws(CancellationError) in try analysis.prepare(options.sections, beside: context.beside) }
    return Result(analysis: analysis, options: options, format: params.format)
  }
}

extension TraceSummary.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    if format == .json { return try SummaryEncoding.make(analysis, bounded(maxChars)) }
    let summary = analysis.summary(bounded(maxChars))
    var rest = JSONObject()
    rest.append("sanitised", TraceShape.sanitised(summary.text))
    rest["shown"] = TraceShape.share(summary.shown)
    rest["total"] = TraceShape.share(summary.total)
    rest["truncated"] = .bool(summary.isTruncated)
    return JSONAnswer(TraceShape.head(analysis.trace), text: summary.text, rest, isCut: summary.isTruncated)
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let summary = analysis.summary(bounded(maxChars))
    return TextAnswer(summary.text, isCut: summary.isTruncated)
  }

  private func bounded(_ maxChars: Int) -> SummaryOptions {
    var options = options
    options.maxChars = maxChars
    return options
  }
}
