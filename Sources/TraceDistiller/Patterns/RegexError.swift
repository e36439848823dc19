// What is wrong with a regular expression, and where: a caller mends it without looking anything up.

/// Why a pattern cannot be used.
package struct RegexError: Error, Sendable, Equatable {
  /// The character at which it is noticed, counted from 1.
  package let place: Int
  package let reason: String
}
