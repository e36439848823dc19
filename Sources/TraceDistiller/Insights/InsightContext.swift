// Data that all detectors use, computed once: groups of similar siblings, and the critical time of each subtree.

import TraceRecords

/// Similar children of one span.
struct SiblingGroup: BitwiseCopyable {
  /// Time on the critical path of the members with everything below them.
  var criticalNanos: Int64 = 0
  var longestNanos: Int64 = 0
  var key: Int32
  private var parentRow: Int32
  fileprivate var start: Int32 = 0
  fileprivate var end: Int32 = 0
  fileprivate var failureCount: Int32 = 0

  fileprivate init(parent: Int, key: Int32) {
    parentRow = Int32(parent)
    self.key = key
  }

  var parent: Int { Int(parentRow) }
  /// The indices of its members in `InsightContext.members`.
  var range: Range<Int> { Int(start)..<Int(end) }
  var failures: Int { Int(failureCount) }
  var count: Int { Int(end - start) }
}

struct InsightContext {
  /// Costs below a millisecond are not reported.
  static let leastNanos: Int64 = 1_000_000

  let trace: DistilledTrace
  let keys: CallKeys
  let focus: Int?
  var tree: CallTree { trace.tree }
  /// Parents before children, siblings by start: independent of the order of records.
  let order: [Int32]
  /// Time on the critical path of the span and everything below it.
  let subtreeCritical: [Int64]
  /// The start of the span's part of the critical path. The part is one interval: the path stays in a span while it is in one of the span's
  /// calls.
  private let pathStart: [Int64]
  let groups: [SiblingGroup]
  /// The members of all groups, ordered by start in each group.
  let members: [Int32]
  /// Rows that stand for many calls. They are in no group, because the times of the single calls are not known.
  let standIns: [Int32]
  /// The duration to which shares refer.
  let rootNanos: Int64

  /// - Complexity: O(n).
  init(_ trace: DistilledTrace, focus: Int?, keys: CallKeys) {
    self.trace = trace
    self.focus = focus
    self.keys = keys
    let tree = trace.tree
    order = focus.map { InsightContext.order(below: $0, tree) } ?? tree.parentsFirst
    rootNanos = (focus ?? tree.roots.first?.row).map { tree.duration($0) } ?? 0
    var critical = trace.criticalNanos
    var begin = [Int64](repeating: .max, count: critical.count)
    for segment in trace.criticalPath?.segments ?? [] { begin[segment.row] = min(begin[segment.row], segment.start) }
    for row in order.reversed() {
      let parent = Int(tree.parent[Int(row)])
      guard parent >= 0, critical[Int(row)] > 0 else { continue }
      critical[parent] = critical[parent].addingSaturated(critical[Int(row)])
      begin[parent] = min(begin[parent], begin[Int(row)])
    }
    subtreeCritical = critical
    pathStart = begin
    var grouping = Grouping(trace, keys, critical)
    for row in order { grouping.add(parent: Int(row)) }
    groups = grouping.groups
    members = grouping.members
    standIns = order.filter { tree.flags[Int($0)].contains(.collapsed) }
  }

  /// The parent's row, or -1 for roots and for the focus: what is above the focus was not asked for.
  func caller(of row: Int) -> Int { row == focus ? -1 : Int(tree.parent[row]) }

  func members(of group: SiblingGroup) -> ArraySlice<Int32> { members[group.range] }

  /// What a finding must cost to be reported: a share of the whole, at least a millisecond; of a trace so short that this is much of it, a twentieth.
  func least(percent: Int64) -> Int64 {
    max(min(InsightContext.leastNanos, InsightContext.leastShare(of: rootNanos, tree)), rootNanos / 100 * percent)
  }

  /// A twentieth of a duration, but nothing that clocks or the making of spans may be.
  static func leastShare(of rootNanos: Int64, _ tree: CallTree) -> Int64 {
    max(rootNanos / 20, 50_000, tree.resolution.coarsestNanos.addingSaturated(tree.resolution.coarsestNanos))
  }

  /// Whether a row stands for many calls.
  func isStandIn(_ row: Int) -> Bool { trace.tree.flags[row].contains(.collapsed) }

  func isFailed(_ row: Int) -> Bool { trace.tree.flags[row].contains(.failed) }

  /// Whether the span waits for something outside its program: a call of kind client or producer, or one with a statement or an address.
  func isRemoteCall(_ row: Int) -> Bool {
    switch trace.tree.kind[row] {
    case .client, .producer: return true
    case .server, .consumer: return false
    default:
      guard let kind = keys.detailKind(keys[row]) else { return false }
      return kind != .word
    }
  }

  /// Adds the text that distinguishes calls with the same name. Done only for findings, not for every span.
  func describe(_ insight: inout Insight) {
    insight.detail = keys.detail(keys[insight.row])
    if let through = insight.through { insight.through?.detail = keys.detail(keys[through.row]) }
    for index in insight.calls.indices { insight.calls[index].detail = keys.detail(keys[insight.calls[index].row]) }
  }

