// Proves that folding ended subtrees keeps open spans, failures, totals and parents, and that later records still apply.

import Testing

@testable import TraceDistiller

@Suite struct StoreCollapseTests {
  private let running = """
    t/a start 0
    t/b1<a span 1 took 2 name b
    t/c1<b1 span 1 took 1 name c
    t/b2<a span 3 took 5 name b
    t/open<a start 4
    t/d1<open span 5 took 1 name d
    t/bad<a span 6 took 1 name b
    t/e1<bad span 6 took 1 status error
    t/b3<a start 8
    t/f1<b3 start 9
    t/b3 end 12 took 4
    """

  @Test func endedSubtreesBecomeStatisticsBelowWhatRuns() {
    let trace = StoreHarness(running)
    trace.expectList("t running a 12ms spans=10 failed=1 (rootRunning openSpans)")
    #expect(trace.collapse("t") == 4)
    trace.expectSpans(
      "t", "a 0... root", "b1<a 1...8 ×2 of 3 total=7 max=5 failed=0", "b3<a 8...12", "bad<a 6...7",
      "d1<open 5...6 ×1 of 1 total=1 max=1 failed=0",
      "e1<bad 6...7 failed", "f1<b3 9...", "open<a 4...")
    trace.expectList("t running a 12ms spans=10 failed=1 (rootRunning openSpans collapsed)")
    #expect(trace.collapse("t") == 0, "nothing more to fold")
  }

  @Test func laterRecordsStillApply() {
    let trace = StoreHarness(running)
    _ = trace.collapse("t")
    trace.feed("t/f1 end 14 took 5\nt/g1<open span 15 took 1\nt/open log 15 says ERROR boom\nt/open end 20 took 16\nt/a end 30 took 30")
    trace.expectSpans(
      "t", "a 0...30 root", "b1<a 1...8 ×2 of 3 total=7 max=5 failed=0", "b3<a 8...12", "bad<a 6...7",
      "d1<open 5...6 ×1 of 1 total=1 max=1 failed=0",
      "e1<bad 6...7 failed", "f1<b3 9...14", "g1<open 15...16", "open<a 4...20 failed")
    trace.expectList("t settling a 30ms spans=11 failed=2 (recentRecords collapsed)")
    trace.advance(500)
    #expect(trace.snapshot("t")?.isComplete == true)
  }

  @Test func aLateRecordOfAFoldedSpanIsTakenAndHoldsNothingUp() {
    let trace = StoreHarness("t/a start 0\nt/b<a span 1 took 2 name b\nt/c<b span 1 took 1 name c")
    #expect(trace.collapse("t") == 2)
    // c's id was removed with it: its child is an orphan, and its error belongs to a span that was never reported.
    trace.feed("t/late<c span 2 took 1\nt/c log 2 says ERROR boom\nt/a end 5 took 5")
    trace.advance(500)
    #expect(trace.snapshot("t")?.isComplete == true)
    #expect(trace.store.overviews(now: trace.now).map(\.errorCount) == [1], "the error is counted")
    #expect(trace.snapshot("t")?.reasons == ["missingParents", "collapsed"], "and what is not whole is said")
  }

  @Test func aFoldIsFoldedWithWhatIsAboveIt() {
    let trace = StoreHarness(
      "t/a start 0\nt/b<a start 1\nt/c1<b span 1 took 1 name c\nt/c2<b span 2 took 3 name c\nt/d1<c2 span 2 took 1 name d")
    #expect(trace.collapse("t") == 3)
    // Similar siblings that have ended since join the existing fold.
    trace.feed("t/c3<b span 6 took 7 name c")
    #expect(trace.collapse("t") == 1)
    trace.expectSpans("t", "a 0... root", "b<a 1...", "c1<b 1...13 ×3 of 4 total=11 max=7 failed=0")
    trace.feed("t/b end 15 took 14")
    #expect(trace.collapse("t") == 1)
    trace.expectSpans("t", "a 0... root", "b<a 1...15 ×1 of 5 total=14 max=14 failed=0")
    trace.expectList("t running a 15ms spans=6 (rootRunning openSpans collapsed)")
    #expect(trace.snapshot("t")?.storage.collapsedSpans == 5)
  }

