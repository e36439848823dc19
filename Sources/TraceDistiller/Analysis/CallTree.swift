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

  package private(set) var isIncluded: [Bool]
  package internal(set) var start: [Int64]
  package internal(set) var end: [Int64]
  /// -1 for roots.
  package private(set) var parent: [Int32]
  /// The parent does not wait for it: FOLLOWS_FROM, or a consumer below a producer.
  package private(set) var isDetached: [Bool]
  package private(set) var isOpen: [Bool]
  /// Text numbers of names, and other fields that algorithms read for every span. Arrays are faster to read than rows in pages.
  private(set) var name: [UInt32]
  private(set) var service: [UInt32]
  private(set) var flags: [SpanFlags]
  private(set) var kind: [SpanKind]
  /// Rows ordered so that every parent comes before its children.
  package private(set) var parentsFirst: [Int32] = []
  private var childStart: [Int32]
  private var children: [Int32]
  /// Best first: true roots before orphans, then the longest, the earliest, the smallest id.
  package private(set) var roots: [Root] = []
  package private(set) var diagnostics: [Diagnostic] = []
  /// Hosts whose clocks were corrected, or differ by more than is allowed, in the order of the spans.
  package internal(set) var clockShifts: [ClockShift] = []
  /// The end of open spans: the latest instant in the trace.
  package let asOf: Int64
  /// The clock resolution of each producer.
  package let resolution: ClockResolution
  private let arena: TextArena
  private let ids: [TextReference]

  package var count: Int { start.count }

  /// - Parameter maxClockAdjust: the largest correction of another host's spans, in nanoseconds; see `adjustClocks`.
  /// - Complexity: O(n log n) time for siblings that are out of order, O(n) otherwise; O(n) memory; no recursion.
  package init(_ storage: TraceStorage, maxClockAdjust: Int64 = 0) {
    let count = storage.spans.count
    asOf = storage.maxTime
    resolution = ClockResolution(storage)
    arena = storage.arena
    isIncluded = Array(repeating: false, count: count)
    start = Array(repeating: 0, count: count)
    end = Array(repeating: 0, count: count)
    parent = Array(repeating: -1, count: count)
    isDetached = Array(repeating: false, count: count)
    isOpen = Array(repeating: false, count: count)
    name = Array(repeating: 0, count: count)
    service = name
    flags = Array(repeating: [], count: count)
    kind = Array(repeating: .unspecified, count: count)
    var ids = [TextReference](repeating: TextReference(rawValue: 0), count: count)
    var isTrueRoot = [Bool](repeating: false, count: count)
    childStart = []
    children = []
    var found: [Diagnostic] = []
    for row in 0..<count {
      let span = storage.spans[row]
      ids[row] = span.id
      name[row] = span.name
      service[row] = span.service
      flags[row] = span.flags
      guard span.isDefined else { continue }
      isIncluded[row] = true
      kind[row] = span.kind
      start[row] = span.start
      isOpen[row] = span.isOpen
      end[row] = span.isOpen ? max(span.start, asOf) : max(span.start, span.end)
      isTrueRoot[row] = span.flags.contains(.isRoot)
      if span.parent != SpanRow.none { parent[row] = Int32(span.parent) }
      if span.flags.contains(.followsFrom) { isDetached[row] = true }
      if !span.flags.isDisjoint(with: .anyDiagnostic) {
        for (flag, name) in SpanFlags.diagnostics where span.flags.contains(flag) { found.append(Diagnostic(kind: name, row: row)) }
      }
    }
    self.ids = ids
    for row in 0..<count where isIncluded[row] {
      guard parent[row] >= 0 else {
        if !isTrueRoot[row] { found.append(Diagnostic(kind: "missingParent", row: row)) }
        roots.append(Root(row: row, isOrphan: !isTrueRoot[row]))
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
    parentsFirst = makeParentsFirst()
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
  func makeParentsFirst() -> [Int32] {
    Array(unsafeUninitializedCapacity: roots.count + children.count) { order, filled in
      for root in roots {
        order.initializeElement(at: filled, to: Int32(root.row))
        filled += 1
      }
      var head = 0
      while head < filled {
        let row = Int(order[head])
        for place in Int(childStart[row])..<Int(childStart[row + 1]) {
          order.initializeElement(at: filled, to: children[place])
          filled += 1
        }
        head += 1
      }
    }
  }

  /// Spans that cannot be reached from a root contain a cycle. Its member with the smallest (start, id) is cut off and becomes an orphan
  /// root.
  private mutating func cutCycles() {
    // 0: not visited; otherwise the number of the walk that visited the row.
    var seen = [Int32](repeating: 0, count: count)
    var walk: Int32 = 0
    for first in 0..<count where isIncluded[first] && seen[first] == 0 {
      walk += 1
      var row = first
      while seen[row] == 0 {
        seen[row] = walk
        guard parent[row] >= 0 else { break }
        row = Int(parent[row])
      }
      guard seen[row] == walk, parent[row] >= 0 else { continue }
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
    childStart = Array(repeating: 0, count: count + 1)
    for row in 0..<count where isIncluded[row] && parent[row] >= 0 { childStart[Int(parent[row]) + 1] += 1 }
    for row in 0..<count { childStart[row + 1] += childStart[row] }
    var next = childStart
    children = Array(repeating: 0, count: Int(childStart[count]))
    for row in 0..<count where isIncluded[row] && parent[row] >= 0 {
      let place = Int(next[Int(parent[row])])
      children[place] = Int32(row)
      next[Int(parent[row])] += 1
    }
    for row in 0..<count {
      let range = Int(childStart[row])..<Int(childStart[row + 1])
      guard range.count > 1, !isInOrder(range) else { continue }
      var group = Array(children[range])
      group.sort { startPrecedes(Int($0), Int($1)) }
      children.replaceSubrange(range, with: group)
    }
  }

  /// Programs start their calls in order; then no sorting is needed.
  private func isInOrder(_ range: Range<Int>) -> Bool {
    for index in range.dropLast() where !startPrecedes(Int(children[index]), Int(children[index + 1])) { return false }
    return true
  }

  private mutating func sortRoots() {
    roots = roots.sorted { left, right in
      if left.isOrphan != right.isOrphan { return right.isOrphan }
      let (leftDuration, rightDuration) = (duration(left.row), duration(right.row))
      return leftDuration != rightDuration ? leftDuration > rightDuration : startPrecedes(left.row, right.row)
    }
  }
}
