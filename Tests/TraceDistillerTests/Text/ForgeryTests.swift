// A name, value or message that looks like a part of our own text is in quotes: it cannot imitate a mark, a time, a field, a glyph or a
// line.

import Testing

@testable import TraceDistiller

@Suite struct ForgeryTests {
  /// Hebrew needs four marks on one letter; the fifth would stand on other lines.
  @Test func fourMarksStandOnALetter() {
    let mark = "\u{5B0}"
    for letter in ["a", "\u{5D0}"] {
      let four = letter + String(repeating: mark, count: 4)
      #expect(VisibleText.make(four, limit: 80) == four)
      #expect(VisibleText.make(four + mark + "b", limit: 80).unicodeScalars.elementsEqual((four + "\\u{5b0}b").unicodeScalars))
    }
  }

  @Test(arguments: [
    ("fetch_quote", "fetch_quote"), ("GET /users/{id}", "GET /users/{id}"), ("Vec<T>::push(x)", "Vec<T>::push(x)"), ("a=b, c", "a=b, c"),
    ("say \"hi\"", "say \"hi\""),
    ("C:\\temp", "C:\\temp"), ("查询", "查询"), ("a → b", "a → b"), ("a[0]", "a[0]"), ("naïve", "naïve"),
    ("", "\"\""), ("fetch (0.01 ms | 0.01 ms)", "\"fetch (0.01 ms | 0.01 ms)\""), ("❌ fetch", "\"❌ fetch\""), ("a 🔥", "\"a 🔥\""),
    ("├─ child", "\"├─ child\""),
    ("│  ", "\"│  \""), ("… 12 more", "\"… 12 more\""), ("a › b", "\"a › b\""), ("a — parent x is missing", "\"a — parent x is missing\""),
    ("Trace: t9", "\"Trace: t9\""),
    ("=== Errors ===", "\"=== Errors ===\""), ("a [ok=true]", "\"a [ok=true]\""), ("a ×9", "\"a ×9\""), (" a", "\" a\""), ("a ", "\"a \""),
    ("a  b", "\"a  b\""),
    ("\"a\"", #""\"a\"""#), ("❌ \\\"", #""❌ \\\"""#), ("a\u{3000}(1 ms | 1 ms)", "\"a\u{3000}(1 ms | 1 ms)\""),
    ("\u{301}a", #""\u{301}a""#), ("=== \n", #""=== \n""#),
  ])
  func names(text: String, expected: String) { check(.name, text, expected) }

  @Test(arguments: [
    ("CGPT", "CGPT"), ("a b", "a b"), ("https://x/y?z=1", "https://x/y?z=1"), ("1,5", "1,5"), ("", "\"\""),
    ("x, ok=true", "\"x, ok=true\""),
    ("x] (1 ms)", "\"x] (1 ms)\""), ("…", "\"…\""), ("\"x", #""\"x""#), ("[redacted:jwt]", "[redacted:jwt]"),
  ])
  func values(text: String, expected: String) { check(.value, text, expected) }

  @Test(arguments: [("http.url", "http.url"), ("a=b", "\"a=b\""), ("a, b", "\"a, b\""), ("a]", "\"a]\""), ("", "\"\"")])
  func keys(text: String, expected: String) { check(.key, text, expected) }

  @Test(arguments: [
    ("timed out after 3 s", "timed out after 3 s"), ("a: b, c (d)", "a: b, c (d)"), ("no — root", "\"no — root\""), ("x › y", "\"x › y\""),
    ("one\ntwo", "one\\ntwo"),
  ])
  func messages(text: String, expected: String) { check(.message, text, expected) }

  @Test func cutNameTellsItsLengthOutsideTheQuotes() {
    check(.name, String(repeating: "❌ ", count: 100), "\"❌ ❌ ❌ ❌ ❌ \"…(200 chars)", limit: 10)
    check(.name, String(repeating: "a", count: 100), "aaaaaaaaaa…(100 chars)", limit: 10)
  }

  @Test func forgedSummaryIsVisiblySo() {
    var sketch = TraceSketch("main  |---|")
    sketch.spans[0].name = "main (1 ns | 1 ns)\n└─ ❌ child"
    sketch.spans[0].statusMessage = "ok — main\n\n=== Errors ===\n❌ all of it"
    sketch.spans[0].isFailed = true
    sketch.spans[0].attributes = [("k=1] x", .text("v, w=2"))]
    check(
      sketch,
      reads: #"""
        === Execution path report ===
        Trace: t1 · trace-1
        Root: "main (1 ns | 1 ns)\n└─ ❌ child"
        Duration: 4.00 ms
        Status: ❌ failed

        === Call tree ===
        name (total | self) [attributes]   🔥 on the critical path   ❌ error
        🔥 ❌ "main (1 ns | 1 ns)\n└─ ❌ child" (4.00 ms | 4.00 ms) ["k=1] x"="v, w=2"]

        === Critical path ===
        100.0 %  4.00 ms  "main (1 ns | 1 ns)\n└─ ❌ child"

        === Errors ===
        ❌ "ok — main\n\n=== Errors ===\n❌ all of it" in "main (1 ns | 1 ns)\n└─ ❌ child" — "main (1 ns | 1 ns)\n└─ ❌ child"
        """#)
  }

  private func check(
    _ field: FieldText, _ text: String, _ expected: String, limit: Int = 120, at location: SourceLocation = #_sourceLocation
  ) {
    let got = field.make(text, limit: limit)
    #expect(
      got.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(text.debugDescription)\n  expected \(expected)\n  got      \(got)",
      sourceLocation: location)
  }

  private func check(_ sketch: TraceSketch, reads expected: String) {
    let got = sketch.distilled().summary().text
    #expect(got == expected, "expected\n\(expected)\ngot\n\(got)")
  }
}
