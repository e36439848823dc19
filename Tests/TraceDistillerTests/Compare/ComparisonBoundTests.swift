// Tolerances to the nanosecond: a difference must exceed both thresholds, refers to the smaller value, and averages of spans below are
// rounded up.

import Testing

@testable import TraceDistiller

@Suite struct ComparisonBoundTests {
  /// Means are rounded half up.
  @Test(arguments: [(5, 2, 3), (4, 2, 2), (3, 2, 2), (6, 4, 2), (5, 4, 1), (7, 4, 2), (1, 3, 0), (2, 3, 1)] as [(Int64, Int, Int64)])
  func means(_ sum: Int64, _ count: Int, _ expected: Int64) { #expect(PathFigures.mean(sum, count) == expected, "\(sum) / \(count)") }

  @Test func aDifferenceMustExceedBothBounds() {
    let tolerance = ComparisonTolerance(percent: 20, nanos: 1_000_000)
    for (base, target, direction) in [
      // Exactly a millisecond is no change, whatever its share.
      (1_000_000, 2_000_000, 0), (1_000_000, 2_000_001, 1), (2_000_001, 1_000_000, -1), (2_000_000, 1_000_000, 0),
      // Exactly a fifth of the smaller value is no change.
      (10_000_000, 12_000_000, 0), (10_000_000, 12_000_001, 1), (12_000_000, 10_000_000, 0), (12_000_001, 10_000_000, -1),
      // More than a fifth of the smaller value, less than a fifth of the larger one.
      (10_000_000, 12_300_000, 1), (12_300_000, 10_000_000, -1), (0, 1_000_001, 1), (.min, .max, 1),
    ] as [(Int64, Int64, Int)] {
      #expect(tolerance.direction(base, target) == direction, "\(base) → \(target)")
    }
  }

  @Test func meansAreRoundedHalfUp() {
    for (sum, count, mean) in [(10, 1, 10), (5, 2, 3), (4, 3, 1), (5, 3, 2), (7, 4, 2), (6, 4, 2), (0, 9, 0)] as [(Int64, Int, Int64)] {
      #expect(PathFigures.mean(sum, count) == mean, "\(sum) of \(count)")
    }
  }

  /// Two traces, one of them with a call below the added one: on average one span, rounded up.
  @Test func spansBelowAnAddedCallAreRoundedUp() {
    var comparison = TraceComparison(base: .run("before", leftOut: 0), target: .run("after", leftOut: 0))
    comparison.addBase(TraceSketch("root  |------|").distilled())
    comparison.addTarget(TraceSketch("root  |------|\n  added |---|\n    below |-|").distilled())
    comparison.addTarget(TraceSketch("root  |------|\n  added |---|").distilled())
    comparison.finish()
    #expect(comparison.added.map(\.spansBelow) == [1], "\(comparison.added)")
  }
}
