// traces/report: one text with all completed traces.

import JSON
import JSONRPC
import TraceDistiller

enum TracesReport: RequestMethod {
  static let name = "traces/report"
  static let summary =
    "One text with all completed traces that match, failing and slow ones first; what is left out is told with the call that shows it."
  static let parameters: [Parameter] = [Parameter("filter", .filter), .maxChars, .maxTokens, .locale]

  static let lengthOfJSON = 1

  struct Params {
    var filter: TraceFilter
    /// As it was given, for the call that shows the rest.
    var given: JSONValue?
    var maxChars: Int
    var locale: String?
  }

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try TraceFilter(reader.value("filter")), given: reader.value("filter"),
      maxChars: try reader.budget(), locale: try reader.string("locale"))
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    context.store.withLock { $0.liveCount <= 10 && $0.liveSpanCount <= 1_000 }
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let (all, losses) = context.store.overviews(now: context.now)
    func snapshot(_ trace: TraceOverview) -> TraceSnapshot? { context.store.withLock { $0.snapshot(of: trace, now: context.now) } }
    let matching = all.filter { trace in !Task.isCancelled && params.filter.matches(trace) { snapshot(trace) } }
    let completed = matching.filter(\.isComplete)
    let language = params.locale.map { SummaryLanguage(locale: $0) } ?? context.language
    let report = ReportText(
      completed, incomplete: matching.count - completed.count, filter: filterText(params.given), language: language,
      maxChars: params.maxChars
    ) { trace in
      // Nobody waits any more: lines will do.
      Task.isCancelled ? nil : snapshot(trace).map { DistilledTrace($0) }
    }
    var object: JSONObject = [
      "text": .string(report.text), "summarized": .integer(report.summarized), "listed": .integer(report.listed),
      "total": .integer(completed.count), "truncated": .bool(report.isTruncated),
    ]
    if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
    if all.isEmpty {
      object["hint"] = .string(context.hint())
    } else if matching.isEmpty {
      object["hint"] = .string(params.filter.alternatives(all))
    }
    return Result(json: .object(object))
  }

  /// The filter as it may stand in a call: nothing where there is none, or where it is too long to be told.
  private static func filterText(_ given: JSONValue?) -> String {
    guard let given, given != [:] else { return "" }
    let text = VisibleText.make(given.serializedString, limit: 120)
    return text == given.serializedString ? text : ""
  }
}
