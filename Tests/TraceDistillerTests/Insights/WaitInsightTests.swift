// Findings about time outside of spans' own work: outside a callee, in a queue, behind one holder, in intervals without a span. Each with
// positive and negative cases.

import Testing
import TraceRecords

@testable import TraceDistiller

extension TraceSketch {
  /// A timeline whose spans have services: `["GET": "shop"]`; all others have none.
  init(_ timeline: String, services: [String: String], kinds: [String: SpanKind] = [:]) {
    self.init(timeline)
    for index in spans.indices {
      spans[index].service = services[spans[index].name] ?? ""
      spans[index].kind = kinds[spans[index].name] ?? .unspecified
    }
  }

  func line(_ kind: Insight.Kind) -> String? {
    let trace = distilled()
    return trace.insights().first { $0.kind == kind }.map { InsightWords(trace: trace, language: .english).title($0) }
  }
}

@Suite struct CalleeWaitTests {
  static let timeline = """
    page       |---------------------------------------|
      GET      |-------------------|
        serve            |----|
      work                         |-------------------|
    """

  @Test func bothSidesAreTold() {
    let sketch = TraceSketch(
      Self.timeline, services: ["page": "shop", "GET": "shop", "serve": "cart", "work": "shop"], kinds: ["GET": .client, "serve": .server])
    check(sketch, finds: ["calleeWait GET cost 15"])
    #expect(
      sketch.line(.calleeWait)
        == "Waiting outside the callee: shop calls cart, 10.00 ms before serve begins and 5.00 ms after it ends, in GET")
  }

  /// A twentieth of the root and more than one millisecond: a regression, because waits of a tenth were not reported with a limit of five
  /// milliseconds and a tenth.
  @Test func aTwentiethIsTold() {
    func sketch(wait: Int64) -> TraceSketch {
      var sketch = TraceSketch()
      sketch.spans = [
        SketchSpan(id: "page", parent: nil, name: "page", start: 0, end: 40_000_000, service: "a"),
        SketchSpan(id: "GET", parent: "page", name: "GET", start: 0, end: 20_000_000, service: "a", kind: .client),
        SketchSpan(id: "serve", parent: "GET", name: "serve", start: 0, end: 20_000_000 - wait, service: "b", kind: .server),
        SketchSpan(id: "work", parent: "page", name: "work", start: 20_000_000, end: 40_000_000, service: "a"),
      ]
      return sketch
    }
    check(sketch(wait: 2_100_000), finds: ["calleeWait GET cost 2"])
    check(sketch(wait: 1_900_000), finds: [])
  }

  /// Two operations of one pair of services are one finding.
  @Test func onePairIsOneFinding() {
    let sketch = TraceSketch(
      """
      page       |---------------------------------------|
        GET      |-------------------|
          serve            |----|
        PUT                          |-------------------|
          store                          |----|
      """, services: ["page": "shop", "GET": "shop", "serve": "cart", "PUT": "shop", "store": "cart"],
      kinds: ["GET": .client, "PUT": .client])
    check(sketch, finds: ["calleeWait GET ×2 cost 30"])
  }

  @Test func oneServiceIsNoCallee() {
    check(TraceSketch(Self.timeline, services: ["page": "a", "GET": "a", "serve": "a", "work": "a"]), finds: [])
  }

  /// The path's totals name the wait as a call, and still add up.
  @Test func criticalPathTotalsNameTheWait() {
    let sketch = TraceSketch(
      Self.timeline, services: ["page": "shop", "GET": "shop", "serve": "cart", "work": "shop"], kinds: ["GET": .client])
    let trace = sketch.distilled()
    let totals = trace.criticalPath.map { trace.totals(of: $0) } ?? []
    #expect(totals.reduce(0) { $0 + $1.nanos } == 40_000_000)
    #expect(totals.first { $0.name == "GET" }?.waitingFor == "cart")
    #expect(totals.filter { $0.waitingFor != nil }.count == 1)
    let text = trace.summary().text
    #expect(text.contains("37.5 %  15.00 ms  shop → cart: waiting outside the callee (GET)"), "\(text)")
  }
}

