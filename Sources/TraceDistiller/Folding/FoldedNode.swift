// One line of a folded tree: a span, alike spans, or a straight chain of either.

/// A node of a folded tree. Its numbers are sums over all its spans.
package struct FoldedNode: Sendable {
  /// -1 at the top.
  package internal(set) var parent: Int
  package internal(set) var children: Range<Int> = 0..<0
  /// Where in the tree's rows its spans are, in the order of their starts.
  package internal(set) var members: Range<Int>
  /// Alike siblings of several shapes, of which none was frequent.
  package internal(set) var isMixed = false
  /// Kept apart from its alike siblings because it took so much longer.
  package internal(set) var isOutlier = false
  /// Which one of its alike siblings it is, from 1; 0 where it stands for itself.
  package internal(set) var position = 0
  /// Its alike siblings by name, itself among them.
  package internal(set) var among = 0
  /// Of several outliers: which ones took longest, the longest first.
  package internal(set) var worstPositions: [Int] = []
  /// Outliers among its spans, and their time: of calls with nothing below them, many outliers are told on the line of all.
  package internal(set) var slowCount = 0
  package internal(set) var slowNanos: Int64 = 0
  /// The nodes above it that are told on its line, from the top down.
  package internal(set) var chain: [Int] = []

  package internal(set) var totalNanos: Int64 = 0
  package internal(set) var selfNanos: Int64 = 0
  package internal(set) var criticalNanos: Int64 = 0
  /// Its spans and all below them.
  package internal(set) var spans = 0
  /// Spans that failed, below it or its own.
  package internal(set) var failures = 0
  package internal(set) var maxNanos: Int64 = 0
  /// Its own spans failed.
  package internal(set) var isFailed = false
  package internal(set) var isRunning = false

  package var count: Int { members.count }
  /// Its line has nothing to tell of alike siblings that are elsewhere.
  var isWhole: Bool { position == 0 && !isOutlier && (count == 1 || count == among) }
}

/// How long alike spans took.
package struct FoldedTimes: Sendable, Equatable {
  package var min: Int64
  package var p50: Int64
  package var p95: Int64
  package var max: Int64

  /// Nearest-rank percentiles of durations in ascending order, of which there is one at least.
  init(sorted: [Int64]) {
    min = sorted[0]
    p50 = sorted[(sorted.count - 1) / 2]
    p95 = sorted[(sorted.count * 95 + 99) / 100 - 1]
    max = sorted[sorted.count - 1]
  }
}
