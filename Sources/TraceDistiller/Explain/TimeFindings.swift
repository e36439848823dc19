// Where the time went, by service: self time and waits around called spans, compared with the base if there is one.

import TraceRecords

struct TimeFindings {
  let trace: DistilledTrace
  let stepOfRow: [Int32]
  let profile: TraceProfile
  let charge: TimeCharge
  let baseline: Baseline
  let paths: StepPaths
  /// The stretches that no pattern accounts for.
  let rest: TimeCharge
  /// The minimum cost of a finding.
  let least: Int64

  /// Calls of one kind, wherever they are made, with their totals here and in the base.
  struct Operation {
    var steps: [Int]
    var calls = 0
    var nanos: Int64 = 0
    var base: Int64 = 0
    var baseCalls = 0
    var usual = UsualValue(median: 0, high: 0)
    var gain: Int64 { nanos - base }
  }

  /// The most expensive first.
  func find() -> [Finding] {
    var findings: [Finding] = []
    let only = onlyService
    if let only { findings += operations(of: only) }
    for service in paths.services.indices where service != only {
      let sums = profile.sums(ofService: service)
      if baseline.isEmpty {
        findings += [own(service, sums), waiting(service, sums)].compactMap { $0 }
      } else if let finding = changed(service, sums) {
        findings.append(finding)
      }
    }
    return findings.sorted { $0.nanos != $1.nanos ? $0.nanos > $1.nanos : $0.service.utf8.lexicographicallyPrecedes($1.service.utf8) }
  }

  /// If a trace has only one service, naming it is not informative: its operations are named instead.
  private var onlyService: Int? {
    let busy = profile.services.indices.filter { profile.services[$0].total > 0 }
    return busy.count == 1 ? busy[0] : nil
  }

  private func operations(of service: Int) -> [Finding] {
    var findings: [Finding] = []
    let sums = profile.sums(ofService: service)
    for operation in operations(where: { $0.service == service }, value: { $0.own }) {
      let gain = baseline.isEmpty ? operation.nanos : operation.usual.excess(operation.nanos)
      guard gain >= least else { continue }
      findings.append(
        ownFinding(
          service, operation.nanos, baseline.isEmpty ? nil : operation.base, [operation], gain: gain,
          of: paths.name(of: operation.steps[0])))
      findings[findings.count - 1].charged = ChargedTo(steps: Set(operation.steps))
    }
    let wait = baseline.value { $0.sums(ofService: service).wait }
    let gain = baseline.isEmpty ? sums.wait : wait.excess(sums.wait)
    if gain >= least { findings.append(waitFinding(service, sums, baseline.isEmpty ? nil : wait.median, gain: gain)) }
    return findings
  }

  // MARK: Without a base

  private func own(_ service: Int, _ sums: ServiceSums) -> Finding? {
    guard sums.own >= least else { return nil }
    let operations = operations {
      $0.service == service
    } value: {
      $0.own
    }
    var finding = ownFinding(service, sums.own, nil, operations, gain: sums.own)
    finding.charged = ChargedTo(service: service)
    return finding
  }

  private func waiting(_ service: Int, _ sums: ServiceSums) -> Finding? {
    guard sums.wait >= least else { return nil }
    return waitFinding(service, sums, nil, gain: sums.wait)
  }

  // MARK: Against a base

