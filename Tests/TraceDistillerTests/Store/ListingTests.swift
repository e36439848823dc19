// Proves that pages selected by rank equal those from sorting and filtering every line, whatever happened to the traces meanwhile.

import Testing

@testable import TraceDistiller

struct ListingTests {
  /// Traces that are running, complete, reopened, abandoned, evicted and cleared, with overlapping names, services and failures.
  private func store(seed: UInt64) -> StoreHarness {
    var random = StoreRandom(seed: seed)
    let harness = StoreHarness {
      $0.maxTraces = 40
      $0.maxLiveNanos = 3_000_000_000
    }
    for index in 0..<120 {
      let name = ["checkout", "Refund", "poll", "überweisung"].randomElement(using: &random)!
      let start = Int.random(in: 0...50, using: &random)
      let service = Bool.random(using: &random) ? #" | "service":"shop-\#(index % 3)""# : ""
      harness.feed("x\(index)/a<- start \(start) name \(name)\(service)")
      if Int.random(in: 0..<4, using: &random) > 0 {
        harness.feed("x\(index)/b<a span \(start) took 1\(Bool.random(using: &random) ? " status error" : "")")
        let outcome = Int.random(in: 0..<5, using: &random) == 0 ? " status error" : ""
        harness.feed("x\(index)/a end took \(Int.random(in: 1...6, using: &random))\(outcome)")
      }
      if index % 7 == 0 { harness.feed("only\(index)/z log \(start) says WARN without a root") }
      if Bool.random(using: &random) { harness.advance(Int64.random(in: 0...700, using: &random)) }
      // A late record for a trace that was complete.
      if index % 5 == 4, let line = harness.store.overviews(now: harness.now).randomElement(using: &random) {
        harness.feed("\(line.traceID)/late\(index)<a span 3 took \(Int.random(in: 1...90, using: &random)) status error")
      }
      if index % 31 == 30 { _ = harness.clear { _ in Int.random(in: 0..<8, using: &random) == 0 } }
    }
    return harness
  }

  private static let queries:
    [(name: String, change: @Sendable (inout TraceListQuery) -> Void, matches: @Sendable (TraceOverview) -> Bool)] = [
      ("all", { _ in }, { _ in true }),
      ("name", { $0.filter.trace.rootName = TextPattern("REF") }, { $0.rootName.contains("Ref") }),
      ("name, not ASCII", { $0.filter.trace.rootName = TextPattern("ÜBER") }, { $0.rootName.contains("über") }),
      ("no name", { $0.filter.trace.rootName = TextPattern("nothing") }, { _ in false }),
      ("failed", { $0.filter.trace.rootOutcome = .error }, { $0.status == .error }),
      ("running", { $0.filter.trace.rootOutcome = .running }, { $0.status == .running }),
      ("with errors", { $0.filter.trace.hasErrors = true }, { $0.errorCount > 0 }),
      ("without", { $0.filter.trace.hasErrors = false }, { $0.errorCount == 0 }),
      ("slow", { $0.filter.trace.minRootMillis = 4 }, { $0.durationNanos >= 4_000_000 }),
      ("quick", { $0.filter.trace.maxRootMillis = 2.5 }, { $0.durationNanos <= 2_500_000 }),
      ("late", { $0.filter.trace.since = storeBase + 20_000_000 }, { $0.startTimeUnixNano >= storeBase + 20_000_000 }),
      ("early", { $0.filter.trace.until = storeBase + 20_000_000 }, { $0.startTimeUnixNano <= storeBase + 20_000_000 }),
      ("no run", { $0.filter.trace.run = TextPattern("build") }, { _ in false }),
    ]

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func `One trace of each name is the first of those within the limit`(seed: UInt64) {
    let harness = store(seed: seed)
    for limit in [0, 3, 20, 1_000] {
      var query = TraceListQuery()
      query.limit = limit
      var names: Set<String> = []
      let expected = harness.store.listing(query, now: harness.now).lines.filter { names.insert($0.rootName).inserted }.map(\.traceID)
      query.isOneOfEachName = true
      let got = harness.store.listing(query, now: harness.now).lines.map(\.traceID)
      #expect(got == expected, "seed \(seed), the first \(limit)")
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func `Pages together are the sorted list`(seed: UInt64) {
    let harness = store(seed: seed)
    let all = harness.store.overviews(now: harness.now)
    for sort in TraceListQuery.Sort.allCases {
      for (name, change, matches) in Self.queries {
        var query = TraceListQuery()
        query.sort = sort
        change(&query)
        let expected = all.filter(matches).sorted { TraceListPlace($0, sort: sort).precedes(TraceListPlace($1, sort: sort)) }
        for limit in [1, 7, 1_000] {
          query.limit = limit
          query.after = nil
          var told: [String] = []
          while told.count <= expected.count {
            let page = harness.store.listing(query, now: harness.now)
            let place = "seed \(seed), \(sort), \(name), \(limit) a page, after \(told.count)"
            #expect(page.matching == expected.count && page.rest == expected.count - told.count && page.kept == all.count, "\(place)")
            told += page.lines.map(\.handle)
            guard let last = page.lines.last else { break }
            query.after = TraceListPlace(last, sort: sort)
          }
          #expect(told == expected.map(\.handle), "seed \(seed), \(sort), \(name), \(limit) a page")
        }
      }
    }
  }

  @Test func `A kept rank says what the line of its trace says`() {
    let harness = store(seed: 99)
    var ranked: [Int: TraceRank] = [:]
    harness.store.visitRanks { ranked[$1.serial] = $1 }
    let lines = harness.store.overviews(now: harness.now)
    #expect(ranked.count == lines.count)
    for line in lines {
      guard let rank = ranked[line.serial] else {
        Issue.record("\(line.traceID) has no rank")
        continue
      }
      #expect(rank.durationNanos == line.durationNanos && Int(rank.errorCount) == line.errorCount, "\(line.traceID)")
      #expect(rank.outcome == line.status && rank.startTimeUnixNano == line.startTimeUnixNano, "\(line.traceID)")
    }
  }

  @Test func `The first of an order are found whatever the order was`() {
    var random = StoreRandom(seed: 5)
    for size in [0, 1, 2, 3, 10, 257, 1_000] {
      for values in [
        Array(0..<size), (0..<size).reversed(), Array(repeating: 7, count: size),
        (0..<size).map { _ in Int.random(in: 0...9, using: &random) },
      ] {
        for count in [0, 1, 2, size / 2, size, size + 1, Int.max] {
          var sorted = values
          sorted.sortFirst(count) { $0 < $1 }
          #expect(sorted.prefix(min(count, size)) == values.sorted().prefix(min(count, size)), "\(count) of \(values.prefix(20))")
          #expect(sorted.sorted() == values.sorted(), "nothing is lost")
        }
      }
    }
  }
}
