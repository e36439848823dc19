// The sections after the header, as golden texts: tree glyphs and marks, attributes, elisions, what is left out.

import Testing

@testable import TraceDistiller

@Suite struct SectionTests {
  /// Durations are rounded half up.
  @Test(
    arguments: [
      (1_005_000, "1.01 ms"), (1_004_999, "1.00 ms"), (15_000, "0.02 ms"), (14_999, "0.01 ms"), (1_050, "1.1 µs"), (1_049, "1.0 µs"),
      (1_005_000_000, "1.01 s"),
      (-1_005_000, "-1.01 ms"),
    ] as [(Int64, String)])
  func durations(_ nanos: Int64, _ text: String) { #expect(DurationText.format(nanos) == text) }

  @Test func treeGlyphsMarksAndMissingParents() {
    check(
      """
      main     |----------->
        a        |-----|      {attempt=0, symbol=CGPT}
          b       |-|         !"timed out"
          c          |-|
        d               |-->  !
      other    |---|
        e       |-|
      ?lost     |--|
        ~late        |---|
      """,
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: main (first of 3 roots)
        Duration: 10.00 ms
        Status: ⏳ running, 2 errors inside
        Not complete: openSpans, missingParents

        === Call tree ===
        name (total | self) [attributes]   🔥 on the critical path   ❌ error
        🔥 ⏳ main (10.00 ms | 3.00 ms)
        ├─ 🔥 a (6.00 ms | 2.00 ms) [attempt=0, symbol=CGPT]
        │  ├─ 🔥 ❌ b (2.00 ms | 2.00 ms)
        │  └─ 🔥 c (2.00 ms | 2.00 ms)
        └─ 🔥 ❌ ⏳ d (1.00 ms | 1.00 ms)
        other (4.00 ms | 2.00 ms)
        └─ e (2.00 ms | 2.00 ms)
        lost (3.00 ms | 3.00 ms) — parent gone is missing
        └─ late (4.00 ms | 4.00 ms)

        === Critical path ===
        30.0 %  3.00 ms  main
        20.0 %  2.00 ms  a
        20.0 %  2.00 ms  b
        20.0 %  2.00 ms  c
        10.0 %  1.00 ms  d

        === Insights ===
        • Swallowed error: b failed ("timed out"), yet a ended ok → check what its result lacks (span b)
        • Waiting in a queue: late starts 2.00 ms after lost ended → look at the consumers: their number, their batches, what they wait for (span late)

        === Errors ===
        ❌ timed out in b — main › a › b, swallowed by a
        ❌ failed without a message in d — main › d
        """)
  }

  @Test func attributesAreCutAndCounted() {
    var sketch = TraceSketch("main  |---|")
    sketch.spans[0].attributes = [
      ("otel.hidden", .text("told elsewhere")), ("code.filepath", .text("/src/main.swift")), ("n", .integer(-7)), ("ratio", .double(0.5)),
      ("whole", .double(3)),
      ("ok", .bool(true)), ("list", .json("[1,2]")), ("sql", .text("select a, b")), ("empty", .text("")),
      ("long", .text(String(repeating: "x", count: 300))),
      ("left", .text("out")), ("also", .text("out")),
    ]
    check(
      sketch, SummaryOptions(only: .tree),
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: main
        Duration: 4.00 ms
        Status: ✅ ok

        === Call tree ===
        name (total | self) [attributes]   🔥 on the critical path   ❌ error
        🔥 main (4.00 ms | 4.00 ms) [n=-7, ratio=0.5, whole=3, ok=true, list=[1,2], sql="select a, b", empty="", +2]
        """)
  }

  @Test func elisionsAndWhatIsLeftOut() {
    var options = SummaryOptions()
    options.maxChars = 1_000
    check(
      many, options,
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: root
        Duration: 61.00 ms
        Status: ⚠️ ok, 1 error inside

        === Call tree ===
        name (total | self) [attributes]   🔥 on the critical path   ❌ error
        🔥 root (61.00 ms | 29.00 ms)
        ├─ 🔥 call_c (3.00 ms | 3.00 ms) [n=2]
        ├─ 🔥 call_f (3.00 ms | 3.00 ms) [n=5]
        ├─ 🔥 call_i (3.00 ms | 3.00 ms) [n=8]
        ├─ 🔥 ❌ call_r (3.00 ms | 3.00 ms)
        └─ … 26 more (78.00 ms, max 3.00 ms)

        === Critical path ===
        50.8 %  31.00 ms  root
        … 10 more operations (30.00 ms)

        === Insights ===
        • Swallowed error: call_r failed ("no route"), yet root ended ok → check what its result lacks (span call_r)

        === Errors ===
        ❌ no route in call_r — root › call_r, swallowed by root

        === Left out ===
        Shown: 5 / 31 spans, 41.00 ms / 119.00 ms of self time
        Not shown: more of the critical path
        The rest: trace/summary {"traceId":"t1","maxChars":4000}
        """)
  }

  /// Failures are the last to be left out.
  @Test func leastBound() {
    var options = SummaryOptions()
    options.maxChars = 400
    check(
      many, options,
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: root
        Duration: 61.00 ms
        Status: ⚠️ ok, 1 error inside

        === Errors ===
        ❌ no route in call_r — root › call_r, swallowed by root
        … 31 / 31 spans, insights, critical path left out: trace/summary {"traceId":"t1","maxChars":1600}
        """)
  }

  @Test func depthIsLimited() {
    var options = SummaryOptions(only: .tree)
    options.scope.maxDepth = 1
    check(
      """
      main  |---------|
        a     |-----|
          b    |--|    !
          c      |-|
      """,
      options,
      reads: """
        === Execution path report ===
        Trace: t1 · trace-1
        Root: main
        Duration: 10.00 ms
        Status: ⚠️ ok, 1 error inside

        === Call tree ===
        name (total | self) [attributes]   🔥 on the critical path   ❌ error
        🔥 main (10.00 ms | 4.00 ms)
        └─ 🔥 a (6.00 ms | 2.00 ms)
           └─ … 2 more (5.00 ms, max 3.00 ms, ❌ 1)

        === Left out ===
        Shown: 2 / 4 spans, 6.00 ms / 11.00 ms of self time
        The rest: trace/summary {"traceId":"t1","maxChars":48000}
        """)
  }

  @Test func chinese() {
    var options = SummaryOptions()
    options.language = .chinese
    check(
      """
      main  |---------|
        查询  |-----|    !"超时" w"慢"
      ?lost |--|
      """,
      options,
      reads: """
        === 函数执行路径分析报告 ===
        Trace ID: t1 · trace-1
        根函数: main (共 2 个根函数)
        总耗时: 10.00 ms
        执行状态: ⚠️ 执行成功, 内部有 1 个错误
        未完成: missingParents

        === 调用树结构 ===
        格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误
        🔥 main (10.00 ms | 4.00 ms)
        └─ 🔥 ❌ 查询 (6.00 ms | 6.00 ms)
        lost (3.00 ms | 3.00 ms) — 缺少父函数 gone

        === 关键路径 ===
        60.0 %  6.00 ms  查询
        40.0 %  4.00 ms  main

        === 性能洞察 ===
        • 错误被吞掉: 查询 失败 ("超时"), 但 main 正常结束 → 检查结果是否缺失 (span 查询)

        === 错误信息汇总 ===
        ❌ 超时 于 查询 — main › 查询, 被 main 吞掉
        ⚠️ 慢 于 查询 — main › 查询
        """)
  }

  /// Thirty calls of which three overlap at a time; one of them fails.
  private var many: String {
    let calls = (0..<30).map { index in
      "  call_\(Array("abcdefghijklmnopqrstuvwxyzABCD")[index])".padded(to: 10) + String(repeating: " ", count: index) + "|--|  "
        + (index == 17 ? "!\"no route\"" : "{n=\(index)}")
    }
    return (["root      |" + String(repeating: "-", count: 60) + "|"] + calls).joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
