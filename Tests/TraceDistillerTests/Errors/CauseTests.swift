// Causes: an ancestor that repeats or wraps an error is not an entry, every other failure is one. Counterexamples are beside the examples.

import Testing
import TraceRecords

@testable import TraceDistiller

/// The timeline's causes, each as `count message @ span +repeats → end`.
func check(_ timeline: String, causes expected: [String], at location: SourceLocation = #_sourceLocation) {
  check(TraceSketch(timeline), causes: expected, at: location)
}

func check(_ sketch: TraceSketch, causes expected: [String], at location: SourceLocation = #_sourceLocation) {
  let got = causes(sketch.distilled())
  #expect(got == expected, sourceLocation: location)
  // The order of records has no effect.
  var random = SplitMix64(seed: 7)
  for _ in 0..<4 {
    let shuffled = causes(sketch.distilled { $0.shuffle(using: &random) })
    #expect(shuffled == got, "shuffled", sourceLocation: location)
  }
}

private func causes(_ trace: DistilledTrace) -> [String] {
  trace.problems().map { problem in
    let words = trace.words(problem)
    var text = OTLPMark.exceptionMessage(type: words.type, message: words.message)
    if problem.severity == .warning { text = "warning " + text }
    if problem.count > 1 { text = "\(problem.count) × " + text }
    text += " @ \(trace.id(problem.firstRow))"
    if problem.repeats > 0 { text += " +\(problem.repeats)" }
    let ends = problem.ends
    if ends.root > 0 { text += " → root" }
    if ends.swallowed > 0 { text += " → swallowed by \(problem.swallowedBy.map { trace.id($0) } ?? "?")" }
    if ends.running > 0 { text += " → running" }
    if ends.detached > 0 { text += " → detached" }
    if ends.fragment > 0 { text += " → fragment" }
    return text
  }
}

@Suite struct CauseTests {
  @Test func sameMessageOnTheWayUp() {
    check(
      """
      root   |--------|  !"disk full"
        a     |-----|    !"disk full"
          b    |--|      !"disk full"
      """, causes: ["disk full @ b +2 → root"])
  }

  @Test func wrappedMessages() {
    check(
      """
      root    |--------|  !"checkout: RuntimeError: pricing failed: KeyError 'JPY'"
        a      |-----|    !"pricing failed: KeyError 'JPY'"
          b     |--|      !"KeyError: 'JPY'"
      """, causes: ["KeyError: 'JPY' @ b +2 → root"])
    check(
      """
      root   |-----|  !"reading the cart: timeout"
        a     |--|    !"timeout"
      """, causes: ["timeout @ a +1 → root"])
  }

  /// Durations and request ids differ.
  @Test func measuredTimesAndRequestIDsDiffer() {
    check(
      """
      root   |-----|  !"timeout after 26.1 ms (request 3f2a9c81-11d0-4a3b-9a77-c0ffee123456)"
        a     |--|    !"timeout after 25 ms (request 77aa9c81-22d0-4a3b-9a77-c0ffee654321)"
      """, causes: ["timeout after 25 ms (request 77aa9c81-22d0-4a3b-9a77-c0ffee654321) @ a +1 → root"])
  }

  @Test func anAncestorWithoutMessageIsExplainedByItsCall() {
    check(
      """
      root   |--------|  !
        a     |-----|    !
          b    |--|      !"refused"
      """, causes: ["refused @ b +2 → root"])
  }

  // MARK: Different failures stay apart

  @Test func otherMessagesAreOtherCauses() {
    check(
      """
      root   |--------|  !"order 17 is bad"
        a     |-----|    !"order 18 is bad"
      """, causes: ["order 18 is bad @ a → root", "order 17 is bad @ root → root"])
    check(
      """
      root   |--------|  !"payment answered 503"
        a     |-----|    !"payment answered 404"
      """, causes: ["payment answered 404 @ a → root", "payment answered 503 @ root → root"])
  }

  /// "error" occurs in many messages: its occurrence in another one proves nothing.
  @Test func oneCommonWordIsNoProof() {
    check(
      """
      root   |--------|  !"error while rendering the page"
        a     |-----|    !"error"
      """, causes: ["error @ a → root", "error while rendering the page @ root → root"])
    check(
      """
      root   |--------|  !"the user timeouts table is gone"
        a     |-----|    !"timeout"
      """, causes: ["timeout @ a → root", "the user timeouts table is gone @ root → root"])
  }

