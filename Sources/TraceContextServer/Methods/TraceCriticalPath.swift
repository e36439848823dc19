// trace/criticalPath: which spans, in which intervals, kept the root from ending sooner?

import JSON
import JSONRPC
import TraceDistiller

enum TraceCriticalPath: TraceMethod {
  static let name = "trace/criticalPath"
  static let summary = "Which spans, in which intervals, kept the root from ending sooner; totals per operation."
  static let parameters: [Parameter] = [
    .traceID, Parameter("root", .string), Parameter("overflow", .oneOf(CriticalPath.Overflow.allCases.map(\.rawValue))), .maxChars, .locale,
  ]

  struct Params: TraceParams {
    var traceID: String
    var root: String?
    var overflow: CriticalPath.Overflow
    var maxChars: Int
    var locale: String?
  }

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest", root: try reader.string("root"),
      overflow: try reader.choice("overflow", CriticalPath.Overflow.self) ?? .clip,
      maxChars: try reader.integer("maxChars") ?? SummaryOptions.defaultBudget, locale: try reader.string("locale"))
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let trace = try context.distilled(params.traceID)
    var root = trace.tree.roots.first?.row
    if let wanted = params.root { root = try context.row(wanted, in: trace) }
    guard let root else { throw .noTrace(params.traceID, hint: "only logs speak of this trace so far") }
    let path = trace.tree.criticalPath(root: root, overflow: params.overflow)
    let language = params.locale.map { SummaryLanguage(locale: $0) } ?? context.language
    let text = CriticalPathText(trace, path: path, language: language, budget: params.maxChars)

    var object = TraceShape.head(trace.snapshot)
    object["method"] = "lastFinishingChild"
    object["rootSpanId"] = .string(trace.node(root).spanID)
    object["durationMs"] = TraceShape.millis(trace.tree.duration(root))
    object["text"] = .string(text.lines.drop { $0.isEmpty }.joined(separator: "\n"))
    object["totals"] = .array(trace.totals(of: path).prefix(1_000).map { TraceShape.total($0) })
    object["segments"] = []
    addRest(&object, trace, path)
    // What the segments may take is what the rest leaves of the bound.
    let used = JSONLength.of(.object(object)) - JSONLength.of(object["text"] ?? .null) - JSONLength.of(object["totals"] ?? .null)
    let segments = fill(path.segments, budget: params.maxChars - used - 64) { TraceShape.segment($0, trace) }
    object["segments"] = .array(segments)
    if segments.count < path.segments.count { object["segmentsTotal"] = .integer(path.segments.count) }
    object["truncated"] = .bool(segments.count < path.segments.count || text.isCut)
    return Result(json: .object(object))
  }

  private static func addRest(_ object: inout JSONObject, _ trace: DistilledTrace, _ path: CriticalPath) {
    let chain = trace.tree.heaviestChain(root: path.root)
    object["heaviestChain"] = .array(chain.prefix(32).map { .string(trace.node($0).spanID) })
    if chain.count > 32 { object["heaviestChainLength"] = .integer(chain.count) }
    let diagnostics = trace.tree.diagnostics + path.diagnostics
    object["diagnostics"] = .array(
      diagnostics.prefix(32).map { ["kind": .string($0.kind), "spanId": .string(trace.snapshot.storage.spanID($0.row))] })
    if diagnostics.count > 32 { object["diagnosticsTotal"] = .integer(diagnostics.count) }
    let others = trace.tree.roots.filter { $0.row != path.root }
    object["otherRoots"] = .array(
      others.prefix(16).map {
        let node = trace.node($0.row)
        return [
          "spanId": .string(node.spanID), "name": .string(node.name), "durationMs": TraceShape.millis(node.durationNanos), "orphan": .bool($0.isOrphan),
        ]
      })
    if others.count > 16 { object["otherRootsTotal"] = .integer(others.count) }
  }

  private static func fill(_ segments: [CriticalPath.Segment], budget: Int, _ make: (CriticalPath.Segment) -> JSONValue) -> [JSONValue] {
    var entries: [JSONValue] = []
    var used = 0
    for segment in segments {
      let value = make(segment)
      used += JSONLength.of(value) + 1
      if used > budget { break }
      entries.append(value)
    }
    return entries
  }
}