  private func changed(_ service: Int, _ sums: ServiceSums) -> Finding? {
    let gain = baseline.value { $0.sums(ofService: service).total }.excess(sums.total)
    guard gain >= least else { return nil }
    let own = baseline.value { $0.sums(ofService: service).own }
    let wait = baseline.value { $0.sums(ofService: service).wait }
    let (ownGain, waitGain) = (sums.own - own.median, sums.wait - wait.median)
    if waitGain > ownGain {
      var finding = waitFinding(service, sums, wait.median, gain: gain)
      finding.charged?.hasOwn = true
      if ownGain >= least { finding.evidence.append(.ownBesides(nanos: sums.own, base: own.median)) }
      return finding
    }
    let operations = operations {
      $0.service == service
    } value: {
      $0.own
    }
    var finding = ownFinding(service, sums.own, own.median, operations, gain: gain)
    finding.charged = ChargedTo(service: service, hasWaits: true)
    // Several operations, unrelated to one another, and those that wait for the service.
    let grown = operations.filter { $0.gain >= max(1_000_000, $0.base) }
    if grown.count >= 2, waitGain >= max(1_000_000, gain / 20) {
      finding.kind = .serviceSlowed
      finding.head = .slowed(
        service: paths.services[service], own: sums.own, ownBase: own.median, wait: sums.wait, waitBase: wait.median,
        operations: grown.count)
    } else if waitGain >= least {
      finding.evidence.append(.waitBesides(nanos: sums.wait, base: wait.median))
    }
    return finding
  }

  // MARK: Parts

  private func ownFinding(_ service: Int, _ nanos: Int64, _ base: Int64?, _ operations: [Operation], gain: Int64, of name: String? = nil)
    -> Finding
  {
    let dearest = operations.first
    let row = dearest.map { slowest($0.steps) } ?? 0
    var finding = Finding(
      kind: .ownTime, service: paths.services[service], operation: dearest.map { paths.name(of: $0.steps[0]) } ?? "", nanos: gain, row: row,
      head: .own(service: paths.services[service], operation: name, nanos: nanos, base: base))
    finding.hasOwnShare = true
    let lengths = stretches(of: operations.prefix(3).flatMap(\.steps))
    for (index, operation) in operations.prefix(3).enumerated() {
      guard index == 0 || operation.gain >= max(least, gain / 10) else { break }
      if name == nil || operation.calls > 1 {
        finding.evidence.append(operationLine(operation, hasBase: base != nil))
      }
      if index == 0, let stretch = place(operation.steps) {
        if case .stretch(_, _, _, let row, _, _, _) = stretch { finding.row = row }
        finding.evidence.append(stretch)
      }
      if index == 0, let beside = besideCalls(operation) { finding.evidence.append(beside) }
    }
    if base != nil {
      let grid = lengths.filter { QuotaGrid.isNear($0) }
      if grid.count >= 2, grid.count * 2 >= lengths.count { finding.evidence.append(.grid(nanos: Array(grid.prefix(4)))) }
      finding.counter.append(.cpuUnknown)
    }
    return finding
  }

  private func operationLine(_ operation: Operation, hasBase: Bool) -> Finding.Statement {
    .operation(
      name: paths.name(of: operation.steps[0]), nanos: operation.nanos, base: hasBase ? operation.base : nil, calls: operation.calls,
      baseCalls: hasBase ? operation.baseCalls : nil)
  }

  private func waitFinding(_ service: Int, _ sums: ServiceSums, _ base: Int64?, gain: Int64) -> Finding {
    let calls = operations {
      Int($0.calleeService != 0 ? $0.calleeService : $0.service) == service
    } value: {
      $0.before + $0.after
    }
    let row = calls.first.map { longestWait($0.steps) } ?? 0
    let operation = calls.first.map { calleeName($0.steps[0]) } ?? ""
    var finding = Finding(
      kind: .waitingOutside, service: paths.services[service], operation: operation, nanos: gain, row: row,
      head: .waiting(service: paths.services[service], before: sums.before, after: sums.after, base: base))
    finding.hasOwnShare = true
    finding.charged = ChargedTo(service: service, hasOwn: false, hasWaits: true)
    for call in calls.prefix(3) where call.nanos > 0 {
      finding.evidence.append(
        .call(
          caller: paths.service(of: call.steps[0]), operation: calleeName(call.steps[0]), nanos: call.nanos,
          base: base == nil ? nil : call.base, calls: call.calls))
      if call.gain * 5 >= gain * 4 { break }
    }
    if let call = calls.first { finding.counter.append(answering(call, hasBase: base != nil)) }
    return finding
  }

