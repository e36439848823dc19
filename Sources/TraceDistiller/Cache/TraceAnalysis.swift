// One trace and its results that are computed on demand. Each result is computed once.

import Platform
import Synchronization
import TraceRecords

/// A distilled trace with the further results that answers need. Copies share them: two requests about one trace compute them once.
package struct TraceAnalysis: Sendable {
  package let trace: DistilledTrace
  let parts: Parts

  /// The results computed so far.
  final class Parts: Sendable {
    fileprivate let keys: Lazy<CallKeys>
    fileprivate let folded = Lazy<FoldedTree>()
    fileprivate let insights = Lazy<[Insight]>()
    fileprivate let problems = Lazy<[TraceProblem]>()
    fileprivate let total = Lazy<SummaryShare>()
    /// For the path that belongs to the distilled trace.
    fileprivate let totals = Lazy<[CriticalTotal]>()
    fileprivate let agentRun = Lazy<AgentRun?>()
    fileprivate let lines = TreeLines()
    /// Answers that also depend on other traces, by a key for those.
    fileprivate let answers = PosixMutex<[(key: String, answer: any Sendable)]>([])
    /// A request has found, or is finding, the insights.
    fileprivate let hasBegunInsights = Atomic(false)
    private let bytes = Atomic(0)

    /// - Parameter keys: the call keys of the same trace, if they can be shared.
    init(keys: Lazy<CallKeys> = Lazy()) { self.keys = keys }

    /// The approximate size of the results so far, in bytes.
    var allocatedBytes: Int { bytes.load(ordering: .relaxed) }

    /// Counts the size of a result when it is computed.
    func counted<Part>(_ part: Part, bytes count: Int) -> Part {
      bytes.add(count, ordering: .relaxed)
      return part
    }
  }

  package init(_ trace: DistilledTrace) { self.init(trace, Parts()) }

  init(_ trace: DistilledTrace, _ parts: Parts) {
    self.trace = trace
    self.parts = parts
  }

  var keys: CallKeys {
    parts.keys.value {
      let keys = CallKeys(trace)
      return parts.counted(keys, bytes: keys.allocatedBytes)
    }
  }

  /// A cached answer. The key must identify everything that the answer depends on except this trace.
  package func kept<Answer>(_ key: String, as: Answer.Type) -> Answer? {
    parts.answers.withLock { $0.last { $0.key.utf8.elementsEqual(key.utf8) }?.answer as? Answer }
  }

  /// Caches an answer. Only four are kept; the oldest is removed.
  /// - Parameter bytes: The approximate size of the answer.
  package func keep(_ answer: some Sendable, as key: String, bytes: Int) {
    let isMore = parts.answers.withLock { answers in
      answers.append((key, answer))
      guard answers.count > 4 else { return true }
      answers.removeFirst()
      return false
    }
    if isMore { parts.counted((), bytes: bytes + key.utf8.count) }
  }

  /// The tree with similar siblings combined, of the focus or of all roots.
  /// - Complexity: O(n log n) time the first time, O(n) memory.
  package var folded: FoldedTree {
    parts.folded.value {
      let folded = FoldedTree(trace, keys, focus: trace.focus)
      return parts.counted(folded, bytes: folded.allocatedBytes + TreeLines.allocatedBytes(nodes: folded.nodes.count))
    }.bound(to: trace)
  }

  /// Lines of the folded tree that several texts share.
  package var lines: TreeLines { parts.lines }

  /// Patterns that cost time or hide failures: the most expensive first, then by kind, then by span.
  /// - Parameter focus: only this span and what is below it.
  /// - Complexity: O(n log n) time the first time, O(n) memory.
  package func insights(below focus: Int? = nil) -> [Insight] {
    guard focus == trace.focus else { return trace.insights(below: focus, keys: keys) }
    return parts.insights.value { counted(trace.insights(below: focus, keys: keys)) }
  }

  private func counted(_ insights: [Insight]) -> [Insight] { parts.counted(insights, bytes: insights.count * 512) }

  /// Causes of errors, then warnings, the worst first.
  /// - Parameter focus: only this span and what is below it.
  /// - Complexity: that of `DistilledTrace.problems(below:)` the first time.
  package func problems(below focus: Int? = nil) -> [TraceProblem] {
    guard focus == trace.focus else { return trace.problems(below: focus) }
    return parts.problems.value {
      let found = trace.problems(below: focus)
      return parts.counted(found, bytes: found.count * 384)
    }
  }

  /// The steps of an agent, if the trace is a run of one.
  package func agentRun(below focus: Int? = nil) -> AgentRun? {
    guard focus == trace.focus else { return AgentRun(trace, below: focus) }
    return parts.agentRun.value {
      let run = AgentRun(trace, below: focus)
      return parts.counted(run, bytes: (run?.steps.count ?? 0) * 512)
    }
  }

  /// The spans below the focus, or all spans, with their self time.
  package func total(of scope: TreeScope) -> SummaryShare {
    scope.focus == trace.focus ? parts.total.value { trace.total(below: scope.focus) } : trace.total(below: scope.focus)
  }

  /// Operations by their time on a critical path, the largest first.
  package func totals(of path: CriticalPath) -> [CriticalTotal] {
    guard let own = trace.criticalPath, path.root == own.root, path.segments == own.segments else { return trace.totals(of: path) }
    return parts.totals.value { trace.totals(of: path) }
  }

  /// The trace with a span in place of its root: critical spans are then those that kept that span from ending.
  package func focused(on row: Int) -> TraceAnalysis {
    row == trace.focus ? self : TraceAnalysis(trace.focused(on: row), Parts(keys: parts.keys))
  }

  /// Runs a closure in parallel to the caller, on another thread.
  package typealias Beside = @Sendable (@escaping @Sendable () -> Void) -> Void

  /// From this number of spans on, folding and insights take milliseconds each, and neither depends on the other.
  static let besideFrom = 20_000

  /// Computes what a summary needs, in stages, so that a cancelled request ends between two of them.
  ///
  /// - Parameters:
  ///   - sections: the sections that will be shown.
  ///   - beside: runs the search for insights of a large trace while this thread folds it; nil for one after the other.
  /// - Complexity: that of the results; O(1) if they exist already.
  package func prepare(_ sections: Set<SummaryOptions.Section>, beside: Beside? = nil) throws(CancellationError) {
    try Cancellation.check()
    _ = keys
    try Cancellation.check()
    let hasInsights = sections.contains(.insights)
    if hasInsights { beginInsights(beside) }
    _ = folded
    if hasInsights {
      _ = try parts.insights.value { () throws(CancellationError) in
        counted(try trace.insights(below: trace.focus, keys: keys, betweenStages: Cancellation.check))
      }
    }
    try Cancellation.check()
    if sections.contains(.errors) { _ = problems(below: trace.focus) }
    try Cancellation.check()
  }

  /// A second caller waits for the insights.
  private func beginInsights(_ beside: Beside?) {
    guard let beside, trace.tree.count >= TraceAnalysis.besideFrom, !parts.hasBegunInsights.exchange(true, ordering: .relaxed) else {
      return
    }
    beside { [self] in _ = insights(below: trace.focus) }
  }

  /// The summary of this trace. The same trace and options give the same bytes.
  /// - Complexity: O(n) to rank spans, then O(maxChars).
  ///
  /// - Parameter beside: runs the search for insights of a large trace while this thread folds it, unless they exist already.
  package func summary(_ options: SummaryOptions = SummaryOptions(), beside: Beside? = nil) -> Summary {
    // Under a focus, critical spans are those that kept the focused span from ending.
    let analysis = options.scope.focus.map { focused(on: $0) } ?? self
    let (focus, sections) = (options.scope.focus, options.sections)
    if sections.contains(.insights) { analysis.beginInsights(beside) }
    return Summary(
      of: SummaryMaterial(
        trace: analysis.trace, folded: analysis.folded, lines: analysis.lines,
        insights: sections.contains(.insights) ? analysis.insights(below: focus) : [],
        agentRun: sections.contains(.tree) ? analysis.agentRun(below: focus) : nil,
        problems: sections.contains(.errors) ? analysis.problems(below: focus) : [], total: analysis.total(of: options.scope),
        totals: sections.contains(.criticalPath) ? analysis.trace.criticalPath.map { analysis.totals(of: $0) } ?? [] : []), options)
  }
}

/// For a single request about a trace; nothing is cached.
extension DistilledTrace {
  /// - Parameter beside: runs the search for insights of a large trace while this thread folds it; nil for one after the other.
  package func summary(_ options: SummaryOptions = SummaryOptions(), beside: TraceAnalysis.Beside? = nil) -> Summary {
    TraceAnalysis(self).summary(options, beside: beside)
  }
  package var folded: FoldedTree { TraceAnalysis(self).folded }
  package func insights(below focus: Int? = nil) -> [Insight] { insights(below: focus, keys: CallKeys(self)) }
}
