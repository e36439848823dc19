// What a trace is compared with: one other trace, those of a run or a filter, or similar ones. Gives medians and the spread.

import TraceRecords

/// Where the base of an explanation comes from.
package enum ExplainBase: Sendable {
  /// There is no base: only `like` similar traces are kept, fewer than five.
  case none(like: Int)
  case trace(handle: String, id: String)
  /// Of the `looked` traces with the same root, `count` are similar.
  case like(count: Int, looked: Int)
  case run(String, count: Int)
  case filter(count: Int)
}

/// The usual value in the base.
struct UsualValue: Sendable, Equatable {
  var median: Int64
  /// Values up to here are not unusual. If there are too few traces to decide, this is the median.
  var high: Int64

  /// By how much a value exceeds the usual one; 0 within the spread, negative if it is less.
  func excess(_ value: Int64) -> Int64 { value > median && value <= high ? 0 : value - median }
}

struct Baseline: Sendable {
  /// With fewer traces than this, nothing is called usual.
  static let least = 5

  let subject: ExplainBase
  let profiles: [TraceProfile]
  var isEmpty: Bool { profiles.isEmpty }
  /// Whether there are enough traces for medians and spreads.
  var isUsual: Bool { profiles.count >= Baseline.least }

  func root() -> UsualValue { value { $0.rootNanos } }

  func value(_ of: (TraceProfile) -> Int64) -> UsualValue { Baseline.value(profiles.map(of)) }

  /// The median, and the upper fence for outliers (1.5 times the interquartile range above the upper quartile: Tukey).
  static func value(_ values: [Int64]) -> UsualValue {
    guard !values.isEmpty else { return UsualValue(median: 0, high: 0) }
    let sorted = values.sorted()
    let median = sorted[(sorted.count - 1) / 2]
    guard sorted.count >= least else { return UsualValue(median: median, high: median) }
    let (low, high) = (sorted[(sorted.count - 1) / 4], sorted[(sorted.count - 1) * 3 / 4])
    let width = high.subtractingSaturated(low)
    return UsualValue(median: median, high: max(median, high.addingSaturated(width.addingSaturated(width / 2))))
  }

  /// The number of traces in the base that have the step.
  func traces(with step: Int) -> Int { profiles.reduce(0) { $0 + ($1.has(step) ? 1 : 0) } }
}
