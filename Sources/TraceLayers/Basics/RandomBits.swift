// Random bits for ids, fetched from the system 64 words at a time, because a system call per id would cost more than the span.

import Platform

/// A thread's buffer of random bits.
struct RandomBits {
  private static let count = 64
  private var words: [UInt64] = []
  private var process: UInt64

  init() {
    ForkGeneration.watch()
    process = ForkGeneration.current
  }

  /// The next 64 bits. None are returned twice, not even in a child of `fork`, which inherits the buffer.
  mutating func next() -> UInt64 {
    if process != ForkGeneration.current {
      words.removeAll(keepingCapacity: true)
      process = ForkGeneration.current
    }
    if words.isEmpty {
      words = [UInt64](unsafeUninitializedCapacity: RandomBits.count) { buffer, filled in
        // getentropy returns at most 256 bytes per call.
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
