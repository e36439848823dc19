// What changed between two traces or two runs: aligned call paths, the largest part of the change first.

/// Two sides, aligned.
///
/// Times on the critical path add up to the root's duration, so their differences add up to its change. The answer is ordered by them, and
/// self time shows whether a path itself became slower or only something that it ran in parallel to.
package struct TraceComparison: Sendable {
  /// Why a comparison may mislead.
  package enum Diagnostic: Sendable, Equatable {
    case differentRoots(base: String, target: String)
    /// The two runs have no operation in common.
    case noCommonRoot
    case notComplete(isBase: Bool, reasons: [String])
  }

  /// One root operation of the compared traces.
  package struct Root: Sendable, Equatable {
    package var name: String
    /// Nil if it did not run on that side.
    package var base: RootFigures?
    package var target: RootFigures?
    package var deltaNanos: Int64 { (target?.nanos ?? 0).subtractingSaturated(base?.nanos ?? 0) }
  }

  package struct RootFigures: Sendable, Equatable {
    package var traces: Int
    /// The mean over its traces.
    package var nanos: Int64
  }

  package let tolerance: ComparisonTolerance
  package private(set) var paths = CallPaths()
  package private(set) var base: ComparisonSide
  package private(set) var target: ComparisonSide

  /// Filled by `finish`, ordered by the size of their change.
  package private(set) var roots: [Root] = []
  package private(set) var diagnostics: [Diagnostic] = []
  /// Changes such as slower or faster, the largest contribution first.
  package private(set) var changes: [PathChange] = []
  package private(set) var failures: [PathChange] = []
  package private(set) var added: [PathChange] = []
  package private(set) var removed: [PathChange] = []
  /// Paths within the tolerance, and the sum of their contributions.
  package private(set) var steadyPaths = 0
  package private(set) var steadyNanos: Int64 = 0
  /// Paths whose change is no more than what traces of one side differ by, and what they contribute together.
  package private(set) var noisePaths = 0
  package private(set) var noiseNanos: Int64 = 0
  package private(set) var warnings: [WarningChange] = []
  /// All figures are equal.
  package private(set) var isIdentical = false

  package init(
    base: ComparisonSide.Subject = .trace, target: ComparisonSide.Subject = .trace, tolerance: ComparisonTolerance = ComparisonTolerance()
  ) {
    self.base = ComparisonSide(base)
    self.target = ComparisonSide(target)
    self.tolerance = tolerance
  }

  package init(_ base: DistilledTrace, _ target: DistilledTrace, tolerance: ComparisonTolerance = ComparisonTolerance()) {
    self.init(tolerance: tolerance)
    addBase(base)
    addTarget(target)
    finish()
  }

  package mutating func addBase(_ trace: DistilledTrace) { base.add(trace, to: &paths) }
  package mutating func addTarget(_ trace: DistilledTrace) { target.add(trace, to: &paths) }

  package var changeCount: Int { changes.count + failures.count + added.count + removed.count + warnings.count }

  /// The figures of a path; nil if that side has no such call.
  package func figures(_ path: Int, _ side: ComparisonSide) -> PathFigures? {
    let sums = side.sums[path]
    return sums.calls == 0 ? nil : PathFigures(sums, traces: side.tracesOfRoot[paths.root(of: path)])
  }

  package func sums(_ path: Int, _ side: ComparisonSide) -> PathSums { side.sums[path] }

  /// A service's part of the change of the root's duration. For a call between two services: the time outside of the called one.
  package struct ServiceTotal: Sendable, Equatable {
    package var service: String
    /// Empty for the service's own work.
    package var callee: String
    package var nanos: Int64
  }

  /// Whether the compared calls belong to more than one service.
  package var hasSeveralServices: Bool {
    var first: String?
    for path in 0..<paths.count {
      let service = paths.service(of: path)
      guard !service.isEmpty else { continue }
      if let first, first != service { return true }
      first = service
    }
    return false
  }

  /// By service, the largest part first. They add up to the change of the root's duration.
  package var serviceTotals: [ServiceTotal] {
    var places: [[UInt8]: Int] = [:]
    var totals: [ServiceTotal] = []
    for path in 0..<paths.count {
      let nanos = (figures(path, target)?.criticalNanos ?? 0).subtractingSaturated(figures(path, base)?.criticalNanos ?? 0)
      guard nanos != 0 else { continue }
      let (service, callee) = (paths.service(of: path), paths.callee(of: path))
      let key = Array(service.utf8) + [0xFF] + Array(callee.utf8)
      if let place = places[key] {
        totals[place].nanos = totals[place].nanos.addingSaturated(nanos)
      } else {
        places[key] = totals.count
        totals.append(ServiceTotal(service: service, callee: callee, nanos: nanos))
      }
    }
    return totals.enumerated().sorted { left, right in
      let (one, other) = (left.element.nanos.magnitude, right.element.nanos.magnitude)
      return one != other ? one > other : left.offset < right.offset
    }.map(\.element)
  }

  /// The number of paths per kind of change, without kinds that do not occur.
  package var kindCounts: [(kind: PathChange.Kind, count: Int)] {
    let changed = changes + added + removed
    return PathChange.Kind.allCases.map { kind in (kind, changed.reduce(0) { $0 + ($1.kind == kind ? 1 : 0) }) }.filter { $0.count > 0 }
  }

  package var failureCounts: [(failure: PathChange.Failure, count: Int)] {
    PathChange.Failure.allCases.map { failure in (failure, failures.reduce(0) { $0 + ($1.failure == failure ? 1 : 0) }) }
      .filter { $0.count > 0 }
  }

  package var warningCounts: [(kind: WarningChange.Kind, count: Int)] {
    WarningChange.Kind.allCases.map { kind in (kind, warnings.reduce(0) { $0 + ($1.kind == kind ? 1 : 0) }) }.filter { $0.count > 0 }
  }

  /// Every changed path once, with the change of its failures, the largest contribution first.
  package var all: [PathChange] {
    var all = ranked
    let known = Set(all.lazy.map(\.path))
    all += failures.filter { !known.contains($0.path) }
    sort(&all, failuresLast: false)
    return all
  }

  /// Changed, added and removed paths by size.
  package var ranked: [PathChange] {
    var ranked = changes + added + removed
    sort(&ranked, failuresLast: false)
    return ranked
  }

  /// Compares the traces that were added. - Complexity: O(paths log paths)
  package mutating func finish() {
    base.grow(to: paths.count)
    target.grow(to: paths.count)
    compareRoots()
    collectDiagnostics()
    comparePaths()
    let isIdenticalInRoots = roots.allSatisfy { $0.base?.nanos == $0.target?.nanos }
    warnings = WarnedTexts.changes(base.warnings, traces: base.traces.count, target.warnings, traces: target.traces.count)
    isIdentical = isIdentical && isIdenticalInRoots && paths.count > 0 && warnings.isEmpty
    sort(&changes)
    sort(&failures)
    sort(&added)
    sort(&removed)
  }

  private mutating func compareRoots() {
    func figures(_ path: Int, _ side: ComparisonSide) -> RootFigures? {
      let count = side.primaryTraces[path]
      return count == 0 ? nil : RootFigures(traces: count, nanos: PathFigures.mean(side.primaryNanos[path], count))
    }
    let all = base.primaryRoots + target.primaryRoots.filter { base.primaryTraces[$0] == 0 }
    roots = all.map { Root(name: paths.name(of: $0), base: figures($0, base), target: figures($0, target)) }
    let order = roots.indices.sorted { left, right in
      let (one, other) = (roots[left].deltaNanos.magnitude, roots[right].deltaNanos.magnitude)
      return one != other ? one > other : left < right
    }
    roots = order.map { roots[$0] }
  }

  private mutating func collectDiagnostics() {
    if !roots.contains(where: { $0.base != nil && $0.target != nil }) {
      if base.traces.count == 1, target.traces.count == 1, let before = base.primaryRoots.first, let after = target.primaryRoots.first {
        diagnostics.append(.differentRoots(base: paths.name(of: before), target: paths.name(of: after)))
      } else if !base.primaryRoots.isEmpty, !target.primaryRoots.isEmpty {
        diagnostics.append(.noCommonRoot)
      }
    }
    if !base.diagnostics.isEmpty { diagnostics.append(.notComplete(isBase: true, reasons: base.diagnostics)) }
    if !target.diagnostics.isEmpty { diagnostics.append(.notComplete(isBase: false, reasons: target.diagnostics)) }
  }

  private mutating func comparePaths() {
    isIdentical = true
    let (baseBelow, targetBelow) = (below(base), below(target))
    for path in 0..<paths.count {
      let before = figures(path, base)
      let after = figures(path, target)
      let failure = TraceComparison.failure(before, after)
      var change = PathChange(
        path: path, failure: failure,
        contributionNanos: (after?.criticalNanos ?? 0).subtractingSaturated(before?.criticalNanos ?? 0),
        selfDeltaNanos: (after?.selfNanos ?? 0).subtractingSaturated(before?.selfNanos ?? 0), base: before, target: after)
      if failure != nil { failures.append(change) }
      guard let before, let after else {
        isIdentical = false
        let (side, sums) = after == nil ? (base, baseBelow[path]) : (target, targetBelow[path])
        let above = Int(paths.parent[path])
        // Calls below an added call are part of it.
        if above >= 0, figures(above, before == nil ? base : target) == nil { continue }
        change.kind = before == nil ? .added : .removed
        change.contributionNanos = before == nil ? sums.critical : -sums.critical
        change.selfDeltaNanos = before == nil ? sums.own : -sums.own
        if isNoise(path) {
          noisePaths += 1
          noiseNanos = noiseNanos.addingSaturated(change.contributionNanos)
          continue
        }
        let traces = max(1, side.tracesOfRoot[paths.root(of: path)])
        change.spansBelow = (sums.calls - side.sums[path].calls + traces - 1) / traces
        if before == nil { added.append(change) } else { removed.append(change) }
        continue
      }
      if !before.isSame(as: after) { isIdentical = false }
      change.kind = kind(before, after)
      if change.kind == nil {
        steadyPaths += 1
        steadyNanos = steadyNanos.addingSaturated(change.contributionNanos)
      } else if isNoise(path) {
        noisePaths += 1
        noiseNanos = noiseNanos.addingSaturated(change.contributionNanos)
      } else {
        changes.append(change)
      }
    }
  }

  private func isNoise(_ path: Int) -> Bool {
    let root = paths.root(of: path)
    return PathSpread.isNoise(
      (base.sums[path], base.spreads[path], base.tracesOfRoot[root]), (target.sums[path], target.spreads[path], target.tracesOfRoot[root]))
  }

  /// For every path, its totals with everything below it. Parents have smaller numbers.
  private func below(_ side: ComparisonSide) -> [(calls: Int, own: Int64, critical: Int64)] {
    var sums = (0..<paths.count).map { path in
      let figures = self.figures(path, side)
      return (calls: figures?.calls ?? 0, own: figures?.selfNanos ?? 0, critical: figures?.criticalNanos ?? 0)
    }
    for path in (0..<paths.count).reversed() {
      let above = Int(paths.parent[path])
      guard above >= 0 else { continue }
      sums[above].calls += sums[path].calls
      sums[above].own = sums[above].own.addingSaturated(sums[path].own)
      sums[above].critical = sums[above].critical.addingSaturated(sums[path].critical)
    }
    return sums
  }

  private func kind(_ base: PathFigures, _ target: PathFigures) -> PathChange.Kind? {
    let own = tolerance.direction(base.selfNanos, target.selfNanos)
    let critical = tolerance.direction(base.criticalNanos, target.criticalNanos)
    let calls = tolerance.direction(calls: base.perTrace(base.calls), target.perTrace(target.calls))
    if own != 0 {
      // If the number of calls grew as much as the time, no call became slower.
      if calls == own, tolerance.direction(perCall: base.selfPerCall, target.selfPerCall) != own {
        return calls > 0 ? .moreCalls : .fewerCalls
      }
      if critical == own { return own > 0 ? .slower : .faster }
      if critical == 0 { return own > 0 ? .longerBeside : .shorterBeside }
    }
    if critical != 0 { return critical > 0 ? .moreCritical : .lessCritical }
    return calls == 0 ? nil : calls > 0 ? .moreCalls : .fewerCalls
  }

  /// Failures have no tolerance: a single one counts.
  private static func failure(_ base: PathFigures?, _ target: PathFigures?) -> PathChange.Failure? {
    let before = base.map { $0.perTrace($0.failed) } ?? 0
    let after = target.map { $0.perTrace($0.failed) } ?? 0
    if before == after { return nil }
    if before == 0 { return .newlyFailing }
    if after == 0 { return .recovered }
    return after > before ? .failsMore : .failsLess
  }

  /// The largest contribution first, then the largest change of self time; among failures, new ones first. A total order.
  private func sort(_ changes: inout [PathChange], failuresLast: Bool = true) {
    func rank(_ change: PathChange) -> Int {
      !failuresLast || change.kind != nil ? 0 : PathChange.Failure.allCases.firstIndex { $0 == change.failure } ?? 0
    }
    changes.sort { left, right in
      if rank(left) != rank(right) { return rank(left) < rank(right) }
      let (one, other) = (left.contributionNanos.magnitude, right.contributionNanos.magnitude)
      if one != other { return one > other }
      let (own, others) = (left.selfDeltaNanos.magnitude, right.selfDeltaNanos.magnitude)
      return own != others ? own > others : left.path < right.path
    }
  }
}
