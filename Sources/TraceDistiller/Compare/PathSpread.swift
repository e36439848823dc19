// How much a path differs from trace to trace of one side: what lies within that is noise and no change.

/// Of the path's times in one trace each, the sum of squares beside the sum that `PathSums` has. Only a measure of spread: no time is made of it.
struct PathSpread: Sendable {
  /// Under so many traces nothing is known of a spread.
  static let least = 5
  /// Standard errors of a difference that chance explains: of a hundred paths that did not change some five are beyond.
  private static let errors = 2.0

  var selfSquares = 0.0
  var criticalSquares = 0.0

  mutating func add(own: Int64, critical: Int64) {
    selfSquares += Double(own) * Double(own)
    criticalSquares += Double(critical) * Double(critical)
  }

  private func variance(_ squares: Double, _ sum: Int64, _ traces: Int) -> Double {
    let mean = Double(sum) / Double(traces)
    return max(0, squares / Double(traces) - mean * mean)
  }

  /// Whether two means differ by no more than the spread of traces explains. A side of too few traces is taken to spread like the other.
  static func isNoise(
    _ base: (sums: PathSums, spread: PathSpread, traces: Int), _ target: (sums: PathSums, spread: PathSpread, traces: Int)
  ) -> Bool {
    guard max(base.traces, target.traces) >= least, min(base.traces, target.traces) >= 1 else { return false }
    func within(_ squares: (PathSpread) -> Double, _ sum: (PathSums) -> Int64) -> Bool {
      let known = [base, target].map { $0.traces >= least ? $0.spread.variance(squares($0.spread), sum($0.sums), $0.traces) : nil }
      let (before, after) = (known[0] ?? known[1]!, known[1] ?? known[0]!)
      let error = (before / Double(base.traces) + after / Double(target.traces)).squareRoot()
      let difference = Double(sum(target.sums)) / Double(target.traces) - Double(sum(base.sums)) / Double(base.traces)
      return abs(difference) <= errors * error
    }
    return within({ $0.selfSquares }, { $0.selfNanos }) && within({ $0.criticalSquares }, { $0.criticalNanos })
  }
}
