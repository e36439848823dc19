// The summary's facts as JSON, under the same bound: for programs, which should not have to read a drawing.

import JSON
import JSONRPC
import TraceDistiller

enum SummaryJSON {
  /// Spans as a flat list in the order of the drawing, each with its depth: nesting as deep as a trace would break JSON readers.
  static func make(_ trace: DistilledTrace, _ options: SummaryOptions) throws(ResponseError) -> JSONValue {
    // As in the text: under a focus, critical is what kept that span from ending.
    let trace = options.scope.focus.map { DistilledTrace(trace.snapshot, root: $0) } ?? trace
    var room = options.maxChars
    for _ in 0..<4 where room > 0 {
      let answer = JSONValue.object(build(trace, options, maxChars: room))
      let excess = JSONLength.of(answer) - options.maxChars
      if excess <= 0 { return answer }
      room -= excess
    }
    // The frame alone: whose trace, how much of it, and that nothing is shown.
    let frame = JSONValue.object(build(trace, options, maxChars: 0))
    let length = JSONLength.of(frame)
    guard length <= options.maxChars else { throw .budgetTooSmall(options.maxChars, needed: length) }
    return frame
  }

  private static func build(_ trace: DistilledTrace, _ options: SummaryOptions, maxChars: Int) -> JSONObject {
    var object = TraceShape.head(trace.snapshot)
    let budget = maxChars - JSONLength.of(.object(object)) - 160
    var isTruncated = false
    if options.sections.contains(.errors) {
      let problems = trace.problems(below: options.scope.focus)
      let list = BoundedList(total: problems.count, budget: budget * 3 / 10) { TraceShape.problem(problems[$0], trace) }
      object["errors"] = .array(list.entries)
      if list.isCut { object["errorsTotal"] = .integer(problems.count) }
      isTruncated = isTruncated || list.isCut
    }
    if options.sections.contains(.criticalPath) {
      let totals = trace.criticalPath.map { trace.totals(of: $0) } ?? []
      let list = BoundedList(total: totals.count, budget: budget * 2 / 10) { TraceShape.total(totals[$0]) }
      object["criticalPath"] = .array(list.entries)
      if list.isCut { object["criticalPathTotal"] = .integer(totals.count) }
      isTruncated = isTruncated || list.isCut
    }
    let total = trace.total(of: options.scope)
    var shown = SummaryShare(spans: 0, nanos: 0)
    if options.sections.contains(.tree) {
      let rest = maxChars - JSONLength.of(.object(object)) - 160
      let rows = rest > 0 ? chosen(trace, options, budget: rest) : []
      object["tree"] = .array(rows.map(\.json))
      shown = SummaryShare(spans: rows.count, nanos: rows.reduce(0) { sum($0, trace.selfNanos[$1.row]) })
      isTruncated = isTruncated || rows.count < total.spans
    }
    object["shown"] = TraceShape.share(shown)
    object["total"] = TraceShape.share(total)
    object["truncated"] = .bool(isTruncated)
    return object
  }

  /// Held at the end of Int64: two hostile spans of 146 years each are one too many.
  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  /// The text's choice of spans, cut down until its JSON fits: JSON takes about three times the room of a line.
  private static func chosen(_ trace: DistilledTrace, _ options: SummaryOptions, budget: Int) -> [(row: Int, json: JSONValue)] {
    var textBudget = budget
    var best: [(row: Int, json: JSONValue)] = []
    // One span of huge attributes must not take the place of all others.
    let longest = max(400, budget / 8)
    var made: [Int: JSONValue] = [:]
    for _ in 0..<8 {
      let rows = trace.selectedRows(scope: options.scope, language: options.language, budget: textBudget)
      var entries: [(row: Int, json: JSONValue)] = []
      var used = 0
      for (row, depth) in rows {
        let json = made[row] ?? entry(row, depth, trace, longest)
        made[row] = json
        used += JSONLength.of(json) + 1
        if used > budget { break }
        entries.append((row, json))
      }
      if !entries.isEmpty, entries.count == rows.count { return entries }
      // Rows are in the order of the drawing: every beginning of them is a tree.
      if entries.count > best.count { best = entries }
      textBudget = textBudget * 2 / 3
    }
    return best
  }

  private static func entry(_ row: Int, _ depth: Int, _ trace: DistilledTrace, _ longest: Int) -> JSONValue {
    var span = TraceShape.span(trace.node(row))
    span["depth"] = .integer(depth)
    span["childCount"] = .integer(trace.tree.children(of: row).count)
    let entry = Shortened(.object(span))
    return entry.fitting(longest) ?? entry.least
  }
}
