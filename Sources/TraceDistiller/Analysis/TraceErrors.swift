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
  /// - Parameter focus: Only this span and what is below it.
  /// - Complexity: O(events + spans) and the text of what is grouped.
  package func problems(below focus: Int? = nil) -> [TraceProblem] {
    var entries: [TraceProblem] = []
    var places: [Key: Int] = [:]
    let storage = snapshot.storage

    let isWanted = focus.map { isBelow($0) }

    func add(_ severity: TraceProblem.Severity, _ row: Int, _ message: String, _ time: Int64) {
      if let isWanted, !isWanted[row] { return }
      let name = storage.text(storage.spans[row].name)
      let key = Key(severity: severity, name: storage.spans[row].name, message: Array(message.utf8))
      if let place = places[key] {
        entries[place].count += 1
        // Of several at the same instant the order of spans decides, never the order of records.
        let first = entries[place].firstTimeUnixNano
        if time < first || time == first && tree.startPrecedes(row, entries[place].firstRow) {
          entries[place].firstTimeUnixNano = time
          entries[place].firstRow = row
        }
        entries[place].lastTimeUnixNano = max(entries[place].lastTimeUnixNano, time)
        insert(row, into: &entries[place].rows)
      } else {
        places[key] = entries.count
        entries.append(
          TraceProblem(
            severity: severity, firstRow: row, spanName: name, message: message, count: 1, firstTimeUnixNano: time, lastTimeUnixNano: time,
            rows: [row]))
      }
    }

    storage.events.visitAll { _, event in
      if event.level == .error { add(.error, Int(event.span), storage.arena.string(event.message), event.time) }
      if event.level == .warn { add(.warning, Int(event.span), storage.arena.string(event.message), event.time) }
    }
    storage.spans.visitAll { row, span in
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

  /// For each row whether it is that span or below it.
  private func isBelow(_ focus: Int) -> [Bool] {
    var isBelow = [Bool](repeating: false, count: tree.count)
    var stack = [focus]
    while let row = stack.popLast() {
      isBelow[row] = true
      stack.append(contentsOf: tree.children(of: row).lazy.map(Int.init))
    }
    return isBelow
  }

  /// Keeps the first `maxRows` rows in the order of spans, each once.
  private func insert(_ row: Int, into rows: inout [Int]) {
    guard !rows.contains(row) else { return }
    let place = rows.firstIndex { tree.startPrecedes(row, $0) } ?? rows.count
    guard place < TraceProblem.maxRows else { return }
    rows.insert(row, at: place)
    if rows.count > TraceProblem.maxRows { rows.removeLast() }
  }

  private struct Key: Hashable {
    var severity: TraceProblem.Severity
    var name: UInt32
    var message: [UInt8]
  }
}
