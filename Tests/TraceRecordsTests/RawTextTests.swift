// Proves that unescaped characters in JSON are repaired and counted, and that a multi-line text is distinguished from a line whose writer
// died.

import Testing

@testable import TraceRecords

struct RawTextTests {
  @Test(arguments: [
    ("a raw NUL", "a\u{0}b", "a\\u0000b"), ("a raw line break", "a\nb", "a\\nb"),
    ("lines that look like text", "a\nERROR: b\n\tat c\n", "a\\nERROR: b"),
    ("a raw tab", "a\tb", "a\\tb"),
  ])
  func inStrings(_ what: String, _ text: String, _ shown: String) {
    let span =
      #"{"traceId":"a1","id":"b1","kind":"CLIENT","timestamp":1767225600000000,"duration":2,"name":"before","tags":{"k":"\#(text)"}}"#
    for (way, input, count) in [
      ("alone", span + "\n" + timed("next") + "\n", 2), ("in a list", "[\(span),\(span.replacing("b1", with: "b2"))]\n" + timed("next"), 3),
      ("glued", span + timed("next"), 2),
    ] {
      let got = read(input)
      #expect(
        got.records.count == count && got.statistics.lost == 0 && got.statistics.repairedLines == 1 && got.statistics.otherLines == 0,
        "\(what) \(way)\n\(got.records)\n\(got.counters) \(got.problems)")
      #expect(got.records.first?.contains("k=") == true, "\(what): \(got.records)")
      checkEverySplit(Array(input.utf8))
    }
  }

  /// The writer died inside a string: what follows is not part of its text, whatever comes before it.
  @Test(arguments: [
    timed("next"), "app-1  | " + timed("next"), "[INFO] " + timed("next"), "GET /cart 200\nlistening\n" + timed("next"),
    #"{"name":"x"}"# + "\n" + timed("next"),
  ])
  func aTornStringIsNoTextOfSeveralLines(_ rest: String) {
    let got = read(#"{"timestamp":"2026-01-01T00:00:00Z","log_type":"module","message":"bro"# + "\n" + rest + "\n")
    #expect(
      got.records.filter { $0.contains("says \"next\"") }.count == 1 && got.statistics.tornLines == 1,
      "\(rest): \(got.counters) \(got.problems)")
  }

  @Test(arguments: ["nan", "NaN", "-nan", "inf", "-inf", "Infinity", "-Infinity", "INF"]) func numbersThatAreNone(_ word: String) {
    let got = read(#"[{"ph":"X","name":"n","ts":1,"dur":1,"pid":1,"tid":1,"args":{"v":\#(word)}}]"#)
    let shown = word.lowercased().hasSuffix("nan") ? "NaN" : word.hasPrefix("-") ? "-Infinity" : "Infinity"
    #expect(
      got.records.contains { $0.contains("v=\"\(shown)\"") } && got.statistics.repairedLines == 1 && got.statistics.lost == 0,
      "\(word): \(got)")
  }

  @Test func wordsThatBeginAlike() {
    for word in ["nano", "info", "nul", "none", "infinit"] {
      #expect(read(#"[{"ph":"X","name":"n","ts":1,"pid":1,"args":{"v":\#(word)}}]"#).statistics.lost == 1, "\(word)")
    }
  }

  /// An object that is a member's value on a line of its own is a separate record if what came before it broke off.
  @Test func anObjectBehindABrokenMember() {
    let torn = #"{"name":"x","context":"#
    let other = #"{"traceId":"a1","id":"b1","kind":"CLIENT","timestamp":1767225600000000,"duration":2}"#
    let got = read(torn + "\n" + other + "\n" + other.replacing("b1", with: "b2") + "\n")
    #expect(got.records.count == 2 && got.statistics.tornLines == 1, "\(got)")
  }
}
