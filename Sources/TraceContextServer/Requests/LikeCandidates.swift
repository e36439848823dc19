// The kept traces that may be similar to another one: same root, complete and not failed, the newest first.

import JSONRPC
import TraceDistiller

enum LikeCandidates {
  /// The maximum number of candidates: one root name can stand for several kinds of request, and fifty similar traces are plenty.
  static let most = 200
  /// The maximum of their spans together, not counting the first few traces.
  static let mostSpans = 100_000
  /// The maximum number of a filter's traces that are compared, the newest first.
  static let mostOfFilter = 1_000

  /// - Complexity: O(traces) for ranks, plus the cost of reading the lines of the newest matching traces.
  static func find(_ trace: DistilledTrace, in context: RequestContext) async throws(ResponseError) -> [TraceOverview] {
    guard let root = trace.primaryRoot else { return [] }
    return try await find(root: root.name, service: root.service ?? "", besides: trace.snapshot.serial, most: most, in: context)
  }

  /// - Parameter serial: The trace that is compared, which is none of them.
  static func find(
    root name: String, service: String, besides serial: Int?, most: Int, in context: RequestContext
  ) async throws(ResponseError) -> [TraceOverview] {
    var query = TraceQuery()
    query.trace.rootName = TextPattern(name)
    query.trace.rootOutcome = .ok
    let found = try await context.select(query).traces
    var lines: [TraceOverview] = []
    var spans = 0
    for start in stride(from: 0, to: found.count, by: 256) where lines.count < most {
      for line in try await context.lines(of: Array(found[start..<min(start + 256, found.count)])) {
        guard line.serial != serial, line.isComplete, line.rootName.utf8.elementsEqual(name.utf8),
          (line.service ?? "").utf8.elementsEqual(service.utf8)
        else { continue }
        spans += line.spanCount
        guard lines.count < 5 || spans <= mostSpans, lines.count < most else { return lines }
        lines.append(line)
      }
    }
    return lines
  }
}
