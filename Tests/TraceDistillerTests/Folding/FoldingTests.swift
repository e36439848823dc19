// Proves what becomes one line and what must not: similar calls, outliers, failures, shapes, chains, recursion, generic names.

import Testing

@testable import TraceDistiller

@Suite struct FoldingTests {
  @Test func alikeCallsAreOneLineWithTheirTimes() {
    let calls = (1...20).map { LoopCall(millis: Double($0) / 10) }
    expectLines(
      TraceSketch(loop: calls).treeLines(),
      ["main (21.00 ms | 0 ms)", "└─ 🔥 row ×20 (total 21.00 ms, min 0.10, p50 1.00, p95 1.90, max 2.00 ms)"])
  }

  @Test func threeAreShownOneByOne() {
    let lines = TraceSketch(loop: [LoopCall(), LoopCall(), LoopCall()]).treeLines()
    expectLines(
      lines, ["main (3.00 ms | 0 ms)", "├─ 🔥 row (1.00 ms | 1.00 ms)", "├─ 🔥 row (1.00 ms | 1.00 ms)", "└─ 🔥 row (1.00 ms | 1.00 ms)"])
  }

  /// What an agent must never miss: the single important call among thousands.
  @Test(arguments: [1, 731, 2_000])
  func theOneThatFailedIsNamed(place: Int) {
    var calls = Array(repeating: LoopCall(), count: 2_000)
    calls[place - 1].isFailed = true
    let lines = TraceSketch(loop: calls).treeLines(1_000)
    let expected = "🔥 ❌ row #\(DurationText.count(place)) of 2,000 (1.00 ms | 1.00 ms)"
    #expect(lines.contains { $0.hasSuffix(expected) }, "\(expected) is not in\n\(lines.joined(separator: "\n"))")
    #expect(lines.contains { $0.contains("row ×1,999 of 2,000 (") && !$0.contains("❌") }, "\(lines)")
  }

  @Test(arguments: [1, 731, 2_000])
  func theOneThatTookLongIsNamed(place: Int) {
    var calls = Array(repeating: LoopCall(), count: 2_000)
    calls[place - 1].millis = 60
    let lines = TraceSketch(loop: calls).treeLines(1_000)
    let expected = "🔥 row #\(DurationText.count(place)) of 2,000 (60.00 ms | 60.00 ms)"
    #expect(lines.contains { $0.hasSuffix(expected) }, "\(expected) is not in\n\(lines.joined(separator: "\n"))")
  }

  /// The failure is two levels below the iteration; its siblings have none.
  @Test func aFailureBelowKeepsItsIterationApart() {
    var calls = Array(repeating: LoopCall(below: ["load", "save"]), count: 50)
    calls[36].failsBelow = true
    expectLines(
      TraceSketch(loop: calls).treeLines(),
      [
        "main (50.00 ms | 0 ms)", "├─ row ×49 of 50 (total 49.00 ms, self 0 ms, min 1.00, p50 1.00, p95 1.00, max 1.00 ms)",
        "│  ├─ 🔥 load ×49 (total 24.50 ms, min 0.50, p50 0.50, p95 0.50, max 0.50 ms)",
        "│  └─ 🔥 save ×49 (total 24.50 ms, min 0.50, p50 0.50, p95 0.50, max 0.50 ms)", "└─ row #37 of 50 (1.00 ms | 0 ms)",
        "   ├─ 🔥 ❌ load (0.50 ms | 0.50 ms)", "   └─ 🔥 save (0.50 ms | 0.50 ms)",
      ])
  }

