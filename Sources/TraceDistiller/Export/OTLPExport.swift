// OTLP/JSON lines, which OpenTelemetry backends read. Our own decoder reads them back to the same trace.

import TraceRecords

/// Spans in batches of one line each, grouped by service and target; then the logs of spans without a record. A small trace is one line,
/// and so a complete OTLP document.
struct OTLPExport: ExportWriter {
  /// The batch size of OpenTelemetry's batch processor.
  static let maxBatchSpans = 512
  static let maxBatchBytes = 1 << 20

  private let trace: DistilledTrace
  private let order: ExportOrder
  private let spans: OTLPSpanText

  init(_ trace: DistilledTrace) {
    self.trace = trace
    order = ExportOrder(trace)
    spans = OTLPSpanText(trace, ids: ExportIdentifiers(trace, order: order))
  }

  func page(from start: Int, budget: Int, isForced: Bool) -> ExportPage {
    var text = ExportText()
    var length = 0
    var batch = Batch()
    var end = min(start, order.count)
    func close() {
      let line = batch.line
      length += line.answerLength
      text.raw(line.bytes)
      batch = Batch()
    }
    while end < order.count, !Task.isCancelled {
      let row = order[end]
      let isLog = end >= order.rows.count
      if batch.count == Self.maxBatchSpans || batch.byteCount > Self.maxBatchBytes || batch.count > 0 && batch.isLog != isLog { close() }
      let piece = isLog ? spans.logRecords(row) : spans.span(row)
      let span = trace.snapshot.storage.spans[row]
      let key = Batch.Key(service: span.service, target: isLog ? 0 : span.target)
      let opening = batch.opening(for: key) { spans.opening(of: row, isLog: isLog) }
      let added = batch.cost(of: piece, opening: opening)
      guard length + batch.length + added <= budget || isForced && end == start else { break }
      batch.isLog = isLog
      batch.add(piece, key, opening, cost: added)
      end += 1
    }
    close()
    return ExportPage(
      text: String(decoding: text.bytes, as: UTF8.self), end: end, total: order.count,
      shown: trace.share(order.rows[min(start, order.rows.count)..<max(min(start, order.rows.count), min(end, order.rows.count))]))
  }

  /// One line under construction.
  private struct Batch {
    struct Key: Hashable {
      var service: UInt32
      var target: UInt32
    }

    private var places: [Key: Int] = [:]
    private var groups: [ExportText] = []
    private(set) var count = 0
    private(set) var byteCount = 0
    private(set) var length = 0
    var isLog = false

    /// The length of `]}]},` after every group, and of `{"resourceSpans":[` and `]}\n` around all, in characters of an answer.
    private static let groupEnd = 6
    private static let frame = 26

    /// The head of a group, if the batch does not have the group yet.
    func opening(for key: Key, _ make: () -> ExportText) -> ExportText? { places[key] == nil ? make() : nil }

    func cost(of piece: ExportText, opening: ExportText?) -> Int {
      piece.answerLength + 1 + (opening.map { $0.answerLength + Self.groupEnd } ?? 0) + (count == 0 ? Self.frame : 0)
    }

    mutating func add(_ piece: ExportText, _ key: Key, _ opening: ExportText?, cost: Int) {
      if let opening {
        places[key] = groups.count
        groups.append(opening)
      } else {
        groups[places[key]!].comma()
      }
      groups[places[key]!].raw(piece.bytes)
      count += 1
      byteCount += piece.bytes.count
      length += cost
    }

    var line: ExportText {
      var line = ExportText()
      guard count > 0 else { return line }
      line.raw(isLog ? "{\"resourceLogs\":[" : "{\"resourceSpans\":[")
      for (index, group) in groups.enumerated() {
        if index > 0 { line.comma() }
        line.raw(group.bytes)
        line.raw("]}]}")
      }
      line.raw("]}\n")
      return line
    }
  }
}
