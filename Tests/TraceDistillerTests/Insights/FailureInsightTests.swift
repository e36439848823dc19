// Insights about hidden failures or doubtful spans: each detector finds what it is for, and reports nothing if it cannot be sure.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct SwallowedErrorTests {
  @Test func theOriginAndWhoSwallowedItAreTold() {
    let timeline =
      """
      root         |-----------------|
        cart       |---------------|
          line     |---|              !"KeyError: 'JPY'"
            minor   |-|               !"KeyError: 'JPY'"
          line         |---|
          line             |---|      !"KeyError: 'JPY'"
            minor           |-|       !"KeyError: 'JPY'"
      """
    check(timeline, finds: "swallowedError minor < cart ×2")
    let text = TraceSketch(timeline).distilled().summary().text
    #expect(text.contains("• Swallowed error: minor failed ×2 (\"KeyError: 'JPY'\"), yet cart ended ok → "), "\(text)")
  }

  @Test func aFailureThatTheRootTellsIsNotSwallowed() {
    check(
      """
      root      |--------|   !"bad"
        step    |------|
          call  |---|        !"bad"
      """)
  }

  @Test func aProxyThatPassesItOnSwallowsNothing() {
    check(
      """
      root      |--------|
        proxy   |------|     {http.status_code=503}
          call  |---|        !"bad"
      """)
  }

  @Test func aRetryThatSucceedsSwallowsNothing() {
    check(
      """
      root     |-------|
        call   |--|        !"bad" {attempt=1}
        call      |--|     {attempt=2}
      """, finds: "retry call < root ×2 cost 3")
  }

  /// A regression: a focus on the failed attempt blamed the caller, which had retried successfully.
  @Test func theFocusItselfIsNotJudged() {
    let trace = TraceSketch(
      """
      root     |-------|
        call   |--|        !"bad" {attempt=1}
        call      |--|     {attempt=2}
      """
    ).distilled()
    #expect(trace.insights(below: trace.row(ofSpan: "call")).isEmpty)
  }

  @Test func anOrdinaryWarningIsNoException() {
    check(
      """
      root    |-------|
        file  |--|        w"slow disk"
      """)
  }

  @Test func nobodyWaitsForADetachedCall() {
    check(
      """
      root     |-------|
        ~call  |--|        !"bad"
      """)
  }
}

@Suite struct DoubtfulSpanTests {
  @Test func aSpanThatOutranItsCallerNeverEnded() {
    check(
      """
      root    |----------|
        step  |----|
          io   |------>
      """, finds: "neverEnded io < step")
  }

  @Test func whatRunsBelowARunningSpanRuns() {
    check(
      """
      root    |---------->
        step   |------>
      """)
  }

  @Test func aChildThatGoesOnIsTold() {
    check(
      """
      root    |------|
        send     |-------|
      """, finds: "detachedChild send < root")
  }

  @Test func whatIsMarkedDetachedOrStartsLaterMayGoOn() {
    check(
      """
      root    |------|
        ~send    |-------|
        mail           |---|
      """, finds: "workAfterRoot send < root")
  }

  @Test func anAnswerBeforeItsQuestionIsSkew() {
    check(services("a", "b", start: -5), finds: ["clockSkew call < root"])
    check(services("a", "b", start: 1, end: 50), finds: [])
    check(services("a", "a", start: -5), finds: [])
  }

  private func services(_ caller: String, _ callee: String, start: Int64, end: Int64 = 10) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans = [
      SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: 20_000_000, service: caller),
      SketchSpan(id: "call", parent: "root", name: "call", start: start * 1_000_000, end: end * 1_000_000, service: callee),
    ]
    return sketch
  }
}

@Suite struct MissingCallTests {
  @Test func theOneWithoutIsTold() {
    check(orders(8, without: [5]), finds: ["missingCall order5 < job"])
  }

  @Test func twoOfEightAreAnotherKind() {
    check(orders(8, without: [2, 5]), finds: [])
    check(orders(7, without: [5]), finds: [])
  }

  @Test func oneThatFailedHasItsReason() {
    var sketch = orders(8, without: [5])
    let place = sketch.spans.firstIndex { $0.id == "order5" }!
    sketch.spans[place].isFailed = true
    check(sketch, finds: ["swallowedError order5 < job"])
  }

