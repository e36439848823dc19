// Errors and warnings as a section: each cause once, where it first happened and its effect, warnings separate from errors.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct ErrorSectionTests {
  @Test func errorsAreToldOnceWithTheirFirstPath() {
    check(
      """
      main    |---------------|
        a      |------|         w"slow"
          get   |--|            !"refused"
          get        |-|        !"refused"
        b               |----|  e"odd" w"slow"
          get             |-|   !"refused"
      """,
      SummaryOptions(only: .errors),
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: main
        Duration: 16.00 ms
        Status: ⚠️ ok, 4 errors inside

        === Errors ===
        ❌ refused ×2 in get — main › a › get, swallowed by a
        ❌ odd in b — main › b, swallowed by main
        ❌ refused in get — main › b › get, swallowed by main
        ⚠️ slow in a — main › a
        ⚠️ slow in b — main › b
        """)
  }

  @Test func onlyWarningsAreNotCalledErrors() {
    check(
      "main  |---|  w\"slow\"",
      SummaryOptions(only: .errors),
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: main
        Duration: 4.00 ms
        Status: ✅ ok

        === Warnings ===
        ⚠️ slow in main — main
        """)
  }

  @Test func longPathsAreToldByTheirEnds() {
    var sketch = TraceSketch()
    for index in 0..<12 {
      sketch.spans.append(
        SketchSpan(id: "s\(index)", parent: index == 0 ? nil : "s\(index - 1)", name: "f\(index)", start: 0, end: 9, isFailed: index == 11))
    }
    #expect(
      sketch.distilled().summary().text.hasSuffix(
        "\n❌ failed without a message in f11 — f0 › f1 › …6 more… › f8 › f9 › f10 › f11, swallowed by f10"))
  }

  @Test func exceptionWithItsPlaceInTheCode() {
    var sketch = TraceSketch(
      """
      main     |-------|
        price   |----|
          units  |--|    !
      """)
    sketch.logs = [
      SketchLog(
        span: "units", level: .error, message: "KeyError: 'JPY'", time: 1_500_000,
        attributes: [
          ("exception.type", .text("KeyError")), ("exception.message", .text("'JPY'")),
          (
            "exception.stacktrace",
            .text("Traceback (most recent call last):\n  File \"/srv/cart.py\", line 41, in units\nKeyError: 'JPY'\n")
          ),
        ])
    ]
    #expect(
      sketch.distilled().summary().text.hasSuffix("\n❌ KeyError: 'JPY' in units (cart.py:41) — main › price › units, swallowed by price"))
    var chinese = SummaryOptions()
    chinese.language = .chinese
    #expect(
      sketch.distilled().summary(chinese).text.hasSuffix("\n❌ KeyError: 'JPY' 于 units (cart.py:41) — main › price › units, 被 price 吞掉"))
  }

  /// No name can look like the effect of the error, and no message like the count.
  @Test func endsCannotBeForged() {
    var sketch = TraceSketch("main  |---|  !\"boom ×9 in cellar — main\"")
    sketch.spans[0].name = "main, swallowed by nobody"
    #expect(
      sketch.distilled().summary().text.hasSuffix(
        "\n❌ \"boom ×9 in cellar — main\" in main, swallowed by nobody — \"main, swallowed by nobody\""))
  }
}
