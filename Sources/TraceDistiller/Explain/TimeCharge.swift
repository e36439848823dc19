// Divides the critical path: every moment of the root is charged either to one span's own work, or to the wait for the service that a span
// called.

import TraceRecords

/// One interval of the critical path.
struct ChargedStretch: Sendable, Equatable {
  enum Kind: Sendable {
    case own
    /// Before the called span: network time, or a queue.
    case before
    /// After it.
    case after
  }

  /// The span that was open; for a wait, the caller.
  var row: Int
  /// The called span; -1 if nothing is waited for.
  var callee: Int
  var kind: Kind
  var start: Int64
  var end: Int64
  var nanos: Int64 { end - start }
}

/// The critical path as intervals, each charged to a service.
///
/// ```
/// A: call to B   |---------------|     own pieces of the call are no work of A:
/// B: answers         |-------|         before, after
/// A: handler     |----------------|    A span without children that merely stays open while the one beside it works
/// A: works        |----|--|------|     has no time of its own then.
/// ```
struct TimeCharge: Sendable {
  /// Ascending, disjoint, and without gaps.
  fileprivate(set) var stretches: [ChargedStretch] = []

  /// - Complexity: O(n log n): that of the critical path.
  init(_ trace: DistilledTrace) { self.init(trace, path: trace.criticalPath) }

  init(_ trace: DistilledTrace, path: CriticalPath?) {
    let tree = trace.tree
    var workers = OpenWhileOthersWork(tree)
    var pathOfWorker: [Int: [CriticalPath.Segment]] = [:]
    for segment in path?.segments ?? [] {
      guard let worker = workers.worker(beside: segment.row) else {
        add(tree, segment.row, segment.start, segment.end)
        continue
      }
      let (from, to) = (max(segment.start, tree.start[worker]), min(segment.end, tree.end[worker]))
      guard from < to else {
        add(tree, segment.row, segment.start, segment.end)
        continue
      }
      add(tree, segment.row, segment.start, from)
      let inner = pathOfWorker[worker] ?? tree.criticalPath(root: worker).segments
      pathOfWorker[worker] = inner
      for piece in inner { add(tree, piece.row, max(piece.start, from), min(piece.end, to)) }
      add(tree, segment.row, to, segment.end)
    }
  }

  private mutating func add(_ tree: CallTree, _ row: Int, _ start: Int64, _ end: Int64) {
    guard end > start else { return }
    var stretch = ChargedStretch(row: row, callee: -1, kind: .own, start: start, end: end)
    if let callee = tree.calledOnly(by: row) {
      if end <= tree.start[callee] {
        (stretch.kind, stretch.callee) = (.before, callee)
      } else if start >= tree.end[callee] {
        (stretch.kind, stretch.callee) = (.after, callee)
      }
    }
    if let last = stretches.last, last.row == row, last.kind == stretch.kind, last.callee == stretch.callee, last.end == start {
      stretches[stretches.count - 1].end = end
    } else {
      stretches.append(stretch)
    }
  }
}

extension TimeCharge {
  /// The stretches and parts of stretches outside of these intervals.
  func without(_ parts: PathParts) -> TimeCharge {
    guard !parts.isEmpty else { return self }
    var rest = self
    rest.stretches = []
    var place = 0
    for stretch in stretches {
      var start = stretch.start
      while place < parts.parts.count, parts.parts[place].end <= start { place += 1 }
      var next = place
      func keep(until end: Int64) {
        guard end > start else { return }
        var piece = stretch
        (piece.start, piece.end) = (start, end)
        rest.stretches.append(piece)
      }
      while next < parts.parts.count, parts.parts[next].start < stretch.end {
        keep(until: parts.parts[next].start)
        start = max(start, parts.parts[next].end)
        next += 1
      }
      keep(until: stretch.end)
    }
    return rest
  }
}

extension CallTree {
  /// The only child of a span, if it is a call to another service: the time around it is network or queueing time.
  ///
  /// The entry span of a service does its own work, even if it calls only one other service.
  func calledOnly(by row: Int) -> Int? {
    let children = children(of: row)
    guard children.count == 1, let child = children.first.map(Int.init), !isDetached[child] else { return nil }
    if kind[row] == .client, kind[child] == .server { return child }
    guard service[row] != 0, service[child] != 0, service[row] != service[child] else { return nil }
    switch kind[row] {
    case .server, .consumer: return nil
    case .client, .producer: return child
    default:
      let parent = Int(self.parent[row])
      return parent >= 0 && service[parent] == service[row] ? child : nil
    }
  }
}

/// Finds spans without children that are open while a sibling with children works, for at least nine tenths of their time.
private struct OpenWhileOthersWork {
  private let tree: CallTree
  /// By parent: its longest child that has children itself; -1 if there is none, -2 if it is not computed yet.
  private var longest: [Int32]

  init(_ tree: CallTree) {
    self.tree = tree
    longest = Array(repeating: -2, count: tree.count)
  }

  mutating func worker(beside row: Int) -> Int? {
    guard tree.children(of: row).isEmpty, tree.kind[row] != .client, tree.kind[row] != .producer else { return nil }
    let parent = Int(tree.parent[row])
    guard parent >= 0 else { return nil }
    if longest[parent] == -2 {
      var best: Int32 = -1
      for child in tree.children(of: parent) where !tree.children(of: Int(child)).isEmpty && !tree.isDetached[Int(child)] {
        if best < 0 || tree.duration(Int(child)) > tree.duration(Int(best)) { best = child }
      }
      longest[parent] = best
    }
    let worker = Int(longest[parent])
    guard worker >= 0, worker != row else { return nil }
    let shared = min(tree.end[worker], tree.end[row]) - max(tree.start[worker], tree.start[row])
    return shared > 0 && shared >= tree.duration(row) / 10 * 9 ? worker : nil
  }
}
