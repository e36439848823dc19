// The line format of the journal, written by the program and read by the server: the lines of the pipe with a checksum added.

import Platform

/// A line of the pipe ends with `…,"producer":"P","seq":7}}`; in the journal it ends with `…,"seq":7,"crc32c":"1a2b3c4d"}}`. The checksum
/// covers every byte before its own member.
package enum JournalLine {
  /// The number of bytes that the checksum adds to a line.
  package static let sealBytes = 20

  /// Writes a line (without newline, ending with `}}`) with its checksum to `target`, which has room for `line.count + sealBytes` bytes.
  package static func seal(_ line: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer) {
    let body = line.count - 2
    memcpy(target, line.baseAddress!, body)
    var end = target + body
    marker.withUTF8Buffer {
      memcpy(end, $0.baseAddress!, $0.count)
      end += $0.count
    }
    let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: line[..<body]))
    for index in 0..<8 { end.storeBytes(of: hexDigit(checksum >> UInt32(28 - 4 * index)), toByteOffset: index, as: UInt8.self) }
    end.storeBytes(of: UInt8(ascii: "\""), toByteOffset: 8, as: UInt8.self)
    end.storeBytes(of: UInt8(ascii: "}"), toByteOffset: 9, as: UInt8.self)
    end.storeBytes(of: UInt8(ascii: "}"), toByteOffset: 10, as: UInt8.self)
  }

  /// Whether a line (without newline) has a checksum that matches.
  package static func isIntact(_ line: UnsafeRawBufferPointer) -> Bool {
    let body = line.count - sealBytes - 2
    guard body > 0, line[(line.count - 3)...].elementsEqual([UInt8(ascii: "\""), UInt8(ascii: "}"), UInt8(ascii: "}")]) else {
      return false
    }
    guard marker.withUTF8Buffer({ memcmp($0.baseAddress!, line.baseAddress! + body, $0.count) == 0 }) else { return false }
    var written: UInt32 = 0
    for index in 0..<8 {
      guard let digit = hexValue(line[body + marker.utf8CodeUnitCount + index]) else { return false }
      written = written << 4 | digit
    }
    return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: line[..<body])) == written
  }

  /// The sequence numbers of a line, with or without a checksum: the line's own number, or the numbers that a gap record reports as lost
  /// and how many records these are. Nil if the line was not written by us.
  ///
  /// Read from the line's end without parsing: our writer puts the numbers there.
  package static func numbers(of line: UnsafeRawBufferPointer) -> (range: ClosedRange<UInt64>, count: UInt64)? {
    var rest = line[...]
    while let last = rest.last, last == UInt8(ascii: "}") { rest = rest.dropLast() }
    if rest.last == UInt8(ascii: "\"") { rest = rest.dropLast(sealBytes) }
    guard let (name, number) = lastMember(&rest) else { return nil }
    if name.elementsEqual("seq".utf8) { return number > 0 ? (number...number, 1) : nil }
    guard name.elementsEqual("count".utf8), let (lastName, last) = lastMember(&rest), lastName.elementsEqual("last_seq".utf8),
      let (firstName, first) = lastMember(&rest), firstName.elementsEqual("first_seq".utf8), first > 0, first <= last
    else { return nil }
    return (first...last, number)
  }

  /// Removes `,"name":123` from the end.
  private static func lastMember(_ rest: inout Slice<UnsafeRawBufferPointer>) -> (name: Slice<UnsafeRawBufferPointer>, number: UInt64)? {
    var number: UInt64 = 0
    var scale: UInt64 = 1
    var digits = 0
    while let byte = rest.last, (0x30...0x39).contains(byte), digits < 20 {
      let (product, overflow) = UInt64(byte - 0x30).multipliedReportingOverflow(by: scale)
      let (sum, tooLarge) = number.addingReportingOverflow(product)
      guard !overflow, !tooLarge else { return nil }
      number = sum
      digits += 1
      scale = digits < 20 ? scale &* 10 : scale
      rest = rest.dropLast()
    }
    guard digits > 0, rest.last == UInt8(ascii: ":") else { return nil }
    rest = rest.dropLast()
    guard rest.last == UInt8(ascii: "\"") else { return nil }
    rest = rest.dropLast()
    guard let quote = rest.suffix(16).lastIndex(of: UInt8(ascii: "\"")), quote > rest.startIndex else { return nil }
    let name = rest[(quote + 1)...]
    rest = rest[..<(quote - 1)]
    return (name, number)
  }

  private static let marker: StaticString = ",\"crc32c\":\""

  private static func hexDigit(_ value: UInt32) -> UInt8 {
    let digit = UInt8(value & 0xF)
    return digit < 10 ? 0x30 + digit : 0x57 + digit
  }

  private static func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x61...0x66: UInt32(byte - 0x57)
    default: nil
    }
  }
}