  /// The called spans of one kind of call, together.
  private func answering(_ call: Operation, hasBase: Bool) -> Finding.Statement {
    let callees = Set(call.steps.map(Int32.init))
    var steps: [Int] = []
    for step in paths.steps.indices where callees.contains(paths.steps[step].parent) {
      let parent = paths.steps[Int(paths.steps[step].parent)]
      if paths.steps[step].service == parent.calleeService, paths.steps[step].label == parent.calleeLabel { steps.append(step) }
    }
    func took(_ profile: TraceProfile) -> Int64 { steps.reduce(0) { $0 + profile.sums(of: $1).duration } }
    return .callee(operation: calleeName(call.steps[0]), took: took(profile), base: hasBase ? baseline.value(took).median : nil)
  }

  private func calleeName(_ step: Int) -> String {
    paths.steps[step].calleeLabel >= 0 ? paths.labels.told(paths.steps[step].calleeLabel) : paths.name(of: step)
  }

  /// The steps of each kind together, those with the largest increase first.
  private func operations(where isWanted: (StepPaths.Step) -> Bool, value: (StepSums) -> Int64) -> [Operation] {
    struct Kind: Hashable { var service, label, calleeService, calleeLabel: Int32 }
    var places: [Kind: Int] = [:]
    var found: [Operation] = []
    for step in paths.steps.indices {
      let key = paths.steps[step]
      guard isWanted(key) else { continue }
      let sums = profile.sums(of: step)
      guard sums.calls > 0 else { continue }
      let kind = Kind(service: key.service, label: key.label, calleeService: key.calleeService, calleeLabel: key.calleeLabel)
      let place = places[kind] ?? found.count
      if place == found.count {
        places[kind] = place
        found.append(Operation(steps: []))
      }
      found[place].steps.append(step)
      found[place].calls += sums.calls
      found[place].nanos += value(sums)
    }
    // Steps that occur only in the base also belong to their kind.
    for step in paths.steps.indices where !profile.has(step) && isWanted(paths.steps[step]) {
      let key = paths.steps[step]
      let kind = Kind(service: key.service, label: key.label, calleeService: key.calleeService, calleeLabel: key.calleeLabel)
      if let place = places[kind] { found[place].steps.append(step) }
    }
    if !baseline.isEmpty { found = withBase(found, value) }
    return found.sorted { $0.gain != $1.gain ? $0.gain > $1.gain : $0.steps[0] < $1.steps[0] }
  }

  /// Operations with what is usual for them. A median over all traces of the base is dear, and what took less time here than others gained
  /// cannot have gained more: such operations are left out once those that a finding could name are known.
  private func withBase(_ operations: [Operation], _ value: (StepSums) -> Int64) -> [Operation] {
    var known: [Operation] = []
    // The largest increases so far, in ascending order.
    var largest: [Int64] = []
    for var operation in operations.sorted(by: { $0.nanos > $1.nanos }) {
      if largest.count == TimeFindings.mostNamed, operation.nanos < min(largest[0], least, 1_000_000) { break }
      let steps = operation.steps
      operation.usual = baseline.value { profile in steps.reduce(0) { $0 + value(profile.sums(of: $1)) } }
      operation.base = operation.usual.median
      operation.baseCalls = Int(baseline.value { profile in steps.reduce(0) { $0 + Int64(profile.sums(of: $1).calls) } }.median)
      known.append(operation)
      largest.insert(operation.gain, at: largest.firstIndex { $0 >= operation.gain } ?? largest.count)
      if largest.count > TimeFindings.mostNamed { largest.removeFirst() }
    }
    return known
  }

  /// More operations than a finding names.
  private static let mostNamed = 8

  private func slowest(_ steps: [Int]) -> Int { Int(profile.sums(of: steps[0]).row) }

  private func longestWait(_ steps: [Int]) -> Int {
    let wanted = Set(steps.map(Int32.init))
    let best = charge.stretches.filter { $0.kind != .own && wanted.contains(stepOfRow[$0.row]) }.max { $0.nanos < $1.nanos }
    return best?.row ?? slowest(steps)
  }

