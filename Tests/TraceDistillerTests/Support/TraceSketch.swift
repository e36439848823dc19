// A trace in the notation of a test: spans and logs as plain values, converted to records and applied to a store like any others.

import Testing
import TraceRecords

@testable import TraceDistiller

/// One span. Times are nanoseconds after `TraceSketch.origin`.
struct SketchSpan {
  enum Value {
    case text(String)
    case integer(Int64)
    case double(Double)
    case bool(Bool)
    case json(String)
  }

  var id: String
  /// Nil for a true root.
  var parent: String?
  var name: String
  var start: Int64
  /// Nil for a span that is still running.
  var end: Int64?
  var service = ""
  var kind = SpanKind.unspecified
  var isDetached = false
  var isFailed = false
  var statusMessage = ""
  var attributes: [(key: String, value: Value)] = []
}

struct SketchLog {
  var span: String
  var level: SeverityLevel
  var message: String
  var time: Int64
  var attributes: [(key: String, value: SketchSpan.Value)] = []
}

struct TraceSketch {
  /// The origin of sketches: large enough for earlier times, and an instant that needs a clock with nanoseconds.
  static let origin: Int64 = 1_700_000_000_000_000_137

  var id = "trace-1"
  var spans: [SketchSpan] = []
  var logs: [SketchLog] = []
  var origin = TraceSketch.origin
  /// The host of a service, if it names one.
  var hosts: [String: String] = [:]
  /// The number of lines and records that the store knows were lost.
  var lost: UInt64 = 0

  /// The trace as the store gives it to a request after all records have arrived and the quiet time is over; `order` reorders the records.
  func snapshot(order: (inout [Int]) -> Void = { _ in }) -> TraceSnapshot {
    // A trace without spans is one that appears only in a log.
    let logs = spans.isEmpty && logs.isEmpty ? [SketchLog(span: "none", level: .info, message: "", time: 0)] : logs
    var places = Array(0..<spans.count + logs.count)
    order(&places)
    var batch = RecordBatch()
    for place in places {
      if place < spans.count { add(spans[place], to: &batch) } else { add(logs[place - spans.count], to: &batch) }
    }
    var store = TraceDistillerStore()
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { store.apply(batch, $0, source: SourceID(1), now: 0) }
    store.statistics.lostLines = lost
    store.statistics.invalidRecords = lost
    let quiet = store.limits.quietNanos
    store.advance(to: quiet)
    return store.snapshot(slot: 0, now: quiet)!
  }

  /// Traces of one store, each as it is when its records have arrived; sketches of one id add to the same trace.
  static func snapshots(_ sketches: [TraceSketch]) -> [TraceSnapshot] {
    var store = TraceDistillerStore()
    var slots: [String: Int] = [:]
    let quiet = store.limits.quietNanos
    return sketches.map { sketch in
      var batch = RecordBatch()
      for span in sketch.spans { sketch.add(span, to: &batch) }
      batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { store.apply(batch, $0, source: SourceID(1), now: 0) }
      let slot = slots[sketch.id] ?? slots.count
      slots[sketch.id] = slot
      return store.snapshot(slot: slot, now: quiet)!
    }
  }

  func distilled(order: (inout [Int]) -> Void = { _ in }) -> DistilledTrace { DistilledTrace(snapshot(order: order)) }

  /// A complete span, or only its start if it is running.
  private func add(_ span: SketchSpan, to batch: inout RecordBatch) {
    var record = Record(span.end == nil ? .spanStart : .span, format: .openTelemetry)
    record.traceID = batch.add(text: id)
    record.spanID = batch.add(text: span.id)
    record.parent = span.parent == nil ? .root : .span
    if let parent = span.parent { record.parentID = batch.add(text: parent) }
    record.name = batch.add(text: span.name)
    record.service = batch.add(text: span.service)
    record.host = batch.add(text: hosts[span.service] ?? "")
    record.spanKind = span.kind
    record.followsFrom = span.isDetached
    record.startNanos = origin + span.start
    record.timeNanos = record.startNanos
    if let end = span.end { record.durationNanos = end - span.start }
    if span.isFailed { record.status = .error }
    record.message = batch.add(text: span.statusMessage)
    add(span.attributes, to: &record, &batch)
    batch.add(record)
  }

  private func add(_ log: SketchLog, to batch: inout RecordBatch) {
    var record = Record(.log, format: .openTelemetry)
    record.traceID = batch.add(text: id)
    record.spanID = batch.add(text: log.span)
    record.level = log.level
    record.message = batch.add(text: log.message)
    record.timeNanos = origin + log.time
    add(log.attributes, to: &record, &batch)
    batch.add(record)
  }

  private func add(_ attributes: [(key: String, value: SketchSpan.Value)], to record: inout Record, _ batch: inout RecordBatch) {
    record.attributeStart = UInt32(batch.attributes.count)
    for (key, value) in attributes {
      let key = batch.add(text: key)
      switch value {
      case .text(let text): batch.add(Attribute(key: key, value: .string(batch.add(text: text))))
      case .json(let text): batch.add(Attribute(key: key, value: .json(batch.add(text: text))))
      case .integer(let number): batch.add(Attribute(key: key, value: .integer(number)))
      case .double(let number): batch.add(Attribute(key: key, value: .double(number)))
      case .bool(let flag): batch.add(Attribute(key: key, value: .bool(flag)))
      }
    }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
  }
}
