// The rules of an explanation, each on a trace that a reader can check by eye.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct ExplainRuleTests {
  private static func span(
    _ id: String, _ parent: String?, _ service: String, _ start: Int64, _ end: Int64, kind: SpanKind = .unspecified,
    _ attributes: [(key: String, value: SketchSpan.Value)] = []
  ) -> SketchSpan {
    var span = SketchSpan(id: id, parent: parent, name: id, start: start * 1_000_000, end: end * 1_000_000, service: service)
    span.kind = kind
    span.attributes = attributes
    return span
  }

  private static func sketch(_ spans: [SketchSpan]) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans = spans
    return sketch
  }

  private func explain(_ target: TraceSketch, _ base: TraceSketch...) -> Explanation {
    var explainer = Explainer(TraceAnalysis(target.distilled()))
    for sketch in base { explainer.add(sketch.distilled()) }
    return base.isEmpty ? explainer.explanationAgainstLike() : explainer.explanation(against: .trace(handle: "t1", id: "base"))
  }

  private func check(
    _ explanation: Explanation, first kind: Finding.Kind, _ service: String, says words: String...,
    at location: SourceLocation = #_sourceLocation
  ) {
    let text = ExplanationText(explanation, language: .english, maxChars: 3_600).text
    let first = explanation.findings.first
    #expect(first?.kind == kind && first?.service == service, "expected \(kind) of \(service), got\n\(text)", sourceLocation: location)
    for word in words { #expect(text.contains(word), "expected \(word), got\n\(text)", sourceLocation: location) }
  }

  /// A handler that is open while its sibling works has no time of its own.
  @Test func aHandlerThatStaysOpenDoesNotWork() {
    func trace(_ delay: Int64) -> TraceSketch {
      Self.sketch([
        Self.span("gateway", nil, "gw", 0, 50 + delay), Self.span("handler", "gateway", "gw", 1, 50 + delay),
        Self.span("forward", "gateway", "gw", 2, 49 + delay), Self.span("serve", "forward", "shop", 4, 47 + delay),
        Self.span("work", "serve", "shop", 5, 46 + delay),
      ])
    }
    check(explain(trace(200), trace(0)), first: .ownTime, "shop", says: "200.00 ms more (100.0 %)", "Not explained: 0 ms (0.0 %)")
  }

  /// A span that calls several services without a span for each call: whose calls its own time touches is told, with one number for each.
  @Test func timeBesideCallsOfSeveralServices() {
    func trace(_ beforeCart: Int64, _ afterStock: Int64) -> TraceSketch {
      let cart = 10 + beforeCart
      let stock = cart + 20
      return Self.sketch([
        Self.span("checkout", nil, "shop", 0, stock + 30 + afterStock), Self.span("load", "checkout", "shop", 1, 5),
        Self.span("getCart", "checkout", "cart", cart, cart + 10), Self.span("plan", "checkout", "shop", cart + 12, cart + 18),
        Self.span("getStock", "checkout", "stock", stock, stock + 10),
      ])
    }
    let explanation = explain(trace(200, 70), trace(0, 0))
    check(
      explanation, first: .ownTime, "shop",
      says: "of it directly before or after calls of other services, which may be a wait for them: cart 207.00 ms, stock 92.00 ms")
    // One service only: that is said where its stretch lies.
    var one = trace(200, 70)
    one.spans.removeLast()
    let text = ExplanationText(explain(one), language: .english, maxChars: 3_600).text
    #expect(!text.contains("directly before or after"), "\(text)")
  }

  /// The only child of a call to another service: what is around it is no work of the caller. Where the service itself is entered, it is.
  @Test func aWaitIsTheCallsAndNotTheCallers() {
    func trace(_ before: Int64, _ after: Int64) -> TraceSketch {
      Self.sketch([
        Self.span("root", nil, "shop", 0, 30 + before + after), Self.span("call", "root", "shop", 5, 25 + before + after),
        Self.span("serve", "call", "cart", 7 + before, 20 + before),
      ])
    }
    check(
      explain(trace(90, 0), trace(0, 0)), first: .waitingOutside, "cart", says: "92.00 ms before its spans begin, 5.00 ms after they end")
    check(
      explain(trace(0, 90), trace(0, 0)), first: .waitingOutside, "cart", says: "95.00 ms after they end", "last 13.00 ms (base 13.00 ms)")
    func entry(_ before: Int64) -> TraceSketch {
      Self.sketch([
        Self.span("root", nil, "gw", 0, 40 + before), Self.span("serve", "root", "shop", 5, 35 + before, kind: .server),
        Self.span("load", "serve", "cart", 10 + before, 30 + before),
      ])
    }
    check(explain(entry(90), entry(0)), first: .ownTime, "shop", says: "the longest of 2 stretches 95.00 ms, before its first call load")
  }

  /// A called service that did everything it does, including calls to others, is not the one that stopped; one without calls may be.
  @Test func whoStopped() {
    func trace(_ callsOthers: Bool, stops: Bool) -> TraceSketch {
      var spans = [
        Self.span("root", nil, "shop", 0, stops ? 31 : 60), Self.span("order", "root", "shop", 1, 30, kind: .client),
        Self.span("place", "order", "orders", 2, 29, kind: .server),
      ]
      if callsOthers {
        spans += [Self.span("pay", "place", "orders", 3, 20, kind: .client), Self.span("charge", "pay", "payments", 4, 19, kind: .server)]
      }
      if !stops { spans += [Self.span("render", "root", "shop", 31, 50), Self.span("mail", "root", "shop", 50, 58)] }
      return Self.sketch(spans)
    }
    check(
      explain(trace(true, stops: true), trace(true, stops: false)), first: .stoppedEarly, "shop",
      says: "stopped early, after order: missing render, mail",
      "orders did all of place (3 steps as in the base): its caller went no further")
    check(
      explain(trace(false, stops: true), trace(false, stops: false)), first: .stoppedEarly, "orders",
      says: "orders: once place had returned, its caller shop: root stopped early: missing render, mail",
      "spans do not tell what it returned")
  }

  /// A skipped call with later calls after it is not a stop.
  @Test func aSkippedCallIsNoStop() {
    let base = Self.sketch([
      Self.span("root", nil, "s", 0, 40), Self.span("cache", "root", "s", 1, 10), Self.span("load", "root", "s", 10, 39),
    ])
    let target = Self.sketch([Self.span("root", nil, "s", 0, 31), Self.span("load", "root", "s", 1, 30)])
    #expect(explain(target, base).findings.isEmpty)
  }

  @Test func aWaitInAQueueIsFoundThoughTheRootHasEnded() {
    func trace(_ wait: Int64, _ work: Int64) -> TraceSketch {
      Self.sketch([
        Self.span("order", nil, "shop", 0, 20), Self.span("publish", "order", "shop", 5, 8, kind: .producer),
        Self.span("bill", "publish", "billing", 10 + wait, 12 + wait + work, kind: .consumer),
      ])
    }
    check(
      explain(trace(600, 0), trace(0, 0)), first: .queued, "billing",
      says: "bill waited 602.00 ms (base 2.00 ms) before it began, after publish had ended")
    check(
      explain(trace(0, 300), trace(0, 0)), first: .detachedWork, "billing", says: "for which nobody waits, took 302.00 ms (base 2.00 ms)")
    check(explain(trace(600, 0)), first: .queued, "billing", says: "bill waited 602.00 ms before it began")
  }

  /// Of 20 similar traces five are slow, and these belong to one tenant.
  @Test func anAttributeSetsTheSlowOnesApart() {
    func trace(_ number: Int, isSlow: Bool) -> TraceSketch {
      let tenant = isSlow || number == 1 ? "acme" : "other\(number % 3)"
      return Self.sketch([
        Self.span(
          "root", nil, "shop", 0, isSlow ? 120 : 30, [(key: "tenant", value: .text(tenant)), (key: "id", value: .integer(Int64(number)))]),
        Self.span("load", "root", "shop", 1, isSlow ? 119 : 29),
      ])
    }
    var explainer = Explainer(TraceAnalysis(trace(99, isSlow: true).distilled()))
    for number in 1...20 { explainer.add(trace(number, isSlow: number > 16).distilled()) }
    check(
      explainer.explanationAgainstLike(), first: .ownTime, "shop", says: "4.00 × the usual 30.00 ms, slower than 16 of 20 like it",
      "tenant=acme sets the slow ones apart: 5 of 5 slow traces have it, 1 of 16 others")
    var healthy = Explainer(TraceAnalysis(trace(98, isSlow: false).distilled()))
    for number in 1...20 { healthy.add(trace(number, isSlow: number > 16).distilled()) }
    #expect(healthy.explanationAgainstLike().findings.isEmpty)
  }

  /// `shop` makes these calls one after the other, each with its length and with its pause after it.
  private static func calls(
    _ calls: [(length: Int64, pause: Int64, isFailed: Bool)], _ name: String = "POST /v1/charges", lead: Int64 = 0,
    attributes: (Int) -> [(key: String, value: SketchSpan.Value)]
  ) -> TraceSketch {
    var spans: [SketchSpan] = []
    var time = lead
    for (index, call) in calls.enumerated() {
      var span = span("call\(index)", "charge", "shop", time, time + call.length, kind: .client, attributes(index))
      span.name = name
      span.isFailed = call.isFailed
      spans.append(span)
      time += call.length + call.pause
    }
    return sketch([span("charge", nil, "shop", 0, time)] + spans)
  }

  private static func retried(_ pauses: [Int64], each: Int64 = 4, lead: Int64 = 0) -> TraceSketch {
    calls((0...pauses.count).map { (each, $0 < pauses.count ? pauses[$0] : 0, $0 < pauses.count) }, lead: lead) {
      [(key: "attempt", value: .integer(Int64($0 + 1)))]
    }
  }

  /// The pauses of a retry belong to the retry, not to its caller's own time, and are counted once.
  @Test func pausesOfARetryAreTheRetrys() {
    let explanation = explain(Self.retried([6, 8, 10]))
    check(
      explanation, first: .retries, "shop", says: "×4, 3 failed, 24.00 ms of pauses between attempts",
      "36.00 ms (90.0 %) on the critical path", "Not explained: 0 ms (0.0 %) of 40.00 ms")
    #expect(explanation.findings.map(\.nanos) == [36_000_000, 4_000_000], "\(explanation.findings)")
    // The last attempt counts as an ordinary call; the caller's work before the first attempt is its own time.
    let late = explain(Self.retried([6, 8, 10], lead: 60))
    check(
      late, first: .ownTime, "shop", says: "own time of charge 84.00 ms — 60.00 ms (60.0 %) of the critical path counted here",
      "24.00 ms of it is counted in another finding", "in one stretch, before its first call POST /v1/charges",
      "Not explained: 4.00 ms (4.0 %) of 100.00 ms")
    #expect(late.findings.map(\.kind) == [.ownTime, .retries])
    #expect(late.explainedNanos == 96_000_000)
  }

  /// Pauses between calls that are not a retry are the caller's own time.
  @Test func pausesOfAPollLoopAreTheCallers() {
    let polls = Self.calls((0..<12).map { _ in (2, 50, false) }, "GET /jobs/17") { _ in [(key: "http.route", value: .text("/jobs/:id"))] }
    check(
      explain(polls), first: .ownTime, "shop", says: "own time of charge 600.00 ms", "the longest of 12 stretches 50.00 ms",
      "between GET /jobs/17 and GET /jobs/17")
  }

  /// The time between the calls of a loop belongs to the loop while it is short compared with the calls; longer pauses are work.
  @Test(arguments: [(4, 1, true), (4, 4, true), (4, 5, false), (1, 20, false)] as [(Int64, Int64, Bool)])
  func pausesOfALoopAreItsOwnWhileTheyAreShort(_ each: Int64, _ pause: Int64, _ isLoops: Bool) {
    let loop = Self.calls((0..<20).map { (each, $0 < 19 ? pause : 0, false) }, "SELECT") { _ in
      [(key: "db.statement", value: .text("SELECT a FROM t WHERE id = ?"))]
    }
    let explanation = explain(loop)
    let (calls, pauses) = (20 * each, 19 * pause)
    let loops = explanation.findings.first { $0.kind == .repeatedCalls }
    let own = explanation.findings.first { $0.kind == .ownTime && $0.operation == "charge" }
    let told = ((loops?.nanos ?? 0) / 1_000_000, (own?.nanos ?? 0) / 1_000_000)
    #expect(told == (isLoops ? (calls + pauses, 0) : (calls, pauses)), "\(each), \(pause): \(explanation.findings)")
    #expect(explanation.explainedNanos == explanation.wholeNanos)
  }

  /// Calls that wait for their turn: their callers' own time is this wait.
  @Test func waitsInLineAreNotTheCallersWork() {
    var spans = [Self.span("root", nil, "shop", 0, 50)]
    for index in Int64(0)..<5 {
      var job = Self.span("job\(index)", "root", "shop", 0, 10 * index + 10)
      var write = Self.span("write\(index)", "job\(index)", "shop", 10 * index, 10 * index + 10)
      (job.name, write.name) = ("job", "write")
      spans += [job, write]
    }
    let explanation = explain(Self.sketch(spans))
    check(explanation, first: .waitingInLine, "shop", says: "Waiting in line: write ×5", "40.00 ms (80.0 %) on the critical path")
    #expect(explanation.findings.map(\.nanos) == [40_000_000, 10_000_000], "\(explanation.findings)")
  }

  /// Of calls one after the other, all their time is told, and the longest is not told again.
  @Test func sequentialCallsAreToldWhole() {
    let calls = Self.calls((0..<4).map { _ in (20, 0, false) }, "GET /part") { _ in [(key: "http.method", value: .text("GET"))] }
    let explanation = explain(calls)
    check(
      explanation, first: .sequentialCalls, "shop", says: "One after another: GET /part ×4", "the longest takes 20.00 ms",
      "80.00 ms (100.0 %) on the critical path", "Not explained: 0 ms")
    #expect(explanation.findings.count == 1)
  }

  /// The lookup that fails and the slow path that follows each time are one finding.
  @Test func aFailedLookupAndItsSlowPathAreOne() {
    let sketch = PatternPlan(.followed, seed: 3).sketch
    let text = ExplanationText(explain(sketch), language: .english, maxChars: 3_600).text
    #expect(text.contains("1. web: error in cache"), "\(text)")
    #expect(text.contains("load row follows each of the") && !text.contains("own time of load row"), "\(text)")
  }

  /// A statement that says what the name says is told without it.
  @Test func aStatementIsNamedOnce() {
    var sketch = Self.calls([(50, 0, false)], "SELECT orders") { _ in
      [(key: "db.statement", value: .text("SELECT * FROM orders WHERE id = ?"))]
    }
    check(explain(sketch), first: .ownTime, "shop", says: "own time of SELECT * FROM orders WHERE id = ? 50.00 ms")
    sketch.spans[1].name = "load orders"
    check(explain(sketch), first: .ownTime, "shop", says: "own time of load orders SELECT * FROM orders WHERE id = ? 50.00 ms")
  }

  /// Of a trace of 3 ms, 0.8 ms deserve a word; a twentieth of a long one does not, nor what no clock tells.
  @Test func shortTracesAreExplainedToo() {
    var sketch = Self.sketch([Self.span("root", nil, "shop", 0, 3), Self.span("load", "root", "shop", 1, 2)])
    (sketch.spans[1].start, sketch.spans[1].end) = (1_000_000, 1_800_000)
    #expect(explain(sketch).findings.map(\.nanos) == [2_200_000, 800_000])
    (sketch.spans[0].end, sketch.spans[1].end) = (400_000, 60_000)
    sketch.spans[1].start = 20_000
    #expect(explain(sketch).findings.map(\.nanos) == [360_000])
  }

  /// A loop that costs more than in the base because its calls are slower, not more, is no N+1.
  @Test func slowerCallsAreNoRepetition() {
    func loop(_ each: Int64, _ count: Int) -> TraceSketch {
      Self.calls((0..<count).map { _ in (each, 0, false) }, "SELECT") { _ in
        [(key: "db.statement", value: .text("SELECT a FROM t WHERE id = ?"))]
      }
    }
    check(explain(loop(20, 12), loop(2, 12)), first: .ownTime, "shop", says: "SELECT")
    check(explain(loop(2, 60), loop(2, 12)), first: .repeatedCalls, "shop", says: "N+1: ", "×60")
  }

  @Test(arguments: [
    (95, true), (99, true), (105, true), (106, false), (94, false), (50, false), (200, true), (204, true), (149, false), (0, false),
  ])
  func grid(_ millis: Int, _ isNear: Bool) { #expect(QuotaGrid.isNear(Int64(millis) * 1_000_000) == isNear, "\(millis)") }

  @Test(
    arguments: [
      ([], 0, 0), ([7], 7, 7), ([1, 2, 3, 100], 2, 2), ([10, 10, 10, 10, 10], 10, 10), ([10, 12, 14, 16, 18], 14, 22),
      ([1, 2, 3, 4, 100], 3, 7),
    ] as [([Int64], Int64, Int64)])
  func usual(_ values: [Int64], _ median: Int64, _ high: Int64) {
    #expect(Baseline.value(values) == UsualValue(median: median, high: high))
    #expect(Baseline.value(values.reversed()) == UsualValue(median: median, high: high))
  }
}
