// traces/aggregate: over many traces, where does the time go, and what fails?

import JSON
import JSONRPC
import TraceDistiller

enum TracesAggregate: RequestMethod {
  static let name = "traces/aggregate"
  static let summary =
    "Over many traces, per operation or attribute: calls, errors, self and critical time, p50, p95, max, and spans to look at."
  static let version = 2
  static let parameters: [Parameter] = [
    Parameter("filter", .filter), Parameter("groupBy", .string), .limit(1...1_000),
    Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars, .maxTokens, .locale,
  ]

  enum Format: String, CaseIterable, Sendable { case text, json }

  struct Params {
    var filter: TraceFilter
    var grouping: AggregateGrouping
    var limit: Int
    var format: Format
    var locale: String?
  }

  struct Result {
    var facts: AggregateEncoding
    var format: Format
    var language: SummaryLanguage
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try TraceFilter(reader.value("filter")), grouping: AggregateGrouping(try reader.string("groupBy")),
      limit: try reader.integer("limit") ?? 50, format: try reader.choice("format", Format.self) ?? .text,
      locale: try reader.string("locale"))
  }

  /// It may read all spans of the store.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { false }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let selection = try await context.select(params.filter.query)
    let losses = selection.kept.losses
    var aggregate = TraceAggregate(by: params.grouping)
    // One trace at a time: the lock is held only while it is copied, and only one distilled trace exists at a time.
    for trace in selection.traces.reversed() {
      if Task.isCancelled { break }
      guard let snapshot = try await context.snapshot(of: trace) else { continue }
      aggregate.add(snapshot)
    }
    var hint: String?
    if selection.kept.kept == 0 {
      hint = context.hint()
    } else if aggregate.traceCount == 0 {
      hint = try await params.filter.alternatives(selection.kept, in: context)
    }
    let groups = aggregate.groups(limit: params.limit)
    return Result(
      facts: AggregateEncoding(
        aggregate: aggregate, groups: groups, losses: losses, note: params.filter.note(.traces, selection.kept), hint: hint),
      format: params.format,
      language: context.language(params.locale))
  }
}

extension TracesAggregate.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    switch format {
    case .json: try facts.json(maxChars: maxChars)
    case .text: facts.text(facts.text(language, maxChars: maxChars))
    }
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let made = facts.text(language, maxChars: maxChars)
    return TextAnswer(made.text, isCut: made.isTruncated)
  }
}
