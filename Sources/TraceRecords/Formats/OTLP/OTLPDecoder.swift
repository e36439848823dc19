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

  /// Takes a line with one of OTLP's keys, at its top or one object deeper; nil where there is none. A span that lacks what it needs is counted, and
  /// the others of its line are taken.
  static func decode(_ root: JanssonNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject else { return nil }
    var root = root
    var found = batches(of: root)
    var isPartial = false
    if found.isEmpty, let inner = envelopes.lazy.compactMap({ root.member($0) }).first(where: { !batches(of: $0).isEmpty }) {
      isPartial = OTLPDecoder.isPartial(root.member("status"))
      found = batches(of: inner)
      root = inner
    }
    guard !found.isEmpty else { return nil }
    var builder = OTLPRecordBuilder(repairs: repairs, isPartial: isPartial)
    var isBareTaken = false
    for (kind, name, node) in found {
      guard node.pointee.type == JSON_ARRAY else {
        if node.isNull { continue }
        let text = node.withCompactText(undoing: repairs) { String(decoding: $0.prefix(60), as: UTF8.self) }
        throw .invalid(field: "\(name.text)", kind: "OTLP", found: text)
      }
      switch kind {
      case .spans: node.forEachElement { builder.addResourceSpans($0, to: &batch) }
      case .logs: node.forEachElement { builder.addResourceLogs($0, to: &batch) }
      // The object around is the batch then.
      case .bareSpans where !isBareTaken:
        isBareTaken = true
        builder.addResourceSpans(root, to: &batch)
      case .bareLogs: builder.addResourceLogs(root, to: &batch)
      case .metrics: builder.outcome.isMetrics = true
      case .bareSpans: break
      }
    }
    return builder.outcome
  }

  private enum Kind { case spans, bareSpans, logs, bareLogs, metrics }

  /// The members of an object that hold batches.
  private static func batches(of node: JanssonNode) -> [(kind: Kind, name: OTLPName, node: JanssonNode)] {
    var found: [(kind: Kind, name: OTLPName, node: JanssonNode)] = []
    guard node.isObject else { return found }
    node.forEachMember { key, value in
      let name = OTLPName(key)
      switch name {
      // `batches` is Tempo's name, that of the instrumentation library OTLP's before 0.16.
      case .resourceSpans, .batches: found.append((.spans, name, value))
      case .scopeSpans, .librarySpans: found.append((.bareSpans, name, value))
      case .resourceLogs: found.append((.logs, name, value))
      case .scopeLogs: found.append((.bareLogs, name, value))
      // In the schema's spelling they are the Python SDK's console exporter's.
      case .resourceMetrics, .scopeMetrics: if key.equals(name.text) { found.append((.metrics, name, value)) }
      default: break
      }
    }
    return found
  }

  /// What answers of servers have around OTLP: Tempo's, that of Jaeger's third API, Aspire's.
  private static let envelopes: [StaticString] = ["trace", "result", "data"]

  /// Tempo says so of a trace that is too large for an answer.
  private static func isPartial(_ status: JanssonNode?) -> Bool {
    status?.integer == 1 || (status?.text.map { $0.equals("PARTIAL") } ?? false)
  }
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
