// Jaeger's JSON (records.md, section 4): from its UI's download, its query API, and related tools.

import JSON

/// `{"data":[trace…]}`, a trace, a list of traces, or one span. The name of a span's service is in the trace's `processes`, which come
/// after the spans. In a document that arrives in pieces, spans wait for them.
struct JaegerFormat: TraceFormat {
  static let name: StaticString = "jaeger"

  /// The spans of one trace whose processes have not arrived yet.
  private var held = HeldRecords()
  private var heldTrace: [UInt8] = []
  private let maxHeldBytes: Int

  init() { self.init(maxHeldBytes: 32 << 20) }

  /// - Parameter maxHeldBytes: above this, spans are handed on without their service's name, with the id of their process instead.
  init(maxHeldBytes: Int) { self.maxHeldBytes = maxHeldBytes }

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    let list = root.member("data") ?? root
    guard JaegerFormat.isTrace(list) || JaegerFormat.isTrace(list.first) || JaegerFormat.isLoneSpan(list) else { return nil }
    var outcome = LineOutcome(repairs)
    let builder = JaegerRecordBuilder(repairs: repairs)
    let first = batch.records.count
    defer { SharedSpanHalves.split(&batch, from: first) }
    if list.isArray {
      outcome.visit(list) { take(trace: $0, builder, &batch, &$1) }
    } else if JaegerFormat.isTrace(list) {
      take(trace: list, builder, &batch, &outcome)
    } else {
      builder.add(span: list, trace: nil, process: list.member("process"), to: &batch, &outcome)
    }
    return outcome
  }

  static var hasDocuments: Bool { true }

  /// A trace without an id, or without processes, must not use those of another document.
  mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome {
    heldTrace = []
    return held.isEmpty ? LineOutcome() : finish(into: &batch)
  }

  mutating func finish(into batch: inout RecordBatch) -> LineOutcome {
    let first = batch.records.count
    release(processes: nil, JaegerRecordBuilder(repairs: []), &batch)
    SharedSpanHalves.split(&batch, from: first)
    return LineOutcome()
  }

  var holdsRecords: Bool { !held.isEmpty }

  /// A trace has spans; its id may occur only in them.
  private static func isTrace(_ node: ValueNode?) -> Bool {
    guard let node, node.isObject, let spans = node.member("spans"), spans.isArray else { return false }
    return node.member("traceID")?.text != nil || node.member("processes") != nil || spans.first.map { isSpan($0) } ?? false
  }

  private static func isSpan(_ node: ValueNode) -> Bool {
    node.member("spanID")?.text != nil && (node.member("operationName") != nil || node.member("traceID")?.text != nil)
  }

  /// Related loggers write only the ids.
  private static func isLoneSpan(_ node: ValueNode) -> Bool {
    isSpan(node) && (node.member("operationName") != nil || node.member("startTime") != nil) && node.member("msg") == nil
      && node.member("message") == nil
  }

  private mutating func take(
    trace: ValueNode, _ builder: JaegerRecordBuilder, _ batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) {
    guard JaegerFormat.isTrace(trace) else {
      return outcome.skip(.invalid(field: "data", kind: "Jaeger", found: trace.beginning(builder.repairs)))
    }
    let spans = trace.member("spans")
    let id = (trace.member("traceID") ?? spans?.first?.member("traceID"))?.text.map { Array($0) } ?? heldTrace
    if id != heldTrace { release(processes: nil, builder, &batch) }
    heldTrace = id
    let processes = trace.member("processes")
    if processes != nil { release(processes: processes, builder, &batch) }
    spans?.forEachElement { span in
      let process = processes?.member(named: span.member("processID")?.text) ?? span.member("process")
      guard process == nil, processes == nil, span.member("processID") != nil else {
        return builder.add(span: span, trace: trace, process: process, to: &batch, &outcome)
      }
      builder.hold(span: span, trace: trace, in: &held, &outcome)
    }
    guard held.byteCount > maxHeldBytes else { return }
    outcome.unusableFields += 1
    release(processes: nil, builder, &batch)
  }

  /// Hands on the waiting records. Until now the service of each is its process's id.
  private mutating func release(processes: ValueNode?, _ builder: JaegerRecordBuilder, _ batch: inout RecordBatch) {
    guard !held.isEmpty else { return }
    let offset = held.moveTexts(to: &batch)
    var run = TextRange.empty
    for row in held.rows.records.indices {
      var record = held.moved(row, offset, to: &batch)
      if record.kind == .span {
        let process = held.withText(held.rows.records[row].service) { processes?.member(named: $0) }
        if let process { builder.describe(process, &record, &batch) }
        run = record.run
      } else {
        record.run = run
      }
      batch.add(record)
    }
    held.removeAll()
  }
}
