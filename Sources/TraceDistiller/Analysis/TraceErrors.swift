// What went wrong in a trace: failed spans and WARN/ERROR logs, alike ones told once.

import TraceRecords

/// One entry: a failure or warning, and every other with the same span name and message.
package struct TraceProblem: Sendable {
  package enum Severity: String, Sendable { case error, warning }

  package var severity: Severity
  /// The span where it happened first. Not nil even when that span itself was never told of.
  package var firstRow: Int
  package var spanName: String
  /// The log's text, the status message, or empty where the program gave none.
  package var message: String
  package var count: Int
  package var firstTimeUnixNano: Int64
  package var lastTimeUnixNano: Int64
  /// Spans it happened in, in order, at most `maxRows`.
  package var rows: [Int]
  package static let maxRows = 16
}

extension DistilledTrace {
  /// Errors first, then warnings; within each by first occurrence.
  ///
  /// A failed span that logged errors gives one entry per message; one that only has the status gives its status message.
  /// - Complexity: O(events + spans) and the text of what is grouped.
  package func problems() -> [TraceProblem] {
    var entries: [TraceProblem] = []
    var places: [Key: Int] = [:]
    let storage = snapshot.storage

    func add(_ severity: TraceProblem.Severity, _ row: Int, _ message: String, _ time: Int64) {
      let name = storage.text(storage.spans[row].name)
      let key = Key(severity: severity, name: storage.spans[row].name, message: Array(message.utf8))
      if let place = places[key] {
        entries[place].count += 1
        if time < entries[place].firstTimeUnixNano {
          entries[place].firstTimeUnixNano = time
          entries[place].firstRow = row
        }
        entries[place].lastTimeUnixNano = max(entries[place].lastTimeUnixNano, time)
        if entries[place].rows.last != row, entries[place].rows.count < TraceProblem.maxRows { entries[place].rows.append(row) }
      } else {
        places[key] = entries.count
        entries.append(
          TraceProblem(
            severity: severity, firstRow: row, spanName: name, message: message, count: 1, firstTimeUnixNano: time, lastTimeUnixNano: time, rows: [row]))
      }
    }

    storage.events.forEach { _, event in
      if event.level == .error { add(.error, Int(event.span), storage.arena.string(event.message), event.time) }
      if event.level == .warn { add(.warning, Int(event.span), storage.arena.string(event.message), event.time) }
    }
    storage.spans.forEach { row, span in
      guard span.flags.contains(.failed), !span.flags.contains(.hasErrorLog) else { return }
      add(.error, row, node(row).statusMessage ?? "", tree.end[row])
    }
    return entries.sorted { left, right in
      if left.severity != right.severity { return left.severity == .error }
      if left.firstTimeUnixNano != right.firstTimeUnixNano { return left.firstTimeUnixNano < right.firstTimeUnixNano }
      if left.spanName != right.spanName { return left.spanName.utf8.lexicographicallyPrecedes(right.spanName.utf8) }
      return left.message.utf8.lexicographicallyPrecedes(right.message.utf8)
    }
  }

  private struct Key: Hashable {
    var severity: TraceProblem.Severity
    var name: UInt32
    var message: [UInt8]
  }
}
