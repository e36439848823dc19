// From traces to a baseline, one trace at a time.

import TraceRecords

package struct BaselineBuilder: Sendable {
  /// What one step, or one service, comes to in those traces that have it.
  struct Samples: Sendable {
    var calls: [Int64] = []
    var own: [Int64] = []
    var wait: [Int64] = []
    /// The number of each trace.
    var traces: [Int32] = []
    var failedTraces = 0
    /// The first trace in which one failed.
    var failing: Int32 = -1
    var isRemote = false
  }

  struct RootSamples: Sendable {
    /// Service and label of the root.
    var key: RootKey
    var nanos: [Int64] = []
    var traces: [Int32] = []
    var failedTraces = 0
    /// By step, and by number of a service.
    var steps: [Int: Samples] = [:]
    var services: [Int: Samples] = [:]
  }

  struct RootKey: Sendable, Hashable {
    var service: Int32
    var label: Int32
  }

  /// Traces of one kind of root that are gathered: more tell nothing that these do not.
  static let mostTraces = 2_000

  private(set) var paths = StepPaths()
  private(set) var roots: [RootSamples] = []
  private var placeOfRoot: [RootKey: Int] = [:]
  package private(set) var traceCount = 0
  package private(set) var incompleteCount = 0
  /// Traces without a root, and those beyond the bounds.
  package private(set) var passedOver = 0
  private var tally: [Tally] = []
  private var serviceTally: [Tally] = []

  private struct Tally {
    var calls: Int64 = 0
    var own: Int64 = 0
    var wait: Int64 = 0
    var hasFailed = false
    var isRemote = false
    var isTouched = false
  }

  package init() {}

  package mutating func add(_ trace: DistilledTrace) { add(TraceAnalysis(trace), number: traceCount) }

  /// - Complexity: O(n log n).
  mutating func add(_ analysis: TraceAnalysis, number: Int) {
    let trace = analysis.trace
    traceCount += 1
    if !trace.snapshot.isComplete { incompleteCount += 1 }
    guard let root = trace.tree.roots.first?.row else {
      passedOver += 1
      return
    }
    let rows = paths.add(trace, analysis.keys, isOfCalls: true)
    let rootStep = paths.steps[Int(rows[root])]
    let key = RootKey(service: rootStep.service, label: rootStep.label)
    let place = placeOfRoot[key] ?? roots.count
    if place == roots.count {
      guard roots.count < CheckBaseline.mostRoots else {
        passedOver += 1
        return
      }
      placeOfRoot[key] = place
      roots.append(RootSamples(key: key))
    }
    guard roots[place].traces.count < Self.mostTraces else {
      passedOver += 1
      return
    }
    roots[place].traces.append(Int32(number))
    roots[place].nanos.append(trace.tree.duration(root))
    if trace.tree.flags[root].contains(.failed) { roots[place].failedTraces += 1 }
    let (steps, services) = count(analysis, rows)
    for step in steps { Self.flush(&tally[step], into: &roots[place].steps[step, default: Samples()], number) }
    for service in services { Self.flush(&serviceTally[service], into: &roots[place].services[service, default: Samples()], number) }
  }

  /// Of no instance: one that is read meanwhile would be copied, and all that it holds with it.
  private static func flush(_ tally: inout Tally, into samples: inout Samples, _ number: Int) {
    samples.calls.append(tally.calls)
    samples.own.append(tally.own)
    samples.wait.append(tally.wait)
    samples.traces.append(Int32(number))
    if tally.hasFailed {
      samples.failedTraces += 1
      if samples.failing < 0 { samples.failing = Int32(number) }
    }
    if tally.isRemote { samples.isRemote = true }
    tally = Tally()
  }

  /// Sums of one trace, and which of them are not zero.
  private mutating func count(_ analysis: TraceAnalysis, _ rows: [Int32]) -> (steps: [Int], services: [Int]) {
    let trace = analysis.trace
    if tally.count < paths.count { tally += repeatElement(Tally(), count: paths.count - tally.count) }
    if serviceTally.count < paths.services.count {
      serviceTally += repeatElement(Tally(), count: paths.services.count - serviceTally.count)
    }
    var (steps, services): ([Int], [Int]) = ([], [])
    for row in trace.tree.parentsFirst.lazy.map(Int.init) {
      let step = Int(rows[row])
      if !tally[step].isTouched {
        tally[step].isTouched = true
        steps.append(step)
      }
      tally[step].calls += Int64(trace.calls(of: row))
      if trace.tree.flags[row].contains(.failed) { tally[step].hasFailed = true }
      if !tally[step].isRemote { tally[step].isRemote = trace.isRemoteCall(row, analysis.keys) }
    }
    func touch(_ service: Int, _ tally: inout [Tally]) {
      if !tally[service].isTouched {
        tally[service].isTouched = true
        services.append(service)
      }
    }
    for stretch in TimeCharge(trace).stretches {
      let step = Int(rows[stretch.row])
      let nanos = stretch.nanos
      if stretch.kind == .own {
        let service = Int(paths.steps[step].service)
        touch(service, &serviceTally)
        tally[step].own = tally[step].own.addingSaturated(nanos)
        serviceTally[service].own = serviceTally[service].own.addingSaturated(nanos)
      } else {
        let service = paths.waitedFor(step)
        touch(service, &serviceTally)
        tally[step].wait = tally[step].wait.addingSaturated(nanos)
        serviceTally[service].wait = serviceTally[service].wait.addingSaturated(nanos)
      }
    }
    return (steps, services)
  }

  // MARK: As a baseline

  func label(_ step: Int) -> (service: String, name: String, calleeService: String, calleeName: String) {
    let key = paths.steps[step]
    return (
      paths.services[Int(key.service)], paths.labels.label(key.label), paths.services[Int(key.calleeService)],
      key.calleeLabel >= 0 ? paths.labels.label(key.calleeLabel) : ""
    )
  }

  /// The steps of a root in the order of the file, each with its depth.
  func ordered(_ root: RootSamples) -> [(step: Int, depth: Int)] {
    var children: [Int: [Int]] = [:]
    var tops: [Int] = []
    for step in root.steps.keys {
      let parent = Int(paths.steps[step].parent)
      // A trace of several roots has them side by side; the one that it is about comes first.
      if parent < 0 { tops.append(step) } else { children[parent, default: []].append(step) }
    }
    func isRoot(_ step: Int) -> Bool {
      paths.steps[step].parent < 0 && RootKey(service: paths.steps[step].service, label: paths.steps[step].label) == root.key
    }
    func precedes(_ left: Int, _ right: Int) -> Bool {
      if isRoot(left) != isRoot(right) { return isRoot(left) }
      let (one, other) = (label(left), label(right))
      for (a, b) in [
        (one.service, other.service), (one.name, other.name), (one.calleeService, other.calleeService), (one.calleeName, other.calleeName),
      ] where !a.utf8.elementsEqual(b.utf8) { return a.utf8.lexicographicallyPrecedes(b.utf8) }
      return left < right
    }
    var stack = tops.sorted(by: precedes).reversed().map { (step: $0, depth: 0) }
    var order: [(step: Int, depth: Int)] = []
    while let next = stack.popLast() {
      order.append(next)
      for child in (children[next.step] ?? []).sorted(by: precedes).reversed() { stack.append((child, next.depth + 1)) }
    }
    return order
  }

  package func baseline(madeBy: String) -> CheckBaseline {
    var baseline = CheckBaseline(madeBy: madeBy)
    for root in roots {
      let count = root.traces.count
      let order = ordered(root)
      let steps = order.prefix(CheckBaseline.mostSteps).map { entry in
        let (samples, label) = (root.steps[entry.step]!, self.label(entry.step))
        return CheckBaseline.Step(
          depth: entry.depth, service: label.service, name: label.name, calleeService: label.calleeService, calleeName: label.calleeName,
          calls: Quantiles(samples.calls, of: count), failedTraces: samples.failedTraces, own: Quantiles(samples.own, of: count),
          wait: Quantiles(samples.wait, of: count), isRemote: samples.isRemote)
      }
      let services = root.services.map { number, samples in
        CheckBaseline.Service(
          name: paths.services[number], own: Quantiles(samples.own, of: count), wait: Quantiles(samples.wait, of: count))
      }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      baseline.roots.append(
        CheckBaseline.Root(
          service: paths.services[Int(root.key.service)], name: paths.labels.label(root.key.label), traces: count,
          failedTraces: root.failedTraces, nanos: Quantiles(root.nanos, of: count),
          services: services, steps: Array(steps), leftOut: order.count - steps.count))
    }
    baseline.roots.sort { left, right in
      left.service.utf8.elementsEqual(right.service.utf8)
        ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : left.service.utf8.lexicographicallyPrecedes(right.service.utf8)
    }
    baseline.passedOver = passedOver
    return baseline
  }
}

extension DistilledTrace {
  /// As `InsightContext.isRemoteCall`.
  func isRemoteCall(_ row: Int, _ keys: CallKeys) -> Bool {
    switch tree.kind[row] {
    case .client, .producer: true
    case .server, .consumer: false
    default: keys.detailKind(keys[row]).map { $0 != .word } ?? false
    }
  }
}
