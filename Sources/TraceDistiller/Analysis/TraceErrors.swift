// The failures of a trace: one entry per cause, similar causes together, without the ancestors that only repeat a cause.

import TraceRecords

extension DistilledTrace {
  /// Errors first, then warnings. Each are ordered by: reached the root, most frequent, earliest.
  ///
  /// A failed span with logged errors gives one cause per message; a span with only an error status gives its status message.
  /// - Parameter focus: only this span and what is below it.
  /// - Complexity: O(events + spans + text of failures) time, and O(n log n) in the number of entries.
  package func problems(below focus: Int? = nil) -> [TraceProblem] {
    let records = FailureRecords(self, isWanted: focus.map { isBelow($0) })
    guard !records.records.isEmpty else { return [] }
    let places = FailurePlaces(self, records)
    let causes = FailureCauses(self, records, places)
    var groups = ProblemGroups(self, records, places)
    for occurrence in causes.occurrences where !occurrence.isAbsorbed { groups.add(occurrence) }
    return groups.sorted()
  }

  /// For each row, whether it is the focused span or below it.
  private func isBelow(_ focus: Int) -> [Bool] {
    var isBelow = [Bool](repeating: false, count: tree.count)
    var stack = [focus]
    while let row = stack.popLast() {
      isBelow[row] = true
      stack.append(contentsOf: tree.children(of: row).lazy.map(Int.init))
    }
    return isBelow
  }
}

/// Groups similar causes.
private struct ProblemGroups {
  private let trace: DistilledTrace
  private let records: FailureRecords
  private let places: FailurePlaces
  private var paths: OperationPaths
  private var attributes: FailureAttributes
  private var groups: [Group] = []
  /// Groups by the hash of their keys. A dictionary would hash a million keys anew each time it grows.
  private var groupOfKey = HashIndex()

  private struct Key: Equatable {
    /// Path and wording.
    var place: UInt64
    /// Type and severity.
    var failure: UInt64

    init(isError: Bool, path: Int32, type: Int32, wording: Int32) {
      place = UInt64(UInt32(bitPattern: path)) << 32 | UInt64(UInt32(bitPattern: wording))
      failure = UInt64(UInt32(bitPattern: type)) << 1 | (isError ? 1 : 0)
    }

    var hash: UInt32 { withUnsafeBytes(of: (place, failure)) { TextHash.hash($0) } }
  }

  private struct Group {
    let key: Key
    var problem: TraceProblem
    /// The record of the first occurrence.
    var record: Int
    var latestRow: Int
    /// The time of the first swallowed occurrence.
    var swallowedTime = Int64.max
    var swallowedRow = -1
  }

  init(_ trace: DistilledTrace, _ records: FailureRecords, _ places: FailurePlaces) {
    self.trace = trace
    self.records = records
    self.places = places
    paths = OperationPaths(trace)
    attributes = FailureAttributes(trace.snapshot.storage)
  }

  mutating func add(_ occurrence: FailureOccurrence) {
    let record = records.records[occurrence.record]
    let row = Int(record.row)
    let isError = record.isError || occurrence.isPromoted
    let words = records.records[occurrence.words]
    // A failure of a pruned group is a failure of each call in it.
    let calls = trace.calls(of: row)
    let key = Key(isError: isError, path: paths.number(of: row), type: words.type, wording: records.texts.kind(words.full))
    let hash = key.hash
    let place: Int
    if let known = groupOfKey.find(hash, where: { groups[$0].key == key }) {
      place = known
      join(place, occurrence, record, row, calls)
    } else {
      place = groups.count
      groupOfKey.insert(hash, row: place)
      groups.append(
        Group(
          key: key,
          problem: TraceProblem(
            severity: isError ? .error : .warning, firstRow: row, firstEvent: words.event < 0 ? nil : Int(words.event), count: calls,
            firstTimeUnixNano: record.time, lastTimeUnixNano: record.time, rows: [row], spanCount: calls, repeats: occurrence.repeats,
            pathLength: 1, pathHead: row), record: occurrence.record, latestRow: row))
    }
    if isError, trace.tree.isIncluded[row] {
      tell(place, places.end(of: occurrence.top, trace, &attributes), record.time, row, calls)
    }
  }

  /// Occurrences arrive row by row, so that a span is counted once.
  private mutating func join(_ place: Int, _ occurrence: FailureOccurrence, _ record: FailureRecord, _ row: Int, _ calls: Int) {
    groups[place].problem.count += calls
    groups[place].problem.repeats += occurrence.repeats
    groups[place].problem.lastTimeUnixNano = max(groups[place].problem.lastTimeUnixNano, record.time)
    if groups[place].latestRow != row {
      groups[place].problem.spanCount += calls
      groups[place].latestRow = row
      insert(row, into: &groups[place].problem.rows)
    }
    if isBefore(occurrence.record, groups[place].record) {
      groups[place].problem.firstTimeUnixNano = record.time
      groups[place].problem.firstRow = row
      let words = records.records[occurrence.words].event
      groups[place].problem.firstEvent = words < 0 ? nil : Int(words)
      groups[place].record = occurrence.record
    }
  }

