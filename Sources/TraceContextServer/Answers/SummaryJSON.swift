// The summary's facts as JSON, under the same bound: for programs, which should not have to read a drawing.

import JSON
import JSONRPC
import TraceDistiller

enum SummaryJSON {
  /// Spans as a flat list in the order of the drawing, each with its depth: nesting as deep as a trace would break JSON readers.
  static func make(_ trace: DistilledTrace, _ options: SummaryOptions) throws(ResponseError) -> JSONValue {
    var object = TraceShape.head(trace.snapshot)
    let budget = options.maxChars - JSONLength.of(.object(object)) - 160
    var isTruncated = false
    if options.sections.contains(.errors) {
      let problems = trace.problems()
      let (entries, isCut) = fill(problems.count, budget * 3 / 10) { TraceShape.problem(problems[$0], trace) }
      object["errors"] = .array(entries)
      if isCut { object["errorsTotal"] = .integer(problems.count) }
      isTruncated = isTruncated || isCut
    }
    if options.sections.contains(.criticalPath) {
      let totals = trace.criticalPath.map { trace.totals(of: $0) } ?? []
      let (entries, isCut) = fill(totals.count, budget * 2 / 10) { TraceShape.total(totals[$0]) }
      object["criticalPath"] = .array(entries)
      if isCut { object["criticalPathTotal"] = .integer(totals.count) }
      isTruncated = isTruncated || isCut
    }
    let total = trace.total(of: options.scope)
    var shown = SummaryShare(spans: 0, nanos: 0)
    if options.sections.contains(.tree) {
      let rest = options.maxChars - JSONLength.of(.object(object)) - 160
      let rows = chosen(trace, options, budget: rest)
      object["tree"] = .array(rows.map(\.json))
      shown = SummaryShare(spans: rows.count, nanos: rows.reduce(0) { $0 + trace.selfNanos[$1.row] })
      isTruncated = isTruncated || rows.count < total.spans
    }
    object["shown"] = TraceShape.share(shown)
    object["total"] = TraceShape.share(total)
    object["truncated"] = .bool(isTruncated)
    return .object(object)
  }

  private static func fill(_ count: Int, _ budget: Int, _ entry: (Int) -> JSONValue) -> (entries: [JSONValue], isCut: Bool) {
    var entries: [JSONValue] = []
    var used = 0
    for index in 0..<count {
      let value = entry(index)
      used += JSONLength.of(value) + 1
      guard used <= budget else { return (entries, true) }
      entries.append(value)
    }
    return (entries, false)
  }

  /// The text's choice of spans, cut down until its JSON fits: JSON takes about three times the room of a line.
  private static func chosen(_ trace: DistilledTrace, _ options: SummaryOptions, budget: Int) -> [(row: Int, json: JSONValue)] {
    var textBudget = budget
    for _ in 0..<8 {
      let rows = trace.selectedRows(scope: options.scope, language: options.language, budget: textBudget)
      var entries: [(row: Int, json: JSONValue)] = []
      var used = 0
      for (row, depth) in rows {
        var span = TraceShape.span(trace.node(row))
        span["depth"] = .integer(depth)
        let hidden = trace.tree.children(of: row).count
        if hidden > 0 { span["childCount"] = .integer(hidden) }
        let json = JSONValue.object(span)
        used += JSONLength.of(json) + 1
        if used > budget { break }
        entries.append((row, json))
      }
      if entries.count == rows.count { return entries }
      textBudget = textBudget * 2 / 3
    }
    return []
  }
}
