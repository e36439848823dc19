// A trace of a check: its tree and its patterns are computed once, by whichever of two threads comes to it first.

import Platform

final class CheckedTrace: Sendable {
  let snapshot: TraceSnapshot
  private let made = Lazy<TraceAnalysis>()

  init(_ snapshot: TraceSnapshot) { self.snapshot = snapshot }

  var analysis: TraceAnalysis { made.value { TraceAnalysis(DistilledTrace(snapshot)) } }

  /// What rules need of every trace, whatever they make of it.
  struct Needs: Sendable {
    /// Otherwise only traces with failures are looked into.
    var tree = false
    var keys = false
    var insights = false
    var problems = false
  }

  func isNeeded(_ needs: Needs) -> Bool { needs.tree || snapshot.storage.errorSpanCount > 0 }

  func prepare(_ needs: Needs) {
    guard isNeeded(needs) else { return }
    let analysis = analysis
    if needs.keys { _ = analysis.keys }
    if needs.insights { _ = analysis.insights() }
    if needs.problems, snapshot.storage.errorSpanCount > 0 { _ = analysis.problems() }
  }
}

extension CheckRun {
  /// Adds traces in their order. Another thread computes the last ones meanwhile, and this one meets it.
  /// - Parameter beside: runs work on another thread; nil for none.
  /// - Complexity: O(n log n). The trees of all of these traces are held at once.
  package mutating func add(_ snapshots: [TraceSnapshot], beside: TraceAnalysis.Beside?) {
    let traces = snapshots.map { CheckedTrace($0) }
    let needs = needs
    if let beside, traces.count > 1 {
      beside { for trace in traces.reversed() { trace.prepare(needs) } }
    }
    for trace in traces {
      guard trace.isNeeded(needs) else {
        count(trace.snapshot)
        continue
      }
      trace.prepare(needs)
      add(trace.analysis)
    }
  }
}