  @Test func oneWordOfAnotherTypeIsAnotherCause() {
    var sketch = TraceSketch(
      """
      root   |--------|  !
        a     |-----|    !
      """)
    sketch.logs = [exception("a", "sql.Timeout", "timeout", at: 3), exception("root", "http.Timeout", "timeout", at: 5)]
    check(sketch, causes: ["sql.Timeout: timeout @ a → root", "http.Timeout: timeout @ root → root"])
    sketch.logs[1] = exception("root", "sql.Timeout", "timeout", at: 5)
    check(sketch, causes: ["sql.Timeout: timeout @ a +1 → root"])
  }

  /// A later failure is not the cause of an earlier one.
  @Test func timeOrder() {
    var sketch = TraceSketch(
      """
      root   |-----------|
        a          |---|
      """)
    sketch.logs = [
      SketchLog(span: "root", level: .error, message: "disk full again", time: 2_000_000),
      SketchLog(span: "a", level: .error, message: "disk full again", time: 7_000_000),
    ]
    check(sketch, causes: ["disk full again @ root → root", "disk full again @ a → root"])
    sketch.logs[0].time = 9_000_000
    check(sketch, causes: ["disk full again @ a +1 → root"])
  }

  @Test func siblingsDoNotExplainEachOther() {
    check(
      """
      root   |---------|
        a     |--|        !"refused by the host"
        b         |--|    !"gave up: refused by the host"
      """, causes: ["refused by the host @ a → swallowed by root", "gave up: refused by the host @ b → swallowed by root"])
  }

  /// A child that was not waited for, and one that was swallowed on the way, do not explain a failure without a message.
  @Test func whatWasSwallowedExplainsNothing() {
    check(
      """
      root   |---------|  !
        a     |------|
          b    |--|       !"refused"
      """, causes: [" @ root → root", "refused @ b → swallowed by a"])
    check(
      """
      root   |---------|  !
        ~b     |--|       !"refused"
      """, causes: [" @ root → root", "refused @ b → detached"])
  }

  /// A span in between without a failure did not swallow what its caller repeats.
  @Test func silentSpansBetween() {
    check(
      """
      root   |---------|  !"disk is full"
        a     |------|
          b    |--|       !"disk is full"
      """, causes: ["disk is full @ b +1 → root"])
  }

  @Test func codesWithoutMessages() {
    check(
      """
      root      |----------|  {http.status_code=500} !
        proxy    |-------|    {http.status_code=500}
          inner   |----|      {http.status_code=500} !
      """, causes: ["HTTP 500 @ inner +1 → root"])
    check(
      """
      root     |----------|
        call    |-----|       {rpc.grpc.status_code=14} !
      """, causes: ["gRPC 14 @ call → swallowed by root"])
  }

  /// The client's span has the code; the exception of its caller has the message.
  @Test func theCallersWordsForACode() {
    var sketch = TraceSketch(
      """
      root   |--------|  !
        call  |----|     {rpc.grpc.status_code=14} !
      """)
    sketch.logs = [exception("root", "14", "14 UNAVAILABLE: no connection", at: 7)]
    check(sketch, causes: ["14: 14 UNAVAILABLE: no connection @ call +1 → root"])
    sketch.logs = [exception("root", "5", "5 NOT_FOUND: no such cart", at: 7)]
    check(sketch, causes: ["gRPC 14 @ call → root", "5: 5 NOT_FOUND: no such cart @ root → root"])
  }

  @Test func causedByInTheStackTrace() {
    var sketch = TraceSketch(
      """
      root   |--------|  !
        a     |----|     !
      """)
    sketch.logs = [exception("a", "java.io.IOException", "closed", at: 3), exception("root", "OrderException", "cannot order", at: 6)]
    check(sketch, causes: ["java.io.IOException: closed @ a → root", "OrderException: cannot order @ root → root"])
    sketch.logs[1].attributes.append(
      (
        "exception.stacktrace",
        .text("OrderException: cannot order\n\tat shop.Order.run(Order.java:7)\nCaused by: java.io.IOException: closed\n")
      ))
    check(sketch, causes: ["java.io.IOException: closed @ a +1 → root"])
  }

  // MARK: Within one span, and in several

  @Test func aLogOfTheExceptionIsNoSecondFailure() {
    var sketch = TraceSketch("a  |---|  !")
    sketch.logs = [
      SketchLog(span: "a", level: .error, message: "giving up: KeyError: 'JPY'", time: 1_000_000),
      exception("a", "KeyError", "'JPY'", at: 2),
      SketchLog(span: "a", level: .error, message: "the mail could not be sent", time: 2_500_000),
    ]
    check(sketch, causes: ["KeyError: 'JPY' @ a +1 → root", "the mail could not be sent @ a → root"])
  }

