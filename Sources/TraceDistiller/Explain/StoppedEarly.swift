// Finds work that usually follows but did not happen: the first missing call in order of execution, and the last call before it.

import TraceRecords

struct StoppedEarly {
  let trace: DistilledTrace
  let stepOfRow: [Int32]
  let profile: TraceProfile
  let baseline: Baseline
  /// The most similar trace of the base.
  let base: BaseTrace
  let paths: StepPaths

  /// The percentage of the base's traces that must have a step, so that its absence counts.
  private static let share = 80

  func find() -> Finding? {
    let tree = base.trace.tree
    // The missing steps whose caller's step is present, the earliest first.
    var missing: [Int] = []
    for row in tree.parentsFirst.lazy.map(Int.init) {
      let (step, parent) = (Int(base.stepOfRow[row]), Int(tree.parent[row]))
      guard parent >= 0, !profile.has(step), profile.has(Int(base.stepOfRow[parent])) else { continue }
      guard baseline.traces(with: step) * 100 >= Self.share * baseline.profiles.count else { continue }
      missing.append(row)
    }
    missing.sort { tree.startPrecedes($0, $1) }
    for row in missing {
      if let finding = unanswered(row) { return finding }
      if let finding = stopped(at: row) { return finding }
    }
    return nil
  }

  /// The call is present; only its answer is missing.
  private func unanswered(_ row: Int) -> Finding? {
    let step = Int(base.stepOfRow[row])
    guard paths.steps[step].calleeService != 0, let bare = paths.unanswered(step), profile.has(bare) else { return nil }
    let call = Int(profile.sums(of: bare).row)
    let callee = paths.services[Int(paths.steps[step].calleeService)]
    return Finding(
      kind: .noAnswer, service: callee, operation: paths.labels.told(paths.steps[step].calleeLabel),
      nanos: trace.tree.duration(call), row: call,
      head: .noAnswer(operation: paths.name(of: bare), callee: callee, took: trace.tree.duration(call)))
  }

  /// A skipped call with later calls after it is not a stop: the rest of its caller must be missing too.
  private func stopped(at row: Int) -> Finding? {
    let tree = base.trace.tree
    let frame = Int(tree.parent[row])
    let siblings = tree.children(of: frame).lazy.map(Int.init)
    let rest = siblings.filter { tree.start[$0] >= tree.start[row] }
    guard rest.allSatisfy({ !profile.has(Int(base.stepOfRow[$0])) }) else { return nil }
    var last: Int?
    for sibling in siblings where tree.end[sibling] <= tree.start[row].addingSaturated(1_000) && profile.has(Int(base.stepOfRow[sibling])) {
      if last.map({ tree.end[sibling] >= tree.end[$0] }) ?? true { last = sibling }
    }
    let frameStep = Int(base.stepOfRow[frame])
    var finding = Finding(
      kind: .stoppedEarly, service: paths.service(of: frameStep), operation: paths.name(of: frameStep),
      row: Int(profile.sums(of: frameStep).row),
      head: .stopped(
        service: paths.service(of: frameStep), frame: paths.name(of: frameStep),
        after: last.map { paths.name(of: Int(base.stepOfRow[$0])) }, missing: names(rest), steps: missingSteps()))
    if let last { judge(last, &finding) }
    let new = newCalls()
    if !new.isEmpty { finding.evidence.append(.newCalls(names: Array(new.prefix(3)), steps: new.count)) }
    return finding
  }

  /// The suspect is the last step before the stop: the service that it called, or else the caller's own service. A called service that did
  /// everything it usually does, including calls to others, is not the suspect: then the caller did not continue.
  private func judge(_ last: Int, _ finding: inout Finding) {
    let step = Int(base.stepOfRow[last])
    guard paths.steps[step].calleeService != 0, let callee = base.trace.tree.answering(last) else { return }
    let calleeStep = Int(base.stepOfRow[callee])
    let (isWhole, whole, callsOthers) = completeness(below: callee)
    let (name, service) = (paths.name(of: calleeStep), paths.service(of: calleeStep))
    if isWhole, callsOthers {
      finding.counter.append(.lastIsWhole(operation: name, service: service, steps: whole))
      return
    }
    if case .stopped(let caller, let frame, _, let missing, let steps) = finding.head {
      finding.head = .stoppedAfter(service: service, operation: name, caller: caller, frame: frame, missing: missing, steps: steps)
    }
    (finding.service, finding.operation) = (service, name)
    if profile.has(calleeStep) {
      finding.row = Int(profile.sums(of: calleeStep).row)
      if isWhole {
        finding.counter.append(
          .lastLooksUsual(operation: name, took: trace.tree.duration(finding.row), base: base.trace.tree.duration(callee)))
      }
    }
  }

  /// Whether everything below a span of the base also occurs in the trace, how many steps that is, and whether it includes a call to
  /// another service.
  private func completeness(below row: Int) -> (isWhole: Bool, steps: Int, callsOthers: Bool) {
    var rows = [row]
    var seen: Set<Int32> = []
    var callsOthers = false
    while let next = rows.popLast() {
      let step = base.stepOfRow[next]
      guard profile.has(Int(step)) else { return (false, seen.count, callsOthers) }
      seen.insert(step)
      if paths.steps[Int(step)].calleeService != 0 { callsOthers = true }
      for child in base.trace.tree.children(of: next) { rows.append(Int(child)) }
    }
    return (true, seen.count, callsOthers)
  }

  private func names(_ rows: some Sequence<Int>) -> [String] {
    var names: [String] = []
    for row in rows {
      let name = paths.name(of: Int(base.stepOfRow[row]))
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The number of steps of that base trace that are missing in this trace.
  private func missingSteps() -> Int {
    var seen: Set<Int32> = []
    for row in base.trace.tree.parentsFirst {
      let step = base.stepOfRow[Int(row)]
      if !profile.has(Int(step)) { seen.insert(step) }
    }
    return seen.count
  }

  /// Names of the topmost steps that no trace of the base has, for example an error handler or a fallback.
  private func newCalls() -> [String] {
    var names: [String] = []
    var seen: Set<Int32> = []
    for row in trace.tree.parentsFirst.lazy.map(Int.init) {
      let (step, parent) = (stepOfRow[row], Int(trace.tree.parent[row]))
      guard parent >= 0, seen.insert(step).inserted, baseline.traces(with: Int(step)) == 0 else { continue }
      guard baseline.traces(with: Int(stepOfRow[parent])) > 0 else { continue }
      let name = paths.name(of: Int(step))
      if !names.contains(name) { names.append(name) }
    }
    return names
  }
}
