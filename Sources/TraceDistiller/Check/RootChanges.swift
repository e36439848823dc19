// What became worse in the traces of one kind of root, beside its baseline: only what lies beyond the spread of both.

/// What became of one step.
struct StepChange {
  /// Its number in the table of the target.
  var step: Int
  var service: String
  var operation: String
  /// Calls in one trace; nil where their number is as it was.
  var calls: (now: Int64, base: Int64)?
  /// It was never called so before.
  var isNew = false
  /// Somebody answered it in the base.
  var lacksAnswer = false
  /// Traces in which it fails.
  var failed: (now: Int, base: Int)?
  var own: (now: Int64, base: Int64)?
  var wait: (now: Int64, base: Int64)?
  /// The same of the whole service, where that is more.
  var ofService: Int64 = 0
  /// What it adds to the root's median.
  var nanos: Int64 = 0
  /// No step stands out: the root itself is slower.
  var isOfRoot = false
}

struct RootChanges {
  /// Of so few traces nothing is said.
  static let least = 5
  /// Of fewer, quartiles say little: all values must lie beyond the others.
  static let few = 8
  /// Of the root's median in the base, what a change of time must come to.
  static let leastPercent: Int64 = 5
  /// Standard errors of a difference of shares that chance does not reach.
  private static let leastErrors = 3.0

  let base: CheckBaseline.Root
  let target: BaselineBuilder.RootSamples
  let builder: BaselineBuilder
  let tolerance: ComparisonTolerance

  private var paths: StepPaths { builder.paths }
  private var count: Int { target.traces.count }
  private var isFew: Bool { count < Self.few }
  private var isBaseFew: Bool { base.traces < Self.few }
  private let order: [(step: Int, depth: Int)]
  /// The base's step for each of the target's; none for new ones.
  private var known: [Int: Int] = [:]
  /// Base steps by parent and labels.
  private var baseSteps: [StepKey: Int] = [:]
  private var baseParents: [Int] = []
  private var baseTotals: [OperationKey: Int64] = [:]
  private var targetTotals: [OperationKey: Int64] = [:]

  private struct StepKey: Hashable {
    var parent: Int
    var own: OperationKey
  }

  /// Compared as bytes.
  private struct OperationKey: Hashable {
    var bytes: [UInt8]

    init(_ service: String, _ name: String, _ calleeService: String, _ calleeName: String) {
      bytes = []
      for part in [service, name, calleeService, calleeName] {
        bytes += Array(part.utf8)
        bytes.append(0xFF)
      }
    }
  }

  init(base: CheckBaseline.Root, target: BaselineBuilder.RootSamples, builder: BaselineBuilder, tolerance: ComparisonTolerance) {
    (self.base, self.target, self.builder, self.tolerance) = (base, target, builder, tolerance)
    order = builder.ordered(target)
    align()
  }

  private mutating func align() {
    var open: [Int] = []
    for (index, step) in base.steps.enumerated() {
      open.removeLast(max(0, open.count - step.depth))
      let key = OperationKey(step.service, step.name, step.calleeService, step.calleeName)
      baseParents.append(open.last ?? -1)
      baseSteps[StepKey(parent: open.last ?? -1, own: key)] = index
      baseTotals[key, default: 0] += step.calls.median
      open.append(index)
    }
    for (step, _) in order {
      let key = self.key(step)
      targetTotals[key, default: 0] += calls(step).median
      let parent = Int(paths.steps[step].parent)
      guard parent < 0 || known[parent] != nil else { continue }
      known[step] = baseSteps[StepKey(parent: parent < 0 ? -1 : known[parent]!, own: key)]
    }
  }

  private func key(_ step: Int) -> OperationKey {
    let label = builder.label(step)
    return OperationKey(label.service, label.name, label.calleeService, label.calleeName)
  }

  private func calls(_ step: Int) -> Quantiles { Quantiles(target.steps[step]!.calls, of: count) }
  private func own(_ step: Int) -> Quantiles { Quantiles(target.steps[step]!.own, of: count) }
  private func wait(_ step: Int) -> Quantiles { Quantiles(target.steps[step]!.wait, of: count) }
  private func baseStep(_ step: Int) -> CheckBaseline.Step? { known[step].map { base.steps[$0] } }

  // MARK: Changes