  private func stretches(of steps: [Int]) -> [Int64] {
    let wanted = Set(steps.map(Int32.init))
    return charge.stretches.filter { $0.kind == .own && wanted.contains(stepOfRow[$0.row]) && $0.nanos >= 20_000_000 }.map(\.nanos)
  }

  /// Where spans of an operation call several services themselves, without a span for each call: whose calls its self time touches. A span
  /// that only calls one service waits for it, and that is another finding.
  private func besideCalls(_ operation: Operation) -> Finding.Statement? {
    let wanted = Set(operation.steps.map(Int32.init))
    let tree = trace.tree
    var sums: [UInt32: Int64] = [:]
    // By span: each has its children looked at once, however many stretches of its own time there are between them.
    var edges: [Int: CallEdges] = [:]
    for stretch in charge.stretches where stretch.kind == .own && wanted.contains(stepOfRow[stretch.row]) {
      if edges[stretch.row] == nil { edges[stretch.row] = CallEdges(of: stretch.row, in: tree) }
      // A call that begins where the stretch ends comes first: what is sent waits in front of a service more often than what it answered.
      if let service = edges[stretch.row]?.beginning[stretch.end] ?? edges[stretch.row]?.ending[stretch.start] {
        sums[service, default: 0] += stretch.nanos
      }
    }
    let parts = sums.filter { $0.value >= max(1, operation.nanos / 100) }.map {
      Finding.ServiceTime(service: trace.snapshot.storage.text($0.key), nanos: $0.value)
    }
    guard parts.count >= 2 else { return nil }
    let sorted = parts.sorted { $0.nanos != $1.nanos ? $0.nanos > $1.nanos : $0.service.utf8.lexicographicallyPrecedes($1.service.utf8) }
    return .besideCalls(operation: paths.name(of: operation.steps[0]), services: Array(sorted.prefix(4)))
  }

  /// The services that a span calls itself, by the instants at which calls begin and end; of several at one instant the first.
  private struct CallEdges {
    var beginning: [Int64: UInt32] = [:]
    var ending: [Int64: UInt32] = [:]

    init(of row: Int, in tree: CallTree) {
      for child in tree.children(of: row).lazy.map(Int.init)
      where !tree.isDetached[child] && tree.service[child] != tree.service[row] && tree.service[child] != 0 {
        if beginning[tree.start[child]] == nil { beginning[tree.start[child]] = tree.service[child] }
        if ending[tree.end[child]] == nil { ending[tree.end[child]] = tree.service[child] }
      }
    }
  }

  /// Where the longest interval of self time of these steps is.
  private func place(_ steps: [Int]) -> Finding.Statement? {
    let wanted = Set(steps.map(Int32.init))
    var best: ChargedStretch?
    var count = 0
    for stretch in rest.stretches where stretch.kind == .own && wanted.contains(stepOfRow[stretch.row]) {
      count += 1
      if best.map({ stretch.nanos > $0.nanos }) ?? true { best = stretch }
    }
    guard let best else { return nil }
    var before: Int?
    var after: Int?
    for child in trace.tree.children(of: best.row).lazy.map(Int.init) where !trace.tree.isDetached[child] {
      if trace.tree.start[child] >= best.end {
        after = after ?? child
      } else if trace.tree.end[child] <= best.start, before.map({ trace.tree.end[child] >= trace.tree.end[$0] }) ?? true {
        before = child
      }
    }
    return .stretch(
      nanos: best.nanos, count: count, operation: trace.node(best.row).name, row: best.row,
      after: before.map { trace.node($0).name }, before: after.map { trace.node($0).name },
      isLeaf: trace.tree.children(of: best.row).allSatisfy { trace.tree.isDetached[Int($0)] })
  }
}

/// A CPU quota is renewed every 100 ms: a process that has used it up waits for the next period.
enum QuotaGrid {
  private static let period: Int64 = 100_000_000

  /// Within a twentieth of a period of a multiple of the period.
  static func isNear(_ nanos: Int64) -> Bool {
    guard nanos >= period / 20 * 19 else { return false }
    let rest = nanos % period
    return min(rest, period - rest) <= period / 20
  }
}
