// Proves which run a record belongs to: its own, else that of the latest marker; and when two programs can no longer be distinguished.

import Testing

@testable import TraceDistiller

@Suite struct StoreRunTests {
  @Test func theOldestRunWithoutATraceMakesRoom() {
    let store = StoreHarness {
      $0.maxRuns = 3
      $0.maxTraces = 1
    }
    for run in 1...6 {
      store.feed("same/a start 0 run r\(run)\nsame/a end 1 took 1 run r\(run)")
      store.advance(1_000)
    }
    #expect(store.store.runCount == 3)
    // Two new runs with the same id stay two traces, although there are many runs.
    store.feed("x/a start 0 run r7\nx/a start 0 run r8\nx/b<a span 0 took 1 run r7")
    store.expectList(
      "same~6 completed run=r6 a 1ms", "x running run=r7 a 1ms spans=2 (rootRunning openSpans)",
      "x~2 running run=r8 a 0ms (rootRunning openSpans)")
  }

  /// A run of which a trace is kept is not forgotten, however many come: the new ones have no name.
  @Test func aRunWithATraceDoesNotMakeRoom() {
    let store = StoreHarness { $0.maxRuns = 2 }
    store.feed("t/a start 0 run r1\nu/a start 0 run r2\nv/a start 0 run r3")
    store.expectList(
      "t running run=r1 a 0ms (rootRunning openSpans)", "u running run=r2 a 0ms (rootRunning openSpans)",
      "v running a 0ms (rootRunning openSpans)")
  }

  /// Once nothing of the earlier program runs, records without a run are the later one's beyond doubt.
  @Test func anEarlierRunWhoseTracesHaveEndedIsNoDoubt() {
    let store = StoreHarness("session s1\nt/a start 0\nsession s2\nu/a start 5\nt/a end 10 took 10\nv/a start 20")
    store.expectList(
      "t settling run=s1 a 10ms (recentRecords runAmbiguous)", "u running run=s2 a 0ms (rootRunning openSpans runAmbiguous)",
      "v running run=s2 a 0ms (rootRunning openSpans)")
  }

  @Test func aMarkerThatWasSeenContinuesItsRun() {
    let store = StoreHarness("session s1\nt/a start 0\nsession s1\nt/a end 10 took 10")
    store.expectList("t settling run=s1 a 10ms (recentRecords)")
    store.expectCounters("sessions=2")
    #expect(store.store.runCount == 1)
    // A reconnect erases nothing, not even with another name.
    store.feed("session s2")
    store.expectList("t settling run=s1 a 10ms (recentRecords)")
  }

  @Test func recordsWithoutARunGoToTheLatestMarker() {
    let store = StoreHarness(
      "t/a start 0\nt/a end 1 took 1\nsession s1\nu/a start 2\nu/a end 3 took 1\nsession s2\nv/a start 4\nv/a start 5 run own")
    store.expectList(
      "t settling a 1ms (recentRecords)", "u settling run=s1 a 1ms (recentRecords)", "v running run=s2 a 0ms (rootRunning openSpans)",
      "v~2 running run=own a 0ms (rootRunning openSpans)")
  }

  @Test func interleavedProducersWithRunsStayApart() {
    let store = StoreHarness(
      """
      t/a start 0 run r1
      t/a start 1 run r2
      t/b<a start 2 run r1
      t/b<a start 3 run r2
      t/b end 4 took 2 run r1
      t/a end 10 took 10 run r1
      t/b end 8 took 5 run r2
      t/a end 21 took 20 run r2
      """)
    store.expectList("t settling run=r1 a 10ms spans=2 (recentRecords)", "t~2 settling run=r2 a 20ms spans=2 (recentRecords)")
    store.expectSpans("t", "a 0...10 root", "b<a 2...4")
    store.expectSpans("t~2", "a 1...21 root", "b<a 3...8")
    store.expectCounters("")
  }

  @Test func interleavedProducersWithoutRunsAreMarked() {
    // The second program's root may belong to the first one: nothing in the record decides.
    let roots = StoreHarness("session s1\nt/a start 0\nsession s2\nt/a start 1")
    roots.expectList("t running run=s1 a 0ms (rootRunning openSpans)", "t~2 running run=s2 a 0ms (rootRunning openSpans runAmbiguous)")
    roots.expectCounters("sessions=2 ambiguousRecords=1")
    // A record that continues an earlier program's trace after another program's marker.
    let late = StoreHarness("session s1\nt/a start 0\nsession s2\nt/a end 5 took 5")
    late.expectList("t settling run=s1 a 5ms (recentRecords runAmbiguous)")
    late.expectCounters("sessions=2 ambiguousRecords=1")
  }

