// Proves when a trace is complete and why not: quiet, ends, missing parents; late records reopen it, silence abandons it.

import Testing

@testable import TraceDistiller

@Suite struct StoreCompletionTests {
  @Test func aWholeTraceIsCompleteAfterHalfASecondOfQuiet() {
    let store = StoreHarness("t/a start 0\nt/a end 10 took 10")
    store.advance(499)
    store.expectList("t settling a 10ms (recentRecords)")
    #expect(store.snapshot("t")?.isComplete == false)
    store.advance(1)
    store.expectList("t completed a 10ms")
    #expect(store.snapshot("t")?.isComplete == true)
    store.expectCounters("tracesCompleted=1")
    // The quiet time is an option.
    let patient = StoreHarness { $0.quietNanos = 2_000_000_000 }
    patient.feed("t/a span 0 took 1")
    patient.advance(1_999)
    patient.expectList("t settling a 1ms (recentRecords)")
    patient.advance(1)
    patient.expectList("t completed a 1ms")
  }

  @Test func aSnapshotIsQuietByItsOwnClock() throws {
    // A request advances time itself, without waiting for the next record.
    let store = StoreHarness("t/a span 0 took 1")
    let slot = try #require(store.slot("t"))
    #expect(store.store.snapshot(slot: slot, now: 499_999_999)?.isComplete == false)
    #expect(store.store.snapshot(slot: slot, now: 500_000_000)?.isComplete == true)
    #expect(store.store.snapshot(slot: slot, now: 500_000_000)?.reasons == [])
  }

  @Test func whateverIsAbsentIsNamed() {
    let rows = [
      ("t/a start 0", "rootRunning openSpans"), ("t/a start 0\nt/b<a span 1 took 1", "rootRunning openSpans"),
      ("t/a start 0\nt/b<a start 1\nt/a end 9 took 9", "openSpans"), ("t/b<a span 1 took 1", "noRoot missingParents"),
      ("t/a span 0 took 9\nt/c<b span 1 took 1", "missingParents"), ("t/b<a start 1", "noRoot openSpans missingParents"),
      ("t/b end 5 took 1", "noRoot"), ("t/a log 1 says INFO x", "noRoot"), ("t/a<b span 0 took 1\nt/b<a span 0 took 1", "noRoot"),
    ]
    for (lines, reasons) in rows {
      let store = StoreHarness(lines)
      store.advance(10_000)
      store.finishInput()
      let got = store.snapshot("t")?.reasons.joined(separator: " ")
      #expect(got == reasons, "\(lines)\n  expected \(reasons)\n  got      \(got ?? "no trace")")
      #expect(store.snapshot("t")?.isComplete == false, "\(lines)")
    }
  }

  @Test func theEndOfInputCountsAsQuiet() {
    let store = StoreHarness("t/a span 0 took 1\nu/a start 0")
    store.finishInput()
    store.expectList("t completed a 1ms", "u running a 0ms (rootRunning openSpans)")
  }

  @Test func aLateChildReopensAndTheTraceCompletesAgain() {
    let store = StoreHarness("t/a span 0 took 10")
    store.advance(500)
    let before = store.snapshot("t")!
    store.feed("t/b<a start 4")
    store.expectList("t running a 10ms spans=2 (openSpans)")
    store.feed("t/b end 6 took 2")
    store.expectList("t settling a 10ms spans=2 (recentRecords)")
    store.advance(500)
    store.expectList("t completed a 10ms spans=2")
    store.expectSpans("t", "a 0...10 root", "b<a 4...6")
    let after = store.snapshot("t")!
    #expect(after.revision == before.revision + 2)
    #expect(after.handle == before.handle)
    #expect(before.storage.spanCount == 1, "a snapshot does not change")
    store.expectCounters("tracesCompleted=2")
  }

  @Test func aTraceThatFallsSilentIsAbandoned() {
    let store = StoreHarness("t/a start 0")
    store.advance(299_999)
    store.feed("t/a log 1 says INFO alive")
    store.advance(299_999)
    store.expectList("t running a 1ms (rootRunning openSpans)")
    store.advance(1)
    store.expectList("t abandoned a 1ms (rootRunning openSpans abandoned)")
    store.expectCounters("tracesAbandoned=1")
    // Its end may still arrive.
    store.feed("t/a end 600 took 600")
    store.expectList("t settling a 600ms (recentRecords)")
    store.advance(500)
    store.expectList("t completed a 600ms")
    store.expectCounters("tracesCompleted=1 tracesAbandoned=1")
  }

  @Test func rootsOfOneTraceAreListedByTheBest() {
    // Of two true roots the longest represents the trace; a fragment never does while there is a root.
    let store = StoreHarness("t/b<x span 0 took 99\nt/a span 5 took 10\nt/c<a span 6 took 1")
    store.expectList("t running a 10ms spans=3 (missingParents)")
  }
}
