// Insights about time: each detector finds what it is for, and reports nothing if it cannot be sure.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct RepeatedCallTests {
  @Test func aLoopOfQueriesIsTold() {
    check(.loop(of: 12), finds: ["repeatedCall call0 < job ×12 cost 24"])
  }

  @Test func itsCostIncludesWhatTheCallerDoesBetween() {
    check(.loop(of: 10, each: 1, between: 1, rootMs: 40), finds: ["repeatedCall call0 < job ×10 cost 19"])
  }

  @Test func queriesOfOneLoopBelongTogether() {
    let sketch = TraceSketch.loop(of: 24) { index in [("db.statement", .text(index % 2 == 0 ? "SELECT a FROM t" : "SELECT b FROM u"))] }
    check(sketch, finds: ["repeatedCall call0 < job ×24 cost 48"])
    let text = sketch.distilled().summary().text
    #expect(
      text.contains("• N+1: 24 calls: SELECT a FROM t ×12, SELECT b FROM u ×12 under job: 48.00 ms on the critical path → "), "\(text)")
  }

  @Test func nineCallsAreNoLoop() {
    check(.loop(of: 9, each: 1, rootMs: 400), finds: [])
  }

  @Test func whatCostsNothingIsNotTold() {
    check(.loop(of: 10, each: 1, rootMs: 1_000), finds: [])
  }

  @Test func ownFunctionsAreNoCalls() {
    check(.loop(of: 20, name: "step", each: 1, rootMs: 400) { _ in [] }, finds: [])
  }
}

@Suite struct SequentialCallsTests {
  @Test func alikeCallsThatWaitAreTold() {
    check(
      """
      page     |-------------------------------|
        load   |-------|
          GET  |------|                            {http.url=/a}
        load           |-----|
          GET          |----|                      {http.url=/b}
        load                 |---------|
          GET                |--------|            {http.url=/c}
        load                           |-----|
          GET                          |----|      {http.url=/d}
      """, finds: "sequentialCalls load < page ×4 cost 20")
  }

  @Test func overlappingCallsAreNot() {
    check(
      """
      page     |-----------------------|
        load   |-------|
          GET  |------|                    {http.url=/a}
        load   |-----|
          GET  |----|                      {http.url=/b}
        load         |---------|
          GET        |--------|            {http.url=/c}
        load                   |-----|
          GET                  |----|      {http.url=/d}
      """)
  }

  @Test func ownWorkIsNot() {
    var sketch = TraceSketch.loop(of: 6, name: "parse", each: 10) { _ in [] }
    for index in sketch.spans.indices { sketch.spans[index].kind = .internal }
    check(sketch, finds: [])
  }

  @Test func aPollIsNot() {
    check(
      .loop(of: 5, name: "GET", each: 5, between: 5, rootMs: 50) { _ in [("http.url", .text("/job"))] },
      finds: ["uncoveredTime job cost 25"])
  }

  @Test func readsOfSeveralServicesInARowAreTold() {
    check(reads(["GET", "GET", "GET"]), finds: ["sequentialCalls call0 < job ×3 cost 20"])
  }

  @Test func aWriteBetweenMayBeNeeded() {
    check(reads(["GET", "POST", "GET"]), finds: [])
  }

  private func reads(_ methods: [String]) -> TraceSketch {
    var sketch = TraceSketch.loop(of: methods.count, each: 10) { index in [("http.request.method", .text(methods[index]))] }
    for index in 1..<sketch.spans.count {
      sketch.spans[index].name = "read \(["customer", "shipment", "invoice"][index - 1])"
      sketch.spans[index].kind = .client
    }
    return sketch
  }
}

@Suite struct RetryTests {
  @Test func countedAttemptsAreARetry() {
    check(
      """
      job    |-----------------|
        get  |--|                 !"busy" {attempt=1, item=7}
        get       |--|            !"busy" {attempt=2, item=7}
        get              |--|     {attempt=3, item=7}
      """, finds: "retry get < job ×3 cost 12")
  }

  @Test func withoutCountsTheLastMustBeTheOneThatSucceeds() {
    check(
      """
      job    |------------|
        get  |--|            !"busy" {item=7}
        get         |--|     {item=7}
      """, finds: "retry get < job ×2 cost 7")
  }

  @Test func theNextItemIsNoRetry() {
    check(
      """
      job    |------------|
        get  |--|            !"busy" {item=7}
        get         |--|     {item=8}
      """, finds: "swallowedError get < job")
  }

