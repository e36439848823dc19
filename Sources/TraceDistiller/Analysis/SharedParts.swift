// What several sections of an answer, and the answers after it, need of a trace and what takes time linear in it: made on demand, then shared.

import Synchronization

/// The parts of a distilled trace that not every answer needs. All copies of a trace have the same ones.
final class SharedParts: Sendable {
  let keys: Once<CallKeys>
  let folded = Once<FoldedTree>()
  let insights = Once<[Insight]>()
  let problems = Once<[TraceProblem]>()
  let total = Once<SummaryShare>()
  /// Of the path that the trace is distilled with.
  let totals = Once<[CriticalTotal]>()
  private let bytes = Atomic(0)

  /// - Parameter keys: Those of the same trace, where they are shared already.
  init(keys: Once<CallKeys> = Once()) { self.keys = keys }

  /// Bytes that the parts take so far, about.
  var allocatedBytes: Int { bytes.load(ordering: .relaxed) }

  /// Counts what a part takes when it is made.
  func counted<Part>(_ part: Part, bytes count: Int) -> Part {
    bytes.add(count, ordering: .relaxed)
    return part
  }
}

extension DistilledTrace {
  var callKeys: CallKeys {
    parts.keys.value {
      let keys = CallKeys(self)
      return parts.counted(keys, bytes: keys.allocatedBytes)
    }
  }

  /// The tree with alike siblings as one, of the focus or of all roots.
  /// - Complexity: O(n log n) time the first time, O(n) memory.
  package var folded: FoldedTree {
    // Kept with a trace of other parts: a part that held its own owner would never be freed.
    parts.folded.value {
      let folded = FoldedTree(apart, focus: focus)
      return parts.counted(folded, bytes: folded.allocatedBytes)
    }.bound(to: self)
  }

  /// Patterns that cost time or hide failures: the dearest first, then by kind, then by span.
  ///
  /// - Parameter focus: Only this span and what is below it.
  /// - Complexity: O(n log n) time the first time, O(n) memory.
  package func insights(below focus: Int? = nil) -> [Insight] {
    guard focus == self.focus else { return findInsights(below: focus) {} }
    return parts.insights.value { counted(findInsights(below: focus) {}) }
  }

  func counted(_ insights: [Insight]) -> [Insight] {
    parts.counted(insights, bytes: insights.count * 512)
  }

  /// Errors first, then warnings; within each the worst first: what reached the root, then what came often, then what came first.
  ///
  /// A failed span that logged errors gives one cause per message; one that only has the status gives its status message.
  /// - Parameter focus: Only this span and what is below it.
  /// - Complexity: O(events + spans + text of failures) time the first time, and O(n log n) in the number of entries.
  package func problems(below focus: Int? = nil) -> [TraceProblem] {
    guard focus == self.focus else { return findProblems(below: focus) }
    return parts.problems.value {
      let found = findProblems(below: focus)
      return parts.counted(found, bytes: found.count * 384)
    }
  }

  /// Spans below the focus, or all, with their self time.
  package func total(of scope: TreeScope) -> SummaryShare {
    scope.focus == focus ? parts.total.value { addUp(below: focus) } : addUp(below: scope.focus)
  }
}
