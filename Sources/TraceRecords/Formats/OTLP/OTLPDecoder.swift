// OTLP/JSON lines (records.md, section 2), as written by the Collector's file exporter and the OTLP file exporters of the SDKs.

import CJansson
package import JSON

/// One line contains batches of complete spans, of log records, or of metrics; or a single bare batch.
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

  /// Decodes a line with one of OTLP's keys at the top level or one object deeper; nil if there is none. A span with missing data is
  /// counted, and the other spans of its line are kept.
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
      // Then the enclosing object is the batch.
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

  /// The members of an object that contain batches.
  private static func batches(of node: JanssonNode) -> [(kind: Kind, name: OTLPName, node: JanssonNode)] {
    var found: [(kind: Kind, name: OTLPName, node: JanssonNode)] = []
    guard node.isObject else { return found }
    node.forEachMember { key, value in
      let name = OTLPName(key)
      switch name {
      // `batches` is Tempo's name; the name with the instrumentation library is OTLP's before 0.16.
      case .resourceSpans, .batches: found.append((.spans, name, value))
      case .scopeSpans, .librarySpans: found.append((.bareSpans, name, value))
      case .resourceLogs: found.append((.logs, name, value))
      case .scopeLogs: found.append((.bareLogs, name, value))
      // The same names in snake_case belong to the Python SDK's console exporter.
      case .resourceMetrics, .scopeMetrics: if key.equals(name.text) { found.append((.metrics, name, value)) }
      default: break
      }
    }
    return found
  }

  /// The objects around OTLP in answers of servers: Tempo, Jaeger's third API, Aspire.
  private static let envelopes: [StaticString] = ["trace", "result", "data"]

  /// Tempo marks a trace that is too large for an answer in this way.
  private static func isPartial(_ status: JanssonNode?) -> Bool {
    status?.integer == 1 || (status?.text.map { $0.equals("PARTIAL") } ?? false)
  }
}

extension JanssonNode {
  /// Visits the elements of an array; does nothing for other values.
  @inline(__always)
  func forEachElement(_ body: (JanssonNode) -> Void) {
    for index in 0..<json_array_size(self) {
      if let element = json_array_get(self, index) { body(element) }
    }
  }
}
