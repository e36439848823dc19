// Patterns can explain the same time as the services and operations in which they happen; every moment is counted in one finding.

import TraceRecords

/// The service or steps whose time on the critical path a finding counts.
struct ChargedTo: Sendable {
  /// A service as a whole; nil for these steps only.
  var service: Int?
  var steps: Set<Int> = []
  var hasOwn = true
  var hasWaits = false
}

struct FindingMerge {
  let charge: TimeCharge
  let stepOfRow: [Int32]
  let paths: StepPaths
  /// The least time that a finding must explain.
  let least: Int64

  /// Findings of time and patterns, the dearest first, beside causes, which come before them and keep their order.
  ///
  /// Without a base, the time of a pattern is subtracted from the other findings; a service's finding keeps the rest of its own time. With
  /// a base, a service's finding is the added time, which has no known moments. A pattern that accounts for at least half of it replaces
  /// the finding. A smaller pattern becomes evidence of it.
  func merge(causes: [Finding], time: [Finding], patterns: [Finding], hasBase: Bool) -> (causes: [Finding], time: [Finding]) {
    // A cause that tells of time comes before all patterns; most tell of none.
    var (dearest, time) = (causes + FindingMerge.sorted(patterns), time)
    if !hasBase { dearest.removeAll { waitsInstead($0, &time) } }
    var kept: [Finding]
    if hasBase {
      kept = replace(dearest, &time)
    } else {
      kept = claim(dearest)
      let claimed = kept.reduce(into: PathParts()) { $0.formUnion($1.parts) }
      for index in time.indices { take(nanos(of: time[index], in: claimed), from: &time[index]) }
    }
    for index in kept.indices where kept[index].hasOwnShare {
      if let services = services(of: kept[index]) { kept[index].evidence.append(services) }
    }
    return (
      kept.filter { Finding.Kind.causes.contains($0.kind) },
      FindingMerge.sorted(
        time.filter { $0.nanos >= least || $0.elsewhere == 0 } + kept.filter { !Finding.Kind.causes.contains($0.kind) })
    )
  }

  /// By cost, the most expensive first.
  private static func sorted(_ findings: [Finding]) -> [Finding] {
    findings.enumerated().sorted { left, right in
      left.element.nanos != right.element.nanos ? left.element.nanos > right.element.nanos : left.offset < right.offset
    }.map(\.element)
  }

  // MARK: Without a base

  /// The most expensive pattern gets all its time, each later one what is left of its own. A pattern of which too little is left becomes
  /// evidence of the one that shares the most time with it.
  private func claim(_ patterns: [Finding]) -> [Finding] {
    var kept: [Finding] = []
    var claimed = PathParts()
    for var pattern in patterns {
      guard !pattern.parts.isEmpty else {
        kept.append(pattern)
        continue
      }
      let rest = pattern.parts.subtracting(claimed)
      guard rest.nanos >= least || Finding.Kind.causes.contains(pattern.kind), rest.nanos >= pattern.nanos / 2 else {
        let shared = kept.map { $0.parts.intersection(pattern.parts).nanos }
        if let most = shared.indices.max(by: { shared[$0] < shared[$1] }), shared[most] > 0 { kept[most].evidence.append(pattern.head) }
        continue
      }
      pattern.hasOwnShare = true
      take(pattern.nanos - rest.nanos, from: &pattern)
      pattern.parts = rest
      claimed.formUnion(rest)
      kept.append(pattern)
    }
    return kept
  }

  private func take(_ nanos: Int64, from finding: inout Finding) {
    guard nanos > 0 else { return }
    finding.nanos -= nanos
    finding.elsewhere += nanos
    finding.evidence.insert(.elsewhere(nanos: nanos), at: 0)
  }

  /// Calls one after the other that mostly wait outside the service that they call: the wait is what is wrong with each of them.
  private func waitsInstead(_ pattern: Finding, _ time: inout [Finding]) -> Bool {
    guard pattern.kind == .sequentialCalls else { return false }
    guard charge.nanos(in: pattern.parts, where: { $0.kind != .own }) > pattern.parts.nanos / 2 else { return false }
    let shared = time.map { $0.kind == .waitingOutside ? nanos(of: $0, in: pattern.parts) : 0 }
    guard let most = shared.indices.max(by: { shared[$0] < shared[$1] }), shared[most] > pattern.parts.nanos / 2 else { return false }
    time[most].evidence.append(pattern.head)
    return true
  }