  private mutating func tell(_ place: Int, _ end: FailureEnd, _ time: Int64, _ row: Int, _ calls: Int) {
    switch end {
    case .root: groups[place].problem.ends.root += calls
    case .running: groups[place].problem.ends.running += calls
    case .detached: groups[place].problem.ends.detached += calls
    case .fragment: groups[place].problem.ends.fragment += calls
    case .swallowed(let ancestor):
      groups[place].problem.ends.swallowed += calls
      let group = groups[place]
      guard
        group.swallowedRow < 0 || time < group.swallowedTime
          || time == group.swallowedTime && trace.tree.startPrecedes(row, group.swallowedRow)
      else { return }
      groups[place].problem.swallowedBy = ancestor
      (groups[place].swallowedTime, groups[place].swallowedRow) = (time, row)
    }
  }

  /// For equal times the order of spans and texts decides. The order of records has no effect.
  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (records.records[left], records.records[right])
    if left.time != right.time { return left.time < right.time }
    if left.row != right.row { return trace.tree.startPrecedes(Int(left.row), Int(right.row)) }
    if left.full != right.full { return textPrecedes(left.full, right.full) }
    return left.carried != right.carried && textPrecedes(left.carried, right.carried)
  }

  private func textPrecedes(_ left: Int32, _ right: Int32) -> Bool {
    records.texts.text(left).lexicographicallyPrecedes(records.texts.text(right))
  }

  /// Keeps the first `maxRows` rows, in the order of spans.
  private func insert(_ row: Int, into rows: inout [Int]) {
    let place = rows.firstIndex { trace.tree.startPrecedes(row, $0) } ?? rows.count
    guard place < TraceProblem.maxRows else { return }
    rows.insert(row, at: place)
    if rows.count > TraceProblem.maxRows { rows.removeLast() }
  }

  func sorted() -> [TraceProblem] {
    // Numbers are sorted, not groups: a group is 200 bytes, and each move of one counts its references.
    groups.indices.sorted { one, other in
      if groups[one].problem.severity != groups[other].problem.severity { return groups[one].problem.severity == .error }
      let (isRoot, isOtherRoot) = (groups[one].problem.ends.root > 0, groups[other].problem.ends.root > 0)
      if isRoot != isOtherRoot { return isRoot }
      if groups[one].problem.count != groups[other].problem.count { return groups[one].problem.count > groups[other].problem.count }
      return isBefore(groups[one].record, groups[other].record)
    }.map { place in
      var problem = groups[place].problem
      problem.pathLength = Int(places.depth[problem.firstRow]) + 1
      problem.pathHead = Int(places.head[problem.firstRow])
      return problem
    }
  }
}

/// Numbers for paths of operations: the names from the root down without numbers and ids; recursive calls appear once.
private struct OperationPaths {
  private let tree: CallTree
  private let storage: TraceStorage
  private var numbers: [Int32]
  /// By number of the name; −1 where it was not looked at.
  private var wordingOfName: [Int32]
  private var wordings = ByteTable()
  /// By number of a path, the path above it and its last name.
  private var keys: [UInt64] = []
  private var known = HashIndex()

  init(_ trace: DistilledTrace) {
    (tree, storage) = (trace.tree, trace.snapshot.storage)
    numbers = Array(repeating: -1, count: trace.tree.count)
    wordingOfName = Array(repeating: -1, count: storage.texts.count)
  }

  mutating func number(of row: Int) -> Int32 {
    if numbers[row] >= 0 { return numbers[row] }
    var unknown: [Int] = []
    var current = row
    while current >= 0, numbers[current] < 0 {
      unknown.append(current)
      current = Int(tree.parent[current])
    }
    while let next = unknown.popLast() {
      let parent = Int(tree.parent[next])
      let name = name(of: next)
      if parent >= 0, self.name(of: parent) == name {
        numbers[next] = numbers[parent]
      } else {
        let key = UInt64(parent >= 0 ? UInt32(numbers[parent]) + 1 : 0) << 32 | UInt64(UInt32(name))
        numbers[next] = self.path(key)
      }
    }
    return numbers[row]
  }

  private mutating func path(_ key: UInt64) -> Int32 {
    let hash = withUnsafeBytes(of: key) { TextHash.hash($0) }
    if let path = known.find(hash, where: { keys[$0] == key }) { return Int32(path) }
    known.insert(hash, row: keys.count)
    keys.append(key)
    return Int32(keys.count - 1)
  }

  private mutating func name(of row: Int) -> Int32 {
    let name = tree.name[row]
    if wordingOfName[Int(name)] >= 0 { return wordingOfName[Int(name)] }
    let plain = storage.texts.reference(name).map { storage.arena.withBytes($0) { FailureWording.plain($0, .operation) } } ?? []
    let number = Int32(plain.withUnsafeBytes { wordings.insert($0).row })
    wordingOfName[Int(name)] = number
    return number
  }
}
