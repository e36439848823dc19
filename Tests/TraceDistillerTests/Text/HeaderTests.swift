// The header says which trace, its duration and how it ended, and never looks like plain success if something failed, is running or is
// missing.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct HeaderTests {
  @Test func succeeded() {
    check(
      """
      main  |---------|
        a     |--|
      """,
      header: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: main
        Duration: 10.00 ms
        Status: ✅ ok
        """)
  }

  @Test func failed() {
    check("main  |---------|  !", header: header("main", "10.00 ms", "❌ failed"))
    check(
      """
      main  |---------|  !
        a     |--|       !
        b         |-|    e"broken"
      """, header: header("main", "10.00 ms", "❌ failed, 2 errors inside"))
  }

  @Test func succeededWithErrorsInside() {
    check(
      """
      main  |---------|
        a     |--|
          b   |--|     !
      """, header: header("main", "10.00 ms", "⚠️ ok, 1 error inside"))
  }

  /// A span known only from an ERROR log is not among the failed spans, but the trace is not a success either.
  @Test func errorLogOfASpanThatNeverCame() {
    var sketch = TraceSketch("main  |---------|")
    sketch.logs.append(SketchLog(span: "unknown", level: .error, message: "lost", time: 5))
    #expect(sketch.distilled().summary().text.contains("Status: ⚠️ ok, 1 error inside\n"))
  }

  @Test func warningsAreNoFailure() {
    check("main  |---------|  w\"slow\"", header: header("main", "10.00 ms", "✅ ok"))
  }

  @Test func running() {
    check(
      """
      main  |------>
        a     |--|
        b        |---|  !
      """, header: header("main", "9.00 ms", "⏳ running, 1 error inside", "rootRunning, openSpans"))
    check(
      """
      main  |------|
        a     |-->
      """, header: header("main", "7.00 ms", "✅ ok", "openSpans"))
  }

  @Test func orphanRoot() {
    check("?lost  |---|", header: header("lost", "4.00 ms", "⚠️ ok, but its parent is missing", "noRoot, missingParents"))
  }

  @Test func orphanBesidesARoot() {
    check(
      """
      main   |---|
      ?lost  |--------|
      """, header: header("main (first of 2 roots)", "4.00 ms", "✅ ok", "missingParents"))
  }

  @Test func severalRoots() {
    check(
      """
      short  |---|  !
      long     |------|
      """, header: header("long (first of 2 roots)", "7.00 ms", "⚠️ ok, 1 error inside"))
  }

  @Test func lossesAreTold() {
    var sketch = TraceSketch("main  |---------|")
    sketch.lost = 3
    #expect(sketch.distilled().summary().text.contains("\nLost on the way: 3 lines, 3 records (server/status)\n"))
  }

  @Test func focus() {
    var options = SummaryOptions()
    let sketch = TraceSketch(
      """
      main  |---------|  !"gave up"
        a     |--|
          b    |-|       !"no route"
        c          |-|   !"not about a"
      """)
    options.scope.focus = sketch.distilled().row(ofSpan: "a")
    check(
      sketch, options,
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Focus: a
        Duration: 3.00 ms
        Status: ⚠️ ok, 1 error inside

        === Call tree ===
        name (total | self) [attributes]   🔥 on the critical path   ❌ error
        🔥 a (3.00 ms | 1.00 ms)
        └─ 🔥 ❌ b (2.00 ms | 2.00 ms)

        === Critical path ===
        66.7 %  2.00 ms  b
        33.3 %  1.00 ms  a

        === Errors ===
        ❌ no route in b — main › a › b, swallowed by a
        """)
  }

  @Test func onlyLogs() {
    var sketch = TraceSketch()
    sketch.logs = [SketchLog(span: "s", level: .error, message: "lost", time: 0)]
    check(
      sketch,
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Status: no span was told of
        Not complete: noRoot

        === Errors ===
        ❌ lost in s — s
        """)
  }

  /// Ids and names whose characters take two each, all reasons, the smallest bound: the header is cut until it fits, without the last
  /// resort.
  @Test func worstHeaderFitsTheLeastBound() {
    for piece in ["\"", "\\", "\n", "\u{202E}", "名", "a"] {
      var sketch = TraceSketch()
      sketch.id = String(repeating: piece, count: 300)
      sketch.spans = [
        SketchSpan(id: "r", parent: nil, name: String(repeating: piece, count: 10_000), start: 0, end: nil, isFailed: true),
        SketchSpan(id: "o", parent: "gone", name: "o", start: 0, end: .max - TraceSketch.origin),
      ]
      for index in 0..<2_000 { sketch.spans.append(SketchSpan(id: "c\(index)", parent: "r", name: "c", start: 0, end: 1, isFailed: true)) }
      sketch.lost = .max / 2
      for language in SummaryLanguage.allCases {
        var options = SummaryOptions()
        options.language = language
        options.maxChars = 400
        let text = checkPromises(sketch.distilled(), options, piece.debugDescription).text
        #expect(text.contains("2,000"), "\(text)")
      }
    }
  }

  private func header(_ root: String, _ duration: String, _ status: String, _ reasons: String? = nil) -> String {
    "=== Execution path report ===\nTrace: t1 · trace-1\nRoot: \(root)\nDuration: \(duration)\nStatus: \(status)"
      + (reasons.map { "\nNot complete: \($0)" } ?? "")
  }
}
