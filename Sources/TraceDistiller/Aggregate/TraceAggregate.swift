// Statistics per operation over many traces: how often, how long, how much of it critical, how much failed.

import TraceRecords

/// What spans are grouped by.
package enum AggregateGrouping: Sendable, Equatable {
  /// Service and name.
  case operation
  case service, name, target, run
  /// The value of an attribute.
  case attribute(String)

  /// Parses the caller's text; `attributes.name` is the attribute `name`.
  package init(_ text: String?) {
    switch text {
    case nil: self = .operation
    case "service": self = .service
    case "name": self = .name
    case "target": self = .target
    case "run": self = .run
    case let key?:
      let prefix = "attributes."
      self = .attribute(
        key.utf8.starts(with: prefix.utf8) && key.utf8.count > prefix.utf8.count ? String(key.dropFirst(prefix.utf8.count)) : key)
    }
  }
}

/// An example span of a group.
package struct AggregateExemplar: Sendable, Equatable {
  package var handle: String
  package var traceID: String
  package var spanID: String
  package var durationNanos: Int64
}

/// All spans of one group.
package struct AggregateGroup: Sendable {
  /// Set when grouping by operation.
  package var service: String?
  /// The operation's name, with # for numbers and ids if they differ; or the value that the group stands for.
  package var name: String
  package var calls = 0
  package var errors = 0
  /// Calls that are still running. Their durations end at the latest instant of their trace.
  package var running = 0
  package var selfNanos: Int64 = 0
  package var criticalNanos: Int64 = 0
  package var p50Nanos: Int64 = 0
  package var p95Nanos: Int64 = 0
  package var maxNanos: Int64 = 0
  /// Calls whose individual durations are known: only these count in percentiles.
  package var timed = 0
  package var slowest: AggregateExemplar?
  package var failing: AggregateExemplar?
}

