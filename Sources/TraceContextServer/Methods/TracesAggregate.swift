// traces/aggregate: over many traces, where does the time go, and what fails?

import JSON
import JSONRPC
import TraceDistiller

enum TracesAggregate: RequestMethod {
  static let name = "traces/aggregate"
  static let summary =
    "Over many traces, per operation or attribute: calls, errors, self and critical time, p50, p95, max, and spans to look at."
  static let parameters: [Parameter] = [
    Parameter("filter", .filter), Parameter("groupBy", .string), .limit(1...1_000),
    Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars, .maxTokens, .locale,
  ]

  enum Format: String, CaseIterable, Sendable { case text, json }

  static let lengthOfJSON = 1

  struct Params {
    var filter: TraceFilter
    var grouping: AggregateGrouping
    var limit: Int
    var format: Format
    var maxChars: Int
    var locale: String?
  }

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try TraceFilter(reader.value("filter")), grouping: AggregateGrouping(try reader.string("groupBy")),
      limit: try reader.integer("limit") ?? 50, format: try reader.choice("format", Format.self) ?? .text,
      maxChars: try reader.budget(), locale: try reader.string("locale"))
  }

  /// The spans of a whole store may be meant.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { false }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let (all, losses) = context.store.overviews(now: context.now)
    var aggregate = TraceAggregate(by: params.grouping)
    // One trace at a time: the lock is held for a copy of it, and no more than one is distilled.
    for trace in all {
      if Task.isCancelled { break }
      func snapshot() -> TraceSnapshot? { context.store.withLock { $0.snapshot(of: trace, now: context.now) } }
      guard params.filter.matches(trace, snapshot: snapshot), let snapshot = snapshot() else { continue }
      aggregate.add(DistilledTrace(snapshot))
    }
    var hint: String?
    if all.isEmpty { hint = context.hint() } else if aggregate.traceCount == 0 { hint = params.filter.alternatives(all) }
    let groups = aggregate.groups(limit: params.limit)
    let answer = AggregateJSON(aggregate: aggregate, groups: groups, losses: losses, hint: hint)
    switch params.format {
    case .json: return Result(json: try answer.json(maxChars: params.maxChars))
    case .text:
      let language = params.locale.map { SummaryLanguage(locale: $0) } ?? context.language
      return Result(json: answer.text(language, maxChars: params.maxChars))
    }
  }
}