  @Test func numbersAsideOneKind() {
    var sketch = TraceSketch("root  |---------|")
    for index in 0..<40 {
      sketch.spans.append(
        SketchSpan(
          id: "r\(index)", parent: "root", name: "GET /rows/\(index)", start: Int64(index), end: Int64(index) + 1, isFailed: true,
          statusMessage: "row \(index) of 40 is bad (SKU-\(1_000 + index))"))
    }
    check(sketch, causes: ["40 × row 0 of 40 is bad (SKU-1000) @ r0 → swallowed by root"])
    let problem = sketch.distilled().problems()[0]
    #expect(problem.rows.count == 16 && problem.spanCount == 40)
    #expect(problem.lastTimeUnixNano - problem.firstTimeUnixNano == 39)
  }

  @Test func codesAreKindsOfTheirOwn() {
    check(
      """
      root   |---------------|
        get   |--|              !"HTTP 404"
        get       |--|          !"HTTP 503"
        get           |--|      !"HTTP 503"
      """, causes: ["2 × HTTP 503 @ get#2 → swallowed by root", "HTTP 404 @ get → swallowed by root"])
  }

  @Test func warningsAreToldAndExceptionsAmongThem() {
    var sketch = TraceSketch(
      """
      root   |---------|  w"slow start"
        a     |-----|     w"slow start"
      """)
    sketch.logs += (0..<3).map { exception("a", "ValueError", "no number: '12,50'", at: Int64($0) + 2, level: .warn) }
    check(sketch, causes: ["3 × warning ValueError: no number: '12,50' @ a", "warning slow start @ root", "warning slow start @ a"])
  }

  /// Recorded as a warning where it was thrown, but still the reason why the caller failed.
  @Test func anExceptionWithoutStatusIsTheCauseOfTheCallersFailure() {
    var sketch = TraceSketch(
      """
      root   |---------|  !"ValueError: no number: '12,50'"
        a     |-----|
      """)
    sketch.logs = [exception("a", "ValueError", "no number: '12,50'", at: 2, level: .warn)]
    check(sketch, causes: ["ValueError: no number: '12,50' @ a +1 → root"])
  }

  // MARK: Where failures end

  @Test func ends() {
    check(
      """
      root   |--------->
        a     |--|        !"refused"
      """, causes: ["refused @ a → running"])
    check("?lost  |--|  !\"refused\"", causes: ["refused @ lost → fragment"])
    check(
      """
      root   |--------------|
        try   |---|            !"refused"
          get  |-|             !"refused"
        try        |---|
          get       |-|        !"refused"
      """, causes: ["2 × refused @ get +1 → swallowed by root"])
  }

  @Test func reachedTheRootFirst() {
    check(
      """
      root   |---------------|  !"out of stock"
        a     |---|
          b    |-|              !"cache miss" e"cache gone"
          c    |-|              !"cache miss"
        d           |-----|     !"out of stock"
      """,
      causes: ["out of stock @ d +1 → root", "cache gone @ b → swallowed by a", "cache miss @ c → swallowed by a"])
  }

  @Test func onlyBelowTheFocus() {
    let trace = TraceSketch(
      """
      root   |---------|  !"disk full"
        a     |--|        !"disk full"
        b         |--|    !"refused"
      """
    ).distilled()
    let row = trace.row(ofSpan: "b")!
    #expect(trace.problems(below: row).map { trace.id($0.firstRow) } == ["b"])
  }

  // MARK: Size

  @Test func aChainOfFailuresIsOneCause() {
    var sketch = TraceSketch()
    for index in 0..<200_000 {
      sketch.spans.append(
        SketchSpan(
          id: "s\(index)", parent: index == 0 ? nil : "s\(index - 1)", name: "level", start: Int64(index), end: 1_000_000 - Int64(index),
          isFailed: true, statusMessage: "disk full"))
    }
    let trace = sketch.distilled()
    let problems = trace.problems()
    #expect(problems.count == 1 && problems[0].repeats == 199_999 && problems[0].pathLength == 200_000)
    let path = trace.path(to: problems[0], first: 4, last: 28)
    #expect(path.beginning.map { trace.id($0) } == ["s0", "s1", "s2", "s3"] && path.hidden == 199_968)
    #expect(path.end.first.map { trace.id($0) } == "s199972" && path.end.last.map { trace.id($0) } == "s199999")
  }

  private func exception(_ span: String, _ type: String, _ message: String, at millis: Int64, level: SeverityLevel = .error) -> SketchLog {
    SketchLog(
      span: span, level: level, message: "\(type): \(message)", time: millis * 1_000_000,
      attributes: [("exception.type", .text(type)), ("exception.message", .text(message))])
  }
}
