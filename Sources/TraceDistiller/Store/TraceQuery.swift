// The meaning of a filter: conditions for the trace as a whole, and conditions that one of its spans must meet together.

/// The conditions for a trace as a whole.
package struct TraceConditions: Sendable {
  package var rootName: TextPattern?
  package var rootOutcome: SpanOutcome?
  package var minRootMillis: Double?
  package var maxRootMillis: Double?
  /// Whether some span failed.
  package var hasErrors: Bool?
  /// Must occur in the name of a run that reported it.
  package var run: TextPattern?
  /// The project that its programs belong to.
  package var project: ProjectCondition?
  /// Limits of the instant at which it began.
  package var since: Int64?
  package var until: Int64?

  package init() {}

  /// Every trace of the project meets them.
  var isOnlyOfProject: Bool {
    rootName == nil && rootOutcome == nil && minRootMillis == nil && maxRootMillis == nil && hasErrors == nil && run == nil && since == nil
      && until == nil
  }
}

/// A trace matches if its own conditions hold and one span meets all conditions for spans.
package struct TraceQuery: Sendable {
  package var trace = TraceConditions()
  package var span = SpanConditions()

  package init() {}
}

/// Evaluates conditions for traces on ranks. Texts are resolved when they first occur, and known by their hashes afterwards.
struct RankFilter {
  private let conditions: TraceConditions
  /// Only traces with a failed span can match.
  private let needsFailure: Bool
  private var names = Verdicts()
  private var projects: ProjectVerdicts?
  /// The number of traces so far that match but for their project.
  private(set) var ofOtherProjects = 0

  init(_ query: TraceQuery) {
    conditions = query.trace
    needsFailure = query.span.outcome == .error
  }

  /// Before the first trace, and whenever the store's lock was taken again.
  mutating func begin(in store: borrowing TraceDistillerStore) { projects = ProjectVerdicts(conditions.project, in: store) }

  mutating func matches(_ rank: TraceRank, _ slot: Int, in store: TraceDistillerStore) -> Bool {
    if needsFailure, rank.errorCount == 0 { return false }
    if let outcome = conditions.rootOutcome, rank.outcome != outcome { return false }
    if let hasErrors = conditions.hasErrors, (rank.errorCount > 0) != hasErrors { return false }
    let millis = Double(rank.durationNanos) / 1_000_000
    if let least = conditions.minRootMillis, millis < least { return false }
    if let most = conditions.maxRootMillis, millis > most { return false }
    if let since = conditions.since, rank.startTimeUnixNano < since { return false }
    if let until = conditions.until, rank.startTimeUnixNano > until { return false }
    if let pattern = conditions.rootName, !names.verdict(on: rank.name, { pattern.matches(store.rootText(slot, \.name)) }) { return false }
    if let run = conditions.run {
      let runs = store.runNames(slot: slot)
      guard runs.isEmpty ? run.isEmpty : runs.contains(where: { run.matches($0) }) else { return false }
    }
    // Asked last, so that those that would match but for their project can be counted.
    guard projects?.includes(rank.runSet, slot, in: store) == false else { return true }
    ofOtherProjects += 1
    return false
  }
}

/// The results of a pattern for texts, by their hashes. Most traces have one of a few names, whose results are found without another
/// lookup.
private struct Verdicts {
  private var known: [UInt64: Bool] = [:]
  /// By the lowest bits of a hash: the latest hash with those bits.
  private var recent = [(hash: UInt64, verdict: Bool?)](repeating: (0, nil), count: 64)

  mutating func verdict(on hash: UInt64, _ decide: () -> Bool) -> Bool {
    let place = Int(truncatingIfNeeded: hash & 63)
    if recent[place].hash == hash, let verdict = recent[place].verdict { return verdict }
    let verdict = known[hash] ?? decide()
    known[hash] = verdict
    recent[place] = (hash, verdict)
    return verdict
  }
}
