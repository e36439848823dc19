// What exists if a filter matches nothing: similar names, the time range of the traces, the runs.

import JSONRPC
import TraceDistiller
import TraceRecords

extension TraceFilter {
  /// For answers about traces.
  func alternatives(_ kept: TraceListing, in context: RequestContext) async throws(ResponseError) -> String {
    let lines = try await newest(in: context)
    let wanted = query.trace.rootName ?? query.span.name ?? query.span.texts.first
    let near = Self.near(wanted, among: distinct(lines.map(\.rootName)))
    let number = kept.kept == 1 ? "is 1 trace" : "are \(DurationText.count(kept.kept)) traces"
    // All of them are of other projects.
    let names = near.isEmpty ? "" : " (\(near))"
    return "nothing matches; there \(number)\(names) that began between \(Timestamp.format(kept.firstStart)) and "
      + "\(Timestamp.format(kept.lastStart))" + (try await ofSpans(in: context, isNamed: query.span.name != nil)) + runs(lines)
  }

  /// For answers about spans; `spans` is the number of spans that were examined.
  func alternatives(spans: Int, _ kept: TraceListing, in context: RequestContext) async throws(ResponseError) -> String {
    let wanted = query.span.name ?? query.span.texts.first
    let near = spans == 0 ? "" : Self.near(wanted, among: try await texts(.name, in: context))
    let names = near.isEmpty ? "" : " (\(near))"
    return "nothing matches among \(AnswerWords.counted(spans, "span"))\(names); \(AnswerWords.counted(kept.kept, "trace")) began between "
      + "\(Timestamp.format(kept.firstStart)) and \(Timestamp.format(kept.lastStart))" + (try await ofSpans(in: context, isNamed: false))
      + runs(try await newest(in: context))
  }

  /// The newest traces of each name, because they are the most likely to be meant. If the filter names a run, traces of all runs are
  /// considered.
  private func newest(in context: RequestContext) async throws(ResponseError) -> [TraceOverview] {
    var newest = TraceListQuery()
    newest.limit = 1_000
    newest.isOneOfEachName = query.trace.run == nil
    return try await context.list(newest).lines
  }

  private func texts(_ field: SpanTextField, in context: RequestContext) async throws(ResponseError) -> [String] {
    let now = context.now
    return try await context.ask { source throws(SourceUnavailable) in try await source.texts(field, now: now) }
  }

  private func ofSpans(in context: RequestContext, isNamed: Bool) async throws(ResponseError) -> String {
    let span = query.span
    let asked: [(String, TextPattern?, SpanTextField)] = [
      ("name", isNamed ? span.name : nil, .name), ("service", span.service, .service), ("target", span.target, .target),
    ]
    var text = ""
    for (noun, pattern, field) in asked {
      guard let pattern, !pattern.isEmpty else { continue }
      let near = Self.near(pattern, among: try await texts(field, in: context))
      text += near.isEmpty ? "; no span tells its \(noun)" : "; \(noun)s of spans: \(near)"
    }
    return text
  }

  private func runs(_ newest: [TraceOverview]) -> String {
    guard let run = query.trace.run else { return "" }
    let names = distinct(newest.flatMap(\.runs)).prefix(50)
    if names.isEmpty { return "; none of them tells its run" }
    return "; runs: " + Self.near(run, among: Array(names))
  }

  private static func near(_ wanted: TextPattern?, among names: [String]) -> String {
    nearest(wanted?.text ?? "", among: names, limit: 5).map { VisibleText.make($0, limit: 60) }.joined(separator: ", ")
  }

  private func distinct(_ names: [String]) -> [String] {
    var known: Set<String> = []
    return names.filter { known.insert($0).inserted }
  }
}