@Suite struct UncoveredTimeTests {
  @Test func oneStretchAfterTheLastCall() {
    let sketch = TraceSketch(
      """
      GET     |---------------------------------------|
        load  |---------|
      """)
    check(sketch, finds: ["uncoveredTime GET cost 30"])
    #expect(
      sketch.line(.uncoveredTime)
        == "Not covered by a span: 30.00 ms, most of the time, of GET, in one stretch after load, its last call")
  }

  @Test func beforeTheFirstCall() {
    let sketch = TraceSketch(
      """
      GET     |---------------------------------------|
        load                                 |--------|
      """)
    #expect(
      sketch.line(.uncoveredTime)
        == "Not covered by a span: 31.00 ms, most of the time, of GET, in one stretch before load, its first call")
  }

  @Test func manyStretches() {
    let sketch = TraceSketch(
      """
      GET    |---------------------------------------|
        a        |-|
        b                |--|
        c                             |-|
      """)
    check(sketch, finds: ["uncoveredTime GET cost 33"])
    #expect(
      sketch.line(.uncoveredTime)
        == "Not covered by a span: 33.00 ms, most of the time, of GET, in 4 stretches, the longest 13.00 ms after c, its last call")
  }

  /// A trace of one span is reported as such, never as "no pattern found".
  @Test func aSpanWithNothingInside() {
    check(TraceSketch("GET  |--------|"), finds: ["uncoveredTime GET cost 9"])
  }

  @Test func ownTimeOfAPartIsTold() {
    check(
      """
      GET      |---------------------------------------|
        render |---------------------------------------|
          load |------|
      """, finds: "uncoveredTime render cost 33")
  }

  @Test func whatIsCoveredIsNot() {
    for timeline in [
      "GET  |---|", "GET  |--------------|\n  a  |-------|\n  b          |-----|",
      """
      GET      |---------------------------------------|
        load   |---------------------------------------|
      """,
    ] {
      #expect(TraceSketch(timeline).line(.uncoveredTime) == nil, "\(timeline)")
    }
  }
}

@Suite struct QueueWaitTests {
  static let timeline = """
    POST       |---------|
      publish        |--|
        handle                      |--------------------|
          write                       |----------|
    """

  private func sketch(_ timeline: String) -> TraceSketch {
    TraceSketch(timeline, services: [:], kinds: ["publish": .producer, "handle": .consumer])
  }

  /// Both happen after the root has ended, so they are not on its critical path.
  @Test func theWaitAndTheWorkAreTold() {
    let sketch = sketch(Self.timeline)
    check(sketch, finds: ["queueWait handle < publish", "workAfterRoot handle < POST"])
    #expect(sketch.line(.queueWait) == "Waiting in a queue: handle starts 12.00 ms after publish ended")
    #expect(
      sketch.line(.workAfterRoot)
        == "After the root: handle goes on until 32.00 ms after POST ended; its own critical path: write 11.00 ms, handle 10.00 ms")
  }

  @Test func whatIsTakenAtOnceIsNot() {
    check(
      sketch(
        """
        POST       |--------------------------|
          publish        |--|
            handle           |------|
        """), finds: [])
  }
}

@Suite struct SharedEndTests {
  @Test func theHolderIsNamed() {
    let sketch = TraceSketch(
      """
      root       |---------------------------------------|
        rebuild  |-------------------------|
          write    |----------------------|
        get          |---------------------|
          lock       |---------------------|
        get             |--------------------|
          lock          |------------------|
        get                |------------------|
          lock             |---------------|
      """)
    let line = sketch.line(.resourceWait)
    #expect(
      line == "Waiting for one other: all 3 lock end when rebuild ends, of which write is 88 %, the longest wait 22.00 ms",
      "\(line ?? "nil")")
  }

  @Test func endsThatLieApartAreNot() {
    let sketch = TraceSketch(
      """
      root       |---------------------------------------|
        rebuild  |-------------------------|
        get          |---------------------|
          lock       |---------------------|
        get             |-----------------------|
          lock          |----------------------|
        get                |---------------------------|
          lock             |--------------------------|
      """)
    #expect(sketch.line(.resourceWait) == nil)
  }

  @Test func partsOfOneCallEndTogetherToo() {
    let sketch = TraceSketch(
      """
      root       |-----------------------------|
        load     |-------------------------|
          part      |----------------------|
          part      |----------------------|
          part      |----------------------|
      """)
    #expect(sketch.line(.resourceWait) == nil)
  }
}

@Suite struct CycleTests {
  private func modules(_ values: [String], chain: Bool = false) -> TraceSketch {
    var sketch = TraceSketch()
    let all = Int64(values.count) * 2_000_000
    sketch.spans.append(SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: all, kind: .internal))
    for (index, value) in values.enumerated() {
      let parent = chain && index > 0 ? "s\(index - 1)" : "root"
      var span = SketchSpan(
        id: "s\(index)", parent: parent, name: "resolve", start: Int64(index) * (chain ? 1_000_000 : 2_000_000),
        end: chain ? all - Int64(index) : Int64(index + 1) * 2_000_000, kind: .internal)
      span.attributes = [("index", .integer(Int64(index))), ("module", .text(value))]
      sketch.spans.append(span)
    }
    return sketch
  }

  private func round(_ values: [String], _ times: Int) -> [String] { Array(repeatElement(values, count: times).joined()) }

  @Test func valuesThatGoRoundAreTold() {
    #expect(
      modules(round(["a", "b", "c"], 40)).line(.cycle)
        == "Cycle: the same 3 values of module repeat 40 times in resolve under root: a, b, c, a")
    #expect(
      modules(round(["a", "b", "c"], 5) + ["a"], chain: true).line(.cycle)?.hasPrefix("Cycle: the same 3 values of module repeat 5") == true
    )
  }

  @Test func whatDoesNotComeAgainIsNot() {
    #expect(modules(round(["a", "b", "c"], 4)).line(.cycle) == nil)
    #expect(modules(round(["a"], 40)).line(.cycle) == nil)
    #expect(modules((0..<40).map { "m\($0)" }).line(.cycle) == nil)
    #expect(modules(round(["a", "b", "c"], 20) + ["x"] + round(["a", "b", "c"], 20)).line(.cycle) == nil)
    #expect(modules(round(["a", "b"], 9)).line(.cycle) == nil)
    #expect(modules(round(["a", "b"], 10)).line(.cycle) != nil)
  }
}