/// Statistics that are updated trace by trace.
///
/// Percentiles are exact (nearest rank). A duration takes 8 bytes while the request is answered, a twelfth of the size of its span in the
/// store, and so no approximation error has to be explained.
package struct TraceAggregate: Sendable {
  struct Place: Sendable {
    var group = AggregateGroup(name: "")
    var label: Int32 = -1
    /// The rows of example spans in the trace that is being added. Their ids are read once, at its end.
    var slowestRow = -1
    var failingRow = -1
    var durations: [Int64] = []
  }

  package let grouping: AggregateGrouping
  package private(set) var traceCount = 0
  package private(set) var incompleteCount = 0
  package private(set) var spanCount = 0
  package private(set) var errorCount = 0
  /// The sum of the durations of the traces' roots: the total for shares of critical time.
  package private(set) var rootNanos: Int64 = 0
  package private(set) var selfNanos: Int64 = 0
  /// Spans that were folded to save memory, or pruned before they arrived. They are counted, but only the sum of their durations is known,
  /// so they are not in percentiles.
  package private(set) var foldedSpans = 0
  /// Spans without the attribute that is grouped by.
  package private(set) var without = AggregateGroup(name: "")
  private(set) var places: [Place] = []
  private var keys: GroupKeys
  /// The memory of the trace before, for the next one.
  private var spare: DistilledTrace?
  private var walk = CriticalPathWalk()
  private var touched: [Int] = []

  package init(by grouping: AggregateGrouping = .operation) {
    self.grouping = grouping
    keys = GroupKeys(grouping)
  }

  package var groupCount: Int { places.count }

  /// Distils a trace as far as totals need it, in the memory of the one before.
  /// - Complexity: O(n)
  package mutating func add(_ snapshot: consuming TraceSnapshot) {
    guard var trace = spare.take() else {
      let trace = DistilledTrace(forTotals: snapshot, &walk)
      add(trace)
      spare = consume trace
      return
    }
    trace.rebuild(forTotals: snapshot, &walk)
    add(trace)
    // Moved, as a copy would count one more reference to each of its arrays.
    spare = consume trace
  }

  /// - Complexity: O(n)
  package mutating func add(_ trace: DistilledTrace) {
    traceCount += 1
    if !trace.snapshot.isComplete { incompleteCount += 1 }
    if let root = trace.tree.roots.first { rootNanos = rootNanos.addingSaturated(trace.tree.duration(root.row)) }
    foldedSpans += trace.snapshot.storage.collapsedSpans + trace.snapshot.storage.prunedSpans
    keys.begin(trace)
    for row in trace.tree.parentsFirst.lazy.map(Int.init) {
      let key = keys.key(of: row, trace)
      if let key {
        if key == places.count {
          places.append(Place())
          (places[key].group.service, places[key].group.name, places[key].label) = keys.title(of: key)
        }
        add(row, of: trace, to: key)
      } else {
        TraceAggregate.count(row, of: trace, in: &without)
      }
      spanCount += 1
      selfNanos = selfNanos.addingSaturated(trace.selfNanos[row])
    }
    errorCount += trace.snapshot.storage.errorSpanCount
    for key in touched { resolve(key, trace) }
    touched.removeAll(keepingCapacity: true)
  }

  private mutating func add(_ row: Int, of trace: DistilledTrace, to key: Int) {
    TraceAggregate.count(row, of: trace, in: &places[key].group)
    let flags = trace.tree.flags[row]
    if let fold = flags.contains(.collapsed) ? trace.snapshot.storage.folds[UInt32(row)] : nil {
      places[key].group.maxNanos = max(places[key].group.maxNanos, fold.maxNanos)
      return
    }
    let duration = trace.tree.duration(row)
    places[key].durations.append(duration)
    let isUntouched = places[key].slowestRow < 0 && places[key].failingRow < 0
    if places[key].group.slowest.map({ duration > $0.durationNanos }) ?? true {
      // The ids are filled in by `resolve`.
      places[key].group.slowest = AggregateExemplar(handle: "", traceID: "", spanID: "", durationNanos: duration)
      places[key].slowestRow = row
    }
    // Of several failures, the first one in the latest trace: it is the most likely to be still in the store.
    if flags.contains(.failed), places[key].failingRow < 0 { places[key].failingRow = row }
    if isUntouched, places[key].slowestRow >= 0 || places[key].failingRow >= 0 { touched.append(key) }
  }

  private static func count(_ row: Int, of trace: DistilledTrace, in group: inout AggregateGroup) {
    let flags = trace.tree.flags[row]
    let fold = flags.contains(.collapsed) ? trace.snapshot.storage.folds[UInt32(row)] : nil
    group.calls += fold?.count ?? 1
    group.errors += fold?.failed ?? (flags.contains(.failed) ? 1 : 0)
    if trace.tree.isOpen[row] { group.running += 1 }
    group.selfNanos = group.selfNanos.addingSaturated(trace.selfNanos[row])
    group.criticalNanos = group.criticalNanos.addingSaturated(trace.criticalNanos[row])
  }

  private mutating func resolve(_ key: Int, _ trace: DistilledTrace) {
    func exemplar(_ row: Int) -> AggregateExemplar {
      AggregateExemplar(
        handle: trace.snapshot.handle, traceID: trace.snapshot.traceID, spanID: trace.snapshot.storage.spanID(row),
        durationNanos: trace.tree.duration(row))
    }
    if places[key].slowestRow >= 0 { places[key].group.slowest = exemplar(places[key].slowestRow) }
    if places[key].failingRow >= 0 { places[key].group.failing = exemplar(places[key].failingRow) }
    (places[key].slowestRow, places[key].failingRow) = (-1, -1)
  }

  /// The groups with the most critical time, then the most self time, then by name and service.
  /// - Complexity: O(groups log groups), plus O(n log n) for the percentiles of the groups that are shown.
  package func groups(limit: Int) -> [AggregateGroup] {
    let named = places.indices.map { index in
      var group = places[index].group
      if places[index].label >= 0 { group.name = keys.labels.shown(places[index].label) }
      return (group: group, place: index)
    }
    let sorted = named.sorted { left, right in
      let (one, other) = (left.group, right.group)
      if one.criticalNanos != other.criticalNanos { return one.criticalNanos > other.criticalNanos }
      if one.selfNanos != other.selfNanos { return one.selfNanos > other.selfNanos }
      if !one.name.utf8.elementsEqual(other.name.utf8) { return one.name.utf8.lexicographicallyPrecedes(other.name.utf8) }
      return (one.service ?? "").utf8.lexicographicallyPrecedes((other.service ?? "").utf8)
    }
    return sorted.prefix(limit).map { entry in
      var group = entry.group
      let durations = places[entry.place].durations.sorted()
      group.timed = durations.count
      group.p50Nanos = TraceAggregate.percentile(durations, 50)
      group.p95Nanos = TraceAggregate.percentile(durations, 95)
      group.maxNanos = max(group.maxNanos, durations.last ?? 0)
      return group
    }
  }

  /// The nearest-rank percentile: the smallest value for which at least `percent` of the values are not larger.
  static func percentile(_ sorted: [Int64], _ percent: Int) -> Int64 {
    guard !sorted.isEmpty else { return 0 }
    return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
  }
}