  // MARK: With a base

  private func replace(_ patterns: [Finding], _ time: inout [Finding]) -> [Finding] {
    var kept: [Finding] = []
    var claimed = PathParts()
    for var pattern in patterns {
      let rest = pattern.parts.subtracting(claimed)
      let shared = time.map { nanos(of: $0, in: rest) }
      let replaced = time.indices.filter { time[$0].nanos > 0 && shared[$0] > 0 && shared[$0] >= time[$0].nanos / 2 }
      if !replaced.isEmpty {
        pattern.hasOwnShare = true
        pattern.nanos = 0
        for index in replaced {
          let part = min(shared[index], time[index].nanos)
          pattern.nanos += part
          take(part, from: &time[index])
        }
        claimed.formUnion(rest)
        kept.append(pattern)
      } else if !Finding.Kind.causes.contains(pattern.kind), let most = shared.indices.max(by: { shared[$0] < shared[$1] }),
        shared[most] > 0
      {
        time[most].evidence.append(pattern.head)
      } else {
        kept.append(pattern)
      }
    }
    return kept
  }

  // MARK: Whose time

  /// How much of the time that a finding counts lies in these intervals.
  private func nanos(of finding: Finding, in parts: PathParts) -> Int64 {
    guard let charged = finding.charged else { return 0 }
    return charge.nanos(in: parts) { counts($0, charged) }
  }

  private func counts(_ stretch: ChargedStretch, _ charged: ChargedTo) -> Bool {
    guard stretch.kind == .own ? charged.hasOwn : charged.hasWaits else { return false }
    let step = Int(stepOfRow[stretch.row])
    guard let service = charged.service else { return charged.steps.contains(step) }
    return service == self.service(of: stretch, step)
  }

  private func service(of stretch: ChargedStretch, _ step: Int) -> Int {
    stretch.kind == .own ? Int(paths.steps[step].service) : paths.waitedFor(step)
  }

  /// The services that the time of a pattern belongs to; nil where it is that of the pattern's own service alone.
  private func services(of finding: Finding) -> Finding.Statement? {
    var sums: [Int: Int64] = [:]
    charge.nanos(
      in: finding.parts, visit: { stretch, nanos in sums[service(of: stretch, Int(stepOfRow[stretch.row])), default: 0] += nanos })
    let all = sums.values.reduce(0, +)
    let told = sums.filter { $0.value > all / 20 && $0.key != 0 }.map { (name: paths.services[$0.key], nanos: $0.value) }
      .sorted { $0.nanos != $1.nanos ? $0.nanos > $1.nanos : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    guard told.contains(where: { !$0.name.utf8.elementsEqual(finding.service.utf8) }) else { return nil }
    return .whose(services: told.prefix(3).map { Finding.ServiceTime(service: $0.name, nanos: $0.nanos) })
  }
}

extension TimeCharge {
  /// How much of the stretches that pass `counts` lies in these intervals.
  func nanos(in parts: PathParts, where counts: (ChargedStretch) -> Bool) -> Int64 {
    var sum: Int64 = 0
    self.nanos(in: parts, visit: { stretch, nanos in if counts(stretch) { sum += nanos } })
    return sum
  }

  /// Visits each stretch with the part of its time that lies in these intervals.
  /// - Complexity: O(parts × log n + stretches in them).
  func nanos(in parts: PathParts, visit: (ChargedStretch, Int64) -> Void) {
    for part in parts.parts {
      var (low, high) = (0, stretches.count)
      while low < high {
        let middle = (low + high) / 2
        if stretches[middle].end <= part.start { low = middle + 1 } else { high = middle }
      }
      while low < stretches.count, stretches[low].start < part.end {
        visit(stretches[low], min(part.end, stretches[low].end) - max(part.start, stretches[low].start))
        low += 1
      }
    }
  }
}
