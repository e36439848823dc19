// The critical path: which spans, in which intervals, kept a root from ending sooner (last-finishing child, inclusive, clipped). See
// critical-path.md, sections 2 and 3. The rule is Jaeger's since 2026-08, with a deterministic clip and a total order for ties.

/// The critical path of one root.
package struct CriticalPath: Sendable, Equatable {
  /// What to do with a child that ends after its parent.
  package enum Overflow: String, Sendable, CaseIterable {
    /// Cut it at the parent's end.
    case clip
    /// Treat it as detached: right for fire-and-forget work on one clock, wrong if clocks differ.
    case ignore
  }

  package struct Segment: Sendable, Equatable {
    package var row: Int
    package var start: Int64
    package var end: Int64
    package var nanos: Int64 { end - start }
  }

  package let root: Int
  /// Ascending, disjoint, and without gaps from the root's start to its end.
  package let segments: [Segment]
  package let diagnostics: [CallTree.Diagnostic]
  package let tolerance: OverlapTolerance
  /// Calls that overlapped their successor by no more than the tolerance, and the largest such overlap.
  package let forgiven: Forgiven

  package struct Forgiven: Sendable, Equatable {
    package var calls = 0
    package var largestNanos: Int64 = 0
  }
}

extension CallTree {
  /// The critical path of the tree below `root`. Empty for a root without duration.
  /// - Parameter tolerance: how far a call may overlap its successor and still count as ended before it. It is cut there, so that segments
  ///   stay disjoint.
  /// - Parameter tolerance: how far a call may overlap its successor and still have ended before it; it is cut there, so that segments stay disjoint.
  /// - Complexity: O(n log n) time, O(n) memory, at most 2n − 1 segments; an explicit stack instead of recursion.
  package func criticalPath(
    root: Int, overflow: CriticalPath.Overflow = .clip, tolerance: OverlapTolerance = .usual
  ) -> CriticalPath {
    var walk = CriticalPathWalk(overflow: overflow, tolerance: tolerance)
    walk.run(root, of: self)
    walk.segments.reverse()
    return CriticalPath(
      root: root, segments: walk.segments, diagnostics: walk.diagnostics, tolerance: tolerance, forgiven: walk.forgiven)
  }

  /// From the root down, always to the longest child. People look at this first, but it is not the critical path.
  package func heaviestChain(root: Int) -> [Int] {
    var chain = [root]
    var row = root
    while true {
      var heaviest = -1
      for child in children(of: row).lazy.map(Int.init) where heaviest < 0 || duration(child) > duration(heaviest) { heaviest = child }
      guard heaviest >= 0 else { return chain }
      chain.append(heaviest)
      row = heaviest
    }
  }
}

/// The walk from the end of the root back to its start.
struct CriticalPathWalk: Sendable {
  /// A child that may be on the path, with its window: its interval clipped to those of all its ancestors.
  struct Candidate: BitwiseCopyable {
    var row: Int32
    var start: Int64
    var end: Int64
  }

  /// A span being walked: its remaining candidates, and the instant down to which the path is known.
  struct Frame: BitwiseCopyable {
    var row: Int
    var windowStart: Int64
    var time: Int64
    /// The child at which the known part of the path begins; −1 if there is none yet.
    var successor: Int32 = -1
    var next: Int
    var end: Int
  }

  let overflow: CriticalPath.Overflow
  let tolerance: OverlapTolerance
  var forgiven = CriticalPath.Forgiven()
  var segments: [CriticalPath.Segment] = []
  var diagnostics: [CallTree.Diagnostic] = []
  private var frames: [Frame] = []
  private var candidates: [Candidate] = []

  init(overflow: CriticalPath.Overflow = .clip, tolerance: OverlapTolerance = .usual) {
    self.overflow = overflow
    self.tolerance = tolerance
  }

