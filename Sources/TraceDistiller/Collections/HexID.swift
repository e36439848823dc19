// Ids of 16 lowercase hex digits, such as OpenTelemetry's span ids, in 8 bytes: half of the text's size, and compared in one step.

import CScan

/// The eight bytes of an id of 16 lowercase hex digits, in the order of its text. Nil for any other text, because converting back must give
/// the same text.
struct HexID: Equatable {
  static let digits = 16
  let bytes: UInt64

  init(bytes: UInt64) { self.bytes = bytes }

  @inline(__always)
  init?(_ text: UnsafeRawBufferPointer) {
    guard text.count == HexID.digits, let first = text.baseAddress, scan_hex_digits_16(first) & 0xFFFF == 0xFFFF else { return nil }
    bytes = scan_pack_hex_16(first)
  }

  /// The digits again, as two words of eight characters.
  var text: (UInt64, UInt64) {
    (HexID.unpacked(bytes & 0xFFFF_FFFF).littleEndian, HexID.unpacked(bytes >> 32).littleEndian)
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  private static func unpacked(_ bytes: UInt64) -> UInt64 {
    let fours = (bytes | bytes << 16) & 0x0000_FFFF_0000_FFFF
    let pairs = (fours | fours << 8) & 0x00FF_00FF_00FF_00FF
    return digits(pairs >> 4 & 0x000F_000F_000F_000F | (pairs & 0x000F_000F_000F_000F) << 8)
  }

  /// The characters of eight values from 0 to 15.
  private static func digits(_ values: UInt64) -> UInt64 { values &+ 0x30 &* ones &+ ((values &+ 6 &* ones) >> 4 & ones) &* 0x27 }
}