  /// distilling.md: more than three times the median and a millisecond above it.
  @Test func whatIsLittleSlowerIsNoOutlier() {
    var calls = Array(repeating: LoopCall(millis: 1), count: 19)
    calls.append(LoopCall(millis: 2.9))
    #expect(TraceSketch(loop: calls).treeLines().count == 2, "under three times the median")
    calls = Array(repeating: LoopCall(millis: 0.1), count: 19) + [LoopCall(millis: 1.05)]
    #expect(TraceSketch(loop: calls).treeLines().count == 2, "ten times the median, but less than a millisecond above it")
    calls[19].millis = 1.15
    #expect(TraceSketch(loop: calls).treeLines().last == "└─ 🔥 row #20 of 20 (1.15 ms | 1.15 ms)")
  }

  /// Of twenty and more only what is beyond the 95th of a hundred stands apart: of two slow ones among twenty the slower.
  @Test func outliersOfTwentyAreBeyondThe95th() {
    for (count, apart) in [(19, 2), (20, 1), (21, 1)] {
      let calls = Array(repeating: LoopCall(millis: 1), count: count - 2) + [LoopCall(millis: 40), LoopCall(millis: 60)]
      let lines = TraceSketch(loop: calls).treeLines().filter { $0.contains(" of \(count) (") && $0.contains("row #") }
      #expect(lines.count == apart, "\(count): \(lines)")
    }
  }

  @Test func manyOutliersOfLeavesAreToldOnTheLineOfAll() {
    var calls = Array(repeating: LoopCall(), count: 100)
    for (place, millis) in [(7, 20.0), (30, 40), (64, 30)] { calls[place - 1].millis = millis }
    expectLines(
      TraceSketch(loop: calls).treeLines(),
      [
        "main (187.00 ms | 0 ms)",
        "└─ 🔥 row ×100 (total 187.00 ms, min 1.0, p50 1.0, p95 1.0, max 40.0 ms; 3 slow: 90.00 ms, worst #30)",
      ])
    #expect(TraceSketch(loop: calls).treeLines(50_000, .chinese).last?.contains("; 较慢 3 次: 90.00 ms, 最慢 #30)") == true)
  }