  /// The segments come last first. What an earlier run left is gone; the memory stays.
  mutating func run(_ root: Int, of tree: CallTree) {
    segments.removeAll(keepingCapacity: true)
    diagnostics.removeAll(keepingCapacity: true)
    forgiven = CriticalPath.Forgiven()
    push(root, tree.start[root], tree.end[root], tree)
    while let frame = frames.last {
      if let child = nextChild(tree) {
        emit(frame.row, child.end, frame.time)
        frames[frames.count - 1].time = child.start
        frames[frames.count - 1].successor = child.row
        push(Int(child.row), child.start, child.end, tree)
      } else {
        emit(frame.row, frame.windowStart, frames[frames.count - 1].time)
        candidates.removeLast(candidates.count - firstCandidate(of: frames.count - 1))
        frames.removeLast()
      }
    }
  }

  /// The next candidate that ended before the path's time. A candidate that was still running when its successor started did not block it,
  /// and is skipped for good:
  ///
  ///     parent  ├──────────────────────┤
  ///     a          ├──────────┤            passed over: runs when b starts
  ///     b                 ├───────┤        on the path
  ///
  /// An overlap within the clocks' resolution is cut off.
  private mutating func nextChild(_ tree: CallTree) -> Candidate? {
    let top = frames.count - 1
    while frames[top].next < frames[top].end {
      var candidate = candidates[frames[top].next]
      frames[top].next += 1
      let overlap = candidate.end.subtractingSaturated(frames[top].time)
      if overlap <= 0 { return candidate }
      let successor = Int(frames[top].successor)
      guard successor >= 0, candidate.start < frames[top].time, tree.isForgiven(overlap, Int(candidate.row), successor, tolerance) else {
        continue
      }
      forgiven.calls += 1
      forgiven.largestNanos = max(forgiven.largestNanos, overlap)
      candidate.end = frames[top].time
      return candidate
    }
    return nil
  }

  private mutating func emit(_ row: Int, _ start: Int64, _ end: Int64) {
    if end > start { segments.append(CriticalPath.Segment(row: row, start: start, end: end)) }
  }

  private func firstCandidate(of frame: Int) -> Int { frame == 0 ? 0 : frames[frame - 1].end }

  private mutating func push(_ row: Int, _ windowStart: Int64, _ windowEnd: Int64, _ tree: CallTree) {
    let first = candidates.count
    for child in tree.children(of: row).lazy.map(Int.init) where !tree.isDetached[child] {
      let beyond = tree.end[child].subtractingSaturated(tree.end[row])
      if beyond > 0, !tree.isForgiven(beyond, child, row, tolerance) {
        diagnostics.append(CallTree.Diagnostic(kind: "outlivesParent", row: child))
        if overflow == .ignore { continue }
      }
      let early = tree.start[row].subtractingSaturated(tree.start[child])
      if early > 0, !tree.isForgiven(early, child, row, tolerance) {
        diagnostics.append(CallTree.Diagnostic(kind: "startsBeforeParent", row: child))
      }
      let start = max(windowStart, tree.start[child])
      let end = min(windowEnd, tree.end[child])
      if end > start {
        candidates.append(Candidate(row: Int32(child), start: start, end: end))
      } else if tree.end[child] < tree.start[row] || tree.start[child] > tree.end[row] {
        diagnostics.append(CallTree.Diagnostic(kind: "outsideParent", row: child))
      }
    }
    sort(first, tree)
    frames.append(Frame(row: row, windowStart: windowStart, time: windowEnd, next: first, end: candidates.count))
  }

  /// Latest end first, then earliest start, then smallest id.
  private mutating func sort(_ first: Int, _ tree: CallTree) {
    guard candidates.count - first > 1 else { return }
    func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
      if left.end != right.end { return left.end > right.end }
      return tree.startPrecedes(Int(left.row), Int(right.row))
    }
    // Children are ordered by start. For calls that follow one another, the reverse is already the wanted order.
    candidates[first...].reverse()
    for index in first..<candidates.count - 1 where !precedes(candidates[index], candidates[index + 1]) {
      candidates[first...].sort(by: precedes)
      return
    }
  }
}
