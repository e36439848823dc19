// OTLP/JSON lines (records.md, section 2), as the Collector's file exporter and the SDKs' OTLP file exporters write them.

import CJansson
package import JSON

/// One line holds batches of whole spans, of log records, or of metrics; or one bare batch.
package struct OTLPDecoder: RecordDecoder {
  private let limits: JSONLimits

  package init(limits: JSONLimits = JSONLimits()) { self.limits = limits }

  package mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError)
    -> LineOutcome
  {
    let tree: JanssonTree
    do { tree = try JanssonTree(parsing: line, limits: limits, repair: .text) } catch { throw .json(error) }
    guard let outcome = try decode(tree, into: &batch) else { throw .unrecognised(ValueNode(tree.root).described) }
    return outcome
  }

  private func decode(_ tree: borrowing JanssonTree, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    try OTLPDecoder.decode(tree.root, repairs: tree.repairs, into: &batch)
  }

  /// Takes a line with one of OTLP's keys; nil where there is none. A span that lacks what it needs is counted, and the
  /// others of its line are taken.
  static func decode(_ root: JanssonNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject else { return nil }
    var found: [(kind: Kind, key: StaticString, node: JanssonNode)] = []
    root.forEachMember { key, value in
      for (name, kind) in keys where key.equals(name) { found.append((kind, name, value)) }
    }
    guard !found.isEmpty else { return nil }
    var outcome = LineOutcome(repairs)
    let builder = OTLPRecordBuilder(repairs: repairs)
    var isBareTaken = false
    for (kind, key, node) in found {
      guard node.pointee.type == JSON_ARRAY else {
        if node.isNull { continue }
        let text = node.withCompactText(undoing: repairs) { String(decoding: $0.prefix(60), as: UTF8.self) }
        throw .invalid(field: "\(key)", kind: "OTLP", found: text)
      }
      switch kind {
      case .spans: node.forEachElement { builder.addResourceSpans($0, to: &batch, &outcome) }
      case .logs: node.forEachElement { builder.addResourceLogs($0, to: &batch, &outcome) }
      // The root itself is the batch then.
      case .bareSpans where !isBareTaken:
        isBareTaken = true
        builder.addResourceSpans(root, to: &batch, &outcome)
      case .bareLogs: builder.addResourceLogs(root, to: &batch, &outcome)
      case .metrics: outcome.isMetrics = true
      case .bareSpans: break
      }
    }
    return outcome
  }

  private enum Kind { case spans, bareSpans, logs, bareLogs, metrics }

  private static let keys: [(name: StaticString, kind: Kind)] = [
    ("resourceSpans", .spans), ("scopeSpans", .bareSpans), ("resourceLogs", .logs), ("scopeLogs", .bareLogs),
    ("resourceMetrics", .metrics), ("scopeMetrics", .metrics),
    // Tempo's name, and that of OTLP before 0.16.
    ("batches", .spans), ("instrumentationLibrarySpans", .bareSpans),
  ]
}

extension JanssonNode {
  /// Visits the elements of an array; nothing where it is none.
  @inline(__always)
  func forEachElement(_ body: (JanssonNode) -> Void) {
    for index in 0..<json_array_size(self) {
      if let element = json_array_get(self, index) { body(element) }
    }
  }
}
