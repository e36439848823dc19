// traces/report: one text with all completed traces.

import JSON
import JSONRPC
import TraceDistiller

enum TracesReport: RequestMethod {
  static let name = "traces/report"
  static let summary =
    "One text with all completed traces that match, failing and slow ones first; what is left out is told with the call that shows it."
  static let version = 2
  static let parameters: [Parameter] = [Parameter("filter", .filter), .maxChars, .maxTokens, .locale]

  struct Params {
    var filter: TraceFilter
    /// The filter as given, for the call that shows the rest.
    var given: JSONValue?
    var locale: String?
  }

  struct Result {
    var report: ReportText
    /// The number of matching traces that are complete.
    var completed: Int
    var losses: LossReport
    var note: String?
    /// A hint at what to do or what exists, if nothing matched.
    var hint: String?
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try TraceFilter(reader.value("filter")), given: reader.value("filter"),
      locale: try reader.string("locale"))
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { context.isSmall(below: 10, spans: 1_000) }

  /// Summaries are made here, one trace at a time: how many are needed depends on the room that earlier ones took.
  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let selection = try await context.select(params.filter.query)
    let matching = try await context.lines(of: selection.traces)
    let completed = matching.filter(\.isComplete)
    var hint: String?
    if selection.kept.kept == 0 {
      hint = context.hint()
    } else if matching.isEmpty {
      hint = try await params.filter.alternatives(selection.kept, in: context)
    }
    let bound = context.budget.maxChars ?? defaultMaxChars
    // The source's gaps are listed at the end and may appear with the last trace, so room is reserved for them.
    let room = context.source.abilities.contains(.wholeKnowledge) ? 0 : GapNotes.room(within: bound)
    var report = ReportText(
      completed, incomplete: matching.count - completed.count, filter: filterText(params.given), language: context.language(params.locale),
      maxChars: bound - room)
    while let next = report.next {
      let snapshot = Task.isCancelled ? nil : try await context.snapshot(of: RankedTrace(next))
      report.add(snapshot.map { snapshot in { DistilledTrace(snapshot).summary($0, beside: context.beside) } })
    }
    report.finish()
    return Result(
      report: report, completed: completed.count, losses: selection.kept.losses, note: params.filter.note(.traces, selection.kept),
      hint: hint)
  }

  /// The filter as text for a call; empty if there is none, or if it is too long to repeat.
  private static func filterText(_ given: JSONValue?) -> String {
    guard let given, given != [:] else { return "" }
    let text = VisibleText.make(given.serializedString, limit: 120)
    return text == given.serializedString ? text : ""
  }
}

extension TracesReport.Result: MethodResult {
  func json(maxChars: Int) -> JSONAnswer {
    var object: JSONObject = [
      "summarized": .integer(report.summarized), "listed": .integer(report.listed),
      "total": .integer(completed), "truncated": .bool(report.isTruncated),
    ]
    if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
    object.append("note", note.map { .string($0) })
    object.append("hint", hint.map { .string($0) })
    return JSONAnswer([:], text: report.text, object, isCut: report.isTruncated)
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer { TextAnswer(report.text, isCut: report.isTruncated, note: note) }
}
