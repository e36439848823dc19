// One pattern that costs time or hides a failure, with what proves it.

/// A finding about a trace. What it says is true of the records; only its advice is an opinion.
package struct Insight: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case uncoveredTime, repeatedCall, sequentialCalls, retry, resourceWait, calleeWait, gap, slowOutlier, workAfterAnswer, cycle
    // From here on: what hides failures or costs something else than time.
    case swallowedError, queueWait, workAfterRoot, neverEnded, detachedChild, missingCall, clockSkew, chattyLog
  }

  /// Evidence is bounded; `count` says how many spans there are.
  package static let maxRows = 8

  package var kind: Kind
  /// The span to look at first.
  package var row: Int
  /// The span in which it happens: the caller, the one that swallowed an error, the parent that was outlived.
  package var within: Int?
  /// How many spans it is about.
  package var count: Int
  /// In how many spans like `within`.
  package var places = 1
  /// The first or the worst of the spans, the most informative one first.
  package var rows: [Int]
  /// Time on the critical path that it accounts for. 0 where it hides a failure or nothing waited for it.
  package private(set) var costNanos: Int64 = 0
  /// The time that it speaks of, of which its cost is all or a part. What two insights have in common is counted once where both are told.
  private var unsorted: [PathParts.Part] = []
  /// Of these parts, what would remain without the pattern, and is no cost of it.
  private var spared: Int64 = 0
  package private(set) var parts = PathParts()
  /// A second time, which each kind's sentence explains.
  package var nanos: Int64 = 0
  /// A third one, of kinds that tell two.
  package var otherNanos: Int64 = 0
  /// Several calls that belong together, the most frequent first: a row of each, and how often.
  package var calls: [Call] = []
  /// Alike spans in which calls are made a few times each.
  package var through: Call?
  /// What distinguishes the call of `row` from others of its name: a statement, a route.
  package var detail: String?
  /// What a failure said.
  package var message = ""
  /// Where in the program's own code a failure came from, or a call is made; nil where no record says.
  package var place: StackFrame?
  /// Where in a span its own time lies.
  package var stretch: Stretch?
  /// The values of one round of a cycle, and the attribute that they are of.
  package var round: [String] = []
  package var attribute = ""

  package struct Call: Sendable, Equatable {
    package var row: Int
    package var count: Int
    package var detail: String?
  }

  /// The largest stretch of a span's own time, and of how many.
  package struct Stretch: Sendable, Equatable {
    /// The call that ended before it, and the one that began after it.
    package var before: Int?
    package var after: Int?
    package var count: Int
    /// Of the root's time it is the most.
    package var isMost: Bool
  }

  init(kind: Kind, row: Int, within: Int?, count: Int, rows: [Int]) {
    (self.kind, self.row, self.within, self.count, self.rows) = (kind, row, within, count, rows)
  }

  /// Accounts for more of the critical path. What is added twice counts once when all is known.
  /// - Parameter spared: How much of it would remain without the pattern.
  mutating func add(_ more: PathParts, sparing spared: Int64 = 0) {
    costNanos = costNanos.addingSaturated(max(0, more.nanos - spared))
    self.spared += spared
    unsorted += more.parts
  }

  mutating func add(partsOf other: Insight) {
    costNanos = costNanos.addingSaturated(other.costNanos)
    unsorted += other.unsorted
    spared += other.spared
  }

  /// Puts the parts in order; the cost is what they are together, without what would remain.
  mutating func settle() {
    parts = PathParts(parts.parts + unsorted)
    unsorted = []
    costNanos = max(0, parts.nanos - spared)
  }

  mutating func add(row: Int) {
    if rows.count < Insight.maxRows, !rows.contains(row) { rows.append(row) }
  }
}
