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
  /// Running traces of each run, by its row.
  private var runningTraces: [Int] = []
  private let maxRuns: Int

  init(maxRuns: Int) { self.maxRuns = maxRuns }

  var count: Int { names.count }
  func name(_ run: Int) -> String? { run == RunTable.none ? nil : String(decoding: names[run], as: UTF8.self) }
  func latestRun(of source: SourceID) -> Int { latest[source] ?? RunTable.none }

  /// The run of that id; `none` where so many runs were heard of that no more are kept apart.
  mutating func run(named name: UnsafeRawBufferPointer) -> Int {
    if let known = names.find(name) { return known }
    guard names.count < maxRuns else { return RunTable.none }
    let row = names.insert(name).row
    runningTraces.append(0)
    return row
  }

  /// A session marker: from now on records without a run of their own belong to this one.
  mutating func begin(_ name: UnsafeRawBufferPointer, on source: SourceID) {
    let run = run(named: name)
    latest[source] = run
    // Runs with nothing running can no longer be mixed up with this one.
    announced[source]?.removeAll { runningTraces[$0] == 0 }
    if run != RunTable.none, announced[source]?.contains(run) != true { announced[source, default: []].append(run) }
  }

  mutating func traceBegan(_ run: Int) { if run != RunTable.none { runningTraces[run] += 1 } }
  mutating func traceEnded(_ run: Int) { if run != RunTable.none { runningTraces[run] -= 1 } }

  /// Whether a record without a run may as well be of an earlier run of this source: one that still has a running trace.
  /// Programs that ran one after the other are not ambiguous.
  func isAmbiguous(on source: SourceID) -> Bool {
    let current = latestRun(of: source)
    return announced[source]?.contains { $0 != current && runningTraces[$0] > 0 } ?? false
  }
}
