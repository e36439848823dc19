// The spans of a trace, normalised for algorithms: valid times, edges that form a forest, a total order of siblings.
// critical-path.md, section 1.

import TraceRecords

/// The normalised trace. Everything is indexed by the row of the span. Rows without a record of their own are not `isIncluded`.
///
/// Never fails: problems in the data become diagnostics.
package struct CallTree: Sendable {
  package struct Root: Sendable, Equatable {
    package var row: Int
    /// The parent is missing or unknown, or the edge to it was cut because of a cycle.
    package var isOrphan: Bool
  }

  package struct Diagnostic: Sendable, Equatable {
    package var kind: String
    package var row: Int
  }

  package private(set) var isIncluded: [Bool] = []
  package internal(set) var start: [Int64] = []
  package internal(set) var end: [Int64] = []
  /// -1 for roots.
  package private(set) var parent: [Int32] = []
  /// The parent does not wait for it: FOLLOWS_FROM, or a consumer below a producer.
  package private(set) var isDetached: [Bool] = []
  package private(set) var isOpen: [Bool] = []
  /// Text numbers of names, and other fields that algorithms read for every span. Arrays are faster to read than rows in pages.
  private(set) var name: [UInt32] = []
  private(set) var service: [UInt32] = []
  private(set) var flags: [SpanFlags] = []
  private(set) var kind: [SpanKind] = []
  /// Rows ordered so that every parent comes before its children.
  package private(set) var parentsFirst: [Int32] = []
  private var childStart: [Int32] = []
  private var children: [Int32] = []
  /// Best first: true roots before orphans, then the longest, the earliest, the smallest id.
  package private(set) var roots: [Root] = []
  package private(set) var diagnostics: [Diagnostic] = []
  /// Hosts whose clocks were corrected, or differ by more than is allowed, in the order of the spans.
  package internal(set) var clockShifts: [ClockShift] = []
  /// The end of open spans: the latest instant in the trace.
  package private(set) var asOf: Int64 = 0
  /// The clock resolution of each producer.
  package private(set) var resolution = ClockResolution()
  private var arena = TextArena()
  private var ids: [TextReference] = []
  /// A number per row, for one step of the work at a time.
  private var numbers: [Int32] = []
  private var clocks: [ClockResolution.Clock] = []

  package var count: Int { start.count }

  /// Of no trace yet.
  init() {}

  /// - Parameter maxClockAdjust: the largest correction of another host's spans, in nanoseconds; see `adjustClocks`.
  /// - Complexity: O(n log n) time for siblings that are out of order, O(n) otherwise; O(n) memory; no recursion.
  package init(_ storage: TraceStorage, maxClockAdjust: Int64 = 0) {
    rebuild(storage, maxClockAdjust: maxClockAdjust)
    (numbers, clocks) = ([], [])
  }

  /// Makes it the tree of another trace, in the memory that it has.
  mutating func rebuild(_ storage: TraceStorage, maxClockAdjust: Int64) {
    let count = storage.spans.count
    asOf = storage.maxTime
    var reading = ClockResolution.Reading(&clocks)
    arena = storage.arena
    isIncluded.refill(false, count)
    start.refill(0, count)
    end.refill(0, count)
    parent.refill(-1, count)
    isDetached.refill(false, count)
    isOpen.refill(false, count)
    name.refill(0, count)
    service.refill(0, count)
    flags.refill([], count)
    kind.refill(.unspecified, count)
    ids.refill(TextReference(rawValue: 0), count)
    roots.removeAll(keepingCapacity: true)
    clockShifts = []
    var found: [Diagnostic] = []
    for row in 0..<count {
      let span = storage.spans[row]
      ids[row] = span.id
      name[row] = span.name
      service[row] = span.service
      flags[row] = span.flags
      reading.note(span)
      guard span.isDefined else { continue }
      isIncluded[row] = true
      kind[row] = span.kind
      start[row] = span.start
      isOpen[row] = span.isOpen
      end[row] = span.isOpen ? max(span.start, asOf) : max(span.start, span.end)
      if span.parent != SpanRow.none { parent[row] = Int32(span.parent) }
      if span.flags.contains(.followsFrom) { isDetached[row] = true }
      if !span.flags.isDisjoint(with: .anyDiagnostic) {
        for (flag, name) in SpanFlags.diagnostics where span.flags.contains(flag) { found.append(Diagnostic(kind: name, row: row)) }
      }
    }
    resolution.rebuild(reading, storage)
    swap(&clocks, &reading.clocks)
    for row in 0..<count where isIncluded[row] {
      guard parent[row] >= 0 else {
        if !flags[row].contains(.isRoot) { found.append(Diagnostic(kind: "missingParent", row: row)) }
        roots.append(Root(row: row, isOrphan: !flags[row].contains(.isRoot)))
        continue
      }
      if !isIncluded[Int(parent[row])] {
        found.append(Diagnostic(kind: "missingParent", row: row))
        parent[row] = -1
        roots.append(Root(row: row, isOrphan: true))
      } else if kind[row] == .consumer, kind[Int(parent[row])] == .producer {
        isDetached[row] = true
      }
    }
    diagnostics = found
    cutCycles()
    indexChildren()
    sortRoots()
    adjustClocks(storage, within: maxClockAdjust)
    layGroupsOut(storage)
    // Siblings are ordered by their starts, which have changed.
    if clockShifts.contains(where: \.isApplied) { indexChildren() }
    orderParentsFirst()
  }

  /// The children of a span, by start and then by id.
  package func children(of row: Int) -> ArraySlice<Int32> { children[Int(childStart[row])..<Int(childStart[row + 1])] }

  func appendChildren(of row: Int, to rows: inout [Int32]) {
    for place in Int(childStart[row])..<Int(childStart[row + 1]) { rows.append(children[place]) }
  }

  package func duration(_ row: Int) -> Int64 { end[row].subtractingSaturated(start[row]) }

  /// The order of ids as bytes, used for ties.
  package func idPrecedes(_ left: Int, _ right: Int) -> Bool { arena.precedes(ids[left], ids[right]) }

  /// Compares start, then id: the order in which siblings are shown.
  func startPrecedes(_ left: Int, _ right: Int) -> Bool {
    start[left] != start[right] ? start[left] < start[right] : idPrecedes(left, right)
  }

  /// Breadth first.
  mutating func orderParentsFirst() {
    parentsFirst.removeAll(keepingCapacity: true)
    parentsFirst.reserveCapacity(roots.count + children.count)
    for root in roots { parentsFirst.append(Int32(root.row)) }
    var head = 0
    while head < parentsFirst.count {
      let row = Int(parentsFirst[head])
      for place in Int(childStart[row])..<Int(childStart[row + 1]) { parentsFirst.append(children[place]) }
      head += 1
    }
  }

  /// Spans that cannot be reached from a root contain a cycle. Its member with the smallest (start, id) is cut off and becomes an orphan
  /// root.
  private mutating func cutCycles() {
    // 0: not visited; otherwise the number of the walk that visited the row.
    numbers.refill(0, count)
    var walk: Int32 = 0
    for first in 0..<count where isIncluded[first] && numbers[first] == 0 {
      walk += 1
      var row = first
      while numbers[row] == 0 {
        numbers[row] = walk
        guard parent[row] >= 0 else { break }
        row = Int(parent[row])
      }
      guard numbers[row] == walk, parent[row] >= 0 else { continue }
      // Only a walk that met itself found a cycle. A walk that reached a root stopped at a row without a parent.
      var least = row
      var member = Int(parent[row])
      while member != row {
        if startPrecedes(member, least) { least = member }
        member = Int(parent[member])
      }
      parent[least] = -1
      roots.append(Root(row: least, isOrphan: true))
      diagnostics.append(Diagnostic(kind: "parentCycle", row: least))
    }
  }

  private mutating func indexChildren() {
    childStart.refill(0, count + 1)
    for row in 0..<count where isIncluded[row] && parent[row] >= 0 { childStart[Int(parent[row]) + 1] += 1 }
    for row in 0..<count { childStart[row + 1] += childStart[row] }
    // Where the next child of each row goes.
    numbers.refill(0, count)
    for row in 0..<count { numbers[row] = childStart[row] }
    children.refill(0, Int(childStart[count]))
    for row in 0..<count where isIncluded[row] && parent[row] >= 0 {
      let place = Int(numbers[Int(parent[row])])
      children[place] = Int32(row)
      numbers[Int(parent[row])] += 1
    }
    for row in 0..<count {
      let range = Int(childStart[row])..<Int(childStart[row + 1])
      guard range.count > 1, !isInOrder(range) else { continue }
      sortChildren(range)
    }
  }

  private mutating func sortChildren(_ range: Range<Int>) {
    guard range.count <= 16 else {
      var group = Array(children[range])
      group.sort { startPrecedes(Int($0), Int($1)) }
      return children.replaceSubrange(range, with: group)
    }
    // In place: most groups are small, and spans that are reported at their ends are nearly in order.
    for place in range.dropFirst() {
      let row = children[place]
      var free = place
      while free > range.lowerBound, startPrecedes(Int(row), Int(children[free - 1])) {
        children[free] = children[free - 1]
        free -= 1
      }
      children[free] = row
    }
  }

  /// Programs start their calls in order; then no sorting is needed.
  private func isInOrder(_ range: Range<Int>) -> Bool {
    for index in range.dropLast() where !startPrecedes(Int(children[index]), Int(children[index + 1])) { return false }
    return true
  }

  private mutating func sortRoots() {
    guard roots.count > 1 else { return }
    roots = roots.sorted { left, right in
      if left.isOrphan != right.isOrphan { return right.isOrphan }
      let (leftDuration, rightDuration) = (duration(left.row), duration(right.row))
      return leftDuration != rightDuration ? leftDuration > rightDuration : startPrecedes(left.row, right.row)
    }
  }
}
