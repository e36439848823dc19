// One pattern that costs time or hides a failure, with its evidence.

/// A pattern in a trace. What it reports is a fact from the records; only its advice is a judgement.
package struct Insight: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case uncoveredTime, repeatedCall, sequentialCalls, retry, resourceWait, calleeWait, gap, slowOutlier, workAfterAnswer, cycle
    // The following kinds hide failures or cost something other than time.
    case swallowedError, queueWait, workAfterRoot, neverEnded, detachedChild, missingCall, clockSkew, chattyLog
  }

  /// The maximum number of spans listed as evidence; `count` is the total.
  package static let maxRows = 8

  package var kind: Kind
  /// The span to look at first.
  package var row: Int
  /// The span in which it happens: the caller, the span that swallowed an error, the parent that ended before its child.
  package var within: Int?
  /// The number of affected spans.
  package var count: Int
  /// The number of spans like `within`.
  package var places = 1
  /// The first or the worst spans, the most informative one first.
  package var rows: [Int]
  /// The time on the critical path that it explains. 0 if it hides a failure, or if nothing waited for it.
  package private(set) var costNanos: Int64 = 0
  /// The time that it speaks of, of which its cost is all or a part. What two insights have in common is counted once where both are told.
  private var unsorted: [PathParts.Part] = []
  /// Of these parts, what would remain without the pattern, and is no cost of it.
  private var spared: Int64 = 0
  package private(set) var parts = PathParts()
  /// A second time, explained by the sentence of each kind.
  package var nanos: Int64 = 0
  /// A third time, for kinds that report two more.
  package var otherNanos: Int64 = 0
  /// Several calls that belong together, the most frequent first: a row of each, and the number of calls.
  package var calls: [Call] = []
  /// The similar spans in which the calls are made, a few in each.
  package var through: Call?
  /// What distinguishes the call of `row` from others with the same name: a statement or a route.
  package var detail: String?
  /// The message of a failure.
  package var message = ""
  /// Where in the program's own code a failure came from, or a call is made; nil if no record says so.
  package var place: StackFrame?
  /// Where in a span its self time is.
  package var stretch: Stretch?
  /// The values in one round of a cycle, and their attribute.
  package var round: [String] = []
  package var attribute = ""

  package struct Call: Sendable, Equatable {
    package var row: Int
    package var count: Int
    package var detail: String?
  }

  /// The longest interval of a span's self time, and the number of intervals.
  package struct Stretch: Sendable, Equatable {
    /// The call that ended before the interval, and the one that began after it.
    package var before: Int?
    package var after: Int?
    package var count: Int
    /// It is the largest part of the root's time.
    package var isMost: Bool
  }

  init(kind: Kind, row: Int, within: Int?, count: Int, rows: [Int]) {
    (self.kind, self.row, self.within, self.count, self.rows) = (kind, row, within, count, rows)
  }

  /// Adds time on the critical path. Time that is added twice counts once after `settle()`.
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