  @Test func eventsAttributesAndNamesOfKeptSpansStay() throws {
    let trace = StoreHarness(
      "t/a start 0 | \"k\":1\nt/b<a span 1 took 1 | \"gone\":2\nt/a log 2 says WARN one\nt/b log 2 says INFO gone\nt/a log 3 says INFO two | \"x\":true"
    )
    #expect(trace.collapse("t") == 1)
    trace.feed("t/a end 9 took 9 | \"later\":\"v\"")
    let storage = try #require(trace.snapshot("t")).storage
    let root = try #require(storage.spans.indices.first { storage.spanID($0) == "a" })
    let reader = AttributeReader(arena: storage.arena, texts: storage.texts)
    #expect(reader.attributes(storage.spans[root].attributes).map { "\($0.key)=\($0.value)" } == ["k=integer(1)", "later=string(\"v\")"])
    var messages: [String] = []
    var event = storage.spans[root].lastEvent
    while event != SpanRow.none {
      messages.append(storage.arena.string(storage.events[Int(event)].message))
      event = storage.events[Int(event)].previous
    }
    #expect(messages == ["two", "one"])
    #expect(storage.text(storage.spans[root].name) == "a")
  }

  @Test func sumsAddUpHoweverOftenATraceIsFolded() {
    for seed in 0..<30 as Range<UInt64> {
      var random = StoreRandom(seed: seed)
      let trace = StoreHarness("t/s0 start 0")
      var open = [0]
      var told = 1
      for step in 1...400 {
        let time = step * 2
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3:
          trace.feed("t/s\(told)<s\(open.randomElement(using: &random)!) start \(time) name n\(told % 3)")
          open.append(told)
          told += 1
        case 4...6 where open.count > 1:
          let ended = open.remove(at: Int.random(in: 1..<open.count, using: &random))
          trace.feed("t/s\(ended) end \(time)\(ended % 17 == 0 ? " status error" : "")")
        case 7:
          // Some are known only from their children.
          trace.feed("t/s\(told)<lost\(told % 5) span \(time) took 1 name n\(told % 2)")
          told += 1
        case 8: _ = trace.collapse("t")
        default:
          trace.feed(
            "t/s\(told)<s\(open.randomElement(using: &random)!) span \(time) took 1 name n\(told % 2)\(told % 13 == 0 ? " status error" : "")"
          )
          told += 1
        }
        check(trace.snapshot("t")!.storage, told: told, open: open, "seed \(seed), step \(step)")
      }
    }
  }

  private func check(_ storage: TraceStorage, told: Int, open: [Int], _ place: String) {
    let rows = storage.spans.indices.filter { storage.folds[UInt32($0)] == nil && storage.spans[$0].isDefined }
    let folds = storage.folds.values
    #expect(rows.count + folds.reduce(0) { $0 + $1.spans } == told, "\(place): spans")
    #expect(storage.spanCount == told, "\(place): spanCount")
    #expect(storage.collapsedSpans == folds.reduce(0) { $0 + $1.spans }, "\(place): collapsedSpans")
    let failed = rows.count { storage.spans[$0].flags.contains(.failed) } + folds.reduce(0) { $0 + $1.failed }
    #expect(failed == storage.failedCount, "\(place): \(failed) failed, \(storage.failedCount) counted")
    let ids = Set(storage.spans.indices.filter { storage.spans[$0].isOpen }.map { storage.spanID($0) })
    #expect(ids == Set(open.map { "s\($0)" }), "\(place): open spans")
    #expect(storage.openCount == open.count, "\(place)")
    for row in storage.spans.indices where storage.spans[row].parent != SpanRow.none {
      #expect(
        Int(storage.spans[row].parent) < storage.spans.count && storage.spans[row].parent != UInt32(row), "\(place): parent of row \(row)")
    }
    #expect(storage.folds.keys.allSatisfy { storage.spans[Int($0)].flags.contains(.collapsed) }, "\(place): folds point at their rows")
  }

  /// A thousand failed subtrees stay; the others are folded with their failures counted, also where a fold becomes part of another.
  @Test func failuresOfAFoldWithinAFold() {
    var lines = ["t/a start 0", "t/p<a start 1"]
    for index in 0..<100 { lines.append("t/x\(index)<p span 2 took \(index == 7 ? 9 : 1) name x status error") }
    for index in 0..<1_000 { lines.append("t/y\(index)<a span 3 took 1 name y status error") }
    let trace = StoreHarness(lines.joined(separator: "\n"))
    #expect(trace.collapse("t") == 100, "the latest thousand failures stay")
    #expect(trace.spans("t").contains("x0<p 2...11 ×100 of 100 total=108 max=9 failed=100"), "\(trace.spans("t").prefix(4))")
    trace.feed("t/p end 20 took 19")
    #expect(trace.collapse("t") == 1)
    #expect(trace.spans("t").contains("p<a 1...20 ×1 of 101 total=19 max=19 failed=100"), "\(trace.spans("t").prefix(4))")
  }
}