  @Test func programsThatRanOneAfterTheOtherAreNotAmbiguous() {
    // A structurally complete trace is over, quiet or not: the next program of a shell loop starts a moment later.
    let store = StoreHarness(
      "session s1\nt/a start 0\nt/a end 5 took 5\nsession s2\nt/a start 10\nt/a end 15 took 5\nsession s3\nt/a start 20")
    store.expectList(
      "t settling run=s1 a 5ms (recentRecords)", "t~2 settling run=s2 a 5ms (recentRecords)",
      "t~3 running run=s3 a 0ms (rootRunning openSpans)")
    store.advance(1_000)
    // A program that died with an open trace is ambiguous only until that trace is abandoned.
    store.feed("session s4\nu/a start 30")
    store.expectCounters("sessions=4 tracesCompleted=2 ambiguousRecords=1")
    store.advance(300_000)
    store.feed("session s5\nv/a start 40")
    store.expectCounters("sessions=5 tracesCompleted=2 tracesAbandoned=2 ambiguousRecords=1")
  }

  @Test func idsOf128BitsJoinAcrossRuns() {
    for id in ["4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"] {
      let store = StoreHarness("\(id)/a start 0 run r1\n\(id)/b<a span 1 took 2 run r2\n\(id)/a end 5 took 5 run r1")
      store.expectList("\(id) settling run=r1 a 5ms spans=2 (recentRecords)")
    }
    // Shorter ids come from counters, so they do not join.
    let store = StoreHarness("4bf92f3577b34da6/a start 0 run r1\n4bf92f3577b34da6/b<a span 1 took 2 run r2")
    #expect(store.ids == ["4bf92f3577b34da6", "4bf92f3577b34da6~2"])
  }

  @Test func sourcesWithoutMarkersStayApart() {
    // Two programs with the same ids, each on its own pipe, without naming their runs.
    let store = StoreHarness()
    store.feed("t/a start 0", source: 0)
    store.feed("t/a start 1", source: 1)
    store.feed("t/b<a span 2 took 1", source: 0)
    store.feed("t/a end 10 took 10", source: 0)
    store.feed("t/a end 21 took 20", source: 1)
    store.expectList("t settling a 10ms spans=2 (recentRecords)", "t~2 settling a 20ms (recentRecords)")
    // The same program on two pipes is one run, if it names the run.
    store.feed("u/a start 0 run r", source: 0)
    store.feed("u/a end 5 took 5 run r", source: 1)
    #expect(store.ids == ["t", "t~2", "u"])
  }
}

/// Proves that a trace of several programs has all of their runs.
@Suite struct StoreJoinedRunTests {
  private let id = "4bf92f3577b34da6a3ce929d0e0e4736"

  @Test func everyRunOfATraceIsKnown() {
    let store = StoreHarness(
      "\(id)/a start 0 run web\n\(id)/b<a span 1 took 2 run db\n\(id)/c<a span 1 took 2 run auth\n\(id)/d<b span 1 took 1 run db\n\(id)/a end 5 took 5 run web"
    )
    let line = store.store.overviews(now: store.now)[0]
    #expect(line.run == "web" && line.runs == ["auth", "db", "web"])
    // Reused ids belong to one run each.
    let other = StoreHarness("t/a start 0 run r1\nt/a start 0 run r2")
    #expect(other.store.overviews(now: 0).map(\.runs) == [["r1"], ["r2"]])
  }

  @Test func runsOfAJoinedTraceStayAsLongAsItAndNoLonger() {
    let store = StoreHarness {
      $0.maxRuns = 3
      $0.maxTraces = 1
    }
    store.feed("\(id)/a start 0 run web\n\(id)/b<a span 1 took 2 run db\n\(id)/a end 5 took 5 run web")
    store.advance(500)
    for number in 1...5 { store.feed("x\(number)/a start 0 run other") }
    #expect(store.store.overviews(now: store.now)[0].runs == ["db", "web"])
    for number in 1...9 {
      store.feed("y/a span 0 took 1 run r\(number)")
      store.advance(500)
    }
    #expect(store.store.runCount == 3)
    #expect(store.store.overviews(now: store.now).last?.runs == ["r9"])
  }

  @Test func onlySixteenRunsOfOneTraceAreKept() {
    let store = StoreHarness("\(id)/a start 0 run first")
    for number in 1...40 { store.feed("\(id)/b\(number)<a span 1 took 2 run r\(number)") }
    #expect(store.store.overviews(now: store.now)[0].runs.count == 16)
  }
}
