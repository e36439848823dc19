// Assigns records to runs: one run is one execution of a program.

import TraceRecords

/// Identifies a source of records (a pipe, a file) within one store.
package struct SourceID: Hashable, Sendable {
  package var rawValue: Int
  package init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// The known runs, and for each source the run that its latest session marker began.
///
/// `fields.run` decides. Records without a run belong to the latest marker of their source. A marker with a known id continues that run.
struct RunTable: Sendable {
  static let none = -1
  private var names = ByteTable()
  private var latest: [SourceID: Int] = [:]
  /// The runs whose markers came from a source, the oldest first.
  private var announced: [SourceID: [Int]] = [:]
  /// The number of running traces of each run, and of all kept traces, by the run's row.
  private var runningTraces: [Int] = []
  private var keptTraces: [Int] = []
  /// Runs in order of their first occurrence; removed ones are skipped.
  private var order: [(row: Int, stamp: Int)] = []
  private var stamps: [Int] = []
  /// The number of the directory in which each run's process works, by the run's row.
  private var directoryNumbers: [UInt16] = []
  /// The directories; the first stands for an unknown one.
  private var directories = [""]
  /// Of more directories, and of longer ones, nothing is known.
  static let maxDirectories = 1_024
  static let maxDirectoryBytes = 4_096
  private var head = 0
  private var nextStamp = 1
  /// The number of runs that were removed because of the limit.
  private(set) var forgotten: UInt64 = 0
  /// The number of session markers so far. While it does not change, each source's latest run is the same.
  private(set) var markers = 0
  private let maxRuns: Int
  private let maxBytes: Int

  private let redacts: Bool

  init(maxRuns: Int, maxBytes: Int, redacts: Bool = true) { (self.maxRuns, self.maxBytes, self.redacts) = (maxRuns, maxBytes, redacts) }

  /// The memory of names and counts.
  var allocatedBytes: Int {
    names.allocatedBytes + (runningTraces.capacity + keptTraces.capacity + stamps.capacity) * 8 + order.capacity * 16
      + directoryNumbers.capacity * 2 + directoryBytes
  }

  var count: Int { names.count }
  /// The run's name in answers.
  func name(_ run: Int) -> String? { run == RunTable.none ? nil : IdentifierText.shown(names[run], number: run, redacts: redacts) }
  func isNamed(_ run: Int, _ name: UnsafeRawBufferPointer) -> Bool { run != RunTable.none && names.holds(name, at: run) }
  func latestRun(of source: SourceID) -> Int { latest[source] ?? RunTable.none }

  /// The run with that id. If the limit is reached, the oldest run without a trace is removed; returns `none` if every run has a trace.
  mutating func run(named name: UnsafeRawBufferPointer) -> Int {
    if let known = names.find(name) { return known }
    let isFull = names.count >= maxRuns || names.count > 0 && allocatedBytes + ByteTable.bytes(ofKey: name.count) > maxBytes
    if isFull, !forgetOldest() { return RunTable.none }
    let row = names.insert(name).row
    if row == runningTraces.count {
      runningTraces.append(0)
      keptTraces.append(0)
      stamps.append(0)
      directoryNumbers.append(0)
    }
    directoryNumbers[row] = 0
    stamps[row] = nextStamp
    order.append((row, nextStamp))
    nextStamp += 1
    return row
  }

  /// Whether a run's directory is known at all.
  var knowsDirectories: Bool { directories.count > 1 }
  /// The bytes of all directories.
  private var directoryBytes = 0

  /// The directory in which the run's process works; nil if it is not known.
  func directory(_ run: Int) -> String? {
    guard run != RunTable.none, directoryNumbers[run] > 0 else { return nil }
    return directories[Int(directoryNumbers[run])]
  }

  /// The names of the runs whose directory is known and wanted.
  func names(ofDirectories isWanted: (String) -> Bool) -> Set<String> {
    let wanted = directories.indices.map { $0 > 0 && isWanted(directories[$0]) }
    guard wanted.contains(true) else { return [] }
    var found: Set<String> = []
    for (row, stamp) in order[head...] where stamps[row] == stamp && wanted[Int(directoryNumbers[row])] {
      if let name = name(row) { found.insert(name) }
    }
    return found
  }

  /// A record says where the run's process works. What it says last counts.
  /// - Complexity: O(directories) for one that is not the run's yet.
  mutating func note(directory path: UnsafeRawBufferPointer, of name: UnsafeRawBufferPointer) {
    guard path.first == UInt8(ascii: "/"), path.count <= Self.maxDirectoryBytes else { return }
    let run = run(named: name)
    guard run != RunTable.none else { return }
    func isSame(_ number: Int) -> Bool { directories[number].utf8.elementsEqual(path) }
    if isSame(Int(directoryNumbers[run])) { return }
    if let known = directories.indices.first(where: isSame) {
      directoryNumbers[run] = UInt16(known)
    } else if directories.count <= Self.maxDirectories {
      directoryNumbers[run] = UInt16(directories.count)
      directories.append(String(decoding: path, as: UTF8.self))
      directoryBytes += path.count + 32
    }
  }

  /// Removes the oldest run that no kept trace and no source refers to.
  private mutating func forgetOldest() -> Bool {
    // Runs in use move to the end of the order, so that they are not checked again and again.
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

  /// A session marker: from now on records without a run belong to this one.
  mutating func begin(_ name: UnsafeRawBufferPointer, on source: SourceID) {
    let run = run(named: name)
    markers += 1
    latest[source] = run
    // Runs without running traces can no longer be confused with this one.
    announced[source]?.removeAll { runningTraces[$0] == 0 }
    if run != RunTable.none, announced[source]?.contains(run) != true { announced[source, default: []].append(run) }
  }

  mutating func traceKept(_ run: Int) { if run != RunTable.none { keptTraces[run] += 1 } }
  mutating func traceForgotten(_ run: Int) { if run != RunTable.none { keptTraces[run] -= 1 } }
  mutating func traceBegan(_ run: Int) { if run != RunTable.none { runningTraces[run] += 1 } }
  mutating func traceEnded(_ run: Int) { if run != RunTable.none { runningTraces[run] -= 1 } }

  /// Whether a record without a run may also belong to an earlier run of this source that still has a running trace. Programs that ran one
  /// after the other are not ambiguous.
  func isAmbiguous(on source: SourceID) -> Bool {
    let current = latestRun(of: source)
    return announced[source]?.contains { $0 != current && runningTraces[$0] > 0 } ?? false
  }
}
