// AWS X-Ray's segment documents, as its SDKs send them to the daemon and `aws xray batch-get-traces` returns them.

import JSON

/// A segment: `{"trace_id": "1-5f84c7a1-…", "id", "name", "start_time", "end_time", "parent_id", "subsegments": […], …}` with seconds as
/// decimal numbers. The API's answer contains each one as JSON in a text: `{"Traces": [{"Segments": [{"Document": "{…}"}]}]}`.
struct XRayFormat: TraceFormat {
  static let name: StaticString = "xray"

  private var scanner = ValueScanner()

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    var outcome = LineOutcome(repairs)
    if root.isArray {
      guard XRayFormat.isSegment(root.first) else { return nil }
      outcome.visit(root) { XRayRecordBuilder(repairs: repairs).addSegment($0, to: &batch, &$1) }
    } else if XRayFormat.isSegment(root) {
      XRayRecordBuilder(repairs: repairs).addSegment(root, to: &batch, &outcome)
    } else if let traces = XRayFormat.traces(root) {
      traces.forEachElement { trace in
        trace.member("Segments")?.forEachElement {
          takeDocument($0.member("Document"), PlainAttributes(repairs: repairs), &batch, &outcome)
        }
      }
    } else if XRayFormat.isHeader(root) {
      outcome.ignoredEvents += 1
    } else {
      return nil
    }
    return outcome
  }

  /// `1-`, eight digits of seconds, 24 random digits.
  private static func isSegment(_ node: ValueNode?) -> Bool {
    guard let node, let trace = node.member("trace_id")?.text, trace.count == 35, trace.starts(with: "1-"),
      trace[10] == UInt8(ascii: "-")
    else { return false }
    return node.member("id")?.text != nil && node.member("start_time") != nil
  }

  private static func traces(_ root: ValueNode) -> ValueNode? {
    guard let traces = root.member("Traces"), traces.isArray else { return nil }
    return traces.count == 0 || traces.first?.member("Segments") != nil ? traces : nil
  }

  /// The header before every segment on its way to the daemon.
  private static func isHeader(_ root: ValueNode) -> Bool {
    root.count == 2 && root.member("format")?.text?.equals("json") ?? false && root.member("version")?.integer == 1
  }

  private mutating func takeDocument(_ node: ValueNode?, _ plain: PlainAttributes, _ batch: inout RecordBatch, _ outcome: inout LineOutcome)
  {
    guard let text = node?.text else { return outcome.skip(.missing(field: "Document", kind: "X-Ray segment")) }
    let isTaken =
      scanner.read(text) { root in
        XRayRecordBuilder(repairs: []).addSegment(root, to: &batch, &outcome)
        return true
      } ?? false
    guard !isTaken else { return }
    do { take(try JanssonTree(parsing: text, repair: .text), &batch, &outcome) } catch { outcome.skip(.json(error)) }
  }

  private func take(_ tree: borrowing JanssonTree, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    XRayRecordBuilder(repairs: tree.repairs).addSegment(ValueNode(tree.root), to: &batch, &outcome)
  }
}
