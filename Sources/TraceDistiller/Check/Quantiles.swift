// Many values as five numbers: what a baseline keeps, and what a difference must exceed.

/// The least, the quartiles and the most; by rank as `Baseline.value` takes them, so that what a file says is what its traces said.
package struct Quantiles: Sendable, Equatable {
  package var least: Int64
  package var low: Int64
  package var median: Int64
  package var high: Int64
  package var most: Int64

  package static let zero = Quantiles(least: 0, low: 0, median: 0, high: 0, most: 0)

  package init(least: Int64, low: Int64, median: Int64, high: Int64, most: Int64) {
    (self.least, self.low, self.median, self.high, self.most) = (least, low, median, high, most)
  }

  /// Of values among zeros.
  /// - Parameter count: of all, the zeros among them.
  init(_ values: [Int64], of count: Int) {
    let zeros = max(0, count - values.count)
    let sorted = values.sorted()
    let total = max(1, zeros + sorted.count)
    // Nothing here is below zero.
    func value(_ rank: Int) -> Int64 { rank < zeros || sorted.isEmpty ? 0 : sorted[min(rank - zeros, sorted.count - 1)] }
    self.init(
      least: value(0), low: value((total - 1) / 4), median: value((total - 1) / 2), high: value((total - 1) * 3 / 4), most: value(total - 1)
    )
  }

  /// Tukey's fences: three halves of the middle half's width beyond it.
  private var reach: Int64 {
    let width = high.subtractingSaturated(low)
    return width.addingSaturated(width / 2)
  }
  var upperFence: Int64 { max(median, high.addingSaturated(reach)) }
  var lowerFence: Int64 { min(median, low.subtractingSaturated(reach)) }

  /// Whether these values lie above others beyond the spread of both.
  ///
  ///     others  ├──[ | ]──────┤ ⋮ fence
  ///     these                  fence ⋮ ├───[ | ]──┤
  ///
  /// - Parameters:
  ///   - isFew: of so few values quartiles say little: all of these must lie beyond the others' fence.
  ///   - areOthersFew: none of the others may lie within these.
  func isBeyond(_ others: Quantiles, isFew: Bool, areOthersFew: Bool) -> Bool {
    guard low > others.high, median > others.upperFence, others.median < lowerFence else { return false }
    if isFew, least <= (areOthersFew ? others.most : others.upperFence) { return false }
    return !areOthersFew || others.most < (isFew ? least : lowerFence)
  }
}
