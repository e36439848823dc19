// traces/report: one text with all completed traces.

import JSON
import JSONRPC
import TraceDistiller

enum TracesReport: RequestMethod {
  static let name = "traces/report"
  static let summary =
    "One text with all completed traces that match, failing and slow ones first; what is left out is told with the call that shows it."
  static let parameters: [Parameter] = [Parameter("filter", .filter), .maxChars, .maxTokens, .locale]

  struct Params {
    var filter: TraceFilter
    /// As it was given, for the call that shows the rest.
    var given: JSONValue?
    var locale: String?
  }

  struct Result {
    var completed: [TraceOverview]
    /// Matching traces that are not complete.
    var incomplete: Int
    /// The filter as it stands in the call that shows the rest.
    var filter: String
    var language: SummaryLanguage
    var losses: LossReport
    /// What to do, or what there is instead, where nothing matched.
    var hint: String?
    /// A trace by its line; nil where it is gone by now, or where nobody waits any more.
    var distilled: (TraceOverview) -> DistilledTrace?
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try TraceFilter(reader.value("filter")), given: reader.value("filter"),
      locale: try reader.string("locale"))
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    context.store.withLock { $0.liveCount <= 10 && $0.liveSpanCount <= 1_000 }
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let (all, losses) = context.store.overviews(now: context.now)
    func snapshot(_ trace: TraceOverview) -> TraceSnapshot? { context.store.withLock { $0.snapshot(of: trace, now: context.now) } }
    let matching = all.filter { trace in !Task.isCancelled && params.filter.matches(trace) { snapshot(trace) } }
    let completed = matching.filter(\.isComplete)
    var hint: String?
    if all.isEmpty { hint = context.hint() } else if matching.isEmpty { hint = params.filter.alternatives(all) }
    return Result(
      completed: completed, incomplete: matching.count - completed.count, filter: filterText(params.given),
      language: context.language(params.locale), losses: losses, hint: hint,
      distilled: { trace in Task.isCancelled ? nil : snapshot(trace).map { DistilledTrace($0) } })
  }

  /// The filter as it may stand in a call: nothing where there is none, or where it is too long to be told.
  private static func filterText(_ given: JSONValue?) -> String {
    guard let given, given != [:] else { return "" }
    let text = VisibleText.make(given.serializedString, limit: 120)
    return text == given.serializedString ? text : ""
  }
}

extension TracesReport.Result: MethodResult {
  func json(maxChars: Int) -> JSONValue {
    let report = self.report(maxChars)
    var object: JSONObject = [
      "text": .string(report.text), "summarized": .integer(report.summarized), "listed": .integer(report.listed),
      "total": .integer(completed.count), "truncated": .bool(report.isTruncated),
    ]
    if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
    object.append("hint", hint.map { .string($0) })
    return .object(object)
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let report = self.report(maxChars)
    return TextAnswer(report.text, isCut: report.isTruncated)
  }

  private func report(_ maxChars: Int) -> ReportText {
    ReportText(completed, incomplete: incomplete, filter: filter, language: language, maxChars: maxChars, distilled: distilled)
  }
}
