// One trace and everything that is made of it on demand: each part once, whoever asks.

import Platform
import Synchronization
import TraceRecords

/// A distilled trace with what answers need beside it. Copies share their parts: two requests about one trace compute them once.
package struct TraceAnalysis: Sendable {
  package let trace: DistilledTrace
  let parts: Parts

  /// What is made of a trace so far.
  final class Parts: Sendable {
    fileprivate let keys: Lazy<CallKeys>
    fileprivate let folded = Lazy<FoldedTree>()
    fileprivate let insights = Lazy<[Insight]>()
    fileprivate let problems = Lazy<[TraceProblem]>()
    fileprivate let total = Lazy<SummaryShare>()
    /// Of the path that the trace is distilled with.
    fileprivate let totals = Lazy<[CriticalTotal]>()
    fileprivate let agentRun = Lazy<AgentRun?>()
    fileprivate let lines = TreeLines()
    /// Answers that rest on other traces besides, by what these were.
    fileprivate let answers = PosixMutex<[(key: String, answer: any Sendable)]>([])
    /// Somebody finds the insights, or found them.
    fileprivate let hasBegunInsights = Atomic(false)
    private let bytes = Atomic(0)

    /// - Parameter keys: those of the same trace, where they are shared already.
    init(keys: Lazy<CallKeys> = Lazy()) { self.keys = keys }

    /// Bytes that the parts take so far, about.
    var allocatedBytes: Int { bytes.load(ordering: .relaxed) }

    /// Counts what a part takes when it is made.
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

  /// An answer that was kept under a key, which tells all that it rests on besides this trace.
  package func kept<Answer>(_ key: String, as: Answer.Type) -> Answer? {
    parts.answers.withLock { $0.last { $0.key.utf8.elementsEqual(key.utf8) }?.answer as? Answer }
  }

  /// Keeps an answer; of more than four the oldest goes.
  /// - Parameter bytes: What it takes, about.
  package func keep(_ answer: some Sendable, as key: String, bytes: Int) {
    let isMore = parts.answers.withLock { answers in
      answers.append((key, answer))
      guard answers.count > 4 else { return true }
      answers.removeFirst()
      return false
    }
    if isMore { parts.counted((), bytes: bytes + key.utf8.count) }
  }

  /// The tree with alike siblings as one, of the focus or of all roots.
  /// - Complexity: O(n log n) time the first time, O(n) memory.
  package var folded: FoldedTree {
    parts.folded.value {
      let folded = FoldedTree(trace, keys, focus: trace.focus)
      return parts.counted(folded, bytes: folded.allocatedBytes + TreeLines.allocatedBytes(nodes: folded.nodes.count))
    }.bound(to: trace)
  }

  /// Lines of the folded tree that texts have in common.
  package var lines: TreeLines { parts.lines }

  /// Patterns that cost time or hide failures: the dearest first, then by kind, then by span.
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

  /// What an agent did, where the trace is a run of one.
  package func agentRun(below focus: Int? = nil) -> AgentRun? {
    guard focus == trace.focus else { return AgentRun(trace, below: focus) }
    return parts.agentRun.value {
      let run = AgentRun(trace, below: focus)
      return parts.counted(run, bytes: (run?.steps.count ?? 0) * 512)
    }
  }

  /// Spans below the focus, or all, with their self time.
  package func total(of scope: TreeScope) -> SummaryShare {
    scope.focus == trace.focus ? parts.total.value { trace.total(below: scope.focus) } : trace.total(below: scope.focus)
  }

  /// Operations by their time on a critical path, the most first.
  package func totals(of path: CriticalPath) -> [CriticalTotal] {
    guard let own = trace.criticalPath, path.root == own.root, path.segments == own.segments else { return trace.totals(of: path) }
    return parts.totals.value { trace.totals(of: path) }
  }

  /// The trace with a span in the place of its root: critical is then what kept that span from ending.
  package func focused(on row: Int) -> TraceAnalysis {
    row == trace.focus ? self : TraceAnalysis(trace.focused(on: row), Parts(keys: parts.keys))
  }

  /// Runs a function beside the caller, on another thread.
  package typealias Beside = @Sendable (@escaping @Sendable () -> Void) -> Void

  /// Of so many spans, folding and insights take milliseconds each, and neither needs the other.
  static let besideFrom = 20_000

  /// Makes what a summary needs, stage by stage, so that a cancelled request ends between two of them.
  ///
  /// - Parameters:
  ///   - sections: those that will be shown.
  ///   - beside: where insights of a large trace are found while this thread folds it; nil for one after the other.
  /// - Complexity: that of the parts; O(1) where they are made already.
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

  /// Whoever comes second to the insights waits for them.
  private func beginInsights(_ beside: Beside?) {
    guard let beside, trace.tree.count >= TraceAnalysis.besideFrom, !parts.hasBegunInsights.exchange(true, ordering: .relaxed) else {
      return
    }
    beside { [self] in _ = insights(below: trace.focus) }
  }

  /// The summary of this trace. The same trace and options give the same bytes.
  /// - Complexity: O(n) to rank spans, then O(maxChars).
  ///
  /// - Parameter beside: where insights of a large trace are found while this thread folds it, unless they are made already.
  package func summary(_ options: SummaryOptions = SummaryOptions(), beside: Beside? = nil) -> Summary {
    // Under a focus, critical is what kept that span from ending.
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

/// For one question about a trace, after which nothing is kept.
extension DistilledTrace {
  /// - Parameter beside: where insights of a large trace are found while this thread folds it; nil for one after the other.
  package func summary(_ options: SummaryOptions = SummaryOptions(), beside: TraceAnalysis.Beside? = nil) -> Summary {
    TraceAnalysis(self).summary(options, beside: beside)
  }
  package var folded: FoldedTree { TraceAnalysis(self).folded }
  package func insights(below focus: Int? = nil) -> [Insight] { insights(below: focus, keys: CallKeys(self)) }
}