  /// The critical path's time in a span and all spans below it.
  func path(below row: Int) -> PathParts { PathParts([part(below: row)].compactMap { $0 }) }

  func path(below rows: [Int]) -> PathParts { PathParts(rows.compactMap { part(below: $0) }) }

  private func part(below row: Int) -> PathParts.Part? {
    subtreeCritical[row] > 0 ? PathParts.Part(start: pathStart[row], end: pathStart[row] + subtreeCritical[row]) : nil
  }

  /// How much of an interval the critical path spends in one span itself.
  /// - Complexity: O(log n + segments in the interval).
  func criticalNanos(of row: Int, from: Int64, to: Int64) -> Int64 { path(of: row, from: from, to: to).nanos }

  /// The same as intervals.
  func path(of row: Int, from: Int64 = .min, to: Int64 = .max) -> PathParts {
    var found: [PathParts.Part] = []
    appendPath(of: row, from: from, to: to, to: &found)
    return PathParts(found)
  }

  func appendPath(of row: Int, from: Int64, to: Int64, to found: inout [PathParts.Part]) {
    guard to > from, trace.criticalNanos[row] > 0, let segments = trace.criticalPath?.segments else { return }
    var (low, high) = (0, segments.count)
    let first = max(from, pathStart[row])
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].end <= first { low = middle + 1 } else { high = middle }
    }
    let last = min(to, pathStart[row] + subtreeCritical[row])
    while low < segments.count, segments[low].start < last {
      if segments[low].row == row {
        found.append(PathParts.Part(start: max(first, segments[low].start), end: min(last, segments[low].end)))
      }
      low += 1
    }
  }

  private static func order(below focus: Int, _ tree: CallTree) -> [Int32] {
    var order = [Int32(focus)]
    var head = 0
    while head < order.count {
      order.append(contentsOf: tree.children(of: Int(order[head])))
      head += 1
    }
    return order
  }
}

/// Groups the children of one span after another by their keys, without a table per span.
private struct Grouping {
  private(set) var groups: [SiblingGroup] = []
  private(set) var members: [Int32] = []
  private let trace: DistilledTrace
  private let keys: CallKeys
  private let critical: [Int64]
  /// By key: the last parent under which it occurred, and its group there.
  private var seenUnder: [Int32]
  private var groupOf: [Int32]

  init(_ trace: DistilledTrace, _ keys: CallKeys, _ critical: [Int64]) {
    self.trace = trace
    self.keys = keys
    self.critical = critical
    seenUnder = Array(repeating: -1, count: keys.count)
    groupOf = Array(repeating: 0, count: keys.count)
    members.reserveCapacity(critical.count)
    // The maximum number of groups. Unused capacity is never touched, while growing would copy the groups repeatedly.
    groups.reserveCapacity(critical.count)
  }

  mutating func add(parent: Int) {
    let all = trace.tree.children(of: parent)
    guard !all.isEmpty else { return }
    let hasStandIn = all.contains { trace.tree.flags[Int($0)].contains(.collapsed) }
    let children = hasStandIn ? all.filter { !trace.tree.flags[Int($0)].contains(.collapsed) }[...] : all
    let first = groups.count
    for child in children {
      let key = Int(keys[Int(child)])
      if seenUnder[key] != Int32(parent) {
        seenUnder[key] = Int32(parent)
        groupOf[key] = Int32(groups.count)
        groups.append(SiblingGroup(parent: parent, key: Int32(key)))
      }
      // Counts first; converted to an index below.
      groups[Int(groupOf[key])].end += 1
    }
    var place = Int32(members.count)
    for group in first..<groups.count {
      let count = groups[group].end
      groups[group].start = place
      groups[group].end = place
      place += count
    }
    members.append(contentsOf: repeatElement(0, count: children.count))
    for child in children {
      let number = Int(groupOf[Int(keys[Int(child)])])
      var group = groups[number]
      members[Int(group.end)] = child
      group.end += 1
      group.criticalNanos = group.criticalNanos.addingSaturated(critical[Int(child)])
      group.longestNanos = max(group.longestNanos, trace.tree.duration(Int(child)))
      if trace.tree.flags[Int(child)].contains(.failed) { group.failureCount += 1 }
      groups[number] = group
    }
  }
}

/// Insights of one kind, with those about the same pair of calls combined.
struct InsightsByCall {
  private(set) var insights: [Insight] = []
  private var places: [UInt64: Int] = [:]

  /// - Parameter merge: Adds the second insight to the first.
  mutating func add(_ insight: Insight, _ left: Int32, _ right: Int32, merge: (inout Insight, Insight) -> Void) {
    let pair = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    if let place = places[pair] {
      merge(&insights[place], insight)
    } else {
      places[pair] = insights.count
      insights.append(insight)
    }
  }
}

extension Insight {
  /// Adds one more place of the same kind; the most expensive stays first.
  mutating func merge(_ other: Insight) {
    count += other.count
    places += other.places
    for row in other.rows { add(row: row) }
    add(partsOf: other)
    nanos = max(nanos, other.nanos)
  }
}
