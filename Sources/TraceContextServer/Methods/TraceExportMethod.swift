// trace/export: the trace for another tool.

import JSON
import JSONRPC
import TraceDistiller

enum TraceExportMethod: TraceMethod {
  static let name = "trace/export"
  static let summary = "The trace for another tool: OTLP JSON lines, Chrome trace events, speedscope, or folded stacks, page by page."
  /// An export is written to a file rather than read by a model, and half of it is of little use. So it may be longer than other answers.
  static let bounds = 400...64_000_000
  static let defaultMaxChars = 200_000
  static let parameters: [Parameter] = [
    .traceID, Parameter("format", .oneOf(ExportFormat.allCases.map(\.rawValue))),
    Parameter("weight", .oneOf(ExportWeight.allCases.map(\.rawValue))), .cursor, Parameter("maxChars", .integer(bounds)),
  ]

  struct Params: TraceParams {
    var traceID: String
    var format: ExportFormat
    var weight: ExportWeight
    var offset: Int
  }

  struct Result {
    var trace: TraceSnapshot
    var export: TraceExport
    var format: ExportFormat
    var weight: ExportWeight
    var offset: Int
    /// The size of the whole trace.
    var total: SummaryShare
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId") ?? "latest", format: try reader.choice("format", ExportFormat.self) ?? .otlp,
      weight: try reader.choice("weight", ExportWeight.self) ?? .selfTime, offset: try PageCursor.offset(reader.string("cursor")))
  }

  /// Writing a span takes longer than reading one, and the text may be as long as the caller allows.
  static var workClass: WorkClass { .long }
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { context.isSmall([params.traceID], below: 200) }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    // Other tools get the original times of the records, without clock corrections.
    var snapshot = try await context.snapshot(params.traceID)
    snapshot.maxClockAdjustNanos = 0
    let trace = DistilledTrace(snapshot)
    return Result(
      trace: trace.snapshot, export: TraceExport(trace, format: params.format, weight: params.weight), format: params.format,
      weight: params.weight, offset: params.offset, total: trace.total(below: nil))
  }
}

extension TraceExportMethod.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer { try page(maxChars: maxChars).json }

  func text(maxChars: Int, _ calls: CallNames) throws(ResponseError) -> TextAnswer {
    let page = try page(maxChars: maxChars).page
    let isCut = page.isCut || offset > 0
    let next = page.isCut ? "; a larger maxChars or cursor \(PageCursor.make(page.end)) gives more" : ""
    return TextAnswer(
      page.text, isCut: isCut, note: isCut ? "a part of the trace: \(page.shown.spans) of \(total.spans) spans\(next)" : nil)
  }

  /// The longest page for which the whole answer fits into the bound.
  private func page(maxChars: Int) throws(ResponseError) -> (page: ExportPage, json: JSONAnswer) {
    let head = self.head
    // The length of the rest depends on the number of digits in its cursor and counts.
    var room = maxChars - JSONLength.of(.object(head)) - 150
    while room > 0 {
      let page = export.page(from: offset, maxChars: room)
      guard page.end > offset || !page.isCut else { break }
      let json = answer(head, page)
      let excess = json.length - maxChars
      if excess <= 0 { return (page, json) }
      room = min(room, jsonLength(page.text)) - excess
    }
    let least = export.page(from: offset, maxChars: 0, isForced: true)
    let json = answer(head, least)
    let length = json.length
    guard length <= maxChars else { throw .budgetTooSmall(maxChars, needed: length) }
    return (least, json)
  }

  private var head: JSONObject {
    var head = TraceShape.head(trace)
    head["format"] = .string(format.rawValue)
    if format == .folded { head["weight"] = .string(weight.rawValue) }
    return head
  }

  private func answer(_ head: JSONObject, _ page: ExportPage) -> JSONAnswer {
    let isCut = page.isCut || offset > 0
    var object = JSONObject()
    object["shown"] = TraceShape.share(page.shown)
    object["total"] = TraceShape.share(total)
    object["truncated"] = .bool(isCut)
    object["nextCursor"] = page.isCut ? .string(PageCursor.make(page.end)) : .null
    return JSONAnswer(head, text: page.text, object, isCut: isCut)
  }
}
