// Which runs reported each trace, as a small number in its rank, and how many traces each number has: lists know a trace's project, and how
// many traces it has, without opening traces.

/// The sets of runs that kept traces have. Most traces have one run, those of several services a few; each distinct set has a number.
struct RunSets: Sendable {
  /// The number of traces without a run.
  static let empty: UInt16 = 0
  /// The number of those that came when there were as many sets as may be. Whoever asks has to look at the trace.
  static let various = UInt16.max
  private static let mostSets = 16_384
  /// What a set takes at most: its runs, and its entry in a table.
  private static let bytesOfSet = 256

  private var runs: [[Int]] = [[]]
  private var counts: [Int] = [0]
  private var free: [UInt16] = []
  private var singles: [Int: UInt16] = [:]
  private var several: [[Int]: UInt16] = [:]
  private(set) var variousCount = 0
  private let most: Int

  init(maxBytes: Int) { most = max(1, min(Self.mostSets, maxBytes / Self.bytesOfSet)) }

  var allocatedBytes: Int {
    runs.capacity * 8 + counts.capacity * 8 + free.capacity * 2 + singles.capacity * 20 + several.count * Self.bytesOfSet
  }

  /// The sets that have traces, and how many.
  var inUse: LazyFilterSequence<Range<Int>> { (1..<max(1, counts.count)).lazy.filter { [counts] in counts[$0] > 0 } }
  func count(_ number: Int) -> Int { counts[number] }
  /// Larger than every number but `various`.
  var end: Int { counts.count }
  func runs(_ number: Int) -> [Int] { runs[number] }

  /// A trace has these runs now. Returns the number of its set.
  mutating func add(_ run: Int, _ others: [Int] = []) -> UInt16 {
    guard run != RunTable.none || !others.isEmpty else { return Self.empty }
    if others.isEmpty {
      if let known = singles[run] {
        counts[Int(known)] += 1
        return known
      }
      guard let number = begin([run]) else { return Self.various }
      singles[run] = number
      return number
    }
    let set = ([run] + others).sorted()
    if let known = several[set] {
      counts[Int(known)] += 1
      return known
    }
    guard let number = begin(set) else { return Self.various }
    several[set] = number
    return number
  }

  private mutating func begin(_ set: [Int]) -> UInt16? {
    guard counts.count - 1 - free.count < most else {
      variousCount += 1
      return nil
    }
    if let number = free.popLast() {
      (runs[Int(number)], counts[Int(number)]) = (set, 1)
      return number
    }
    runs.append(set)
    counts.append(1)
    return UInt16(counts.count - 1)
  }

  /// A trace with that set is gone, or has another one.
  mutating func remove(_ number: UInt16) {
    guard number != Self.empty else { return }
    guard number != Self.various else {
      variousCount -= 1
      return
    }
    let place = Int(number)
    counts[place] -= 1
    guard counts[place] == 0 else { return }
    if runs[place].count == 1 { singles[runs[place][0]] = nil } else { several[runs[place]] = nil }
    runs[place] = []
    free.append(number)
  }
}

/// Whether traces belong to a project, by the numbers of their sets. For one use under the store's lock: numbers are given again.
struct ProjectVerdicts {
  private let project: ProjectCondition
  private var sets: [Bool?]

  /// Nil where every trace belongs: no project, or no program said where it works.
  init?(_ project: ProjectCondition?, in store: borrowing TraceDistillerStore) {
    guard let project, !project.includesAll, store.runs.knowsDirectories else { return nil }
    self.project = project
    sets = Array(repeating: nil, count: store.runSets.end)
  }

  mutating func includes(_ set: UInt16, _ slot: Int, in store: borrowing TraceDistillerStore) -> Bool {
    guard set != RunSets.empty else { return true }
    guard set != RunSets.various else { return store.belongs(slot: slot, to: project) }
    if let known = sets[Int(set)] { return known }
    let verdict = store.belongs(runs: store.runSets.runs(Int(set)), to: project)
    sets[Int(set)] = verdict
    return verdict
  }

  /// The number of traces of other projects; nil if some traces have to be looked at for that.
  /// - Complexity: O(sets of runs), no trace is read.
  mutating func others(in store: borrowing TraceDistillerStore) -> Int? {
    guard store.runSets.variousCount == 0 else { return nil }
    var count = 0
    for set in store.runSets.inUse where !includes(UInt16(set), -1, in: store) { count += store.runSets.count(set) }
    return count
  }
}