  /// If they have calls below them, what made the slow ones slow may be there.
  @Test func manyOutliersWithCallsBelowStayApart() {
    var calls = Array(repeating: LoopCall(below: ["load"]), count: 100)
    for (place, millis) in [(7, 20.0), (30, 40), (64, 30)] { calls[place - 1].millis = millis }
    let lines = TraceSketch(loop: calls).treeLines()
    #expect(
      lines.contains { $0.contains("row ×97 of 100 › load") || $0.contains("row › load ×97") || $0.contains("×97 of 100") }, "\(lines)")
    #expect(lines.contains { $0.contains("×3 of 100, 3.0 %, slow: #30, #64, #7 (") }, "\(lines.joined(separator: "\n"))")
  }

  /// Iterations of two kinds: each is shown with its share.
  @Test func kindsOfIterationsAreArchetypes() {
    let calls = (0..<40).map { LoopCall(below: $0 % 4 == 0 ? ["miss", "fetch", "store"] : ["hit", "log"]) }
    let lines = TraceSketch(loop: calls).treeLines()
    #expect(
      lines.contains { $0.contains("row ×10 of 40, 25.0 % (") } && lines.contains { $0.contains("row ×30 of 40, 75.0 % (") }, "\(lines)")
    #expect(lines.contains { $0.contains("fetch ×10 (") } && lines.contains { $0.contains("hit ×30 (") }, "\(lines)")
  }

  /// Only the statement distinguishes these.
  @Test func whereNamesSayNothingTheDistinguishingAttributeDoes() {
    let calls = (0..<24).map { index in
      LoopCall(
        name: "SELECT",
        attributes: [
          ("db.system", .text("sqlite")),
          ("db.statement", .text(index % 3 == 0 ? "SELECT name FROM a WHERE id = \(index)" : "SELECT price FROM b WHERE id = \(index)")),
        ])
    }
    let lines = TraceSketch(loop: calls).treeLines()
    #expect(lines.contains { $0.contains("SELECT ×8 (") && $0.contains("FROM a") }, "\(lines.joined(separator: "\n"))")
    #expect(lines.contains { $0.contains("SELECT ×16 (") && $0.contains("FROM b") }, "\(lines.joined(separator: "\n"))")
  }

  @Test func numbersInNamesAreNoDifference() {
    let lines = TraceSketch(loop: (1...30).map { LoopCall(name: "page \($0)") }).treeLines()
    expectLines(lines, ["main (30.00 ms | 0 ms)", "└─ 🔥 page # ×30 (total 30.00 ms, min 1.00, p50 1.00, p95 1.00, max 1.00 ms)"])
  }

  @Test func valuesThatDifferAreShownFirst() {
    let calls = (0..<6).map { LoopCall(attributes: [("same", .text("x")), ("symbol", .text(["BTC", "ETH"][$0 % 2]))]) }
    #expect(TraceSketch(loop: calls).treeLines().last?.hasSuffix(" [symbol=BTC|ETH, same=x]") == true)
  }

  /// What the name, an earlier attribute, or every span of a kind already says is not in the line.
  @Test func nothingIsSaidTwice() {
    var call = LoopCall(name: "GET /orders")
    call.attributes = [
      ("http.method", .text("GET")), ("http.route", .text("/orders")), ("http.status_code", .integer(200)),
      ("http.url", .text("http://h/orders?page=2")),
      ("url.full", .text("http://h/orders?page=2")), ("net.peer.port", .integer(80)), ("user", .text("Ada")),
    ]
    let line = TraceSketch(loop: [call]).treeLines().last ?? ""
    #expect(line.hasSuffix(" [url.full=http://h/orders?page=2, user=Ada]"), "\(line)")
    call.attributes[2].value = .integer(404)
    let failing = TraceSketch(loop: [call]).treeLines().last ?? ""
    #expect(failing.contains("http.status_code=404"), "\(failing)")
    // With a statement, the kind of database adds nothing; alone it does.
    call = LoopCall(name: "lookup", attributes: [("db.system", .text("redis"))])
    #expect(TraceSketch(loop: [call]).treeLines().last?.hasSuffix(" [db.system=redis]") == true)
  }

  // MARK: Chains

  private func chain(_ names: [String], millis: Double = 100, selfNanos: Int64 = 1_000) -> TraceSketch {
    var sketch = TraceSketch()
    for (index, name) in names.enumerated() {
      let (start, end) = (Int64(index) * selfNanos, Int64(millis * 1_000_000) - Int64(index) * selfNanos)
      sketch.spans.append(
        SketchSpan(id: "s\(index)", parent: index == 0 ? nil : "s\(index - 1)", name: name, start: start, end: end))
    }
    return sketch
  }

  @Test func aStraightChainIsOneLine() {
    expectLines(chain(["a", "b", "c", "d"]).treeLines(), ["🔥 a › b › c › d (100.00 ms | 100.00 ms)"])
  }

  @Test func aLongChainShowsItsEnds() {
    let lines = chain((0..<200).map { "level\(String(UnicodeScalar(UInt8(97 + $0 % 26))))" }).treeLines()
    expectLines(lines, ["🔥 levela › levelb › levelc › … 195 … › levelq › levelr (100.00 ms | 100.00 ms)"])
  }

  @Test func aFunctionThatCallsItselfIsNamedOnce() {
    expectLines(chain(["main"] + Array(repeating: "walk", count: 30)).treeLines(), ["🔥 main › walk (30 deep) (100.00 ms | 100.00 ms)"])
  }

  @Test func whoDoesWorkOfItsOwnKeepsItsLine() {
    let lines = chain(["a", "b", "c"], millis: 100, selfNanos: 5_000_000).treeLines()
    #expect(lines.count == 3, "\(lines)")
  }

  /// Four of a hundred of its time are little; a nanosecond more is work of its own.
  @Test func littleTimeIsAPartOfTwentyFive() {
    // Both ends of a call take so much: 2 ms and 2 ms of 100 ms.
    #expect(chain(["a", "b"], millis: 100, selfNanos: 500_000).treeLines().count == 1, "a hundredth: two are one")
    #expect(chain(["a", "b"], millis: 100, selfNanos: 500_001).treeLines().count == 2)
    func lines(_ own: Int64) -> Int {
      var sketch = TraceSketch()
      sketch.spans = [
        SketchSpan(id: "a", parent: nil, name: "a", start: 0, end: 100_000_000),
        SketchSpan(id: "b", parent: "a", name: "b", start: 0, end: 100_000_000 - own),
        SketchSpan(id: "c", parent: "b", name: "c", start: 0, end: 100_000_000 - own),
      ]
      return sketch.treeLines().count
    }
    #expect(lines(4_000_000) == 1 && lines(4_000_001) == 2, "\(lines(4_000_000)) \(lines(4_000_001))")
  }

  @Test func aFailureIsNeverInsideOfAChain() {
    var sketch = chain(["a", "b", "c", "d", "e"])
    sketch.spans[2].isFailed = true
    let lines = sketch.treeLines()
    expectLines(lines, ["🔥 a › b (100.00 ms | 4.0 µs)", "└─ 🔥 ❌ c (100.00 ms | 2.0 µs)", "   └─ 🔥 d › e (99.99 ms | 99.99 ms)"])
  }

  /// Room that was kept for the line of what is left out is given back where nothing is left out: a text ends close to its bound.
  @Test func reservedRoomIsGivenBack() {
    let bound = 2_000
    var sketch = TraceSketch()
    sketch.spans = [SketchSpan(id: "root", parent: nil, name: "main", start: 0, end: 900_000_000)]
    for outer in 0..<60 {
      let name = "\(Character(Unicode.Scalar(UInt8(97 + outer / 26))))\(Character(Unicode.Scalar(UInt8(97 + outer % 26))))"
      let start = Int64(outer) * 10_000_000
      // Each with work of its own, so that none is part of a chain, and of its own length, so that none is alike.
      sketch.spans.append(
        SketchSpan(id: name, parent: "root", name: "outer \(name)", start: start, end: start + 9_000_000 - Int64(outer) * 10_000))
      for inner in ["load", "save"] {
        let begin = start + (inner == "load" ? 1_000_000 : 4_000_000)
        sketch.spans.append(SketchSpan(id: name + inner, parent: name, name: "\(inner) \(name)", start: begin, end: begin + 2_000_000))
      }
    }
    var options = SummaryOptions()
    (options.maxChars, options.sections) = (bound, [.tree])
    let length = jsonLength(sketch.distilled().summary(options).text)
    #expect(length <= bound && length > bound - 330, "\(length) of \(bound)")
  }

  // MARK: JSON

  @Test func everySpanIsInOneNode() {
    var random = SplitMix64(seed: 7)
    for _ in 0..<60 {
      let calls = (0..<random.below(80) + 1).map { _ in
        LoopCall(
          name: ["a", "b", "row 1", "row 2"][random.below(4)], millis: Double(random.below(50)) / 10 + 0.1,
          below: Array(["x", "y", "z"].prefix(random.below(4))), isFailed: random.below(9) == 0, failsBelow: random.below(7) == 0)
      }
      let trace = TraceSketch(loop: calls).distilled()
      let folded = FoldedTree(trace, CallKeys(trace))
      var seen = Set<Int32>()
      for node in folded.nodes.indices {
        for row in folded.rows(of: node) { #expect(seen.insert(row).inserted, "row \(row) is in two nodes") }
        let rows = folded.rows(of: node).map(Int.init)
        #expect(folded.nodes[node].totalNanos == rows.reduce(0) { $0 + trace.tree.duration($1) })
        // Failed spans are never grouped with others.
        #expect(Set(rows.map { trace.subtreeFailures[$0] > 0 }).count == 1, "failed and not in one node")
      }
      #expect(seen.count == trace.tree.count)
    }
  }
}
