// The numbers that a store gives to traces and completions, where several stores follow each other and none may repeat another's.

/// Numbers from `first` on. Whoever remembers them for the next store is asked before the first of each block is used.
package struct SerialNumbers: Sendable {
  /// The first number that may be used.
  package let first: Int
  /// Numbers from here on have to be reserved.
  private var end: Int
  /// Remembers that numbers below its argument may have been used. It runs under the store's lock, once for each block.
  private let reserve: (@Sendable (Int) -> Void)?

  /// How many numbers are reserved at a time: a store that is killed leaves so many unused at most.
  package static let block = 1_024

  /// Numbers from 1 on, remembered by nobody.
  package init() { (first, end, reserve) = (1, .max, nil) }

  /// - Parameters:
  ///   - first: what the store before had reserved ended here.
  ///   - reserve: called with the end of each block, before a number of it is used.
  package init(first: Int, reserve: @escaping @Sendable (Int) -> Void) {
    self.first = max(1, first)
    end = self.first
    self.reserve = reserve
  }

  /// Called before that number is given away. Numbers grow by one, of traces and of completions for themselves.
  mutating func use(_ number: Int) {
    guard number >= end, let reserve else { return }
    end = number + Self.block
    reserve(end)
  }
}
