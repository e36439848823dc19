// Ids of 16 lowercase hex digits, as OpenTelemetry's span ids are, in 8 bytes: half the text, and compared in one step.

/// The eight bytes of an id of 16 lowercase hex digits, in the order of its text. Any other text is none: the way back must give the same text.
struct HexID: Equatable {
  static let digits = 16
  let bytes: UInt64

  init(bytes: UInt64) { self.bytes = bytes }

  init?(_ text: UnsafeRawBufferPointer) {
    guard text.count == HexID.digits, let first = HexID.packed(UInt64(littleEndian: text.loadUnaligned(as: UInt64.self))),
      let second = HexID.packed(UInt64(littleEndian: text.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    else { return nil }
    bytes = first | second << 32
  }

  /// The digits again, as two words of eight characters each.
  var text: (UInt64, UInt64) {
    (HexID.unpacked(bytes & 0xFFFF_FFFF).littleEndian, HexID.unpacked(bytes >> 32).littleEndian)
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// Eight characters as four bytes; the first character is the lowest byte. Nil where one is no lowercase hex digit.
  private static func packed(_ characters: UInt64) -> UInt64? {
    // Bit 6 distinguishes a letter from a digit: `a` is 0x61, and 1 + 9 its value.
    let values = characters & (0x0F &* ones) &+ (characters >> 6 & ones) &* 9
    guard values & (0xF0 &* ones) == 0, digits(values) == characters else { return nil }
    // Pairs of nibbles become bytes, then the bytes move together.
    let pairs = (values << 4 | values >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF
    return (fours | fours >> 16) & 0xFFFF_FFFF
  }

  private static func unpacked(_ bytes: UInt64) -> UInt64 {
    let fours = (bytes | bytes << 16) & 0x0000_FFFF_0000_FFFF
    let pairs = (fours | fours << 8) & 0x00FF_00FF_00FF_00FF
    return digits(pairs >> 4 & 0x000F_000F_000F_000F | (pairs & 0x000F_000F_000F_000F) << 8)
  }

  /// The character of each of eight values from 0 to 15.
  private static func digits(_ values: UInt64) -> UInt64 { values &+ 0x30 &* ones &+ ((values &+ 6 &* ones) >> 4 & ones) &* 0x27 }
}
