// A short text as three numbers: compared and hashed without reading memory twice.

/// The first and the last bytes of a text, and its length. Up to 16 bytes this is the whole text; for longer texts all bytes must be
/// compared too.
struct TextKey: Sendable, BitwiseCopyable {
  static let wholeUpTo = 16
  let first: UInt64
  let last: UInt64
  let count: UInt32

  @inline(__always)
  init(_ text: UnsafeRawBufferPointer) {
    count = UInt32(truncatingIfNeeded: text.count)
    if text.count >= 8 {
      first = text.loadUnaligned(as: UInt64.self)
      last = text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self)
    } else if text.count >= 4 {
      first = UInt64(text.loadUnaligned(as: UInt32.self))
      last = UInt64(text.loadUnaligned(fromByteOffset: text.count - 4, as: UInt32.self))
    } else if text.count > 0 {
      first = UInt64(text[0]) << 16 | UInt64(text[text.count / 2]) << 8 | UInt64(text[text.count - 1])
      last = 0
    } else {
      (first, last) = (0, 0)
    }
  }

  var isWhole: Bool { count <= TextKey.wholeUpTo }

  @inline(__always)
  static func == (left: TextKey, right: TextKey) -> Bool {
    left.first == right.first && left.last == right.last && left.count == right.count
  }
}
