// Finds a trace by the name that a person or an agent uses.

/// Why a name does not lead to a trace, and what exists instead.
package enum TraceLookupFailure: Error, Equatable, Sendable {
  /// `near`: similar ids and handles, the best first. `gone`: why it is no longer here, if it was here once.
  case notFound(near: [String], gone: TraceDeparture?)
  case ambiguous(candidates: [String])
  /// There is no trace at all, or none that the selector matches.
  case empty
  /// The selector is about one project, and all of so many traces belong to others.
  case ofOtherProjects(Int)
}

/// Why a trace that was here once is gone.
package enum TraceDeparture: String, Sendable {
  case evicted
  /// Traces were cleared as well; which of the two happened is not known.
  case evictedOrCleared
  /// An earlier process kept it, and is gone.
  case hubRestarted
}

/// The same before similar names were searched: the search takes time, and does not need the store.
package enum TraceLookupMiss: Error, Sendable {
  /// `candidates`: the ids of the newest traces.
  case notFound(candidates: [String], gone: TraceDeparture?)
  case ambiguous(candidates: [String])
  case empty
  case ofOtherProjects(Int)

  func failure(for name: String) -> TraceLookupFailure {
    switch self {
    case .notFound(let candidates, let gone): .notFound(near: nearest(name, among: candidates, limit: 5), gone: gone)
    case .ambiguous(let candidates): .ambiguous(candidates: candidates)
    case .empty: .empty
    case .ofOtherProjects(let count): .ofOtherProjects(count)
    }
  }
}

/// A trace that was found by a name.
package struct FoundTrace: Sendable {
  package var slot: Int
  /// If the name is a root's name: the number of traces with such a root, of which this is the newest. Nil if the name is the trace's own.
  package var namesakes: Int?
}

extension TraceDistillerStore {
  /// Finds a trace by its full id, a selector (`latest`, `latest-error`, `slowest`), its handle (`t12`), an unambiguous prefix of at least
  /// 4 characters, or the name of its root, in this order.
  /// - Complexity: O(1) for a full id, otherwise O(traces), without reading any trace.
  package func find(_ name: String, now: Int64) -> Result<Int, TraceLookupFailure> { slot(named: name).mapError { $0.failure(for: name) } }

  /// The same. If there is no such trace, the error has what may be meant instead.
  package func slot(named name: String) -> Result<Int, TraceLookupMiss> { lookup(name).map(\.slot) }

  /// The same, with how the name was interpreted.
  /// - Parameter project: Selectors and names of roots mean the traces of this project; ids and handles mean any trace.
  package func lookup(_ name: String, of project: ProjectCondition? = nil) -> Result<FoundTrace, TraceLookupMiss> {
    if let exact = exactMatch(name) { return .success(FoundTrace(slot: exact)) }
    switch name {
    case "latest": return found(newest(of: project), project)
    case "latest-error": return found(best(of: project, where: { $0.errorCount > 0 }) { $0.serial > $1.serial }, project)
    // For equal durations the older trace, so that the order is total.
    case "slowest": return found(best(of: project) { ($0.durationNanos, -$0.serial) > ($1.durationNanos, -$1.serial) }, project)
    default: break
    }
    // No slot is read here: copying each of 100,000 traces would delay the pipe by a fifth of a second.
    if let handle = handleNumber(name), handle > 0, let slot = ranks.firstIndex(where: { $0.serial == handle }) {
      return .success(FoundTrace(slot: slot))
    }
    let isEvicted = wasEvicted(name)
    if !isEvicted, name.utf8.count >= 4 {
      let matches = slots(ofIDsBeginning: Array(name.utf8))
      if matches.count == 1 { return .success(FoundTrace(slot: matches[0])) }
      if matches.count > 1 { return .failure(.ambiguous(candidates: matches.prefix(8).map { displayID($0) })) }
    }
    if !isEvicted, let newest = newest(ofRootName: name, project) ?? newest(ofRootName: name, nil) { return .success(newest) }
    if liveCount == 0, !isEvicted { return .failure(.empty) }
    var gone: TraceDeparture? = isEvicted ? statistics.clearedTraces > 0 ? .evictedOrCleared : .evicted : nil
    if isEvicted, let handle = handleNumber(name), handle < firstNumber { gone = .hubRestarted }
    return .failure(.notFound(candidates: newestIDs(), gone: gone))
  }

  /// Of ids that begin alike no more are looked at.
  private static let mostAlike = 4_096
  /// Of fewer traces all ids are looked at.
  private static let fewIDs = 1_024

  /// Makes ready to look a name up, where it may be the beginning of an id. Whoever does without looks at all ids.
  /// - Complexity: O(n log n) for the first of these names, O(n) once there are new ids, otherwise that of `lookup`.
  package mutating func prepare(toLookUp name: String) {
    guard knownIDs.count > Self.fewIDs, (4...1_024).contains(name.utf8.count), exactMatch(name) == nil, handleNumber(name) == nil,
      !["latest", "latest-error", "slowest"].contains(name)
    else { return }
    idTable.putInOrder()
  }