  /// What is worse: failures first, then what costs most.
  func find() -> [StepChange] {
    var changes: [Int: StepChange] = [:]
    func change(_ step: Int) -> StepChange {
      changes[step] ?? StepChange(step: step, service: paths.service(of: step), operation: paths.name(of: step))
    }
    for (step, isNew) in calledMore() {
      var found = change(step)
      found.calls = (calls(step).median, baseStep(step)?.calls.median ?? 0)
      found.isNew = isNew
      found.lacksAnswer = isNew && lacksAnswer(step)
      found.nanos = max(0, below(step))
      changes[step] = found
    }
    for failing in failing() {
      // A call that is tried again fails and is more.
      let step = explained(failing, by: changes)
      var found = change(step)
      found.failed = (target.steps[step]!.failedTraces, baseStep(step)?.failedTraces ?? 0)
      changes[step] = found
    }
    for slower in slower() {
      let step = explained(slower.step, by: changes)
      var found = change(step)
      if step == slower.step {
        if slower.isOwn { found.own = slower.medians } else { found.wait = slower.medians }
        found.ofService = slower.ofService
        if !slower.isOwn { found.service = slower.service }
      }
      found.nanos = max(found.nanos, slower.nanos)
      changes[step] = found
    }
    if !changes.values.contains(where: { $0.nanos > 0 }), let root = slowerRoot() { changes[root.step] = changes[root.step] ?? root }
    return changes.values.sorted { left, right in
      if (left.failed != nil) != (right.failed != nil) { return left.failed != nil }
      return left.nanos != right.nanos ? left.nanos > right.nanos : left.step < right.step
    }
  }

  /// Calls that failed in more traces than chance explains; of those that failed with what they call, the innermost.
  private func failing() -> [Int] {
    var found: Set<Int> = []
    var isAbove: Set<Int> = []
    for (step, _) in order.reversed() {
      let failed = target.steps[step]!.failedTraces
      guard failed > 0, isHigher(failed, of: count, than: baseStep(step)?.failedTraces ?? 0, of: base.traces) else { continue }
      if !isAbove.contains(step) { found.insert(step) }
      var parent = Int(paths.steps[step].parent)
      while parent >= 0, isAbove.insert(parent).inserted { parent = Int(paths.steps[parent].parent) }
    }
    return order.map(\.step).filter { found.contains($0) }
  }

  private func isHigher(_ failed: Int, of count: Int, than before: Int, of base: Int) -> Bool {
    guard failed >= 3, base > 0 else { return false }
    let (now, then) = (Double(failed) / Double(count), Double(before) / Double(base))
    let share = Double(failed + before) / Double(count + base)
    let error = (share * (1 - share) * (1 / Double(count) + 1 / Double(base))).squareRoot()
    return now - then > Self.leastErrors * error
  }

  /// Calls out of the program that are more; of new ones the outermost.
  private func calledMore() -> [(step: Int, isNew: Bool)] {
    var found: [(step: Int, isNew: Bool)] = []
    var isBelowNew: Set<Int> = []
    for (step, _) in order {
      let parent = Int(paths.steps[step].parent)
      if isBelowNew.contains(parent) {
        isBelowNew.insert(step)
        continue
      }
      guard target.steps[step]!.isRemote else { continue }
      let (now, before) = (calls(step), baseStep(step)?.calls ?? .zero)
      let isNew = known[step] == nil
      // Steps that the base had no room for are not new.
      if isNew, base.leftOut > 0 { continue }
      guard now.median > before.median, now.low > before.upperFence,
        !isFew || now.least > (isBaseFew ? before.most : before.upperFence)
      else { continue }
      guard tolerance.direction(calls: Double(before.median), Double(now.median)) > 0 else { continue }
      // The same calls from another place are no more of them.
      let key = self.key(step)
      guard (targetTotals[key] ?? 0) > (baseTotals[key] ?? 0) else { continue }
      found.append((step, isNew))
      if isNew { isBelowNew.insert(step) }
    }
    return found
  }

  /// The base has the same call with somebody who answers.
  private func lacksAnswer(_ step: Int) -> Bool {
    guard paths.steps[step].calleeService == 0 else { return false }
    let (label, parent) = (builder.label(step), Int(paths.steps[step].parent))
    guard parent >= 0, let baseParent = known[parent] else { return false }
    return base.steps.indices.contains(where: { index in
      let step = base.steps[index]
      return baseParents[index] == baseParent && !step.calleeService.isEmpty && step.service.utf8.elementsEqual(label.service.utf8)
        && step.name.utf8.elementsEqual(label.name.utf8)
    })
  }

  // MARK: Time

  private struct Slower {
    var step: Int
    var service: String
    var isOwn: Bool
    var medians: (now: Int64, base: Int64)
    var ofService: Int64
    var nanos: Int64
  }

  private func isSlower(_ now: Quantiles, _ before: Quantiles) -> Bool {
    let difference = now.median.subtractingSaturated(before.median)
    guard tolerance.direction(before.median, now.median) > 0, difference / Self.leastPercent >= base.nanos.median / 100 else {
      return false
    }
    return now.isBeyond(before, isFew: isFew, areOthersFew: isBaseFew)
  }

