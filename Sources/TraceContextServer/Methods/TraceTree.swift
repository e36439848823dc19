// trace/tree: the plain structured tree, page by page.

import JSON
import JSONRPC
import TraceDistiller

enum TraceTree: TraceMethod {
  static let name = "trace/tree"
  static let summary = "The plain tree as a flat list of spans in the order of the drawing, each with its depth, page by page."
  static let parameters: [Parameter] = [.traceID, .focus, .maxDepth, .limit(1...10_000), .cursor, .maxChars, .maxTokens]

  struct Params: TraceParams {
    var traceID: String
    var focus: String?
    var maxDepth: Int
    var limit: Int
    var offset: Int
  }

  struct Result {
    var trace: DistilledTrace
    /// In the order of the drawing.
    var rows: [(row: Int32, depth: Int32)]
    var offset: Int
    var limit: Int
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest", focus: try reader.string("focus"),
      maxDepth: try reader.integer("maxDepth") ?? .max,
      limit: try reader.integer("limit") ?? 100, offset: try PageCursor.offset(reader.string("cursor")))
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let trace = try await context.distilled(params.traceID)
    var focus: Int?
    if let wanted = params.focus { focus = try context.row(wanted, in: trace) }
    let rows = preorder(trace, from: focus.map { [$0] } ?? trace.tree.roots.map(\.row), maxDepth: params.maxDepth)
    return Result(trace: trace, rows: rows, offset: params.offset, limit: params.limit)
  }

  private static func preorder(_ trace: DistilledTrace, from tops: [Int], maxDepth: Int) -> [(row: Int32, depth: Int32)] {
    var rows: [(row: Int32, depth: Int32)] = []
    var stack = tops.reversed().map { (row: Int32($0), depth: Int32(0)) }
    while let (row, depth) = stack.popLast() {
      rows.append((row, depth))
      guard Int(depth) < maxDepth else { continue }
      for child in trace.tree.children(of: Int(row)).reversed() { stack.append((child, depth + 1)) }
    }
    return rows
  }
}

extension TraceTree.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    let head = TraceShape.head(trace)
    return try BoundedList.answer(total: rows.count, from: offset, limit: limit, maxChars: maxChars) { index in
      var span = TraceShape.span(trace.node(Int(rows[index].row)))
      span["depth"] = .integer(Int(rows[index].depth))
      span["childCount"] = .integer(trace.tree.children(of: Int(rows[index].row)).count)
      return .object(span)
    } around: { page in
      var object = head
      object["spans"] = .array(page.entries)
      object["total"] = .integer(page.total)
      object["nextCursor"] = page.isCut ? .string(PageCursor.make(page.end)) : .null
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }
}
