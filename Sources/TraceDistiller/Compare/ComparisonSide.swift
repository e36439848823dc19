// One side of a comparison: a trace, or several completed traces, summed by call path.

import TraceRecords

/// What a side consists of.
package struct ComparisonSide: Sendable {
  package enum Subject: Sendable {
    case trace
    /// The completed traces of a run; `leftOut` more are not complete.
    case run(String, leftOut: Int)
    /// The completed traces that a filter selected.
    case filter(leftOut: Int)
    /// Traces similar to the other side's trace; `of` is the number of traces with the same root.
    case like(of: Int)
  }

  package let subject: Subject
  /// Kept for ids and messages of examples.
  package private(set) var traces: [TraceSnapshot] = []
  /// By path.
  private(set) var sums: [PathSums] = []
  /// By path, where there may be several traces.
  private(set) var spreads: [PathSpread] = []
  private(set) var warnings = WarnedTexts()
  /// By path of a root: the number of traces that have it as a root, the number that have it as primary root, and its total duration in
  /// those.
  private(set) var tracesOfRoot: [Int] = []
  private(set) var primaryTraces: [Int] = []
  private(set) var primaryNanos: [Int64] = []
  /// The paths of primary roots, in the order of their first trace.
  private(set) var primaryRoots: [Int] = []
  package private(set) var spanCount = 0
  /// Why the result may be wrong or may still change, each reason once, in the order of `TraceSnapshot.reasons`.
  package private(set) var diagnostics: [String] = []

  init(_ subject: Subject) { self.subject = subject }

  mutating func add(_ trace: DistilledTrace, to paths: inout CallPaths) {
    let number = traces.count
    traces.append(trace.snapshot)
    // Which of two runs a trace belongs to does not matter here.
    for reason in trace.snapshot.reasons where reason != "runAmbiguous" && !diagnostics.contains(reason) { diagnostics.append(reason) }
    if trace.tree.roots.isEmpty, !diagnostics.contains("noRoot") { diagnostics.append("noRoot") }
    let rows = paths.add(trace)
    grow(to: paths.count)
    warnings.add(trace)
    addSpread(trace, rows)
    // In the order of the tree, so that the example does not depend on the order of records.
    for row in trace.tree.parentsFirst.lazy.map(Int.init) {
      sums[Int(rows[row])].add(row, of: trace, number: number)
      spanCount += 1
    }
    var counted: Set<Int32> = []
    for (index, root) in trace.tree.roots.enumerated() {
      let path = Int(rows[root.row])
      if counted.insert(rows[root.row]).inserted { tracesOfRoot[path] += 1 }
      guard index == 0 else { continue }
      if primaryTraces[path] == 0 { primaryRoots.append(path) }
      primaryTraces[path] += 1
      primaryNanos[path] = primaryNanos[path].addingSaturated(trace.tree.duration(root.row))
    }
  }

  /// What each path comes to in this trace, squared.
  private mutating func addSpread(_ trace: DistilledTrace, _ rows: [Int32]) {
    if case .trace = subject { return }
    var here: [Int32: (own: Int64, critical: Int64)] = [:]
    for row in trace.tree.parentsFirst.lazy.map(Int.init) {
      let known = here[rows[row]] ?? (0, 0)
      here[rows[row]] = (known.own.addingSaturated(trace.selfNanos[row]), known.critical.addingSaturated(trace.criticalNanos[row]))
    }
    for (path, nanos) in here { spreads[Int(path)].add(own: nanos.own, critical: nanos.critical) }
  }

  /// The other side may have added paths that this side does not have.
  mutating func grow(to count: Int) {
    let missing = count - sums.count
    guard missing > 0 else { return }
    sums += repeatElement(PathSums(), count: missing)
    spreads += repeatElement(PathSpread(), count: missing)
    tracesOfRoot += repeatElement(0, count: missing)
    primaryTraces += repeatElement(0, count: missing)
    primaryNanos += repeatElement(0, count: missing)
  }

  package func spanID(_ example: PathSums.Example) -> String { traces[example.trace].storage.spanID(example.row) }

  /// The reason of a failed span: its status message, or its first ERROR log.
  package func message(_ example: PathSums.Example) -> String {
    let storage = traces[example.trace].storage
    if let text = storage.statusMessage(ofRow: example.row), !text.isEmpty { return text }
    return storage.events(ofRow: example.row, limit: .max) { $0 == .error }.first?.message ?? ""
  }
}

extension TraceStorage {
  func statusMessage(ofRow row: Int) -> String? {
    for attribute in AttributeReader(arena: arena, texts: texts).attributes(spans[row].attributes) {
      if case (TraceStorage.statusMessageName, .string(let text)) = (attribute.key, attribute.value) { return text }
    }
    return nil
  }
}
