// Proves that the order of records does not matter: the spans are the same, whichever record is late.

import Testing

@testable import TraceDistiller

@Suite struct StoreOrderTests {
  @Test func everyOrderOfRecordsGivesTheSameSpans() {
    let streams = [
      ["t/a start 0", "t/b<a start 10", "t/b log 12 says ERROR boom", "t/b end 30 took 20", "t/a end 50 took 50"],
      // Ends that state their parents as well; a child that outlives its parent.
      ["t/a start 0", "t/b<a start 10", "t/b<a end 60 took 50", "t/a<- end 50 took 50", "t/c<b span 15 took 5"],
      // Without durations the ends' timestamps are used; a wrong duration is reported; a negative one is ignored.
      ["t/a start 0", "t/a end 50", "t/b<a start 10", "t/b end 33 took 20"],
      ["t/a start 0", "t/a end 50", "t/b<a start 10", "t/b end 7 took -3"],
      ["t/a start 0", "t/a end 50", "t/b<a start 10", "t/b end 7"],
      // An end without an instant.
      ["t/a start 0", "t/a end took 50", "t/b<a start 10", "t/b end took 20"],
      ["t/a start 0", "t/a end 20 took 20", "t/b<a start 5", "t/b log 6 says WARN odd", "t/b end 9 took 4 status error"],
    ]
    for stream in streams {
      let inOrder = StoreHarness(stream.joined(separator: "\n"))
      for order in permutations(stream) {
        let got = StoreHarness(order.joined(separator: "\n"))
        #expect(
          got.spans("t") == inOrder.spans("t") && got.list == inOrder.list,
          "\(order)\n  expected \(inOrder.spans("t")) \(inOrder.list)\n  got      \(got.spans("t")) \(got.list)")
        #expect(got.store.overviews(now: 0).map(\.startTimeUnixNano) == [storeBase], "\(order)")
        #expect(got.snapshot("t")?.storage.trueRoots.count == 1, "\(order): the root is listed twice")
      }
    }
  }

  @Test func whatIsOnlySpokenOfHasARowAndIsNoSpan() {
    let trace = StoreHarness("t/b<a start 5")
    trace.expectSpans("t", "a ?", "b<a 5...")
    trace.expectList("t running b 0ms (noRoot openSpans missingParents)")
    trace.feed("t/b log 6 says INFO hello\nt/b end 8 took 3")
    trace.expectList("t running b 3ms (noRoot missingParents)")
    trace.feed("t/a start 0")
    trace.expectSpans("t", "a 0... root", "b<a 5...8")
    trace.expectList("t running a 8ms spans=2 (rootRunning openSpans)")
    trace.feed("t/a end 10 took 10")
    trace.expectList("t settling a 10ms spans=2 (recentRecords)")
    // A trace that appears only in a log.
    StoreHarness("t/x log 3 says ERROR boom").expectList("t running - 0ms spans=0 failed=1 (noRoot)")
  }

  @Test func orphansAreAdoptedWhenTheirParentComes() {
    let trace = StoreHarness("t/c<b span 3 took 1\nt/d<b span 4 took 1\nt/a span 0 took 10")
    trace.expectSpans("t", "a 0...10 root", "b ?", "c<b 3...4", "d<b 4...5")
    trace.expectList("t running a 10ms spans=3 (missingParents)")
    trace.feed("t/b<a span 2 took 5")
    trace.expectSpans("t", "a 0...10 root", "b<a 2...7", "c<b 3...4", "d<b 4...5")
    trace.expectList("t settling a 10ms spans=4 (recentRecords)")
  }

  @Test func cyclesAndSelfParentsEndAsRoots() throws {
    let own = StoreHarness("t/a<a start 0\nt/a end 5 took 5")
    own.expectSpans("t", "a 0...5 root selfParent")
    own.expectList("t settling a 5ms (recentRecords)")
    let cycle = StoreHarness("t/a<c span 2 took 1\nt/b<a span 1 took 1\nt/c<b span 3 took 1\nt/d<c span 3 took 1")
    cycle.expectList("t running a 1ms spans=4 (noRoot)")
    let tree = CallTree(try #require(cycle.snapshot("t")).storage)
    let ids = tree.roots.map { cycle.snapshot("t")!.storage.spanID($0.row) }
    #expect(ids == ["b"], "the member that started first is cut off; got \(ids)")
    #expect(tree.diagnostics.map(\.kind) == ["parentCycle"])
    #expect(tree.parentsFirst.count == 4)
  }

  private func permutations(_ items: [String]) -> [[String]] {
    guard items.count > 1 else { return [items] }
    return items.indices.flatMap { index in
      var rest = items
      let first = rest.remove(at: index)
      return permutations(rest).map { [first] + $0 }
    }
  }
}
