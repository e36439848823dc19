// When memory is short, completed parts of a running trace become statistics. The trace can still be queried, and reports what was folded.

import TraceRecords

/// What remains of a group of ended spans that were folded: similar siblings (same parent, same name) with everything below them. For a
/// group that was pruned before it arrived, what the pruning program reported.
package struct FoldedSpans: Sendable, Equatable {
  /// The number of siblings.
  package var count = 0
  /// The number of siblings and of all spans below them.
  package var spans = 0
  package var totalNanos: Int64 = 0
  package var maxNanos: Int64 = 0
  /// Known only for pruned groups.
  package var minNanos: Int64?
  /// The number of failed spans among them. The first 1,000 subtrees with a failure are never folded.
  package var failed = 0
  /// It arrived as a group; otherwise it was folded here to save memory.
  package var isPruned = false
  /// For a pruned group: the end of its last call, as received.
  package var endNanos: Int64?
}

extension TraceStorage {
  /// Folds every ended subtree below a running span, except the first 1,000 subtrees with failures.
  ///
  /// - Returns: the number of removed spans. The caller decides whether that was enough.
  /// - Complexity: O(rows + text). The trace is rewritten without the folded rows.
  mutating func collapseEndedSubtrees() -> Int {
    settleHalves()
    let plan = CollapsePlan(self)
    guard plan.foldedCount > 0 else { return 0 }
    var rebuilt = TraceRebuild(self, plan: plan)
    rebuilt.run()
    collapsedSpans += plan.foldedSpanCount
    spans = rebuilt.spans
    events = rebuilt.events
    arena = rebuilt.arena
    texts = rebuilt.texts
    folds = rebuilt.folds
    trueRoots = trueRoots.compactMap { rebuilt.newRow[Int($0)] }
    if hasPlaces { places.renumber { rebuilt.newRow[$0] } }
    if !halves.isEmpty { halves = halves.renumbered { rebuilt.newRow[$0] } }
    rebuildIndex()
    return plan.foldedSpanCount
  }
}

/// Which rows are removed, and to which fold each belongs.
private struct CollapsePlan {
  /// For each row: nil if it is kept, otherwise the top of its folded subtree.
  private(set) var top: [UInt32?]
  private(set) var foldedCount = 0
  private(set) var foldedSpanCount = 0

  init(_ trace: TraceStorage) {
    let count = trace.spans.count
    top = Array(repeating: nil, count: count)
    // From the leaves up, without recursion: a row is ready when all its children are. Rows on parent cycles never become ready, and are
    // kept.
    var pending = [UInt32](repeating: 0, count: count)
    trace.spans.visitAll { _, span in if span.parent != SpanRow.none { pending[Int(span.parent)] += 1 } }
    var isEnded = [Bool](repeating: false, count: count)
    var hasOpenChild = [Bool](repeating: false, count: count)
    var hasFailure = [Bool](repeating: false, count: count)
    var order: [UInt32] = []
    order.reserveCapacity(count)
    for row in 0..<count where pending[row] == 0 { order.append(UInt32(row)) }
    var head = 0
    while head < order.count {
      let row = Int(order[head])
      head += 1
      let span = trace.spans[row]
      isEnded[row] = span.isDefined && !span.isOpen && !hasOpenChild[row]
      if span.flags.contains(.failed) { hasFailure[row] = true }
      guard span.parent != SpanRow.none else { continue }
      let parent = Int(span.parent)
      if !isEnded[row] { hasOpenChild[parent] = true }
      if hasFailure[row] { hasFailure[parent] = true }
      pending[parent] -= 1
      if pending[parent] == 0 { order.append(UInt32(parent)) }
    }
    // Parents first: a row below a folded one is folded with it.
    var keptFailures = 0
    for row in order.reversed().map(Int.init) {
      let span = trace.spans[row]
      guard span.parent != SpanRow.none else { continue }
      if let above = top[Int(span.parent)] {
        top[row] = above
      } else if isEnded[row], !isEnded[Int(span.parent)], !span.flags.contains(.collapsed) {
        if hasFailure[row], keptFailures < 1_000 {
          keptFailures += 1
          continue
        }
        top[row] = UInt32(row)
        foldedCount += 1
      }
      // The spans of a fold that is folded again were already counted.
      if top[row] != nil, !span.flags.contains(.collapsed) { foldedSpanCount += 1 }
    }
  }
}

/// Rewrites a trace without the removed rows.
private struct TraceRebuild {
  private let old: TraceStorage
  private let plan: CollapsePlan
  var spans = SpanRows()
  var events = PagedArray<EventRow>()
  var arena = TextArena()
  var texts = TextTable()
  var folds: [UInt32: FoldedSpans] = [:]
  var newRow: [UInt32?]
  private var foldRows: [FoldKey: UInt32] = [:]

