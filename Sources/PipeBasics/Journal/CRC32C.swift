// The checksum of journal lines: damaged sectors and torn lines must not become records.

/// CRC-32C (Castagnoli; RFC 3720, B.4), eight bytes per step with the tables of Kounavis and Berry ("slicing by 8").
package enum CRC32C {
  /// The checksum of the bytes. For `123456789` it is 0xE3069283.
  /// - Complexity: O(bytes); 1–2 bytes per nanosecond.
  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = ~UInt32(0)
    var index = 0
    while index + 8 <= bytes.count {
      let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)) ^ crc
      let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self))
      crc = tables.row(7, low) ^ tables.row(6, low >> 8) ^ tables.row(5, low >> 16) ^ tables.row(4, low >> 24)
      crc ^= tables.row(3, high) ^ tables.row(2, high >> 8) ^ tables.row(1, high >> 16) ^ tables.row(0, high >> 24)
      index += 8
    }
    while index < bytes.count {
      crc = tables.row(0, crc ^ UInt32(bytes[index])) ^ crc >> 8
      index += 1
    }
    return ~crc
  }

  /// Eight rows of 256 words.
  ///
  /// `@unchecked Sendable`: written before it is shared, and never freed.
  private struct Tables: @unchecked Sendable {
    private let words: UnsafeMutablePointer<UInt32>

    init() {
      words = .allocate(capacity: 8 * 256)
      for index in 0..<256 {
        var crc = UInt32(index)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        words[index] = crc
      }
      for index in 256..<8 * 256 {
        let before = words[index - 256]
        words[index] = words[Int(before & 0xFF)] ^ before >> 8
      }
    }

    @inline(__always)
    func row(_ row: Int, _ index: UInt32) -> UInt32 { words[row << 8 | Int(index & 0xFF)] }
  }

  private static let tables = Tables()
}