@Suite struct RepeatedPiecesTests {
  /// `renders` renders of one template, each with `queries` calls of one statement.
  private func page(renders: Int, queries: Int, concurrent: Bool = false) -> TraceSketch {
    var sketch = TraceSketch()
    let each: Int64 = 1_000_000
    let render = Int64(queries) * each + each
    sketch.spans.append(SketchSpan(id: "page", parent: nil, name: "page", start: 0, end: Int64(renders) * render, kind: .server))
    for index in 0..<renders {
      let start = concurrent ? 0 : Int64(index) * render
      sketch.spans.append(
        SketchSpan(id: "r\(index)", parent: "page", name: "render item", start: start, end: start + render, kind: .internal))
      for query in 0..<queries {
        var span = SketchSpan(
          id: "q\(index).\(query)", parent: "r\(index)", name: "SELECT", start: start + Int64(query) * each,
          end: start + Int64(query + 1) * each, kind: .client)
        span.attributes = [
          ("db.statement", .text("SELECT a FROM t WHERE id = ?")), ("code.filepath", .text("/srv/shop/views.py")),
          ("code.lineno", .integer(41)),
        ]
        sketch.spans.append(span)
      }
    }
    return sketch
  }

  @Test func piecesOfOneLoopAreOne() {
    let line = page(renders: 6, queries: 3).line(.repeatedCall)
    #expect(
      line
        == "N+1: SELECT a FROM t WHERE id = ? ×18 in render item ×6 under page (18.00 ms in the calls, 23.00 ms from the first to the last, views.py:41)",
      "\(line ?? "nil")")
  }

  @Test func fewOrSingleOrConcurrentCallsAreNot() {
    #expect(page(renders: 3, queries: 3).line(.repeatedCall) == nil)
    #expect(page(renders: 12, queries: 1).line(.repeatedCall) == nil)
    #expect(page(renders: 6, queries: 3, concurrent: true).line(.repeatedCall) == nil)
  }

  /// Twelve concurrent calls are already made in parallel: their sum is not a cost.
  @Test func concurrentCallsAreNoLoop() {
    var sketch = TraceSketch.loop(of: 12, each: 10)
    for index in 1..<sketch.spans.count { (sketch.spans[index].start, sketch.spans[index].end) = (0, 200_000_000) }
    #expect(sketch.line(.repeatedCall) == nil)
  }
}

@Suite struct FallbackTests {
  private func lookups(_ count: Int, failing: Int) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans.append(SketchSpan(id: "page", parent: nil, name: "page", start: 0, end: Int64(count) * 10_000_000, kind: .internal))
    for index in 0..<count {
      let start = Int64(index) * 10_000_000
      var item = SketchSpan(id: "i\(index)", parent: "page", name: "item", start: start, end: start + 10_000_000, kind: .internal)
      item.attributes = []
      var cache = SketchSpan(id: "c\(index)", parent: "i\(index)", name: "cache", start: start, end: start + 1_000_000, kind: .internal)
      cache.isFailed = index < failing
      cache.statusMessage = index < failing ? "connection refused" : ""
      sketch.spans += [item, cache]
      if index < failing {
        sketch.spans.append(
          SketchSpan(
            id: "d\(index)", parent: "i\(index)", name: "compute", start: start + 1_000_000, end: start + 10_000_000, kind: .internal))
      }
    }
    return sketch
  }

  /// The failed lookup and what is slow because of it are one finding.
  @Test func whatFollowsEachTimeIsPartOfIt() {
    let trace = lookups(5, failing: 4).distilled()
    let found = trace.insights().first { $0.kind == .swallowedError }
    #expect(found?.costNanos == 36_000_000)
    #expect(
      found.map { InsightWords(trace: trace, language: .english).title($0) }
        == "Swallowed error: cache failed ×4 (\"connection refused\"), yet item ended ok; each time compute follows")
  }

  @Test func whatFollowsOnceIsNot() {
    let trace = lookups(5, failing: 1).distilled()
    #expect(trace.insights().first { $0.kind == .swallowedError }?.costNanos == 0)
  }
}
