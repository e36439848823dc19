// One rule of a check: what is claimed of traces, as a value. protocol/check.md has the language for users.

/// A rule, and how it was written.
package struct CheckRule: Sendable, Equatable {
  package enum Claim: Sendable, Equatable {
    /// Nothing failed, but in operations of these names.
    case noErrors(but: [String])
    /// No pattern of these kinds (of any where none is named) that costs more.
    case noFindings(kinds: [Insight.Kind], above: Threshold?)
    /// Nothing is slower, called more often or failing more than in the base.
    case noRegression(above: Threshold?)
    case measure(Statistic, Subject, Relation, Limit)
  }

  package enum Statistic: String, Sendable, CaseIterable {
    case p50, p95, p99, max, min, mean, count, errors, errorRate, share
    case own = "self"
    case repeats

    /// What its limit is written in.
    package var unit: Unit {
      switch self {
      case .p50, .p95, .p99, .max, .min, .mean, .own: .time
      case .count, .errors, .repeats: .number
      case .errorRate, .share: .percent
      }
    }
  }

  package enum Unit: Sendable { case time, number, percent }

  /// What is measured, by a name.
  package enum Subject: Sendable, Equatable {
    /// All spans of that name.
    case operation(String)
    /// The traces whose root has that name.
    case root(String)
    case service(String)
  }

  package enum Relation: String, Sendable, CaseIterable {
    case atMost = "<="
    case below = "<"
    case atLeast = ">="
    case above = ">"
    case equal = "=="

    /// A lower limit can be met by what is still to come.
    var isLower: Bool { self == .atLeast || self == .above }
  }

  /// A value in the unit of its statistic.
  package enum Limit: Sendable, Equatable {
    case nanos(Int64)
    case number(Int64)
    case percent(Double)
  }

  /// What a change or a pattern must exceed.
  package enum Threshold: Sendable, Equatable {
    case nanos(Int64)
    /// Of the root, or of the base.
    case percent(Double)
  }

  package var claim: Claim
  /// What it speaks of need not be there.
  package var isOptional: Bool
  package var text: String

  package init(_ claim: Claim, isOptional: Bool = false, text: String) {
    self.claim = claim
    self.isOptional = isOptional
    self.text = text
  }

  /// What is checked where no rule is given.
  package static func standard(hasBase: Bool) -> [CheckRule] {
    [CheckRule(.noErrors(but: []), text: "no errors")] + (hasBase ? [CheckRule(.noRegression(above: nil), text: "no regression")] : [])
  }
}

extension CheckRule.Relation {
  func holds<Value: Comparable>(_ value: Value, _ limit: Value) -> Bool {
    switch self {
    case .atMost: value <= limit
    case .below: value < limit
    case .atLeast: value >= limit
    case .above: value > limit
    case .equal: value == limit
    }
  }
}
