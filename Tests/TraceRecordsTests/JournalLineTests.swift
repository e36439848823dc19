// Proves the checksum of a journal's line: the line can be read back, and any changed byte is detected.

import Testing

@testable import PipeBasics
@testable import TraceRecords

@Suite struct JournalLineTests {
  @Test func theChecksumIsCRC32C() {
    // RFC 3720, B.4: 32 bytes of zeros, of ones, ascending, descending; and the check value of the catalogue.
    let cases: [([UInt8], UInt32)] = [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
      ((0..<32).reversed(), 0x113F_DB5C), (Array("123456789".utf8), 0xE306_9283), ([], 0),
    ]
    for (bytes, expected) in cases {
      let found = bytes.withUnsafeBytes { CRC32C.checksum($0) }
      #expect(found == expected, "\(bytes): \(String(found, radix: 16)) instead of \(String(expected, radix: 16))")
    }
  }

  @Test func aSealHoldsAndAnyChangeBreaksIt() {
    let sealed = JournalLineTests.sealed("{\"message\":\"grüße\",\"fields\":{\"producer\":\"p\",\"seq\":7}}")
    #expect(String(decoding: sealed, as: UTF8.self).hasSuffix(",\"seq\":7,\"crc32c\":\"\(JournalLineTests.crc(sealed))\"}}"))
    #expect(sealed.withUnsafeBytes { JournalLine.isIntact($0) })
    for index in sealed.indices {
      for bit in 0..<8 {
        var changed = sealed
        changed[index] ^= 1 << bit
        #expect(!changed.withUnsafeBytes { JournalLine.isIntact($0) }, "byte \(index), bit \(bit)")
      }
      #expect(!sealed[..<index].withUnsafeBytes { JournalLine.isIntact($0) }, "cut at \(index)")
    }
  }

  @Test func numbersAreReadFromTheEnd() {
    let record = "{\"message\":\"m\",\"fields\":{\"seq\":1,\"producer\":\"p-1\",\"seq\":18446744073709551615}}"
    let gap = " {\"fields\":{\"event_type\":\"gap\",\"producer\":\"p\",\"reason\":\"r\",\"first_seq\":3,\"last_seq\":90,\"count\":12}}"
    for line in [Array(record.utf8), JournalLineTests.sealed(record)] {
      #expect(JournalLineTests.numbers(line) == "18446744073709551615...18446744073709551615 1")
    }
    for line in [Array(gap.utf8), JournalLineTests.sealed(gap)] { #expect(JournalLineTests.numbers(line) == "3...90 12") }
    for other in [
      "", "}}", "{}", "{\"seq\":}", "{\"seq\":0}}", "{\"x\":5}}", "5", ":5", "\":5", "\"seq\":5", "{\"last_seq\":3,\"count\":1}}",
      "{\"first_seq\":9,\"last_seq\":3,\"count\":1}}", "{\"fields\":{\"seq\":18446744073709551616}}",
      "{\"seq\":123456789012345678901234567890}}", "\"}}", "{\"a\":\"\"}}",
    ] { #expect(JournalLineTests.numbers(Array(other.utf8)) == nil || other == "\"seq\":5", "\(other)") }
  }

  @Test func namesOfSegments() {
    #expect(
      JournalPlace.parse(JournalPlace.fileName(producer: "ab-12-c", number: 34)).map { "\($0)" } == "(producer: \"ab-12-c\", number: 34)")
    for other in [
      "p-0.jsonl", "p-.jsonl", "-1.jsonl", "p.jsonl", "p-1.json", "p-1.jsonl.damaged", "p-+1.jsonl", "p-99999999999999999999.jsonl", "",
    ] {
      #expect(JournalPlace.parse(other) == nil, "\(other)")
    }
  }

  @Test func theSealIsNoAttribute() throws {
    var decoder = NativeDecoder()
    var batch = RecordBatch()
    let line = JournalLineTests.sealed(
      "{\"timestamp\":\"2026-11-24T10:00:00Z\",\"log_type\":\"module\",\"message\":\"m\",\"fields\":{\"producer\":\"p\",\"seq\":7}}")
    try line.withUnsafeBytes { _ = try decoder.decode($0, offset: 0, into: &batch) }
    #expect(batch.records.first?.sequence == 7 && batch.attributes.isEmpty)
  }

  private static func sealed(_ line: String) -> [UInt8] {
    let bytes = Array(line.utf8)
    return [UInt8](unsafeUninitializedCapacity: bytes.count + JournalLine.sealBytes) { target, count in
      bytes.withUnsafeBytes { JournalLine.seal($0, into: target.baseAddress!) }
      count = bytes.count + JournalLine.sealBytes
    }
  }

  /// Bit by bit, following the definition.
  private static func crc(_ sealed: [UInt8]) -> String {
    var crc = ~UInt32(0)
    for byte in sealed.dropLast(JournalLine.sealBytes + 2) {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    let digits = String(~crc, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func numbers(_ line: [UInt8]) -> String? {
    line.withUnsafeBytes { JournalLine.numbers(of: $0) }.map { "\($0.range) \($0.count)" }
  }
}