  @Test func aLoopThatGoesOnIsNoRetry() {
    check(
      """
      job    |--------------|
        get  |--|              !"busy"
        get      |--|
        get          |--|
      """, finds: "swallowedError get < job")
  }
}

@Suite struct ResourceWaitTests {
  @Test func callersThatStandInLineAreTold() {
    check(
      """
      root      |----------------------|
        count   |----|
          upd   |----|
        count   |---------|
          upd        |----|
        count   |--------------|
          upd             |----|
        count   |-------------------|
          upd                  |----|
      """, finds: "resourceWait upd < count ×4 cost 15")
  }

  @Test func callersOneAfterAnotherWaitForNobody() {
    check(
      """
      root      |----------------------|
        count   |----|
          upd   |----|
        count        |----|
          upd        |----|
        count             |----|
          upd             |----|
        count                  |----|
          upd                  |----|
      """)
  }

  @Test func rareCallsDoNotOverlapAnyway() {
    check(
      """
      root      |----------------------|
        count   |-----------------|
          upd   |-|
        count   |-----------------|
          upd        |-|
        count   |-----------------|
          upd             |-|
        count   |-------------------|
          upd                  |-|
      """)
  }
}

@Suite struct GapTests {
  @Test func timeBetweenTwoCallsIsTold() {
    check(
      """
      top     |-----------------------------|
        root  |--------------------|
          a   |----|
          b                 |----|
        rest                       |-------|
      """, finds: "gap root < a cost 9")
    // Of the root, most of which is bare, that is said first.
    check(
      """
      root  |--------------------|
        a   |----|
        b                 |----|
      """, finds: "uncoveredTime root cost 11")
  }

  @Test func timeBetweenCallerAndCalleeIsTold() {
    var sketch = TraceSketch(
      """
      root     |--------------------|
        GET    |-------------------|
          srv         |------|
      """)
    sketch.spans[1].kind = .client
    sketch.spans[2].kind = .server
    check(sketch, finds: ["calleeWait GET cost 13"])
  }

  @Test func aJobThatCallsAnotherServiceWorksItself() {
    var sketch = TraceSketch(
      """
      job    |--------------------|
        srv         |------|
      """)
    sketch.spans[0].service = "a"
    sketch.spans[1].service = "b"
    check(sketch, finds: [])
  }

  @Test func ownWorkBeforeTheFirstAndAfterTheLastCallIsNot() {
    check(
      """
      root  |---------------------------|
        a            |----|
      """)
  }

  @Test func shortPausesAreNot() {
    check(
      """
      root  |-------------|
        a   |----|
        b           |----|
      """)
  }
}

@Suite struct SlowOutlierTests {
  @Test func theSlowOneIsTold() {
    check(slow([2, 2, 2, 2, 30, 2, 2, 2]), finds: ["slowOutlier call4 < job cost 28"])
  }

  @Test func sevenAreTooFew() {
    check(slow([2, 2, 2, 30, 2, 2, 2]), finds: [])
  }

  @Test func whereManyAreSlowSlowIsUsual() {
    check(slow([2, 2, 2, 2, 30, 2, 30, 2, 30]), finds: [])
  }

  @Test func aThirdOfItMoreIsNoOutlier() {
    check(slow([20, 20, 20, 20, 30, 20, 20, 20]), finds: [])
  }

  private func slow(_ lengths: [Int64]) -> TraceSketch {
    var sketch = TraceSketch()
    var time: Int64 = 0
    sketch.spans.append(SketchSpan(id: "job", parent: nil, name: "job", start: 0, end: lengths.reduce(0, +) * 1_000_000))
    for (index, length) in lengths.enumerated() {
      var span = SketchSpan(id: "call\(index)", parent: "job", name: "step", start: time, end: time + length * 1_000_000)
      span.kind = .internal
      sketch.spans.append(span)
      time += length * 1_000_000
    }
    return sketch
  }
}

@Suite struct WorkAfterAnswerTests {
  @Test func theTailIsTold() {
    check(
      """
      request          |--------------------|
        handle         |----|
        send response       |-|
        write audit           |-----------|
      """, finds: "workAfterAnswer write audit < request cost 14")
  }

  @Test func aShortTailIsNot() {
    check(
      """
      request          |--------------------|
        handle         |----------------|
        send response                   |--|
      """)
  }

  @Test func withoutAnAnswerThereIsNoTail() {
    check(
      """
      request          |--------------------|
        handle         |----|
        send mail           |-|
        write audit           |-----------|
      """)
  }
}
