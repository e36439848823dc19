// One span as answers use it.

package import TraceRecords

/// A view of one span of a distilled trace. It holds the trace and a row, and reads fields on demand.
package struct DistilledTraceNode: Sendable {
  package let trace: DistilledTrace
  package let row: Int

  private var storage: TraceStorage { trace.snapshot.storage }
  private var span: SpanRow { trace.snapshot.storage.spans[row] }

  package var spanID: String { storage.spanID(row) }
  /// The id of the parent as the records give it, even if that span is missing.
  package var parentSpanID: String? { span.parent == SpanRow.none ? nil : storage.spanID(Int(span.parent)) }
  package var name: String { storage.text(span.name) }
  package var target: String? { span.target == 0 ? nil : storage.text(span.target) }
  package var service: String? { span.service == 0 ? nil : storage.text(span.service) }
  package var kind: SpanKind { span.kind }
  /// For a span that appears only in logs, the time of the first log.
  package var startTimeUnixNano: Int64 {
    // A group that arrived pruned begins with its first call, wherever it is placed among its siblings.
    if span.flags.contains(.pruned) { return span.start }
    return trace.tree.isIncluded[row] ? trace.tree.start[row] : storage.events(ofRow: row, limit: .max).first?.timeUnixNano ?? 0
  }
  /// For a running span, the latest instant in the trace.
  package var endTimeUnixNano: Int64 {
    // A group that arrived pruned ends with its last call.
    if let end = folded?.endNanos { return end }
    return trace.tree.isIncluded[row] ? trace.tree.end[row] : storage.events(ofRow: row, limit: 1).last?.timeUnixNano ?? 0
  }
  package var durationNanos: Int64 { trace.tree.duration(row) }
  package var selfNanos: Int64 { trace.selfNanos[row] }
  package var criticalNanos: Int64 { trace.criticalNanos[row] }
  package var childOverlapNanos: Int64 { trace.childOverlapNanos[row] }
  package var isRunning: Bool { trace.tree.isOpen[row] }
  package var isFailed: Bool { span.flags.contains(.failed) }
  package var hasWarning: Bool { span.flags.contains(.hasWarning) }
  package var outcome: SpanOutcome { span.outcome }
  /// The statistics of a row that stands for many spans: folded to save memory, or pruned before they arrived.
  package var folded: FoldedSpans? { span.flags.contains(.collapsed) ? storage.folds[UInt32(row)] : nil }
  /// A record names a parent that never arrived.
  package var isParentMissing: Bool {
    span.parent != SpanRow.none && trace.tree.parent[row] < 0 && !storage.spans[Int(span.parent)].isDefined
  }
  package var children: [DistilledTraceNode] { trace.tree.children(of: row).map { trace.node(Int($0)) } }

  /// Attributes as the records gave them, in the order of first occurrence. The reserved `otel.` attributes are shown elsewhere.
  package var attributes: [DistilledAttribute] { allAttributes.filter { !$0.key.utf8.starts(with: "otel.".utf8) } }
  package var statusMessage: String? {
    for case (TraceStorage.statusMessageName, .string(let text)) in allAttributes.map({ ($0.key, $0.value) }) { return text }
    return nil
  }
  /// Links as compact JSON.
  package var linksJSON: String? {
    for case ("otel.links", .json(let text)) in allAttributes.map({ ($0.key, $0.value) }) { return text }
    return nil
  }

  /// Including the reserved attributes.
  var allAttributes: [DistilledAttribute] {
    AttributeReader(arena: storage.arena, texts: storage.texts).attributes(span.attributes)
  }

  /// Log lines of the span, the oldest first; if there are more than `limit`, the latest ones.
  package func events(limit: Int = .max) -> [DistilledEvent] {
    var events = storage.events(ofRow: row, limit: limit)
    // Events move together with their span.
    let moved = trace.tree.start[row].subtractingSaturated(span.start)
    if moved != 0, span.isDefined, !span.flags.contains(.pruned) {
      for index in events.indices { events[index].timeUnixNano = Timestamp.clamped(events[index].timeUnixNano.addingSaturated(moved)) }
    }
    return events
  }
}

/// One log line inside a span.
package struct DistilledEvent: Sendable {
  package var timeUnixNano: Int64
  package var level: SeverityLevel
  package var message: String
  package var target: String?
  package var attributes: [DistilledAttribute]
}

extension TraceStorage {
  static var statusMessageName: String { "\(statusMessageKey)" }

  func events(ofRow row: Int, limit: Int, where isWanted: (SeverityLevel) -> Bool = { _ in true }) -> [DistilledEvent] {
    var found: [DistilledEvent] = []
    var next = spans[row].lastEvent
    while next != SpanRow.none, found.count < limit {
      let event = events[Int(next)]
      next = event.previous
      guard isWanted(event.level) else { continue }
      found.append(
        DistilledEvent(
          timeUnixNano: event.time, level: event.level, message: arena.string(event.message),
          target: event.target == 0 ? nil : text(event.target),
          attributes: AttributeReader(arena: arena, texts: texts).attributes(event.attributes)))
    }
    return found.reversed()
  }
}
