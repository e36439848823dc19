// Spans for which no record gives a start or end: formats without ids name the spans around a log line, and there may be nothing more.

import TraceRecords

extension TraceStorage {
  /// A record reports a span that was known only from its logs.
  mutating func undefine(_ span: inout SpanRow, _ row: Int) {
    spanCount -= 1
    logsOnlyCount -= 1
    if span.flags.contains(.hasChild) { missingParentCount += 1 }
    if span.flags.contains(.hasErrorLog) { unseenFailedCount += 1 }
    if span.flags.contains(.failed) {
      failedCount -= 1
      if hasPlaces { places.count(failures: -1, ofRow: row) }
    }
    span.flags.subtract([.started, .ended, .logsOnly, .failed])
  }

  /// Such a span lasts as long as what is known to have happened in it: the log or the child that a record reported, and so on upwards.
  /// - Complexity: O(1) if the span already covers the interval, otherwise O(depth).
  mutating func stretch(_ row: Int, _ record: Record) {
    var at = row
    if !spans[row].flags.contains(.logsOnly) {
      guard record.kind != .log, spans[row].parent != SpanRow.none else { return }
      at = Int(spans[row].parent)
    }
    guard spans[at].flags.contains(.logsOnly) else { return }
    let isLog = record.kind == .log
    guard !isLog || record.timeNanos != Record.unknown else { return }
    let from = isLog ? record.timeNanos : spans[row].start
    let to = isLog ? record.timeNanos : spans[row].isOpen ? from : spans[row].end
    // The loop also ends on a cycle of parents: then all of them already cover the interval.
    while spans[at].flags.contains(.logsOnly), from < spans[at].start || to > spans[at].end {
      spans[at].start = min(from, spans[at].start)
      spans[at].end = max(to, spans[at].end)
      guard spans[at].parent != SpanRow.none else { return }
      at = Int(spans[at].parent)
    }
  }
}
