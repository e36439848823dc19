// The exact limits of causes: one millisecond of slack, sixteen kinds of failures, repeats of absorbed failures, codes from 400 on.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct CauseBoundTests {
  /// Every path is a cause of its own, however many there are, and the second call on a path joins the first.
  @Test func manyPathsAreManyCauses() {
    func letters(_ number: Int) -> String { String(decoding: [number / 20, number % 20].map { UInt8(97 + $0) }, as: UTF8.self) }
    let names = (0..<400).map { "step" + letters($0) }
    let lines = (names + names).map { "  \($0)  |--|  !\"no route \(letters(7)) to it\"" }
    let trace = TraceSketch((["root  |------|"] + lines).joined(separator: "\n")).distilled()
    let problems = trace.problems()
    #expect(problems.count == names.count)
    #expect(problems.allSatisfy { $0.count == 2 && $0.spanCount == 2 }, "\(Set(problems.map(\.count)))")
    let found = problems.map { trace.node($0.firstRow).name }
    #expect(found.sorted() == names.sorted())
    // None of the order is left to the table: the same trace gives the same order.
    #expect(trace.problems().map(\.firstRow) == problems.map(\.firstRow))
  }

  /// A caller's failure may seem to precede its cause by this much: one millisecond, and not a nanosecond more.
  @Test func theSlackIsOneMillisecond() {
    for (early, isExplained) in [(0, true), (999_999, true), (1_000_000, true), (1_000_001, false), (2_000_000, false)] as [(Int64, Bool)] {
      var sketch = TraceSketch("root   |-----------|\n  a        |---|")
      sketch.logs = [
        SketchLog(span: "a", level: .error, message: "disk full again", time: 6_000_000),
        SketchLog(span: "root", level: .error, message: "disk full again", time: 6_000_000 - early),
      ]
      let expected =
        isExplained ? ["disk full again @ a +1 → root"] : ["disk full again @ root → root", "disk full again @ a → root"]
      check(sketch, causes: expected)
    }
  }

  /// Of similar failures below, the earliest decides whether one of them can be the cause.
  @Test func theEarliestOfAlikeFailuresCounts() {
    var sketch = TraceSketch("root   |-----------|\n  a      |--|\n  b           |--|")
    sketch.logs = [
      SketchLog(span: "a", level: .error, message: "disk full again", time: 2_000_000),
      SketchLog(span: "b", level: .error, message: "disk full again", time: 9_000_000),
      SketchLog(span: "root", level: .error, message: "disk full again", time: 5_000_000),
    ]
    let repeated = sketch.distilled().problems().map(\.repeats).reduce(0, +)
    #expect(repeated == 1, "root's failure repeats that of a: \(repeated)")
    #expect(sketch.distilled().problems().reduce(0) { $0 + $1.count } == 2)
  }

  /// The same where the one that began first failed last.
  @Test func theEarliestOfAlikeFailuresCountsInAnyOrder() {
    var sketch = TraceSketch("root   |-----------|\n  a      |--------|\n  b        |--|")
    sketch.logs = [
      SketchLog(span: "a", level: .error, message: "disk full again", time: 9_000_000),
      SketchLog(span: "b", level: .error, message: "disk full again", time: 3_000_000),
      SketchLog(span: "root", level: .error, message: "disk full again", time: 5_000_000),
    ]
    let problems = sketch.distilled().problems()
    let got = (repeats: problems.reduce(0) { $0 + $1.repeats }, count: problems.reduce(0) { $0 + $1.count })
    #expect(got == (1, 2), "root's failure repeats that of b: \(got)")
  }

  /// Of the calls of a span that only says that it failed, the first to fail is what it failed of, whichever began first.
  @Test func theFirstCallToFailIsTheCause() {
    check(
      """
      root   |-----------|  !
        a      |-------|    !"gone for good"
        b       |--|        !"refused again"
      """, causes: ["refused again @ b +1 → root", "gone for good @ a → root"])
    check(
      """
      root   |-----------|  !
        a      |--|         !"gone for good"
        b       |-------|   !"refused again"
      """, causes: ["gone for good @ a +1 → root", "refused again @ b → root"])
  }

  /// Of alike failures below, the latest is the one that went on upwards, whichever began first.
  @Test func theLatestOfAlikeFailuresWentUp() {
    for (ofA, ofB, caller) in [(9, 3, "a"), (3, 9, "b")] as [(Int64, Int64, String)] {
      var sketch = TraceSketch("root   |------------|\n  a      |--------|\n  b        |-------|")
      sketch.logs = [
        SketchLog(span: "a", level: .error, message: "disk full again", time: ofA * 1_000_000),
        SketchLog(span: "b", level: .error, message: "disk full again", time: ofB * 1_000_000),
        SketchLog(span: "root", level: .error, message: "disk full again", time: 11_000_000),
      ]
      let trace = sketch.distilled()
      let repeated = trace.problems().filter { $0.repeats > 0 }.map { trace.id($0.firstRow) }
      #expect(repeated == [caller], "a failed at \(ofA) ms, b at \(ofB) ms: \(repeated)")
    }
  }

  /// Kinds of failures are compared by their latest: a log that came twice, the second time after an exception of the same words.
  @Test func theLatestOfAKindIsRemembered() {
    var sketch = TraceSketch("root   |-------------|\n  a      |---------|\n  b        |-|\n  c          |-|")
    sketch.logs = [
      SketchLog(span: "a", level: .error, message: "the disk is full again", time: 10_000_000),
      SketchLog(span: "b", level: .error, message: "the disk is full again", time: 3_000_000),
      SketchLog(
        span: "c", level: .error, message: "the disk is full again", time: 6_000_000,
        attributes: [("exception.type", .text("IOError")), ("exception.message", .text("the disk is full again"))]),
      SketchLog(span: "root", level: .error, message: "the disk is full again", time: 12_000_000),
    ]
    let trace = sketch.distilled()
    let repeated = trace.problems().filter { $0.repeats > 0 }.map { trace.id($0.firstRow) }
    #expect(repeated == ["a"], "\(repeated)")
  }

  /// A span that only says that it failed did so of a call that failed before its end, a millisecond of doubt included; of none that ended later.
  @Test func aCallThatFailsAfterItsCallerIsNoCause() {
    for (beyond, isExplained) in [(0, true), (1_000_000, true), (1_000_001, false)] as [(Int64, Bool)] {
      var sketch = TraceSketch()
      sketch.spans = [
        SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: 90_000_000),
        SketchSpan(id: "a", parent: "root", name: "a", start: 1_000_000, end: 50_000_000, isFailed: true),
        SketchSpan(
          id: "b", parent: "a", name: "b", start: 2_000_000, end: 50_000_000 + beyond, isFailed: true, statusMessage: "refused again"),
      ]
      let problems = sketch.distilled().problems()
      #expect(
        problems.reduce(0) { $0 + $1.count } == (isExplained ? 1 : 2), "\(beyond) ns later: \(problems.map { ($0.count, $0.repeats) })")
    }
  }

  /// Two lines of one span are two of a kind in one span; of many spans the first sixteen are named, in their order.
  @Test func spansAreCountedOnceAndTheFirstSixteenNamed() {
    var sketch = TraceSketch("root   |------------|\n  a      |--------|")
    sketch.logs = [1, 2].map {
      SketchLog(span: "a", level: .error, message: "row \($0) is locked", time: Int64($0) * 1_000_000 + 1_000_000)
    }
    let one = sketch.distilled().problems()
    #expect(one.map(\.count) == [2] && one.map(\.spanCount) == [1], "\(one.map { ($0.count, $0.spanCount) })")
    for count in [15, 16, 17, 40] {
      var many = TraceSketch()
      many.spans = [SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: 900_000_000)]
      for index in 0..<count {
        let start = Int64(index) * 1_000_000
        many.spans.append(
          SketchSpan(
            id: "s\(index)", parent: "root", name: "step", start: start, end: start + 500_000, isFailed: true, statusMessage: "locked again"
          ))
      }
      let trace = many.distilled()
      let named = trace.problems().first?.rows.map { trace.id($0) }
      #expect(named == (0..<min(count, 16)).map { "s\($0)" }, "\(count): \(named ?? [])")
    }
  }

  /// Spans are named in the order of their starts, wherever they lie.
  @Test func theFirstSixteenOfSeveralCallers() {
    var sketch = TraceSketch()
    sketch.spans = [SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: 900_000_000)]
    for (caller, first, count) in [("p", 500, 3), ("q", 100, 15)] as [(String, Int64, Int)] {
      sketch.spans.append(SketchSpan(id: caller, parent: "root", name: "outer", start: caller == "p" ? 0 : 1_000, end: 800_000_000))
      for index in 0..<count {
        let start = (first + Int64(index) * 10) * 1_000_000
        sketch.spans.append(
          SketchSpan(
            id: "\(caller)\(index)", parent: caller, name: "step", start: start, end: start + 500_000, isFailed: true,
            statusMessage: "locked again"))
      }
    }
    let trace = sketch.distilled()
    let named = trace.problems().first?.rows.map { trace.id($0) }
    #expect(named == (0..<15).map { "q\($0)" } + ["p0"], "\(named ?? [])")
  }

  /// At most this many kinds of failures below a span are compared with its own, the latest ones: the oldest of seventeen is forgotten.
  @Test func sixteenKindsAreCompared() {
    for (kinds, isExplained) in [(16, true), (17, false)] {
      var sketch = TraceSketch()
      sketch.spans = [SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: 100_000_000)]
      for index in 0..<kinds {
        let start = Int64(index + 1) * 2_000_000
        sketch.spans.append(
          SketchSpan(id: "s\(index)", parent: "root", name: "step \(Self.words[index])", start: start, end: start + 1_000_000))
        sketch.logs.append(
          SketchLog(span: "s\(index)", level: .error, message: "the \(Self.words[index]) is gone for good", time: start + 500_000))
      }
      sketch.logs.append(SketchLog(span: "root", level: .error, message: "the \(Self.words[0]) is gone for good", time: 99_000_000))
      let count = sketch.distilled().problems().reduce(0) { $0 + $1.count }
      #expect(count == (isExplained ? kinds : kinds + 1), "\(kinds) kinds: \(count) failures that nothing explains")
    }
  }

  private static let words = [
    "apple", "bridge", "candle", "desert", "engine", "forest", "garden", "harbor", "island", "jacket", "kettle", "ladder", "mirror",
    "needle", "orange",
    "pencil", "quarry", "ribbon",
  ]

  /// A call with only a code, repeated by two spans, is absorbed by the failure that its caller names, and its repeats are counted there.
  @Test func repeatsOfWhatIsAbsorbedAreCounted() {
    var sketch = TraceSketch(
      """
      root    |---------------|  !
        call   |------------|    {rpc.grpc.status_code=14} !
          relay |---------|      {rpc.grpc.status_code=14} !
            db   |-----|         !"connection refused by db-1"
      """)
    sketch.logs = []
    let problems = sketch.distilled().problems()
    #expect(
      problems.reduce(0) { $0 + $1.count + $1.repeats } == 4, "every failed span is told once: \(problems.map { ($0.count, $0.repeats) })")
  }

  /// A call of which only a code is known and its relay, between an exception and its caller's that names both the code and the words: all are one failure.
  @Test func aCodeBetweenTwoExceptionsIsAbsorbedWithItsRepeats() {
    var sketch = TraceSketch(
      """
      root     |-----------------|
        relay   |-------------|     {rpc.grpc.status_code=14} !
          call   |----------|       {rpc.grpc.status_code=14} !
            io    |-------|
      """)
    let words = "connection refused by the database again"
    sketch.logs = [
      SketchLog(
        span: "io", level: .warn, message: words, time: 5_000_000,
        attributes: [("exception.type", .text("SocketError")), ("exception.message", .text(words))]),
      SketchLog(
        span: "root", level: .error, message: words, time: 17_000_000,
        attributes: [("exception.type", .text("14")), ("exception.message", .text(words))]),
    ]
    let problems = sketch.distilled().problems()
    #expect(
      problems.map(\.count) == [1] && problems.map(\.repeats) == [3],
      "one failure that call, relay and root repeat: \(problems.map { ($0.count, $0.repeats) })")
  }

  /// The same with one more caller that says it again: the call is absorbed once.
  @Test func aCodeIsAbsorbedOnce() {
    var sketch = TraceSketch(
      """
      root      |-------------------|
        mid      |-----------------|
          relay   |-------------|     {rpc.grpc.status_code=14} !
            call   |----------|       {rpc.grpc.status_code=14} !
              io    |-------|
      """)
    let words = "connection refused by the database again"
    func exception(_ span: String, _ level: SeverityLevel, _ type: String, _ time: Int64) -> SketchLog {
      SketchLog(
        span: span, level: level, message: words, time: time,
        attributes: [("exception.type", .text(type)), ("exception.message", .text(words))])
    }
    sketch.logs = [
      exception("io", .warn, "SocketError", 5_000_000), exception("mid", .error, "14", 17_000_000),
      exception("root", .error, "14", 18_000_000),
    ]
    let problems = sketch.distilled().problems()
    #expect(problems.map(\.count) == [1] && problems.map(\.repeats) == [4], "\(problems.map { ($0.count, $0.repeats) })")
  }

  @Test func codesAreErrorsFrom400To599() {
    for (code, says) in [
      (399, " @ call → swallowed by root"), (400, "HTTP 400 @ call → swallowed by root"), (599, "HTTP 599 @ call → swallowed by root"),
      (600, " @ call → swallowed by root"),
    ] {
      check("root     |----------|\n  call    |-----|       {http.response.status_code=\(code)} !", causes: [says])
    }
  }

  /// The spans of a group are the first sixteen, the last of them included.
  @Test(arguments: [1, 15, 16, 17, 40]) func theFirstSixteenSpansAreNamed(_ count: Int) {
    var sketch = TraceSketch()
    sketch.spans = [SketchSpan(id: "r", parent: nil, name: "root", start: 0, end: 100_000_000, kind: .internal)]
    for index in 0..<count {
      var span = SketchSpan(
        id: "s\(index)", parent: "r", name: "step", start: Int64(index) * 1_000_000, end: Int64(index + 1) * 1_000_000, kind: .internal)
      (span.isFailed, span.statusMessage) = (true, "disk full")
      sketch.spans.append(span)
    }
    let trace = sketch.distilled()
    let problems = trace.problems()
    let names = problems.first?.rows.map { trace.snapshot.storage.spanID($0) } ?? []
    #expect(names == (0..<min(count, TraceProblem.maxRows)).map { "s\($0)" }, "of \(count): \(names)")
    #expect(problems.map(\.spanCount) == [count])
  }

  /// Of two callers that swallowed the same failure the one is told in which it happened first, whichever began first.
  @Test(arguments: [(9, 3, "b"), (3, 9, "a")] as [(Int64, Int64, String)])
  func theFirstToSwallowIsTold(_ inA: Int64, _ inB: Int64, _ expected: String) {
    var sketch = TraceSketch()
    func span(_ id: String, _ parent: String?, _ name: String, _ start: Int64, _ end: Int64) -> SketchSpan {
      SketchSpan(id: id, parent: parent, name: name, start: start * 1_000_000, end: end * 1_000_000, kind: .internal)
    }
    sketch.spans = [
      span("r", nil, "root", 0, 20), span("a", "r", "try", 1, 15), span("af", "a", "read", 2, 10), span("b", "r", "try", 2, 15),
      span("bf", "b", "read", 3, 10),
    ]
    sketch.logs = [
      SketchLog(span: "af", level: .error, message: "disk full", time: inA * 1_000_000),
      SketchLog(span: "bf", level: .error, message: "disk full", time: inB * 1_000_000),
    ]
    let trace = sketch.distilled()
    let told = trace.problems().map { $0.swallowedBy.map { trace.snapshot.storage.spanID($0) } ?? "nobody" }
    #expect(told == [expected], "failures at \(inA) and \(inB) ms")
  }
}