  /// Traces whose ids, as shown in answers, begin with that text.
  private func slots(ofIDsBeginning beginning: [UInt8]) -> [Int] {
    var matches: [Int] = []
    if let rows = idTable.rows(beginning: beginning, limit: Self.mostAlike) {
      for row in rows { matches += knownIDs[row].slots }
      // What is longer than the id may name one of several traces that were given it: `trace_1~2`.
      for count in beginning.indices {
        guard let row = beginning[..<count].withUnsafeBytes({ idTable.find($0) }) else { continue }
        matches += knownIDs[row].slots.filter { displayID($0).utf8.starts(with: beginning) }
      }
      return matches.sorted()
    }
    beginning.withUnsafeBytes { text in
      for row in knownIDs.indices where !knownIDs[row].slots.isEmpty && idTable.agrees(text, withKeyAt: row) {
        // A longer text may name one of several traces with the same id: `trace_1~2`.
        let isWithin = idTable[row].count >= beginning.count
        matches += knownIDs[row].slots.filter { isWithin || displayID($0).utf8.starts(with: beginning) }
      }
    }
    return matches.sorted()
  }

  /// The newest trace whose root has exactly that name.
  private func newest(ofRootName name: String, _ project: ProjectCondition?) -> FoundTrace? {
    guard !name.isEmpty else { return nil }
    let hash = TraceRank.hash(of: name.utf8)
    var newest: (slot: Int, serial: Int)?
    var count = 0
    var verdicts = ProjectVerdicts(project, in: self)
    visitRanks { slot, rank in
      guard rank.name == hash, rootText(slot, \.name).utf8.elementsEqual(name.utf8) else { return }
      if let isWithin = verdicts?.includes(rank.runSet, slot, in: self), !isWithin { return }
      count += 1
      if newest.map({ rank.serial > $0.serial }) ?? true { newest = (slot, rank.serial) }
    }
    return newest.map { FoundTrace(slot: $0.slot, namesakes: count) }
  }

  /// The trace with exactly that id, as shown in answers.
  /// - Complexity: O(1), or O(kept generations) for a reused id.
  private func exactMatch(_ name: String) -> Int? {
    func find(_ id: Substring, _ generation: Int) -> Int? {
      var id = String(id)
      guard let row = id.withUTF8({ knownRow(UnsafeRawBufferPointer($0)) }) else { return nil }
      return knownIDs[row].slots.first { slots[$0]?.generation == generation }
    }
    if let first = find(name[...], 1) { return first }
    if let handle = IdentifierText.number(of: String(name.prefix { $0 != "~" })),
      let slot = ranks.firstIndex(where: { $0.serial == handle }),
      displayID(slot).utf8.elementsEqual(name.utf8)
    {
      return slot
    }
    guard let tilde = name.lastIndex(of: "~"), let generation = Int(name[name.index(after: tilde)...]), generation > 1 else { return nil }
    return find(name[..<tilde], generation)
  }

  private func found(_ slot: Int?, _ project: ProjectCondition?) -> Result<FoundTrace, TraceLookupMiss> {
    if let slot { return .success(FoundTrace(slot: slot)) }
    guard let project, liveCount > 0, newest(of: project) == nil else { return .failure(.empty) }
    return .failure(.ofOtherProjects(liveCount))
  }

  private func handleNumber(_ name: String) -> Int? {
    guard name.utf8.first == UInt8(ascii: "t"), name.utf8.count <= 18, name.utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(name.dropFirst())
  }

  /// Whether a trace with that name existed and is gone.
  private func wasEvicted(_ name: String) -> Bool {
    if let handle = handleNumber(name) { return handle > 0 && handle < nextHandle }
    var parts = name.split(separator: "~", omittingEmptySubsequences: false)
    let generation = parts.count > 1 ? parts.popLast().flatMap { Int($0) } : 1
    var id = parts.joined(separator: "~")
    guard let generation, let row = id.withUTF8({ knownRow(UnsafeRawBufferPointer($0)) }) else { return false }
    return generation >= 1 && generation <= knownIDs[row].generations
  }

  private func newestIDs() -> [String] {
    let most = 1_000
    var newest = liveTraces()
    newest.sortFirst(most) { $0.serial > $1.serial }
    return newest.prefix(most).map { displayID($0.slot) }
  }
}

/// Names similar to the given one, the nearest first: by edit distance (Levenshtein, on the first 64 bytes), then by name.
package func nearest(_ name: String, among candidates: [String], limit: Int) -> [String] {
  let wanted = Array(name.utf8.prefix(64))
  var row: [Int] = []
  let ranked = candidates.map { (name: $0, distance: editDistance(wanted[...], Array($0.utf8.prefix(64))[...], &row)) }
  return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
}

/// - Parameter row: a buffer that is reused.
private func editDistance(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>, _ row: inout [Int]) -> Int {
  var (left, right) = (left, right)
  // Common prefixes and suffixes do not change the distance.
  while let first = left.first, first == right.first { (left, right) = (left.dropFirst(), right.dropFirst()) }
  while let last = left.last, last == right.last { (left, right) = (left.dropLast(), right.dropLast()) }
  if left.isEmpty || right.isEmpty { return left.count + right.count }
  row.removeAll(keepingCapacity: true)
  row.append(contentsOf: 0...right.count)
  for (i, byte) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in right.enumerated() {
      let change = diagonal + (byte == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[right.count]
}
