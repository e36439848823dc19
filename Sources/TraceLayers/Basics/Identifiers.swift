// Ids of traces and spans. They are random and never reused, because reused small ids mix up the traces of long-running programs.

/// The id of a trace: 128 random bits, never zero. Its text is 32 lower-case hex digits, as in W3C Trace Context.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
  /// The first and the last 64 bits.
  public let high, low: UInt64

  /// - Returns: nil for zero, which is not a valid id.
  public init?(high: UInt64, low: UInt64) {
    guard high | low != 0 else { return nil }
    self.high = high
    self.low = low
  }

  /// A new id from the system's random number generator.
  public static func random() -> TraceID {
    while true { if let id = TraceID(high: ThreadMemory.randomBits(), low: ThreadMemory.randomBits()) { return id } }
  }

  /// 32 hexadecimal digits.
  public var description: String { hexText(high) + hexText(low) }
}

/// The id of a span: 64 random bits, never zero. Its text is 16 lower-case hex digits.
public struct SpanID: Sendable, Hashable, CustomStringConvertible {
  /// The id as a number.
  public let bits: UInt64

  /// - Returns: nil for zero, which is not a valid id.
  public init?(_ bits: UInt64) {
    guard bits != 0 else { return nil }
    self.bits = bits
  }

  /// A new id from the system's random number generator.
  public static func random() -> SpanID {
    while true { if let id = SpanID(ThreadMemory.randomBits()) { return id } }
  }

  /// 16 hexadecimal digits.
  public var description: String { hexText(bits) }
}

private func hexText(_ bits: UInt64) -> String {
  String(unsafeUninitializedCapacity: 16) { buffer in
    writeHex(bits, to: UnsafeMutablePointer(buffer.baseAddress!))
    return 16
  }
}

/// Writes 16 lower-case hex digits, eight at a time: there are up to four ids in a record.
@inline(__always)
package func writeHex(_ bits: UInt64, to output: UnsafeMutablePointer<UInt8>) {
  let bytes = UnsafeMutableRawPointer(output)
  bytes.storeBytes(of: hexDigits(UInt32(truncatingIfNeeded: bits >> 32)).bigEndian, as: UInt64.self)
  bytes.storeBytes(of: hexDigits(UInt32(truncatingIfNeeded: bits)).bigEndian, toByteOffset: 8, as: UInt64.self)
}

/// The eight digits, the first in the highest byte.
@inline(__always)
private func hexDigits(_ bits: UInt32) -> UInt64 {
  // Spread the nibbles to one per byte.
  var digits = UInt64(bits)
  digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
  digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
  digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
  // 1 in every byte that is a letter; multiplied by the distance between the digit after 9 and `a`.
  let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
  return digits &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
}
