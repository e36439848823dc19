// Random bits for ids: fetched from the system 64 words at a time, because a system call an id would cost more than the span.

import Platform

/// A thread's store of random bits.
struct RandomBits {
  private static let count = 64
  private var words: [UInt64] = []
  private var process: UInt64

  init() {
    ForkGeneration.watch()
    process = ForkGeneration.current
  }

  /// The next 64 bits; none are given twice, not even to a child of `fork`, which inherits the store.
  mutating func next() -> UInt64 {
    if process != ForkGeneration.current {
      words.removeAll(keepingCapacity: true)
      process = ForkGeneration.current
    }
    if words.isEmpty {
      words = [UInt64](unsafeUninitializedCapacity: RandomBits.count) { buffer, filled in
        // The most that getentropy gives at once is 256 bytes.
        for start in stride(from: 0, to: RandomBits.count, by: 32) where getentropy(buffer.baseAddress! + start, 256) != 0 {
          var generator = SystemRandomNumberGenerator()
          for index in start..<start + 32 { buffer[index] = generator.next() }
        }
        filled = RandomBits.count
      }
    }
    return words.removeLast()
  }
}
