// Different forms of one trace id: some tracers use 64 bits, others 128.

/// Forms that occur together in practice, and that are safe to match because ids are random: 64 bits, and the same after 64 zero bits
/// (Jaeger, Zipkin); 64 bits, and the 128 bits that end with them (B3, Jaeger and Datadog pass on only the lower half); X-Ray's `1-`, eight
/// digits, `-`, 24 digits, and the 32 digits of OpenTelemetry. Datadog's decimal numbers are not matched: a number of twenty digits may be
/// anything.
enum TraceIDForms {
  private static let zeros = Array("0000000000000000".utf8)

  /// The other forms in which the same id may be known.
  static func others(of id: UnsafeRawBufferPointer) -> [[UInt8]] {
    switch id.count {
    case 16: return [zeros + id]
    case 32:
      guard isHex(id) else { return [] }
      if id.starts(with: zeros) { return [Array(id[16...])] }
      let xray = Array("1-".utf8) + id[..<8] + [UInt8(ascii: "-")] + id[8...]
      return lowHalf(of: id).map { [Array($0), xray] } ?? [xray]
    case 35 where id.starts(with: Array("1-".utf8)) && id[10] == UInt8(ascii: "-"):
      return [Array(id[2..<10]) + id[11...]]
    default: return []
    }
  }

  /// The lower 64 bits of a hexadecimal id, if they look random: many hand-written ids end with `…0001`. Asked for each new trace: it allocates
  /// nothing.
  static func lowHalf(of id: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard id.count == 16 || id.count == 32, isHex(id) else { return nil }
    let half = UnsafeRawBufferPointer(rebasing: id[(id.count - 16)...])
    // A bit for each digit that occurs.
    var digits: UInt32 = 0
    for digit in half { digits |= 1 << UInt32(digit < 0x3A ? digit - 0x30 : digit - 0x57) }
    return digits.nonzeroBitCount >= 6 && !half.starts(with: zeros[..<4]) ? half : nil
  }

  private static func isHex(_ id: UnsafeRawBufferPointer) -> Bool {
    id.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
