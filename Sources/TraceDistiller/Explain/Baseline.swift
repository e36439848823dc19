// What a trace is held against: one other trace, those of a run or a filter, or its like; medians, and how wide they spread.

import TraceRecords

/// Where the base of an explanation comes from.
package enum ExplainBase: Sendable {
  /// Nothing is known of what is usual: `like` traces are kept, fewer than five.
  case none(like: Int)
  case trace(handle: String, id: String)
  /// `count` of the `looked` traces of the same root are alike.
  case like(count: Int, looked: Int)
  case run(String, count: Int)
  case filter(count: Int)
}

/// A value among those of the base.
struct UsualValue: Sendable, Equatable {
  var median: Int64
  /// Up to here a value is nothing unusual; the median where too few were seen to tell.
  var high: Int64

  /// How much more it is than usual; 0 within the spread. Negative where it is less.
  func excess(_ value: Int64) -> Int64 { value > median && value <= high ? 0 : value - median }
}

struct Baseline: Sendable {
  /// Under so many, nothing is called usual.
  static let least = 5

  let subject: ExplainBase
  let profiles: [TraceProfile]
  var isEmpty: Bool { profiles.isEmpty }
  /// Whether medians and spreads mean something.
  var isUsual: Bool { profiles.count >= Baseline.least }

  func root() -> UsualValue { value { $0.rootNanos } }

  func value(_ of: (TraceProfile) -> Int64) -> UsualValue { Baseline.value(profiles.map(of)) }

  /// The median of all, and the fence beyond which a value stands apart (three halves of the middle half's width above it: Tukey).
  static func value(_ values: [Int64]) -> UsualValue {
    guard !values.isEmpty else { return UsualValue(median: 0, high: 0) }
    let sorted = values.sorted()
    let median = sorted[(sorted.count - 1) / 2]
    guard sorted.count >= least else { return UsualValue(median: median, high: median) }
    let (low, high) = (sorted[(sorted.count - 1) / 4], sorted[(sorted.count - 1) * 3 / 4])
    let width = high.subtractingSaturated(low)
    return UsualValue(median: median, high: max(median, high.addingSaturated(width.addingSaturated(width / 2))))
  }

  /// How many traces of the base have the step.
  func traces(with step: Int) -> Int { profiles.reduce(0) { $0 + ($1.has(step) ? 1 : 0) } }
}
