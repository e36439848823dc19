// Call paths: the calls from a root to a span, with similar siblings combined. Two traces are aligned by these paths.

/// The call paths of any number of traces. A path is its parent's number and a label, so that a chain of n spans takes n pairs and not n²
/// names. Parents have smaller numbers than their children.
package struct CallPaths: Sendable {
  private struct Key: Hashable {
    var parent: Int32
    var label: Int32
  }

  /// -1 for roots.
  package private(set) var parent: [Int32] = []
  private var label: [Int32] = []
  private var depth: [Int32] = []
  /// The path's root, and its ancestor (or itself) directly below that root.
  private var root: [Int32] = []
  private var branch: [Int32] = []
  /// Used only for lookups: its order has no effect.
  private var places: [Key: Int32] = [:]
  private(set) var labels = CallLabels()

  package var count: Int { parent.count }
  package func root(of path: Int) -> Int { Int(root[path]) }
  /// The number of calls from the root to the path's end, including both.
  package func length(of path: Int) -> Int { Int(depth[path]) + 1 }
  package func name(of path: Int) -> String { labels.shown(label[path]) }
  /// The service of its last call; empty if it is not known.
  package func service(of path: Int) -> String { labels.service(label[path]) }
  /// The service that its last call calls, if it is another one; otherwise empty.
  package func callee(of path: Int) -> String { labels.callee(label[path]) }

  /// The number of the path for every row of a trace, -1 for rows without a record of their own. Parents come first and siblings in order,
  /// so that new numbers do not depend on the order of records.
  /// - Complexity: O(n)
  mutating func add(_ trace: DistilledTrace) -> [Int32] {
    var paths = [Int32](repeating: -1, count: trace.tree.count)
    var names = TraceLabels(trace)
    for row in trace.tree.parentsFirst.lazy.map(Int.init) {
      let above = trace.tree.parent[row]
      paths[row] = intern(Key(parent: above < 0 ? -1 : paths[Int(above)], label: names.label(of: row, in: trace.tree, &labels)))
    }
    return paths
  }

  private mutating func intern(_ key: Key) -> Int32 {
    if let known = places[key] { return known }
    let place = Int32(parent.count)
    places[key] = place
    parent.append(key.parent)
    label.append(key.label)
    let above = Int(key.parent)
    depth.append(above < 0 ? 0 : depth[above] + 1)
    root.append(above < 0 ? place : root[above])
    branch.append(above < 0 || parent[above] < 0 ? place : branch[above])
    return place
  }

  /// The names from the root on. In a path longer than eight, nil replaces those between the first two and the last four.
  /// - Complexity: O(1)
  package func names(to path: Int) -> [String?] {
    var end: [Int] = []
    var current = path
    let isLong = length(of: path) > 8
    while current >= 0, !isLong || end.count < 4 {
      end.append(current)
      current = Int(parent[current])
    }
    let tail = end.reversed().map { Optional(name(of: $0)) }
    return isLong ? [name(of: Int(root[path])), name(of: Int(branch[path])), nil] + tail : tail
  }
}

/// The totals of all spans of one path.
package struct PathSums: Sendable, Equatable {
  /// An example span, with the number of its trace among the traces of its side.
  package struct Example: Sendable, Equatable {
    package var trace: Int
    package var row: Int
    package var nanos: Int64
  }

  package var calls = 0
  package var failed = 0
  package var durationNanos: Int64 = 0
  package var selfNanos: Int64 = 0
  package var criticalNanos: Int64 = 0
  /// The longest span.
  package var slowest: Example?
  /// The first that failed.
  package var failure: Example?

  /// Adds one span, or all spans of a row that was folded to save memory.
  mutating func add(_ row: Int, of trace: DistilledTrace, number: Int) {
    let span = trace.snapshot.storage.spans[row]
    let fold = span.flags.contains(.collapsed) ? trace.snapshot.storage.folds[UInt32(row)] : nil
    let duration = trace.tree.duration(row)
    calls += fold?.count ?? 1
    durationNanos = durationNanos.addingSaturated(fold?.totalNanos ?? duration)
    selfNanos = selfNanos.addingSaturated(trace.selfNanos[row])
    criticalNanos = criticalNanos.addingSaturated(trace.criticalNanos[row])
    // A pruned group is not a single slow call.
    if fold?.isPruned != true, slowest.map({ duration > $0.nanos }) ?? true { slowest = Example(trace: number, row: row, nanos: duration) }
    let failures = fold?.failed ?? (span.flags.contains(.failed) ? 1 : 0)
    if failures > 0 {
      failed += failures
      if failure == nil { failure = Example(trace: number, row: row, nanos: duration) }
    }
  }
}
