// Proves that the newest page and its totals, read off the order of ages, are those of a scan of all traces, whatever came and went.

import Testing

@testable import TraceDistiller

struct NewestPageTests {
  /// Runs in three directories and one that says nothing; traces of one and of several runs; evictions, late records, directories that change.
  private func change(_ store: StoreHarness, _ index: Int, _ random: inout StoreRandom) {
    let run = "r\(Int.random(in: 0..<6, using: &random))"
    if Int.random(in: 0..<6, using: &random) == 0, run != "r5" {
      let directory = ["/srv/shop", "/srv/shop/api", "/srv/bank"].randomElement(using: &random)!
      store.feed(
        json: #"{"message":"SESSION_START","fields":{"session_start":true,"session_id":"\#(run)","working_directory":"\#(directory)"}}"#)
    }
    let id = String(repeating: "0", count: 28) + String(1_000 + index)
    let outcome = Bool.random(using: &random) ? " status error" : ""
    store.feed("\(id)/a span \(index) took 1 run \(run)\(outcome)")
    for _ in 0..<Int.random(in: 0..<3, using: &random) {
      store.feed("\(id)/b\(index)<a span 1 took 1 run r\(Int.random(in: 0..<6, using: &random))")
    }
    if Int.random(in: 0..<3, using: &random) == 0 { store.feed("open\(index)/a start 0 run \(run)") }
    if Bool.random(using: &random) { store.advance(Int64.random(in: 0...700, using: &random)) }
    if index % 17 == 16 { _ = store.clear { _ in Int.random(in: 0..<9, using: &random) == 0 } }
  }

  private func scanned(_ query: TraceListQuery, _ store: StoreHarness) -> TraceListing {
    var scan = RankScan(query)
    while scan.visit(store.store) {}
    return store.store.page(of: scan, now: store.now)
  }

  @Test(arguments: [1, 2, 3, 4]) func itIsThatOfAScan(seed: UInt64) {
    var random = StoreRandom(seed: seed)
    let store = StoreHarness {
      $0.maxTraces = 30
      $0.maxLiveNanos = 3_000_000_000
    }
    for index in 0..<160 {
      change(store, index, &random)
      var query = TraceListQuery()
      query.limit = [0, 1, 5, 50].randomElement(using: &random)!
      for project in [nil, "*", "/srv/shop", "/srv/bank", "/elsewhere"] {
        query.filter.trace.project = project.flatMap { ProjectCondition($0) }
        let expected = scanned(query, store)
        guard let page = store.store.newestPage(query, now: store.now) else {
          #expect(expected.matching == 0, "\(project ?? "all"): no page of \(expected.matching)")
          continue
        }
        #expect(page.lines.map(\.serial) == expected.lines.map(\.serial), "\(index), \(project ?? "all")")
        let counts = [page.matching, page.rest, page.kept, page.ofOtherProjects]
        #expect(counts == [expected.matching, expected.rest, expected.kept, expected.ofOtherProjects], "\(index), \(project ?? "all")")
        #expect(
          store.store.newest(of: query.filter.trace.project) == store.store.best(of: query.filter.trace.project) { $0.serial > $1.serial })
      }
    }
    _ = store.clear { _ in true }
    #expect(store.store.runSets.inUse.isEmpty && store.store.runSets.variousCount == 0 && store.store.ages.newest == -1)
  }

  @Test func tracesBehindMoreThanArePassedAreFoundByAScan() {
    let store = StoreHarness()
    for (run, directory) in [("shop", "/srv/shop"), ("bank", "/srv/bank")] {
      store.feed(
        json: #"{"message":"SESSION_START","fields":{"session_start":true,"session_id":"\#(run)","working_directory":"\#(directory)"}}"#)
    }
    store.feed("first/a span 0 took 1 run shop")
    for index in 0..<TraceDistillerStore.mostPassed + 1 { store.feed("t\(index)/a span 0 took 1 run bank") }
    var query = TraceListQuery()
    query.limit = 1
    query.filter.trace.project = .below("/srv/shop")
    #expect(store.store.newestPage(query, now: store.now) == nil)
    let listing = store.store.listing(query, now: store.now)
    #expect(listing.lines.map(\.traceID) == ["first"] && listing.ofOtherProjects == TraceDistillerStore.mostPassed + 1)
    #expect(store.store.newest(of: .below("/srv/shop")).map { store.store.displayID($0) } == "first")
  }

  @Test func setsOfRunsAreBoundedAndTheirTracesLookedAt() {
    // A bound for one set.
    let store = StoreHarness { $0.maxBytes = 16 * 300 * 300 }
    let most = 16 * 300 * 300 / 16 / 256
    store.feed(json: #"{"message":"SESSION_START","fields":{"session_start":true,"session_id":"r0","working_directory":"/srv/shop"}}"#)
    for index in 0..<most + 3 { store.feed("t\(index)/a span 0 took 1 run r\(index)") }
    #expect(store.store.runSets.variousCount == 3)
    var query = TraceListQuery()
    query.filter.trace.project = .below("/srv/bank")
    #expect(store.store.newestPage(query, now: store.now) == nil, "which project they belong to is not known by their number")
    let listing = store.store.listing(query, now: store.now)
    #expect(listing.ofOtherProjects == 1 && listing.matching == most + 2)
    _ = store.clear { _ in true }
    #expect(store.store.runSets.variousCount == 0 && store.store.runSets.inUse.isEmpty)
  }

  @Test func aScanInTurnsSeesEachTraceOnce() {
    let store = StoreHarness { $0.maxTraces = 0 }
    for index in 0..<RankScan.atATime * 2 { store.feed("t\(index)/a span 0 took 1") }
    store.advance(1_000)
    let kept = store.store.liveCount
    #expect(kept > RankScan.atATime)
    var query = TraceListQuery()
    query.limit = 3
    query.filter.trace.hasErrors = false
    var scan = RankScan(query)
    var turns = 1
    while scan.visit(store.store) {
      turns += 1
      // Came meanwhile: not in this list. Went meanwhile: has no line.
      store.feed("later\(turns)/a span 0 took 1")
      _ = store.clear { $0.traceID == "t\(RankScan.atATime * 2 - 1)" }
    }
    let page = store.store.page(of: scan, now: store.now)
    #expect(turns >= 2 && page.matching >= kept - 1 && page.matching <= kept, "\(turns) turns, \(page.matching) of \(kept)")
    #expect(page.lines.allSatisfy { $0.traceID.hasPrefix("t") && $0.traceID != "t\(RankScan.atATime * 2 - 1)" })
  }
}
