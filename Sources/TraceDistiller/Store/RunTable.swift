// Which execution of which program a record belongs to.

import TraceRecords

/// Identifies a source of records (a pipe, a file) within one store.
package struct SourceID: Hashable, Sendable {
  package var rawValue: Int
  package init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// The runs that were heard of, and for each source the one that its latest session marker began.
///
/// `fields.run` decides; records without a run belong to the latest marker of their source. A marker whose id was seen continues that run.
struct RunTable: Sendable {
  static let none = -1
  private var names = ByteTable()
  private var latest: [SourceID: Int] = [:]
  /// The runs whose markers a source carried, oldest first.
  private var announced: [SourceID: [Int]] = [:]
  /// Running traces of each run, and all that are kept, by its row.
  private var runningTraces: [Int] = []
  private var keptTraces: [Int] = []
  /// Runs in the order of their first mention; forgotten ones are skipped.
  private var order: [(row: Int, stamp: Int)] = []
  private var stamps: [Int] = []
  private var head = 0
  private var nextStamp = 1
  /// Runs that were forgotten to make room.
  private(set) var forgotten: UInt64 = 0
  /// Session markers so far: while there are no more, each source's latest run is the same.
  private(set) var markers = 0
  private let maxRuns: Int
  private let maxBytes: Int

  private let redacts: Bool

  init(maxRuns: Int, maxBytes: Int, redacts: Bool = true) { (self.maxRuns, self.maxBytes, self.redacts) = (maxRuns, maxBytes, redacts) }

  /// What names and counts take.
  var allocatedBytes: Int {
    names.allocatedBytes + (runningTraces.capacity + keptTraces.capacity + stamps.capacity) * 8 + order.capacity * 16
  }

  var count: Int { names.count }
  /// As answers show it.
  func name(_ run: Int) -> String? { run == RunTable.none ? nil : IdentifierText.shown(names[run], number: run, redacts: redacts) }
  func isNamed(_ run: Int, _ name: UnsafeRawBufferPointer) -> Bool { run != RunTable.none && names.holds(name, at: run) }
  func latestRun(of source: SourceID) -> Int { latest[source] ?? RunTable.none }

  /// The run of that id. Where so many were heard of that there is no room, the oldest without a trace is forgotten; `none` where all have one.
  mutating func run(named name: UnsafeRawBufferPointer) -> Int {
    if let known = names.find(name) { return known }
    let isFull = names.count >= maxRuns || names.count > 0 && allocatedBytes + ByteTable.bytes(ofKey: name.count) > maxBytes
    if isFull, !forgetOldest() { return RunTable.none }
    let row = names.insert(name).row
    if row == runningTraces.count {
      runningTraces.append(0)
      keptTraces.append(0)
      stamps.append(0)
    }
    stamps[row] = nextStamp
    order.append((row, nextStamp))
    nextStamp += 1
    return row
  }

  /// Forgets the oldest run that no kept trace and no source refers to.
  private mutating func forgetOldest() -> Bool {
    // Runs in use are put at the end of the order, so that they are not looked at again and again.
    for _ in 0..<min(64, order.count - head) {
      let (row, stamp) = order[head]
      head += 1
      if head > 64, head * 2 > order.count {
        order.removeFirst(head)
        head = 0
      }
      guard stamps[row] == stamp else { continue }
      guard keptTraces[row] == 0, !latest.values.contains(row) else {
        order.append((row, stamp))
        continue
      }
      for source in announced.keys { announced[source]?.removeAll { $0 == row } }
      names.remove(row: row)
      stamps[row] = 0
      forgotten += 1
      return true
    }
    return false
  }

  /// A session marker: from now on records without a run of their own belong to this one.
  mutating func begin(_ name: UnsafeRawBufferPointer, on source: SourceID) {
    let run = run(named: name)
    markers += 1
    latest[source] = run
    // Runs with nothing running can no longer be mixed up with this one.
    announced[source]?.removeAll { runningTraces[$0] == 0 }
    if run != RunTable.none, announced[source]?.contains(run) != true { announced[source, default: []].append(run) }
  }

  mutating func traceKept(_ run: Int) { if run != RunTable.none { keptTraces[run] += 1 } }
  mutating func traceForgotten(_ run: Int) { if run != RunTable.none { keptTraces[run] -= 1 } }
  mutating func traceBegan(_ run: Int) { if run != RunTable.none { runningTraces[run] += 1 } }
  mutating func traceEnded(_ run: Int) { if run != RunTable.none { runningTraces[run] -= 1 } }

  /// Whether a record without a run may as well be of an earlier run of this source: one that still has a running trace.
  /// Programs that ran one after the other are not ambiguous.
  func isAmbiguous(on source: SourceID) -> Bool {
    let current = latestRun(of: source)
    return announced[source]?.contains { $0 != current && runningTraces[$0] > 0 } ?? false
  }
}
