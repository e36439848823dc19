// Where in the tree failures are: what is above each, which ancestor ended fine in spite of it, and the path to it by its ends.

/// Computed in one pass from the roots down, so that a chain of a million failing spans costs a million steps.
struct FailurePlaces {
  /// How an ancestor that did not fail is named in `above`.
  static let trueRoot: Int32 = -1
  static let orphanRoot: Int32 = -2
  /// Nobody waited for the span, or for one above it.
  static let detached: Int32 = -3

  /// Rows that have failures, parents first; those that no record reported last.
  private(set) var rows: [Int] = []
  /// The nearest ancestor with failures that waited for this span; -1 for none.
  private(set) var nearest: [Int32]
  /// The nearest ancestor that did not fail, or why there is none.
  private(set) var above: [Int32]
  private(set) var depth: [Int32]
  /// The ancestor, or the span itself, three steps below the root: from here the beginning of a long path is shown.
  private(set) var head: [Int32]

  init(_ trace: DistilledTrace, _ records: FailureRecords) {
    let tree = trace.tree
    nearest = Array(repeating: -1, count: tree.count)
    above = Array(repeating: FailurePlaces.orphanRoot, count: tree.count)
    depth = Array(repeating: 0, count: tree.count)
    head = Array(repeating: -1, count: tree.count)
    let orphans = Set(tree.roots.filter(\.isOrphan).map(\.row))
    for row in tree.parentsFirst.lazy.map(Int.init) {
      if records.first[row] >= 0 { rows.append(row) }
      let parent = Int(tree.parent[row])
      guard parent >= 0 else {
        above[row] = orphans.contains(row) ? FailurePlaces.orphanRoot : FailurePlaces.trueRoot
        head[row] = Int32(row)
        continue
      }
      depth[row] = depth[parent] + 1
      head[row] = depth[row] <= 3 ? Int32(row) : head[parent]
      if tree.isDetached[row] {
        above[row] = FailurePlaces.detached
        continue
      }
      above[row] = tree.flags[parent].contains(.failed) ? above[parent] : Int32(parent)
      nearest[row] = records.first[parent] >= 0 ? Int32(parent) : nearest[parent]
    }
    for row in 0..<tree.count where records.first[row] >= 0 && !tree.isIncluded[row] {
      rows.append(row)
      head[row] = Int32(row)
    }
  }

  /// What became of a failure that was last seen at a row. A caller that did not fail but answered with an error's code passed it on.
  func end(of row: Int, _ trace: DistilledTrace, _ attributes: inout FailureAttributes) -> FailureEnd {
    var row = row
    for _ in 0..<FailurePlaces.maxSteps {
      switch above[row] {
      case FailurePlaces.trueRoot: return .root
      case FailurePlaces.orphanRoot: return .fragment
      case FailurePlaces.detached: return .detached
      case let ancestor where trace.tree.isOpen[Int(ancestor)]: return .running
      case let ancestor:
        row = Int(ancestor)
        if attributes.code(trace.snapshot.storage.spans[row].attributes).isEmpty { return .swallowed(by: row) }
      }
    }
    return .swallowed(by: row)
  }

  /// The caller with failures of its own that waited for this one: the parent, or the one behind spans that only passed an error's code on.
  func caller(of row: Int, _ trace: DistilledTrace, _ attributes: inout FailureAttributes) -> Int? {
    guard nearest[row] >= 0 else { return nil }
    var parent = Int(trace.tree.parent[row])
    for _ in 0..<FailurePlaces.maxSteps {
      if parent == Int(nearest[row]) { return parent }
      if attributes.code(trace.snapshot.storage.spans[parent].attributes).isEmpty { return nil }
      parent = Int(trace.tree.parent[parent])
    }
    return nil
  }

  /// Proxies above one another that are looked through.
  private static let maxSteps = 64
}

/// What became of a failure on its way up.
package enum FailureEnd: Sendable, Equatable {
  /// Every span up to the root failed.
  case root
  /// The nearest ancestor that ended without failure.
  case swallowed(by: Int)
  /// That ancestor has not ended.
  case running
  /// Nobody waited for it.
  case detached
  /// The parent above is missing.
  case fragment
}
