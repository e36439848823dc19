// trace/criticalPath: which spans, in which intervals, kept the root from ending sooner?

import JSON
import JSONRPC
import TraceDistiller

enum TraceCriticalPath: TraceMethod {
  static let name = "trace/criticalPath"
  static let summary = "Which spans, in which intervals, kept the root from ending sooner; totals per operation."
  static let parameters: [Parameter] = [
    .traceID, Parameter("root", .string), Parameter("overflow", .oneOf(CriticalPath.Overflow.allCases.map(\.rawValue))),
    Parameter("overlapTolerance", .milliseconds), .maxChars, .maxTokens, .locale,
  ]

  struct Params: TraceParams {
    var traceID: String
    var root: String?
    var overflow: CriticalPath.Overflow
    var tolerance: OverlapTolerance
    var locale: String?
  }

  struct Result {
    var trace: DistilledTrace
    var root: Int
    var path: CriticalPath
    var totals: [CriticalTotal]
    var language: SummaryLanguage
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest", root: try reader.string("root"),
      overflow: try reader.choice("overflow", CriticalPath.Overflow.self) ?? .clip,
      tolerance: try reader.millis("overlapTolerance").map { .nanos($0) } ?? .usual, locale: try reader.string("locale"))
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let analysis = try await context.analysis(params.traceID)
    let trace = analysis.trace
    var root = trace.tree.roots.first?.row
    if let wanted = params.root { root = try context.row(wanted, in: trace) }
    guard let root else { throw .noTrace(params.traceID, hint: "only logs speak of this trace so far") }
    // The path that summaries need is already computed.
    let known = params.overflow == .clip && params.tolerance == .usual ? trace.criticalPath.flatMap { $0.root == root ? $0 : nil } : nil
    let path = known ?? trace.tree.criticalPath(root: root, overflow: params.overflow, tolerance: params.tolerance)
    return Result(trace: trace, root: root, path: path, totals: analysis.totals(of: path), language: context.language(params.locale))
  }
}

extension TraceCriticalPath.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    var room = maxChars
    for _ in 0..<4 where room > 0 {
      let answer = build(maxChars: room)
      let excess = answer.length - maxChars
      if excess <= 0 { return answer }
      room -= excess
    }
    let frame = build(maxChars: 0)
    let length = frame.length
    guard length <= maxChars else { throw .budgetTooSmall(maxChars, needed: length) }
    return frame
  }

  /// The shortest JSON that a segment can have.
  private static let leastSegment = 40

  /// The indices of the longest segments, the longest first. If not all segments fit, these are shown.
  /// - Complexity: O(n log n) at most.
  func longest(atMost limit: Int) -> [Int] {
    let segments = path.segments
    func precedes(_ left: Int, _ right: Int) -> Bool {
      segments[left].nanos != segments[right].nanos ? segments[left].nanos > segments[right].nanos : left < right
    }
    var best: [Int] = []
    for index in segments.indices {
      best.append(index)
      if best.count >= limit * 4 {
        best.sort(by: precedes)
        best.removeLast(best.count - limit)
      }
    }
    best.sort(by: precedes)
    return Array(best.prefix(limit))
  }

  /// Which overlaps were ignored, by the request or by the default rule, and how many there were.
  private var tolerance: JSONObject {
    var object: JSONObject
    switch path.tolerance {
    case .nanos(let nanos): object = ["ms": TraceShape.millis(nanos)]
    case .usual:
      object = [
        "clockResolutionMs": TraceShape.millis(trace.tree.resolution.coarsestNanos),
        "percentOfShorter": .integer(CallTree.tolerancePercent),
      ]
    }
    object["forgiven"] = .integer(path.forgiven.calls)
    if path.forgiven.calls > 0 { object["largestMs"] = TraceShape.millis(path.forgiven.largestNanos) }
    return object
  }

  /// Divides the bound: the lines that explain the path get an eighth, the text a quarter; the totals come next, and the segments get the
  /// rest.
  private func build(maxChars: Int) -> JSONAnswer {
    var head = TraceShape.head(trace)
    head["method"] = "lastFinishingChild"
    head["rootSpanId"] = .string(trace.node(root).spanID)
    head["durationMs"] = TraceShape.millis(trace.tree.duration(root))
    head["overlapTolerance"] = .object(tolerance)
    // Room for names, brackets and the counts of what is cut.
    var rest = maxChars - JSONLength.of(.object(head)) - 180
    let lines = CriticalPathText(totals, language: language, budget: rest / 4)
    let text = lines.lines.drop { $0.isEmpty }.joined(separator: "\n")
    var object = JSONObject()
    object.append("sanitised", TraceShape.sanitised(text))
    rest -= jsonLength(text)
    var isCut = lines.isCut

    func list(_ name: String, _ countName: String, _ total: Int, limit: Int = .max, budget: Int, _ entry: (Int) -> JSONValue) {
      let list = BoundedList(total: total, limit: limit, budget: budget, entry)
      object[name] = .array(list.entries)
      if list.isCut { object[countName] = .integer(total) }
      isCut = isCut || list.isCut
      rest -= list.length
    }

    object["totals"] = []
    object["segments"] = []
    let share = rest / 8
    let chain = trace.tree.heaviestChain(root: path.root)
    list("heaviestChain", "heaviestChainLength", chain.count, limit: 32, budget: share) { .string(trace.node(chain[$0]).spanID) }
    let diagnostics = trace.tree.diagnostics + path.diagnostics
    list("diagnostics", "diagnosticsTotal", diagnostics.count, limit: 32, budget: share) {
      ["kind": .string(diagnostics[$0].kind), "spanId": .string(trace.snapshot.storage.spanID(diagnostics[$0].row))]
    }
    let others = trace.tree.roots.filter { $0.row != path.root }
    list("otherRoots", "otherRootsTotal", others.count, limit: 16, budget: share) { index in
      let node = trace.node(others[index].row)
      return [
        "spanId": .string(node.spanID), "name": .string(node.name), "durationMs": TraceShape.millis(node.durationNanos),
        "orphan": .bool(others[index].isOrphan),
      ]
    }
    list("totals", "totalsTotal", totals.count, limit: 1_000, budget: rest) { TraceShape.total(totals[$0]) }
    let longest = longest(atMost: max(0, rest) / Self.leastSegment + 1)
    let fitting = BoundedList(total: path.segments.count, limit: longest.count, budget: rest) {
      TraceShape.segment(path.segments[longest[$0]], trace)
    }
    list("segments", "segmentsTotal", path.segments.count, limit: fitting.entries.count, budget: rest) {
      [chosen = longest.prefix(fitting.entries.count).sorted()] in
      TraceShape.segment(path.segments[chosen[$0]], trace)
    }
    object["truncated"] = .bool(isCut)
    return JSONAnswer(head, text: text, object, isCut: isCut)
  }
}
