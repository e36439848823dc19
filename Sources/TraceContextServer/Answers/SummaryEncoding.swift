// The summary's facts as JSON, within the same bound: for programs, which should not have to parse a drawing.

import JSON
import JSONRPC
import TraceDistiller

enum SummaryEncoding {
  /// Spans as a flat list in the order of the drawing, each with its depth: deeply nested JSON would break readers.
  static func make(_ analysis: TraceAnalysis, _ options: SummaryOptions) throws(ResponseError) -> JSONAnswer {
    // As in the text: under a focus, critical spans are those that kept the focused span from ending.
    let analysis = options.scope.focus.map { analysis.focused(on: $0) } ?? analysis
    var room = options.maxChars
    for _ in 0..<4 where room > 0 {
      let answer = build(analysis, options, maxChars: room)
      let excess = answer.length - options.maxChars
      if excess <= 0 { return answer }
      room -= excess
    }
    // Only the frame: which trace, how much of it, and that nothing is shown.
    let frame = build(analysis, options, maxChars: 0)
    let length = frame.length
    guard length <= options.maxChars else { throw .budgetTooSmall(options.maxChars, needed: length) }
    return frame
  }

  private static func build(_ analysis: TraceAnalysis, _ options: SummaryOptions, maxChars: Int) -> JSONAnswer {
    let trace = analysis.trace
    var object = TraceShape.head(trace)
    let budget = maxChars - JSONLength.of(.object(object)) - 160
    var isTruncated = false
    if options.sections.contains(.tree), let run = analysis.agentRun(below: options.scope.focus) {
      let encoded = AgentRunEncoding(run, trace, options.contents, budget: budget / 10 * (options.contents == .preview ? 4 : 6))
      object["agentRun"] = encoded.json
      isTruncated = isTruncated || encoded.isCut
    }
    if options.sections.contains(.errors) {
      let problems = analysis.problems(below: options.scope.focus)
      let list = BoundedList(total: problems.count, budget: budget * 3 / 10) { TraceShape.problem(problems[$0], trace) }
      object["errors"] = .array(list.entries)
      if list.isCut { object["errorsTotal"] = .integer(problems.count) }
      isTruncated = isTruncated || list.isCut
    }
    if options.sections.contains(.insights) {
      let insights = analysis.insights(below: options.scope.focus)
      // trace/insights shows the full evidence.
      let list = BoundedList(total: insights.count, budget: budget * 2 / 10) {
        TraceShape.insightBriefly(insights[$0], trace, options.language)
      }
      object["insights"] = .array(list.entries)
      if list.isCut { object["insightsTotal"] = .integer(insights.count) }
      isTruncated = isTruncated || list.isCut
    }
    if options.sections.contains(.criticalPath) {
      let totals = trace.criticalPath.map { analysis.totals(of: $0) } ?? []
      let list = BoundedList(total: totals.count, budget: budget * 2 / 10) { TraceShape.total(totals[$0]) }
      object["criticalPath"] = .array(list.entries)
      if list.isCut { object["criticalPathTotal"] = .integer(totals.count) }
      isTruncated = isTruncated || list.isCut
    }
    let total = analysis.total(of: options.scope)
    var shown = SummaryShare(spans: 0, nanos: 0)
    if options.sections.contains(.tree) {
      let rest = maxChars - JSONLength.of(.object(object)) - 160
      let folded = analysis.folded
      let nodes = rest > 0 ? chosen(folded, analysis.lines, options, budget: rest) : []
      object["tree"] = .array(nodes.map(\.json))
      for (node, _) in nodes {
        let share = folded.share(of: node)
        shown = SummaryShare(spans: shown.spans + share.spans, nanos: sum(shown.nanos, share.nanos))
      }
      isTruncated = isTruncated || shown.spans < total.spans
    }
    object["shown"] = TraceShape.share(shown)
    object["total"] = TraceShape.share(total)
    object["truncated"] = .bool(isTruncated)
    return JSONAnswer(object, isCut: isTruncated)
  }

  /// Saturates at the limits of Int64: two hostile spans of 146 years each would overflow.
  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  /// The lines that the text would choose, reduced until their JSON fits: JSON takes about three times the room of a line.
  private static func chosen(
    _ folded: FoldedTree, _ lines: TreeLines, _ options: SummaryOptions, budget: Int
  ) -> [(node: Int, json: JSONValue)] {
    var textBudget = budget
    var best: [(node: Int, json: JSONValue)] = []
    // One span with huge attributes must not take the room of all others.
    let longest = max(400, budget / 8)
    var made: [Int: JSONValue] = [:]
    for _ in 0..<8 {
      let nodes = folded.selected(lines, scope: options.scope, language: options.language, budget: textBudget)
      var entries: [(node: Int, json: JSONValue)] = []
      var used = 0
      for (node, depth) in nodes {
        let json = made[node] ?? entry(node, depth, folded, longest)
        made[node] = json
        used += JSONLength.of(json) + 1
        if used > budget { break }
        entries.append((node, json))
      }
      if !entries.isEmpty, entries.count == nodes.count { return entries }
      // Nodes are in the order of the drawing, so every prefix of them is a tree.
      if entries.count > best.count { best = entries }
      textBudget = textBudget * 2 / 3
    }
    return best
  }

  /// A span, the first of several similar spans, or the lower end of a chain.
  private static func entry(_ number: Int, _ depth: Int, _ folded: FoldedTree, _ longest: Int) -> JSONValue {
    let node = folded.nodes[number]
    var span = TraceShape.span(folded.trace.node(Int(folded.rows(of: number).first!)))
    span["depth"] = .integer(depth)
    span["childCount"] = .integer(folded.children(of: number).count)
    if node.position > 0 { span["position"] = .integer(node.position) }
    if node.among >= 4 { span["among"] = .integer(node.among) }
    if node.isOutlier { span["outlier"] = true }
    if node.count > 1 { span["alike"] = alike(number, folded) }
    let chain = folded.chain(of: number)
    if !chain.isEmpty {
      // From the top down, without the span itself. The time is that of the first span.
      span["chain"] = .array(chain.suffix(32).map { .string(folded.trace.node(Int(folded.rows(of: Int($0)).first!)).name) })
      span["chainLength"] = .integer(chain.count + 1)
      span["chainTotalMs"] = TraceShape.millis(folded.totalNanos(of: number))
    }
    let entry = Truncation(.object(span))
    return entry.fitting(longest) ?? entry.least
  }

  private static func alike(_ number: Int, _ folded: FoldedTree) -> JSONValue {
    let (node, times) = (folded.nodes[number], folded.times(of: number))
    var object: JSONObject = [
      "count": .integer(node.count), "totalMs": TraceShape.millis(node.totalNanos), "selfMs": TraceShape.millis(node.selfNanos),
      "criticalMs": TraceShape.millis(node.criticalNanos), "minMs": TraceShape.millis(times.min), "p50Ms": TraceShape.millis(times.p50),
      "p95Ms": TraceShape.millis(times.p95), "maxMs": TraceShape.millis(times.max), "errorCount": .integer(node.failures),
    ]
    object.append("commonName", folded.commonName(of: number).map { .string($0) })
    if node.isMixed { object["mixed"] = true }
    if node.slowCount > 0 {
      object["slow"] = [
        "count": .integer(node.slowCount), "totalMs": TraceShape.millis(node.slowNanos),
        "positions": .array(node.worstPositions.map { .integer($0) }),
      ]
    }
    return .object(object)
  }
}
