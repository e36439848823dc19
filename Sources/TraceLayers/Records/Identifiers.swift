// Ids of traces and spans: random and never recycled, because recycled small ids mix up the traces of long-running programs.

/// The id of a trace: 128 random bits, never zero. Its text is 32 lower-case hex digits, as in W3C Trace Context.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
  /// The first and the last 64 bits.
  public let high, low: UInt64

  /// - Returns: nil for zero, which no trace has.
  public init?(high: UInt64, low: UInt64) {
    guard high | low != 0 else { return nil }
    self.high = high
    self.low = low
  }

  /// A new id from the system's source of randomness.
  public static func random() -> TraceID {
    while true { if let id = TraceID(high: ThreadMemory.randomBits(), low: ThreadMemory.randomBits()) { return id } }
  }

  public var description: String { hexText(high) + hexText(low) }
}

/// The id of a span: 64 random bits, never zero. Its text is 16 lower-case hex digits.
public struct SpanID: Sendable, Hashable, CustomStringConvertible {
  public let bits: UInt64

  /// - Returns: nil for zero, which no span has.
  public init?(_ bits: UInt64) {
    guard bits != 0 else { return nil }
    self.bits = bits
  }

  /// A new id from the system's source of randomness.
  public static func random() -> SpanID {
    while true { if let id = SpanID(ThreadMemory.randomBits()) { return id } }
  }

  public var description: String { hexText(bits) }
}

private func hexText(_ bits: UInt64) -> String {
  String(unsafeUninitializedCapacity: 16) { buffer in
    writeHex(bits, to: UnsafeMutablePointer(buffer.baseAddress!))
    return 16
  }
}

/// Writes 16 lower-case hex digits.
@inline(__always)
func writeHex(_ bits: UInt64, to output: UnsafeMutablePointer<UInt8>) {
  for index in 0..<16 {
    let digit = UInt8(truncatingIfNeeded: bits &>> UInt64(60 - 4 * index)) & 0xF
    output[index] = digit &+ (digit < 10 ? 0x30 : 0x57)
  }
}