  private struct FoldKey: Hashable {
    var parent: UInt32
    var name: UInt32
  }

  init(_ old: TraceStorage, plan: CollapsePlan) {
    self.old = old
    self.plan = plan
    newRow = Array(repeating: nil, count: old.spans.count)
  }

  mutating func run() {
    // Interned texts keep their numbers, because attribute blocks refer to them.
    for number in 1..<max(1, UInt32(old.texts.count)) {
      _ = old.arena.withBytes(old.texts.reference(number)!) { texts.append($0, in: &arena) }
    }
    for row in old.spans.indices where plan.top[row] == nil { keep(row) }
    let keptRows = spans.indices
    keepFolds()
    // Folds come after the kept rows, so that every parent already has its new number.
    for row in old.spans.indices where plan.top[row] != nil { fold(row) }
    // The parent of a new fold already is a new number.
    for row in keptRows where spans[row].parent != SpanRow.none { spans[row].parent = newRow[Int(spans[row].parent)] ?? SpanRow.none }
    old.events.visitAll { _, event in
      guard let span = newRow[Int(event.span)] else { return }
      var copy = event
      copy.span = span
      copy.previous = spans[Int(span)].lastEvent
      copy.message = old.arena.withBytes(event.message) { arena.append($0) } ?? event.message
      copy.attributes = copyBlocks(event.attributes)
      spans[Int(span)].lastEvent = UInt32(events.count)
      events.append(copy)
    }
  }

  private mutating func keep(_ row: Int) {
    var span = old.spans[row]
    guard let id = old.arena.withBytes(span.id, { arena.append(id: $0) }) else { return }
    span.id = id
    span.attributes = copyBlocks(span.attributes)
    span.lastEvent = SpanRow.none
    newRow[row] = UInt32(spans.count)
    spans.append(span)
  }

  /// Kept folds absorb similar siblings that have ended since.
  private mutating func keepFolds() {
    for (row, fold) in old.folds {
      guard let kept = newRow[Int(row)] else { continue }
      folds[kept] = fold
      // The statistics of a pruned group are not mixed with what is folded here.
      guard !fold.isPruned else { continue }
      let span = old.spans[Int(row)]
      guard span.parent != SpanRow.none, let parent = newRow[Int(span.parent)] else { continue }
      foldRows[FoldKey(parent: parent, name: span.name)] = kept
    }
  }

  /// Adds a folded row to its group. The group's own row replaces the siblings.
  private mutating func fold(_ row: Int) {
    guard let top = plan.top[row].map(Int.init), let parent = newRow[Int(old.spans[top].parent)] else { return }
    let key = FoldKey(parent: parent, name: old.spans[top].name)
    let span = old.spans[row]
    let group: UInt32
    if let known = foldRows[key] {
      group = known
    } else {
      group = UInt32(spans.count)
      guard let id = old.arena.withBytes(old.spans[top].id, { arena.append(id: $0) }) else { return }
      var line = SpanRow(id: id)
      line.parent = parent
      line.name = old.spans[top].name
      line.target = old.spans[top].target
      line.service = old.spans[top].service
      line.flags = [.started, .ended, .collapsed]
      line.start = old.spans[top].start
      line.end = old.spans[top].end
      spans.append(line)
      foldRows[key] = group
      folds[group] = FoldedSpans()
    }
    // A fold below brings everything that it stands for.
    let below = old.folds[UInt32(row)]
    folds[group, default: FoldedSpans()].spans += below?.spans ?? 1
    folds[group, default: FoldedSpans()].failed += (below?.failed ?? 0) + (span.flags.contains(.failed) ? 1 : 0)
    guard row == top else { return }
    let duration = span.end &- span.start
    folds[group, default: FoldedSpans()].count += 1
    folds[group, default: FoldedSpans()].totalNanos = folds[group, default: FoldedSpans()].totalNanos.addingSaturated(duration)
    folds[group, default: FoldedSpans()].maxNanos = max(folds[group, default: FoldedSpans()].maxNanos, duration)
    spans[Int(group)].start = min(spans[Int(group)].start, span.start)
    spans[Int(group)].end = max(spans[Int(group)].end, span.end)
  }

  private mutating func copyBlocks(_ latest: UInt32) -> UInt32 {
    var copied = SpanRow.none
    for block in old.arena.chain(of: latest) {
      var bytes: [UInt8] = []
      bytes.appendVarint(copied == SpanRow.none ? 0 : UInt64(copied) + 1)
      old.arena.withBlock(block) { bytes.append(contentsOf: $0.payload) }
      copied = bytes.withUnsafeBytes { arena.append($0) }?.rawValue ?? copied
    }
    return copied
  }
}
