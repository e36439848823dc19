// Errors and warnings as a section: alike ones once, where they happened first, warnings apart from errors.

import Testing

@testable import TraceDistiller

@Suite struct ErrorSectionTests {
  @Test func errorsAreToldOnceWithTheirFirstPath() {
    check(
      """
      main    |---------------|
        a      |------|         w"slow"
          get   |--|            !"refused"
        b               |----|  e"odd" w"slow"
          get             |-|   !"refused"
      """,
      SummaryOptions(only: .errors),
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: main
        Duration: 16.00 ms
        Status: ⚠️ ok, 3 errors inside

        === Errors ===
        ❌ get ×2: refused — main › a › get
        ❌ b: odd — main › b
        ⚠️ a: slow — main › a
        ⚠️ b: slow — main › b
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
        ⚠️ main: slow — main
        """)
  }

  @Test func longPathsAreToldByTheirEnds() {
    var sketch = TraceSketch()
    for index in 0..<12 {
      sketch.spans.append(
        SketchSpan(id: "s\(index)", parent: index == 0 ? nil : "s\(index - 1)", name: "f\(index)", start: 0, end: 9, isFailed: index == 11))
    }
    #expect(sketch.distilled().summary().text.hasSuffix("\n❌ f11 — f0 › f1 › …6 more… › f8 › f9 › f10 › f11"))
  }
}
