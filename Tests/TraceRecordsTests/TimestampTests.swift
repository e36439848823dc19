// Proves that RFC 3339 texts are converted to the right nanoseconds or rejected, and that instants are written with milliseconds.

import Testing

@testable import TraceRecords

@Suite struct TimestampTests {
  @Test func textsOfEveryShapeAreRead() {
    check("1970-01-01T00:00:00Z", 0)
    check("2026-11-23T19:33:34.483613453+00:00", 1_795_462_414_483_613_453)
    check("2026-11-23t19:33:34z", 1_795_462_414_000_000_000)
    check("2026-11-23 19:33:34Z", 1_795_462_414_000_000_000)
    check("2026-11-23T19:33:34-00:00", 1_795_462_414_000_000_000)
    // Zones in the east are ahead of UTC, also across midnight and the end of a year.
    check("2025-01-01T00:00:00+05:30", 1_735_669_800_000_000_000)
    check("2024-12-31T23:59:59-09:30", 1_735_723_799_000_000_000)
    check("2026-11-23T19:33:34+23:59", 1_795_462_414_000_000_000 - 86_340_000_000_000)
    // A leap second is read as the second after it.
    check("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000)
  }

  @Test func fractionsOfAnyLengthAreReadAndCutAtNineDigits() {
    let digits = "123456789987654321"
    for count in 1...digits.count {
      let kept = Int64(digits.prefix(min(count, 9)))!
      var nanos = kept
      for _ in 0..<max(0, 9 - count) { nanos *= 10 }
      check("1970-01-01T00:00:01.\(digits.prefix(count))Z", 1_000_000_000 + nanos)
    }
    check("1970-01-01T00:00:00.000000001Z", 1)
    // Before 1970 the fraction still counts upwards.
    check("1969-12-31T23:59:59.999999999Z", -1)
  }

  @Test func leapYearsFollowTheGregorianRule() {
    check("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000)
    check("2000-02-29T00:00:00Z", 951_782_400_000_000_000)
    check("1900-03-01T00:00:00Z", -2_203_891_200_000_000_000)
    check("2100-02-28T23:59:59Z", 4_107_542_399_000_000_000)
    for text in ["1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2025-02-29T00:00:00Z", "2024-02-30T00:00:00Z"] { check(text, nil) }
  }

  @Test func theBoundsHoldSoThatAnyTwoInstantsHaveADifference() {
    check("1823-11-12T00:06:21.572612097Z", -Timestamp.limit)
    check("1823-11-12T00:06:21.572612095Z", nil)
    check("2116-02-20T23:53:38.427387903Z", Timestamp.limit)
    check("2116-02-20T23:53:38.427387905Z", nil)
    for text in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1700-01-01T00:00:00Z"] { check(text, nil) }
    #expect(!Timestamp.limit.subtractingReportingOverflow(-Timestamp.limit).overflow)
    #expect(!(-Timestamp.limit).subtractingReportingOverflow(Timestamp.limit).overflow)
    #expect(Timestamp.clamped(.max) == Timestamp.limit)
    #expect(Timestamp.clamped(.min + 1) == -Timestamp.limit)
    #expect(Timestamp.clamped(Record.unknown) == Record.unknown)
  }

  @Test func everythingElseIsRefused() {
    let texts = [
      "", "Z", "2026", "2026-11-23", "2026-11-23T19:33:34", "2026-11-23T19:33Z", "2026-11-23T19:33:34.Z", "2026-11-23T19:33:34.5",
      "2026-11-23T19:33:34+0000",
      "2026-11-23T19:33:34+00", "2026-11-23T19:33:34+24:00", "2026-11-23T19:33:34+00:60", "2026-11-23T19:33:34+00:00Z",
      "2026-11-23T19:33:34ZZ",
      "2026-11-23T19:33:34Z ", " 2026-11-23T19:33:34Z", "2026-00-23T19:33:34Z", "2026-13-23T19:33:34Z", "2026-11-00T19:33:34Z",
      "2026-11-31T19:33:34Z",
      "2026-11-23T24:00:00Z", "2026-11-23T19:60:34Z", "2026-11-23T19:33:61Z", "2026/11/23T19:33:34Z", "2026-11-23X19:33:34Z",
      "2026-11-23T19.33.34Z",
      "-026-11-23T19:33:34Z", "+2026-11-23T19:33:34Z", "2026-11-23T19:33:34,5Z", "2026-11-23T19:33:34.5e3Z", "２026-11-23T19:33:34Z",
      "1795462414",
      "2026-11-23T19:33:34.\0Z", "2026-11-23T1 :33:34Z",
    ]
    for text in texts { check(text, nil) }
  }

  @Test func instantsAreWrittenToTheMillisecondAndReadBack() {
    let rows: [(Int64, String)] = [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1_795_462_414_483_613_453, "2026-11-23T19:33:34.483Z"),
      // The last nanosecond of a second still belongs to it: no rounding up through a Double.
      (1_795_462_414_999_999_999, "2026-11-23T19:33:34.999Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
      (-Timestamp.limit, "1823-11-12T00:06:21.572Z"), (Timestamp.limit, "2116-02-20T23:53:38.427Z"),
    ]
    for (nanos, text) in rows {
      #expect(Timestamp.format(nanos) == text, "\(nanos)\n  expected \(text)\n  got      \(Timestamp.format(nanos))")
    }
    var random = SplitMix64(seed: 1)
    for _ in 0..<5_000 {
      let nanos = Int64.random(in: -Timestamp.limit / 2...Timestamp.limit / 2, using: &random)
      let millis = nanos >= 0 ? nanos / 1_000_000 : (nanos - 999_999) / 1_000_000
      check(Timestamp.format(nanos), millis * 1_000_000)
    }
    // Any instant is formatted without a trap.
    for nanos in [Int64.min, .min + 1, .max] { #expect(Timestamp.format(nanos).hasSuffix("Z")) }
  }

  private func check(_ text: String, _ expected: Int64?, at location: SourceLocation = #_sourceLocation) {
    let got = Timestamp.parse(text)
    #expect(
      got == expected, "\(text.debugDescription)\n  expected \(String(describing: expected))\n  got      \(String(describing: got))",
      sourceLocation: location)
  }
}
