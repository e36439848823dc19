// Proves that no number changes when it is read or written: integers up to the limits of Int64, reals, and numbers that neither Int64 nor
// Double can hold.

import JSON
import Testing

@Suite struct NumberTests {
  @Test func integersKeepEveryDigit() {
    check("9223372036854775807", means: .integer(Int64.max))
    check("-9223372036854775808", means: .integer(Int64.min))
    check("9007199254740993", means: .integer(9_007_199_254_740_993 as Int64))  // 2^53 + 1
    check("-1", means: -1)
  }

  @Test func numbersThatNothingHoldsKeepTheirText() {
    for policy in [JSONRepair.Policy.numbersAndNUL, .text] {
      check("18446744073709551615", means: .bigNumber("18446744073709551615"), repair: policy)  // 2^64 − 1
      check("9223372036854775808", means: .bigNumber("9223372036854775808"), repair: policy)
      check("-9223372036854775809", means: .bigNumber("-9223372036854775809"), repair: policy)  // −2^63 − 1
      check("1e999", means: .bigNumber("1e999"), repair: policy)
      check("[-1E+999,1]", means: [.bigNumber("-1E+999"), 1], repair: policy)
    }
    let many = String(repeating: "9", count: 5_000)
    check(many, means: .bigNumber(many))
  }

  @Test func realsAreTheNearestDouble() {
    check("0.1", means: 0.1)
    check("1e22", means: 1e22)
    check("1E-7", means: 1e-7)
    check("-2.5e+3", means: -2_500.0)
    check("1.0", means: .number(1))
    check("1e-999", means: .number(0))
    check("1.7976931348623157e308", means: .number(.greatestFiniteMagnitude))
    check("5e-324", means: .number(.leastNonzeroMagnitude))
  }

  @Test func minusZeroIsKept() throws {
    let value = try JSONValue(parsing: "-0.0")
    #expect(value.double?.sign == .minus, "got \(value)")
    check(.number(-0.0), isWritten: "-0.0")
    check("-0", means: 0)
  }

  @Test(arguments: [
    ("01", 1), ("-01", 2), ("-", 1), ("+1", 1), ("1.", 2), (".5", 1), ("1e", 2), ("1e+", 3), ("--1", 1), ("1.e5", 2), ("00", 1),
    ("018446744073709551615", 1),
  ])
  func whatIsNoNumberIsRefused(_ text: String, _ offset: Int) {
    check(text, isRefusedAt: offset)
  }

  @Test func realsAreWrittenShort() {
    check(156.78, isWritten: "156.78")
    check(0.1, isWritten: "0.1")
    check([156.78, 0.1, 2.5], isWritten: "[156.78,0.1,2.5]")
    check(.number(3), isWritten: "3.0")
    check(1e22, isWritten: "1e22")
    check(1e-7, isWritten: "1e-7")
  }

  /// 0.1 + 0.2 needs 17 digits to read back as the same value.
  @Test func realsAreWrittenExactly() throws {
    for value in [0.1 + 0.2, 1.0 / 3, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 123_456_789.123_456_79] {
      let written = JSONValue.number(value).serialized
      #expect(try JSONValue(parsing: written).double == value, "\(value) was written as \(String(decoding: written, as: UTF8.self))")
    }
  }

  /// A number that needs 17 digits does not make others longer.
  @Test func everyRealIsAsShortAsItCanBe() {
    check([.number(0.1 + 0.2), 0.1, 156.78], isWritten: "[0.30000000000000004,0.1,156.78]")
    check([1e300, -1.5e-9, 123_456_789_012_345_680.0], isWritten: "[1e300,-1.5e-9,1.2345678901234568e17]")
  }

  @Test func integersAreWrittenExactly() {
    check(.integer(Int64.min), isWritten: "-9223372036854775808")
    // Every length and both signs, and the length computed without writing.
    var edge: Int64 = 1
    for _ in 0..<18 {
      edge *= 10
      for value in [edge, edge - 1, -edge, 1 - edge, 0, 9, -9] {
        check(.integer(value), isWritten: "\(value)")
        #expect(JSONValue.integer(value).serializedScalarCount == "\(value)".utf8.count, "\(value)")
      }
    }
    check(.integer(Int64.max), isWritten: "9223372036854775807")
  }

  @Test func whatJSONCannotSayBecomesSomethingItCan() {
    check(.number(.nan), isWritten: "null")
    check([.number(.infinity), 1], isWritten: "[null,1]")
    check(.bigNumber("18446744073709551615"), isWritten: #""18446744073709551615""#)
  }
}
