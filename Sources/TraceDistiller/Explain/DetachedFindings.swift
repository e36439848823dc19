// Work that the root does not wait for: consumers and detached tasks that were late or took long. They are never on its critical path.

import TraceRecords

struct DetachedFindings {
  let trace: DistilledTrace
  let stepOfRow: [Int32]
  let profile: TraceProfile
  let baseline: Baseline
  let paths: StepPaths
  let least: Int64

  func find() -> [Finding] {
    var findings: [Finding] = []
    var seen: Set<Int> = []
    for row in trace.tree.parentsFirst.lazy.map(Int.init) where trace.tree.isDetached[row] && trace.tree.parent[row] >= 0 {
      guard let step = self.step(of: row), seen.insert(step).inserted else { continue }
      findings += [queued(step), work(step)].compactMap { $0 }
    }
    return findings
  }

  private func step(of row: Int) -> Int? { stepOfRow[row] >= 0 ? Int(stepOfRow[row]) : nil }

  private func gain(_ step: Int, _ value: (StepSums) -> Int64) -> Int64 {
    let own = value(profile.sums(of: step))
    return baseline.isEmpty ? own : baseline.value { value($0.sums(of: step)) }.excess(own)
  }

  private func base(_ step: Int, _ value: (StepSums) -> Int64) -> Int64? {
    baseline.isEmpty ? nil : baseline.value { value($0.sums(of: step)) }.median
  }

  private func queued(_ step: Int) -> Finding? {
    let (sums, gain) = (profile.sums(of: step), gain(step) { $0.queued })
    guard gain >= least else { return nil }
    let parent = Int(paths.steps[step].parent)
    return finding(
      .queued, step, gain,
      .queued(
        operation: paths.name(of: step), sender: parent >= 0 ? paths.name(of: parent) : "", nanos: sums.queued,
        base: base(step) { $0.queued }, count: sums.calls))
  }

  private func work(_ step: Int) -> Finding? {
    let (sums, gain) = (profile.sums(of: step), gain(step) { $0.duration })
    guard gain >= least else { return nil }
    var finding = finding(
      .detachedWork, step, gain,
      .detached(operation: paths.name(of: step), nanos: sums.duration, base: base(step) { $0.duration }, calls: sums.calls))
    finding.row = longest(step)
    // Nothing of it is on the root's critical path: it has one of its own.
    let path = WorkAfterRootDetector.operations(of: trace.tree.criticalPath(root: finding.row), trace.tree)
    if !trace.tree.children(of: finding.row).isEmpty {
      finding.evidence.append(
        .ownPath(
          row: finding.row,
          operations: path.map { Finding.OperationTime(operation: trace.node($0.row).name, nanos: Int64($0.count)) }))
    }
    return finding
  }

  private func longest(_ step: Int) -> Int {
    let rows = trace.tree.parentsFirst.lazy.map(Int.init).filter { stepOfRow[$0] == step && trace.tree.isDetached[$0] }
    return rows.max { left, right in
      let (one, other) = (trace.tree.duration(left), trace.tree.duration(right))
      return one != other ? one < other : trace.tree.startPrecedes(right, left)
    } ?? Int(profile.sums(of: step).row)
  }

  private func finding(_ kind: Finding.Kind, _ step: Int, _ nanos: Int64, _ head: Finding.Statement) -> Finding {
    Finding(
      kind: kind, service: paths.service(of: step), operation: paths.name(of: step), nanos: nanos, row: Int(profile.sums(of: step).row),
      head: head)
  }
}
