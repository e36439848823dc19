// One line of a folded tree: a span, a group of similar spans, or a chain of either.

/// A node of a folded tree. Its numbers are sums over all its spans.
///
/// A plain value without an array of its own: if no spans are similar, a tree has as many nodes as its trace has spans.
package struct FoldedNode: Sendable, BitwiseCopyable {
  package internal(set) var totalNanos: Int64 = 0
  package internal(set) var selfNanos: Int64 = 0
  package internal(set) var criticalNanos: Int64 = 0
  package internal(set) var maxNanos: Int64 = 0
  /// The time of `slowCount` outliers.
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
  /// 0 if there are fewer.
  var worst: (Int32, Int32, Int32) = (0, 0, 0)

  /// Similar siblings of several shapes, none of which was frequent.
  package internal(set) var isMixed = false
  /// Separate from its similar siblings because it took much longer.
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
  /// The range of its spans in the tree's rows, ordered by start.
  package var members: Range<Int> { Int(memberStart)..<Int(memberEnd) }
  /// The range in the tree's list of chains of the nodes above it that are shown on its line.
  var chain: Range<Int> {
    get { Int(chainStart)..<Int(chainEnd) }
    set { (chainStart, chainEnd) = (Int32(newValue.lowerBound), Int32(newValue.upperBound)) }
  }
  /// Its position among its similar siblings, from 1; 0 if it has none.
  package internal(set) var position: Int {
    get { Int(ownPosition) }
    set { ownPosition = Int32(newValue) }
  }
  /// The number of its similar siblings by name, including itself.
  package internal(set) var among: Int {
    get { Int(alikeCount) }
    set { alikeCount = Int32(newValue) }
  }
  /// If there are several outliers: the positions of the longest ones, the longest first.
  package var worstPositions: [Int] { [worst.0, worst.1, worst.2].filter { $0 > 0 }.map(Int.init) }
  /// The number of outliers among its spans. For calls without children, many outliers are shown on the line of the whole group.
  package internal(set) var slowCount: Int {
    get { Int(outlierCount) }
    set { outlierCount = Int32(newValue) }
  }
  /// The number of its spans and all spans below them.
  package internal(set) var spans: Int {
    get { Int(spanCount) }
    set { spanCount = Int32(newValue) }
  }
  /// The number of failed spans, its own or below it.
  package internal(set) var failures: Int {
    get { Int(failureCount) }
    set { failureCount = Int32(newValue) }
  }

  package var count: Int { Int(memberEnd - memberStart) }
  /// Its line does not have to mention similar siblings that are shown elsewhere.
  var isWhole: Bool { position == 0 && !isOutlier && (count == 1 || count == among) }
}

/// Durations of similar spans.
package struct FoldedTimes: Sendable, Equatable {
  package var min: Int64
  package var p50: Int64
  package var p95: Int64
  package var max: Int64

  /// Nearest-rank percentiles of at least one duration.
  /// - Complexity: O(n).
  init(_ durations: [Int64]) {
    var durations = durations
    min = durations.min()!
    max = durations.max()!
    p50 = durations.select(FoldedTimes.median(of: durations.count))
    p95 = durations.select(FoldedTimes.place95(of: durations.count))
  }

  /// The indices of the two percentiles in sorted order.
  static func median(of count: Int) -> Int { (count - 1) / 2 }
  static func place95(of count: Int) -> Int { (count * 95 + 99) / 100 - 1 }
}
