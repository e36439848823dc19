// Proves that decimal times are converted to nanoseconds digit by digit, whether jansson or our scanner read the number.

import JSON
import Testing

@testable import TraceRecords

struct DecimalTimeTests {
  @Test func digits() {
    let rows: [(text: String, shift: Int, nanos: Int64?)] = [
      ("1732107142997066.682", 3, 1_732_107_142_997_066_682), ("1732107143473442.569", 3, 1_732_107_143_473_442_569),
      ("1715580000000000.001", 3, 1_715_580_000_000_000_001), ("476375.838", 3, 476_375_838), ("0.001", 3, 1), ("-3", 3, -3_000),
      // Fractions of a nanosecond are rounded, half away from zero.
      ("0.0004", 3, 0), ("0.0005", 3, 1), ("-0.0005", 3, -1), ("0.00049999999999999999999", 3, 0), ("1.9996", 3, 2_000),
      ("1.666382280874284e15", 3, 1_666_382_280_874_284_000), ("1.666382280874291E+15", 3, 1_666_382_280_874_291_000),
      ("1.5e3", 3, 1_500_000),
      ("12345e-4", 9, 1_234_500_000), ("1e-30", 9, 0), ("0e99999999999999999999", 9, 0),
      ("000000000000000000000000000001", 9, 1_000_000_000),
      ("1767225600.0500125", 9, 1_767_225_600_050_012_500), ("5", 0, 5), ("5.5", 0, 6), ("+7", 0, 7), (".5", 3, 500), ("5.", 3, 5_000),
      ("9223372036854775.807", 3, .max), ("-9223372036854775.807", 3, -.max),
      ("9223372036854775.808", 3, nil), ("1e300", 3, nil), ("18446744073709551616", 0, nil), ("9223372036854775807", 3, nil),
      ("", 3, nil), (".", 3, nil), ("-", 3, nil), ("1e", 3, nil), ("1e+", 3, nil), ("soon", 3, nil), ("1 ", 3, nil), ("0x10", 3, nil),
      ("1.2.3", 3, nil), ("NaN", 3, nil),
    ]
    for (text, shift, nanos) in rows {
      let got = Array(text.utf8).withUnsafeBytes { DecimalTime.nanos($0, shift: shift) }
      #expect(
        got == nanos, "\(text) × 10^\(shift)\n  expected \(nanos.map { "\($0)" } ?? "nil")\n  got      \(got.map { "\($0)" } ?? "nil")")
    }
  }

  @Test func numbersAndTextsOfAValue() throws {
    let rows: [(json: String, nanos: Int64?)] = [
      ("[1732107142997066.682]", 1_732_107_142_997_066_682), (#"["1732107142997066.682"]"#, 1_732_107_142_997_066_682),
      ("[3]", 3_000), ("[1.5e3]", 1_500_000), ("[-0.5]", -500), ("[null]", nil), ("[true]", nil), (#"["x"]"#, nil),
      ("[9223372036854775807]", nil),
    ]
    for (json, nanos) in rows {
      var scanner = ValueScanner()
      let got = Array(json.utf8).withUnsafeBytes { scanner.read($0) { $0.first!.nanosOfMicros } }
      #expect(got == .some(nanos), "\(json): \(String(describing: got))")
    }
    // jansson keeps a Double, which is exact for up to fifteen digits.
    for (json, nanos) in [("[1767225600.25]", 1_767_225_600_250), ("[0.001]", 1), ("[1e3]", 1_000_000)] as [(String, Int64)] {
      let got = try Array(json.utf8).withUnsafeBytes { firstMicros(try JanssonTree(parsing: $0)) }
      #expect(got == nanos, "\(json): \(String(describing: got))")
    }
  }

  private func firstMicros(_ tree: borrowing JanssonTree) -> Int64? { ValueNode(tree.root).first?.nanosOfMicros }
}
