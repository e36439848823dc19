// The smallest parts of text: durations and counts at their rounding limits, visible escapes, the length that a bound counts.

import JSON
import Testing

@testable import TraceDistiller

@Suite struct TextTableTests {
  @Test(
    arguments: [
      (0, "0 ms"), (1, "1 ns"), (999, "999 ns"), (1_000, "1.0 µs"), (1_049, "1.0 µs"), (1_050, "1.1 µs"), (9_949, "9.9 µs"),
      (9_999, "10.0 µs"),
      (10_000, "0.01 ms"), (14_999, "0.01 ms"), (15_000, "0.02 ms"), (800_000, "0.80 ms"), (999_999, "1.00 ms"), (156_780_000, "156.78 ms"),
      (156_784_999, "156.78 ms"), (156_785_000, "156.79 ms"), (999_994_999, "999.99 ms"), (999_995_000, "1.00 s"),
      (1_000_000_000, "1.00 s"),
      (1_214_999_999, "1.21 s"), (1_215_000_000, "1.22 s"), (3_600_000_000_000, "3600.00 s"), (.max, "9223372036.85 s"),
      (.min, "-9223372036.85 s"),
      (-1, "-1 ns"), (-1_500, "-1.5 µs"), (-2_500_000, "-2.50 ms"), (-999_995_000, "-1.00 s"),
    ] as [(Int64, String)])
  func durations(nanos: Int64, expected: String) { check(DurationText.format(nanos), expected, "\(nanos) ns") }