  private func orders(_ count: Int, without: Set<Int>) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans.append(SketchSpan(id: "job", parent: nil, name: "job", start: 0, end: Int64(count) * 1_000_000))
    for index in 0..<count {
      let start = Int64(index) * 1_000_000
      sketch.spans.append(
        SketchSpan(id: "order\(index)", parent: "job", name: "order", start: start, end: start + 1_000_000, kind: .internal))
      guard !without.contains(index) else { continue }
      sketch.spans.append(
        SketchSpan(id: "pay\(index)", parent: "order\(index)", name: "pay", start: start, end: start + 900_000, kind: .internal))
    }
    return sketch
  }
}

@Suite struct ChattyLogTests {
  @Test func aHundredLinesOfOneSpanAreTold() {
    check(logs(100), finds: ["chattyLog job ×100"])
    check(logs(99), finds: [])
  }

  private func logs(_ count: Int) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans.append(SketchSpan(id: "job", parent: nil, name: "job", start: 0, end: 1_000_000))
    for index in 0..<count { sketch.logs.append(SketchLog(span: "job", level: .info, message: "row \(index)", time: Int64(index))) }
    return sketch
  }
}

@Suite struct InsightPromiseTests {
  /// The same records give the same insights in any order.
  @Test func theOrderOfRecordsDoesNotMatter() {
    for seed in 1...200 {
      let sketch = TraceSketch(random: UInt64(seed), TraceSketch.Profile(sizes: 20...120, span: 40_000_000))
      let expected = sketch.distilled().insightTitles
      var random = SplitMix64(seed: UInt64(seed))
      let got = sketch.distilled { $0.shuffle(using: &random) }.insightTitles
      #expect(got == expected, "seed \(seed)\n  expected \(expected)\n  got      \(got)")
    }
  }

  /// Names and messages cannot imitate a line of ours: checked by parsing the section.
  @Test func hostileTextsStayFields() {
    for seed in 1...150 {
      let trace = TraceSketch(hostile: UInt64(seed), TraceSketch.Profile(sizes: 5...80, span: 60_000_000)).distilled()
      for language in SummaryLanguage.allCases {
        var options = SummaryOptions(only: .insights)
        options.language = language
        checkPromises(trace, options, "seed \(seed)")
      }
    }
  }

  @Test func bothLanguagesHaveEveryKind() {
    var sketch = TraceSketch.loop(of: 12)
    sketch.spans[1].isFailed = true
    var options = SummaryOptions(only: .insights)
    options.language = .chinese
    let text = sketch.distilled().summary(options).text
    #expect(text.contains("=== 性能洞察 ===\n• N+1 重复调用: SELECT a FROM t WHERE id = ? ×12, 位于 job：关键路径上 24.00 ms → "), "\(text)")
  }

  @Test func deepAndWideTracesAreNoTrouble() {
    var sketch = TraceSketch()
    for index in 0..<100_000 {
      sketch.spans.append(
        SketchSpan(
          id: "s\(index)", parent: index == 0 ? nil : "s\(index - 1)", name: "f", start: Int64(index), end: 1_000_000_000 - Int64(index),
          isFailed: index == 99_999))
    }
    #expect(sketch.distilled().insightLines == ["swallowedError s99999 < s99998"])
  }

  @Test func extremeTimesDoNotTrap() {
    for seed in 1...100 {
      var sketch = TraceSketch(random: UInt64(seed))
      var random = SplitMix64(seed: UInt64(seed))
      sketch.origin = 0
      for index in sketch.spans.indices where random.chance(40) {
        sketch.spans[index].start = random.chance(50) ? Int64.max / 4 : Int64.min / 4
        sketch.spans[index].end = random.chance(50) ? Int64.max / 4 : sketch.spans[index].start
      }
      for insight in sketch.distilled().insights() { #expect(insight.costNanos >= 0, "seed \(seed)") }
    }
  }
}

extension DistilledTrace {
  fileprivate var insightTitles: [String] { insights().map { "\(InsightWords(trace: self, language: .english).line($0))" } }
}
