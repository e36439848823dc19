// The hash of every table in the store: a few multiplications instead of SipHash's rounds, but still not predictable for a sender.

/// Eight-byte words mixed by folded multiplication, after wyhash (Wang Yi, public domain, github.com/wangyi-fudan/wyhash, final version 4).
///
/// Its three seeds are random and not known outside of the process. Without them a sender cannot choose texts that collide.
enum TextHash {
  /// Derived from SipHash with Swift's own seed, which is different in each process.
  private static let seeds: (UInt64, UInt64, UInt64) = (seed(1), seed(2), seed(3))

  private static func seed(_ number: UInt64) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(number)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  /// The hash of an id, computed without creating its text.
  @inline(__always)
  static func hash(_ id: HexID) -> UInt32 { UInt32(truncatingIfNeeded: fold(id.bytes ^ seeds.1, seeds.0)) }

  /// - Complexity: O(bytes), sixteen at a time.
  @inline(__always)
  static func hash(_ text: UnsafeRawBufferPointer) -> UInt32 { hash(text, TextKey(text)) }

  /// - Parameter key: the key of the text.
  @inline(__always)
  static func hash(_ text: UnsafeRawBufferPointer, _ key: TextKey) -> UInt32 {
    let seeds = seeds
    var state = seeds.0
    var start = 0
    // All but the last 1 to 16 bytes, which the key contains. For a longer text the key contains only the last eight, and the eight before
    // them are added here.
    while text.count - start > 16 {
      state = fold(word(text, start) ^ seeds.1, word(text, start + 8) ^ state)
      start += 16
    }
    let first = start == 0 || text.count - start < 8 ? key.first : word(text, start)
    let mixed = fold(first ^ seeds.1, key.last ^ state)
    return UInt32(truncatingIfNeeded: fold(mixed ^ seeds.2, UInt64(truncatingIfNeeded: text.count) ^ seeds.1))
  }

  @inline(__always) private static func word(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  @inline(__always) private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