  @Test(
    arguments: [
      (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567"), (-1_000, "-1,000"),
      (.min, "-9,223,372,036,854,775,808"),
    ] as [(Int, String)])
  func counts(value: Int, expected: String) { check(DurationText.count(value), expected, "\(value)") }

  @Test(
    arguments: [
      (0, "0.0 %"), (0.648, "64.8 %"), (0.6485, "64.9 %"), (0.99949, "99.9 %"), (0.9996, "100.0 %"), (1, "100.0 %"), (-0.5, "0.0 %"),
      (.nan, "0.0 %"), (.infinity, "0.0 %"),
    ] as [(Double, String)])
  func shares(share: Double, expected: String) { check(DurationText.percent(share), expected, "\(share)") }

  @Test(arguments: [
    ("fetch_quote", "fetch_quote"), ("", ""), ("查询 🔥 é", "查询 🔥 é"), ("a\nb\r\n\tc", #"a\nb\r\n\tc"#), ("\u{1B}[31mred", #"\u{1b}[31mred"#),
    ("\u{0}\u{7F}\u{85}\u{9F}", #"\u{0}\u{7f}\u{85}\u{9f}"#), ("\u{202E}evil\u{202C}", #"\u{202e}evil\u{202c}"#),
    ("a\u{2066}b\u{2069}", #"a\u{2066}b\u{2069}"#),
    ("zero\u{200B}width\u{200D}\u{FEFF}", #"zero\u{200b}width\u{200d}\u{feff}"#),
    ("line\u{2028}para\u{2029}", #"line\u{2028}para\u{2029}"#),
    ("soft\u{AD}\u{61C}\u{3164}", #"soft\u{ad}\u{61c}\u{3164}"#), ("tag\u{E0041}\u{E0001}", #"tag\u{e0041}\u{e0001}"#),
    ("\u{FFFE}\u{1FFFF}\(Unicode.Scalar(0xFDD0 as UInt32)!)", #"\u{fffe}\u{1ffff}\u{fdd0}"#), ("\u{FFF9}x", #"\u{fff9}x"#),
    ("⚠\u{FE0F}", "⚠\u{FE0F}"),
    ("a\u{FE0F}\u{FE0F}⚠\u{FE0F}\u{FE0F}", "a\\u{fe0f}\\u{fe0f}⚠\u{FE0F}\\u{fe0f}"), ("\u{E000}\u{F0000}", #"\u{e000}\u{f0000}"#),
    ("\u{5E9}\u{5C1}\u{5BC}\u{5B8}\u{591}", "\u{5E9}\u{5C1}\u{5BC}\u{5B8}\u{591}"),
    ("a\u{301}\u{302}\u{303}\u{304}\u{305}\u{20DD}b\u{301}", "a\u{301}\u{302}\u{303}\u{304}\\u{305}\\u{20dd}b\u{301}"),
    ("\u{301}", #"\u{301}"#), ("\u{93F}\u{915}\u{93F}", "\\u{93f}\u{915}\u{93F}"), ("\u{20DD}a\u{301}", "\\u{20dd}a\u{301}"),
    ("\u{FE00}\u{FE0E}\u{34F}\u{1D173}", #"\u{fe00}\u{fe0e}\u{34f}\u{1d173}"#), ("x\u{2800}", #"x\u{2800}"#),
  ])
  func visible(text: String, expected: String) { check(VisibleText.make(text, limit: 200), expected, text.debugDescription) }

  /// A cut text is a prefix, gives the full length, and never splits an escape.
  @Test(
    arguments: [
      ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcdef…(7 chars)"), ("ab\n\n", 4, #"ab\n…(4 chars)"#), ("abc\nd", 4, "abc…(5 chars)"),
      ("abc\nd", 5, #"abc\n…(5 chars)"#), ("\u{202E}a", 7, "…(2 chars)"), ("", 0, ""), ("a", 0, "…(1 chars)"),
      ("e\u{301}e\u{301}", 3, "e\u{301}e…(4 chars)"),
    ] as [(String, Int, String)])
  func cuts(text: String, limit: Int, expected: String) {
    check(VisibleText.make(text, limit: limit), expected, "\(text.debugDescription) at \(limit)")
  }

  @Test(arguments: [
    "", "plain", "\"\\", "/", "\n\r\t\u{8}\u{C}", "\u{0}\u{1}\u{1F}", "\u{7F}\u{9F}", "é查🔥", "e\u{301}", "\r\n", "\u{2028}",
    "\u{FFFF}\u{10FFFF}",
  ])
  func jsonLengthIsThatOfTheWriter(text: String) {
    check("\(jsonLength(text))", "\(JSONValue.string(text).serializedString.unicodeScalars.count - 2)", text.debugDescription)
  }

  @Test(
    arguments: [
      ("", 0), ("plain", 0), (#"\u{202e}"#, 1), (#"a\u{1b}[31m\n\u{e0041}\u{200b}"#, 3), (#"\u{}\u{xyz}\u202e\\u{7f}"#, 0),
    ] as [(String, Int)])
  func escapesAreCounted(text: String, expected: Int) {
    check("\(VisibleText.escapeCount(in: text))", "\(expected)", text.debugDescription)
  }

  private func check(_ got: String, _ expected: String, _ what: String, at location: SourceLocation = #_sourceLocation) {
    #expect(
      got.unicodeScalars.elementsEqual(expected.unicodeScalars),
      "\(what)\n  expected \(expected.debugDescription)\n  got      \(got.debugDescription)",
      sourceLocation: location)
  }

  @Test(
    arguments: [
      ([1, 2, 3, 999], "1 2 3 999 ns"), ([1_000, 2_000, 50_000], "1.0 2.0 50.0 µs"),
      ([1_000_000, 2_500_000, 61_000_000], "1.0 2.5 61.0 ms"),
      ([40_000, 60_000, 37_410_000], "0.04 0.06 37.41 ms"), ([300_000, 1_210_000_000], "0.30 1210.00 ms"),
      ([300_000_000, 1_210_000_000], "0.30 1.21 s"), ([0, 0], "0 0 ns"),
      ([-5, 7], "0 7 ns"),
    ] as [([Int64], String)])
  func series(nanos: [Int64], expected: String) {
    let (numbers, unit) = DurationText.series(nanos)
    let got = (numbers + [unit]).joined(separator: " ")
    #expect(got == expected, "expected \(expected), got \(got)")
  }
}
