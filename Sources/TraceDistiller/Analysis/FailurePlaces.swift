// Where in the tree failures are: what is above each one, which ancestor succeeded despite it, and both ends of the path to it.

/// Computed in one pass from the roots down, so that a chain of a million failing spans takes a million steps.
struct FailurePlaces {
  /// Values of `above` if there is no ancestor without failure.
  static let trueRoot: Int32 = -1
  static let orphanRoot: Int32 = -2
  /// The span, or one above it, was not waited for.
  static let detached: Int32 = -3

  /// Rows with failures, parents first; rows without a record of their own are last.
  private(set) var rows: [Int] = []
  /// The nearest ancestor that has failures and waited for this span; -1 if there is none.
  private(set) var nearest: [Int32]
  /// The nearest ancestor that did not fail, or the reason why there is none.
  private(set) var above: [Int32]
  private(set) var depth: [Int32]
  /// The ancestor at depth three, or the span itself above that depth: the beginning of a long path is shown down to here.
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

  /// Where the failure of a row ended. A caller that did not fail but answered with an error code passed it on.
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

  /// The caller that has failures and waited for this one: the parent, or the first one above spans that only passed an error code on.
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

  /// The maximum number of consecutive proxies that are skipped.
  private static let maxSteps = 64
}

/// Where a failure ended on its way up.
package enum FailureEnd: Sendable, Equatable {
  /// Every span up to the root failed.
  case root
  /// The nearest ancestor that ended without failure.
  case swallowed(by: Int)
  /// That ancestor has not ended.
  case running
  /// The failed span was not waited for.
  case detached
  /// The parent above is missing.
  case fragment
}
