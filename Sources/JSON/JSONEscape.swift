// Which bytes must be escaped in a JSON string, and how. This is the only escaper for everything that we answer and export.

package enum JSONEscape {
  /// The number of characters that a byte is written as; 1 for a byte that is not escaped.
  @inlinable @inline(__always)
  package static func length(of byte: UInt8) -> Int {
    if byte >= 0x20 { return byte == 0x22 || byte == 0x5C ? 2 : 1 }
    return letter(of: byte) == nil ? 6 : 2
  }

  /// The length of a text inside a JSON string, in Unicode scalars: every byte that is not a continuation byte of UTF-8 begins one.
  package static func length(of text: UnsafeRawBufferPointer) -> Int {
    var length = 0
    for byte in text where byte & 0xC0 != 0x80 { length += self.length(of: byte) }
    return length
  }

  /// Appends a string with its quotes. A Swift string never holds lone surrogates.
  package static func write(_ text: String, into bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0), into: &bytes) }
  }

  package static func write(_ text: UnsafeRawBufferPointer, into bytes: inout [UInt8]) {
    bytes.append(0x22)
    var start = 0
    for index in text.indices where length(of: text[index]) > 1 {
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<index]))
      write(text[index], into: &bytes)
      start = index + 1
    }
    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
    bytes.append(0x22)
  }

  private static func write(_ byte: UInt8, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    if let letter = letter(of: byte) { return bytes.append(letter) }
    bytes.append(contentsOf: "u00".utf8)
    for digit in [byte >> 4, byte & 0xF] { bytes.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "A")) }
  }

  @inlinable @inline(__always)
  package static func letter(of byte: UInt8) -> UInt8? {
    switch byte {
    case 0x22, 0x5C: byte
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    default: nil
    }
  }
}