  /// Services whose own time or whose waits grew, each with the step that grew most; then steps of services that as a whole did not.
  private func slower() -> [Slower] {
    var found: [Slower] = []
    for (number, samples) in target.services.sorted(by: { $0.key < $1.key }) {
      let name = paths.services[number]
      let before = base.services.first { $0.name.utf8.elementsEqual(name.utf8) }
      for isOwn in [true, false] {
        let now = Quantiles(isOwn ? samples.own : samples.wait, of: count)
        let then = (isOwn ? before?.own : before?.wait) ?? .zero
        guard isSlower(now, then), let step = mostGrown(of: number, isOwn: isOwn) else { continue }
        found.append(
          Slower(
            step: step, service: name, isOwn: isOwn, medians: medians(step, isOwn), ofService: now.median - then.median,
            nanos: now.median - then.median))
      }
    }
    for (step, _) in order {
      guard let before = baseStep(step) else { continue }
      for isOwn in [true, false] {
        let service = isOwn ? Int(paths.steps[step].service) : paths.waitedFor(step)
        let name = paths.services[service]
        guard !found.contains(where: { $0.isOwn == isOwn && $0.service.utf8.elementsEqual(name.utf8) && $0.ofService > 0 }) else {
          continue
        }
        let (now, then) = isOwn ? (own(step), before.own) : (wait(step), before.wait)
        guard isSlower(now, then) else { continue }
        found.append(
          Slower(
            step: step, service: name, isOwn: isOwn, medians: (now.median, then.median), ofService: 0, nanos: now.median - then.median))
      }
    }
    return found
  }

  private func medians(_ step: Int, _ isOwn: Bool) -> (now: Int64, base: Int64) {
    isOwn ? (own(step).median, baseStep(step)?.own.median ?? 0) : (wait(step).median, baseStep(step)?.wait.median ?? 0)
  }

  private func mostGrown(of service: Int, isOwn: Bool) -> Int? {
    var best: (step: Int, gain: Int64)?
    for (step, _) in order where (isOwn ? Int(paths.steps[step].service) : paths.waitedFor(step)) == service {
      let (now, then) = medians(step, isOwn)
      if best.map({ now - then > $0.gain }) ?? true { best = (step, now - then) }
    }
    return best?.step
  }

  /// More calls explain the time that is spent in them and below.
  private func explained(_ step: Int, by changes: [Int: StepChange]) -> Int {
    var current = step
    while current >= 0 {
      if changes[current]?.calls != nil { return current }
      current = Int(paths.steps[current].parent)
    }
    return step
  }

  /// What a step and all below it come to, more than in the base.
  private func below(_ step: Int) -> Int64 {
    var inside: Set<Int> = [step]
    var sum: Int64 = 0
    for (other, _) in order where other == step || inside.contains(Int(paths.steps[other].parent)) {
      inside.insert(other)
      let before = baseStep(other)
      sum = sum.addingSaturated(own(other).median + wait(other).median - (before?.own.median ?? 0) - (before?.wait.median ?? 0))
    }
    return sum
  }

  /// Slower as a whole, with no service or step that stands out.
  private func slowerRoot() -> StepChange? {
    let now = Quantiles(target.nanos, of: count)
    guard isSlower(now, base.nanos), let root = order.first?.step else { return nil }
    var change = StepChange(step: root, service: paths.service(of: root), operation: paths.name(of: root))
    (change.isOfRoot, change.nanos) = (true, now.median - base.nanos.median)
    change.own = (now.median, base.nanos.median)
    return change
  }

  /// Calls that nearly every trace of the base makes and most of these do not: told, and no regression.
  var gone: [String] {
    var names: [String] = []
    let present = Set(known.values)
    let calledNow = Dictionary(uniqueKeysWithValues: known.map { ($0.value, calls($0.key).median) })
    for (index, step) in base.steps.enumerated() where step.calls.low > 0 && (calledNow[index] ?? 0) == 0 {
      let parent = baseParents[index]
      guard parent >= 0, present.contains(parent), (calledNow[parent] ?? 0) > 0 else { continue }
      let key = OperationKey(step.service, step.name, step.calleeService, step.calleeName)
      if (targetTotals[key] ?? 0) == 0, !names.contains(step.name) { names.append(step.name) }
    }
    return names
  }

  /// The trace in which a change shows as it does in most.
  func trace(of change: StepChange) -> Int {
    let samples = target.steps[change.step]!
    if change.failed != nil, samples.failing >= 0 { return Int(samples.failing) }
    if change.isOfRoot { return Self.typical(target.nanos, target.traces, Quantiles(target.nanos, of: count).median) }
    if let calls = change.calls { return Self.typical(samples.calls, samples.traces, calls.now) }
    if let own = change.own { return Self.typical(samples.own, samples.traces, own.now) }
    return Self.typical(samples.wait, samples.traces, change.wait?.now ?? 0)
  }

  /// The first that has the least value which is no less than the median.
  private static func typical(_ values: [Int64], _ traces: [Int32], _ median: Int64) -> Int {
    var best: Int?
    for index in values.indices where values[index] >= median {
      if best.map({ values[index] < values[$0] || (values[index] == values[$0] && traces[index] < traces[$0]) }) ?? true { best = index }
    }
    return Int(traces[best ?? 0])
  }
}
