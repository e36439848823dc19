// One trace as numbers by step and by service, used to compare traces.

import TraceRecords

/// The totals of all spans of one step in one trace.
struct StepSums: Sendable, Equatable {
  var calls = 0
  var failed = 0
  /// Charged time on the critical path.
  var own: Int64 = 0
  var before: Int64 = 0
  var after: Int64 = 0
  /// For detached calls: how long after the end of the span that started them they began.
  var queued: Int64 = 0
  /// The duration of all calls together, on the critical path or not.
  var duration: Int64 = 0
  /// The first of its spans.
  var row: Int32 = -1

  var charged: Int64 { own + before + after }
}

/// The totals of a service in one trace, on the critical path.
struct ServiceSums: Sendable, Equatable {
  var own: Int64 = 0
  /// Time of its callers around its spans.
  var before: Int64 = 0
  var after: Int64 = 0
  var wait: Int64 { before + after }
  var total: Int64 { own + wait }
}

struct TraceProfile: Sendable {
  /// By step of the table at that time. Later steps do not occur in this trace.
  private(set) var sums: [StepSums]
  /// By number of the table's services.
  private(set) var services: [ServiceSums]
  let rootNanos: Int64
  /// -1 if there is none.
  let rootRow: Int32
  /// The number of spans, and of different steps.
  let spanCount: Int
  let stepCount: Int

  /// - Complexity: O(n).
  init(_ trace: DistilledTrace, _ charge: TimeCharge, stepOfRow: [Int32], _ paths: StepPaths) {
    var sums = [StepSums](repeating: StepSums(), count: paths.count)
    var services = [ServiceSums](repeating: ServiceSums(), count: paths.services.count)
    var spans = 0
    var steps = 0
    for row in trace.tree.parentsFirst.lazy.map(Int.init) {
      let step = Int(stepOfRow[row])
      if sums[step].calls == 0 {
        sums[step].row = Int32(row)
        steps += 1
      }
      sums[step].calls += 1
      if trace.tree.flags[row].contains(.failed) { sums[step].failed += 1 }
      sums[step].queued = sums[step].queued.addingSaturated(trace.tree.queuedNanos(row))
      sums[step].duration = sums[step].duration.addingSaturated(trace.tree.duration(row))
      spans += 1
    }
    for stretch in charge.stretches {
      let step = Int(stepOfRow[stretch.row])
      switch stretch.kind {
      case .own:
        sums[step].own += stretch.nanos
        services[Int(paths.steps[step].service)].own += stretch.nanos
      case .before:
        sums[step].before += stretch.nanos
        services[paths.waitedFor(step)].before += stretch.nanos
      case .after:
        sums[step].after += stretch.nanos
        services[paths.waitedFor(step)].after += stretch.nanos
      }
    }
    self.sums = sums
    self.services = services
    rootNanos = trace.tree.roots.first.map { trace.tree.duration($0.row) } ?? 0
    rootRow = Int32(trace.tree.roots.first?.row ?? -1)
    (spanCount, stepCount) = (spans, steps)
  }

  private init(_ other: TraceProfile, sums: [StepSums], services: [ServiceSums]) {
    (rootNanos, rootRow, spanCount, stepCount) = (other.rootNanos, other.rootRow, other.spanCount, other.stepCount)
    (self.sums, self.services) = (sums, services)
  }

  /// The same for another table of steps.
  /// - Complexity: O(steps).
  func renumbered(_ numbers: StepPaths.Numbers, count: Int, services serviceCount: Int) -> TraceProfile {
    var sums = [StepSums](repeating: StepSums(), count: count)
    var services = [ServiceSums](repeating: ServiceSums(), count: serviceCount)
    for step in self.sums.indices where self.sums[step].calls > 0 { sums[Int(numbers.steps[step])] = self.sums[step] }
    for service in self.services.indices { services[Int(numbers.services[service])] = self.services[service] }
    return TraceProfile(self, sums: sums, services: services)
  }

  /// The approximate size in bytes.
  var allocatedBytes: Int {
    256 + sums.count * MemoryLayout<StepSums>.stride + services.count * MemoryLayout<ServiceSums>.stride
  }

  func sums(of step: Int) -> StepSums { step < sums.count ? sums[step] : StepSums() }
  func sums(ofService service: Int) -> ServiceSums { service < services.count ? services[service] : ServiceSums() }
  /// The step whose first span is this row.
  func step(ofRow row: Int) -> Int? { sums.firstIndex { $0.calls > 0 && $0.row == row } }
  func has(_ step: Int) -> Bool { step < sums.count && sums[step].calls > 0 }

  /// The share of steps that both have, of all steps that either has.
  func likeness(to other: TraceProfile) -> Double {
    let shared = sharedSteps(with: other)
    let all = stepCount + other.stepCount - shared
    return all > 0 ? Double(shared) / Double(all) : 0
  }

  func sharedSteps(with other: TraceProfile) -> Int {
    var shared = 0
    for step in 0..<min(sums.count, other.sums.count) where sums[step].calls > 0 && other.sums[step].calls > 0 { shared += 1 }
    return shared
  }
}

extension CallTree {
  /// How long after the end of the span that started it a detached span began; 0 for other spans.
  func queuedNanos(_ row: Int) -> Int64 {
    guard isDetached[row], parent[row] >= 0 else { return 0 }
    return max(0, start[row].subtractingSaturated(end[Int(parent[row])]))
  }
}
