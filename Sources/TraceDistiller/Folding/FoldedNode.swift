// One line of a folded tree: a span, alike spans, or a straight chain of either.

/// A node of a folded tree. Its numbers are sums over all its spans.
///
/// Plain values without an array of their own: a tree has as many nodes as its trace has spans where nothing is alike.
package struct FoldedNode: Sendable, BitwiseCopyable {
  package internal(set) var totalNanos: Int64 = 0
  package internal(set) var selfNanos: Int64 = 0
  package internal(set) var criticalNanos: Int64 = 0
  package internal(set) var maxNanos: Int64 = 0
  /// Of `slowCount` outliers, their time.
  package internal(set) var slowNanos: Int64 = 0

  private var parentNumber: Int32
  private var childStart: Int32 = 0
  private var childEnd: Int32 = 0
  private var memberStart: Int32
  private var memberEnd: Int32
  private var chainStart: Int32 = 0
  private var chainEnd: Int32 = 0
  private var ownPosition: Int32 = 0
  private var alikeCount: Int32 = 0
  private var outlierCount: Int32 = 0
  private var spanCount: Int32 = 0
  private var failureCount: Int32 = 0
  /// 0 where there are fewer.
  var worst: (Int32, Int32, Int32) = (0, 0, 0)

  /// Alike siblings of several shapes, of which none was frequent.
  package internal(set) var isMixed = false
  /// Kept apart from its alike siblings because it took so much longer.
  package internal(set) var isOutlier = false
  /// Its own spans failed.
  package internal(set) var isFailed = false
  package internal(set) var isRunning = false

  init(parent: Int, members: Range<Int>) {
    parentNumber = Int32(parent)
    (memberStart, memberEnd) = (Int32(members.lowerBound), Int32(members.upperBound))
  }

  /// -1 at the top.
  package var parent: Int { Int(parentNumber) }
  package internal(set) var children: Range<Int> {
    get { Int(childStart)..<Int(childEnd) }
    set { (childStart, childEnd) = (Int32(newValue.lowerBound), Int32(newValue.upperBound)) }
  }
  /// Where in the tree's rows its spans are, in the order of their starts.
  package var members: Range<Int> { Int(memberStart)..<Int(memberEnd) }
  /// Where in the tree's list of chains the nodes above it are that are shown on its line.
  var chain: Range<Int> {
    get { Int(chainStart)..<Int(chainEnd) }
    set { (chainStart, chainEnd) = (Int32(newValue.lowerBound), Int32(newValue.upperBound)) }
  }
  /// Which one of its alike siblings it is, from 1; 0 where it stands for itself.
  package internal(set) var position: Int {
    get { Int(ownPosition) }
    set { ownPosition = Int32(newValue) }
  }
  /// Its alike siblings by name, itself among them.
  package internal(set) var among: Int {
    get { Int(alikeCount) }
    set { alikeCount = Int32(newValue) }
  }
  /// Of several outliers: which ones took longest, the longest first.
  package var worstPositions: [Int] { [worst.0, worst.1, worst.2].filter { $0 > 0 }.map(Int.init) }
  /// Outliers among its spans: of calls with nothing below them, many outliers are shown on the line of all.
  package internal(set) var slowCount: Int {
    get { Int(outlierCount) }
    set { outlierCount = Int32(newValue) }
  }
  /// Its spans and all below them.
  package internal(set) var spans: Int {
    get { Int(spanCount) }
    set { spanCount = Int32(newValue) }
  }
  /// Spans that failed, below it or its own.
  package internal(set) var failures: Int {
    get { Int(failureCount) }
    set { failureCount = Int32(newValue) }
  }

  package var count: Int { Int(memberEnd - memberStart) }
  /// Its line has nothing to say of alike siblings that are elsewhere.
  var isWhole: Bool { position == 0 && !isOutlier && (count == 1 || count == among) }
}

/// How long alike spans took.
package struct FoldedTimes: Sendable, Equatable {
  package var min: Int64
  package var p50: Int64
  package var p95: Int64
  package var max: Int64

  /// Nearest-rank percentiles of durations, of which there is one at least.
  /// - Complexity: O(n).
  init(_ durations: [Int64]) {
    var durations = durations
    min = durations.min()!
    max = durations.max()!
    p50 = durations.select(FoldedTimes.median(of: durations.count))
    p95 = durations.select(FoldedTimes.place95(of: durations.count))
  }

  /// Where in their order the two percentiles are.
  static func median(of count: Int) -> Int { (count - 1) / 2 }
  static func place95(of count: Int) -> Int { (count * 95 + 99) / 100 - 1 }
}
