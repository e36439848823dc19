// The rules of an explanation one by one, each on a trace that a reader can check by eye.

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

  /// A handler that is open for as long as its sibling works has no time of its own.
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

  /// A called service that did all it does, calls to others among it, is not who stopped; one that makes none may be.
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

  /// A call that is skipped while others follow is no stop.
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

  /// Of 20 like traces five are slow, and they are those of one tenant.
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
