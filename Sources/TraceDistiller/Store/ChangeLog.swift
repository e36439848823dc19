// Collects changes of the store's traces until the thread that holds the lock takes them.

import TraceRecords

/// The changes since they were last taken. Changes that no observer is interested in are not stored.
struct ChangeLog: Sendable {
  var interest: TraceChangeInterest = []
  private var changes: [TraceChange] = []
  /// The index of a trace's `changed` entry, by serial number: a second entry would add nothing.
  private var open: [Int: Int] = [:]
  /// The ended spans of the current trace.
  private var ended: [String] = []

  /// Merges a change into an existing entry of the trace if possible, or drops it if no observer is interested. Returns whether it did.
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

  /// Whether the record ends a span that had not ended yet.
  @inline(never)
  mutating func endsSpan(_ record: Record, _ texts: BatchTexts, in slot: Int) -> Bool {
    switch record.kind {
    case .spanEnd, .span: return !slots[slot]!.storage.hasEnded(texts[record.spanID]) && !record.diagnostics.contains(.logsOnly)
    case .spanStart, .log, .moduleLog, .session, .gap, .process: return false
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
