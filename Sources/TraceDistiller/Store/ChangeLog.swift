// Where the store notes what happens to its traces, until whoever holds its lock takes the notes along.

import TraceRecords

/// Changes since they were last taken. Nothing is noted that nobody is interested in.
struct ChangeLog: Sendable {
  var interest: TraceChangeInterest = []
  private var changes: [TraceChange] = []
  /// Where a trace's `changed` stands, by its serial: another one would say nothing new.
  private var open: [Int: Int] = [:]
  /// Spans of the trace at hand that ended.
  private var ended: [String] = []

  /// Adds a change to what is noted of the trace already, where that says enough, or drops it where nobody asks for it.
  mutating func merge(_ kind: TraceChangeKind, _ serial: Int) -> Bool {
    guard interest.contains(TraceChangeInterest(kind)) else {
      if kind == .changed { ended.removeAll() }
      return true
    }
    guard kind == .changed, let known = open[serial] else { return false }
    changes[known].endedSpans += ended
    ended.removeAll()
    return true
  }

  mutating func append(_ kind: TraceChangeKind, _ serial: Int, _ traceID: String) {
    var change = TraceChange(kind: kind, serial: serial, traceID: traceID)
    open[serial] = nil
    if kind == .changed {
      swap(&change.endedSpans, &ended)
      open[serial] = changes.count
    }
    changes.append(change)
  }

  mutating func noteEnd(ofSpan id: UnsafeRawBufferPointer) { ended.append(String(decoding: id, as: UTF8.self)) }

  mutating func take() -> [TraceChange] {
    guard !changes.isEmpty else { return [] }
    defer {
      changes = []
      open.removeAll(keepingCapacity: true)
    }
    return changes
  }
}

extension TraceDistillerStore {
  @inline(__always)
  mutating func note(_ kind: TraceChangeKind, _ slot: Int) {
    if changeLog.interest.isEmpty { return }
    noteForObservers(kind, slot)
  }

  @inline(never)
  private mutating func noteForObservers(_ kind: TraceChangeKind, _ slot: Int) {
    let serial = slots[slot]!.handle
    if !changeLog.merge(kind, serial) { changeLog.append(kind, serial, displayID(slot)) }
  }

  /// Whether the record ends a span that had not ended.
  @inline(never)
  mutating func endsSpan(_ record: Record, _ texts: BatchTexts, in slot: Int) -> Bool {
    switch record.kind {
    case .spanEnd, .span: return !slots[slot]!.storage.hasEnded(texts[record.spanID]) && !record.diagnostics.contains(.logsOnly)
    case .spanStart, .log, .moduleLog, .session, .gap: return false
    }
  }
}

extension TraceStorage {
  /// Whether an end of that span was reported.
  fileprivate mutating func hasEnded(_ id: UnsafeRawBufferPointer) -> Bool {
    guard let row = row(of: id) else { return true }
    return spans[row].flags.contains(.ended) && !spans[row].flags.contains(.logsOnly)
  }
}
