// Proves that numbered records are accepted once, that gaps are counted until a gap record reports them, and that no number traps.

import Testing

@testable import TraceDistiller

@Suite struct StoreSequenceTests {
  @Test func aRedeliveredRecordIsDroppedAndCounted() {
    let store = StoreHarness(
      "t/a start 0 seq p#1\nt/a start 0 seq p#1\nt/b<a span 1 took 1 seq p#2\nt/b<a span 1 took 1 seq p#2\nt/a end 5 took 5 seq p#3")
    store.expectSpans("t", "a 0...5 root", "b<a 1...2")
    store.expectCounters("redeliveredRecords=2")
    // The same number of another producer is another record.
    store.feed("u/a start 0 seq q#1")
    #expect(store.ids == ["t", "u"])
    #expect(store.store.producerCount == 2)
  }

  /// What was lost before a trace began is none of its records; what is lost while it runs may be.
  @Test func onlyATraceThatRanLacksRecords() {
    let store = StoreHarness(
      "t/a start 0 seq p#1\ngap p 2...3\nt/a end 10 took 10 seq p#4\nu/a start 11 seq p#5\nu/a end 12 took 1 seq p#6")
    store.advance(500)
    store.expectList("t completed a 10ms (lostRecords)", "u completed a 1ms")
    #expect(store.snapshot("t")?.isComplete == false && store.snapshot("u")?.isComplete == true)
    // The same with a hole that nobody told of.
    let open = StoreHarness("t/a start 0 seq p#1\nt/a end 10 took 10 seq p#3\nu/a start 11 seq p#4\nu/a end 12 took 1 seq p#5")
    open.advance(500)
    open.expectList("t completed a 10ms (lostRecords)", "u completed a 1ms")
    // A hole is none any more once it is filled.
    let hole = StoreHarness("t/a start 0 seq p#1\nt/a end 10 took 10 seq p#3")
    hole.advance(500)
    #expect(hole.snapshot("t")?.isComplete == false)
    hole.feed("t/b<a span 1 took 1 seq p#2")
    hole.advance(500)
    #expect(hole.snapshot("t")?.isComplete == true)
  }

  /// Lines that a source lost, and records that the store refused, are told as lost.
  @Test func lossesAreAddedUp() {
    var store = TraceDistillerStore()
    store.count(lostLines: 3)
    store.count(lostLines: 4)
    #expect(store.losses.lines == 7 && store.losses.records == 0)
    let harness = StoreHarness("t/a start 0")
    harness.feed("\(String(repeating: "x", count: 1_100))/a start 0")
    #expect(harness.store.losses.records == 1)
    harness.expectCounters("invalidRecords=1")
  }

  /// A server before this one had numbers 1 to 4, which nobody can bring any more.
  @Test func whatAnEarlierServerHadIsMissing() {
    let store = StoreHarness()
    var copy = store.store
    Array("p".utf8).withUnsafeBytes { copy.announce(unread: 1...4, ofProducer: $0) }
    #expect(copy.missingRecords == 4)
    Array("p".utf8).withUnsafeBytes { copy.announce(unread: 3...6, ofProducer: $0) }
    #expect(copy.missingRecords == 6)
  }

  @Test func holesAreCountedUntilTheyAreFilledOrAccountedFor() {
    let store = StoreHarness("t/a start 0 seq p#1\nt/b<a start 1 seq p#2\nt/c<a start 2 seq p#7")
    #expect(store.store.missingRecords == 4)
    store.feed("t/d<a start 3 seq p#4")
    #expect(store.store.missingRecords == 3)
    store.feed("gap p 5...6")
    #expect(store.store.missingRecords == 1)
    store.expectCounters("producerDropped=2")
    store.feed("t/e<a start 3 seq p#3")
    #expect(store.store.missingRecords == 0)
    // A reader that starts late has not lost earlier records.
    store.feed("t/f<a start 4 seq late#1000")
    #expect(store.store.missingRecords == 0)
  }

  @Test func aGapThatIsToldTwiceIsCountedOnce() {
    let store = StoreHarness("t/a start 0 seq p#1\ngap p 2...5\ngap p 2...5\ngap p 4...9")
    store.expectCounters("redeliveredRecords=1 producerDropped=8")
  }

  @Test func aTraceThatRanWhileRecordsWereLostIsNotKnownToBeWhole() {
    let told = StoreHarness("t/a start 0 seq p#1\ngap p 2...5\nt/a end 9 took 9 seq p#6\nu/b start 10 seq p#7\nu/b end 11 took 1 seq p#8")
    #expect(told.snapshot("t")?.reasons.contains("lostRecords") == true && told.snapshot("t")?.isComplete == false)
    #expect(told.snapshot("u")?.reasons.contains("lostRecords") == false)
    // A gap may still be filled.
    let hole = StoreHarness("t/a start 0 seq p#1\nt/a end 9 took 9 seq p#3")
    #expect(hole.snapshot("t")?.reasons.contains("lostRecords") == true)
    hole.feed("t/b<a span 1 took 1 seq p#2")
    #expect(hole.snapshot("t")?.reasons.contains("lostRecords") == false)
  }

  /// Records that a producer wrote for a reader that ended before it read them.
  @Test func unreadRecordsAreMissingUntilTheyCome() {
    // For an unknown producer: earlier records went to another reader.
    var set = SequenceSet()
    set.announce(unread: 61...100)
    #expect(set.missing == 40, "\(set)")
    _ = set.insert(101)
    #expect(set.missing == 40, "\(set)")
    _ = set.insert(70)
    #expect(set.missing == 39, "\(set)")
    // A reader that continued to read has all of them, or some.
    var known = SequenceSet()
    for number: UInt64 in 1...90 { _ = known.insert(number) }
    known.announce(unread: 61...90)
    #expect(known.missing == 0, "\(known)")
    known.announce(unread: 61...100)
    #expect(known.missing == 10, "\(known)")
    known.account(for: 91...100)
    #expect(known.missing == 0, "\(known)")
    // Nothing was read at all: the gap stays when the next ones arrive.
    var unread = SequenceSet()
    unread.announce(unread: 1...10)
    #expect(unread.missing == 10, "\(unread)")
    _ = unread.insert(11)
    #expect(unread.missing == 10 && unread.highest == 11, "\(unread)")
    // From the first number on, and up to the limit of the type.
    var all = SequenceSet()
    all.announce(unread: 1...UInt64.max)
    #expect(all.missing == UInt64.max, "\(all)")
  }

  @Test func rangesThatAreWhollyThere() {
    var set = SequenceSet()
    for number: UInt64 in [1, 2, 3, 7, 8, .max] { _ = set.insert(number) }
    for (range, isThere) in [
      (1...3, true), (2...2, true), (1...4, false), (3...7, false), (7...8, true), (4...6, false), (9...9, false),
      (UInt64.max...UInt64.max, true), (8...UInt64.max, false), (1...UInt64.max, false),
    ] as [(ClosedRange<UInt64>, Bool)] { #expect(set.contains(range) == isThere, "\(range)") }
    #expect(!SequenceSet().contains(1...1))
  }

  @Test func numbersAtTheEndOfTheirTypeDoNotTrap() {
    let most = UInt64.max
    let store = StoreHarness("gap p 1...\(most) count \(most)\ngap p 1...\(most) count \(most)\ngap q 1...\(most)")
    #expect(store.store.statistics.producerDropped == most)
    store.feed("t/a start 0 seq r#1\nt/b<a start 0 seq r#\(most)\nt/c<a start 0 seq s#1\nt/d<a start 0 seq s#\(most)")
    #expect(store.store.missingRecords == most)
    #expect(store.snapshot("t")?.losses.records == most)
  }

  @Test func theProducerThatWasSilentLongestMakesRoom() {
    let store = StoreHarness { $0.maxProducers = 2 }
    store.feed("t/a start 0 seq p#1\nt/b<a span 0 took 1 seq q#1\nt/c<a span 0 took 1 seq r#1\nt/c<a span 0 took 1 seq r#1")
    #expect(store.store.producerCount == 2)
    // r replaced p, and its second record is known.
    store.expectCounters("redeliveredRecords=1 forgottenProducers=1")
    store.expectSpans("t", "a 0... root", "b<a 0...1", "c<a 0...1")
    // Gaps of a forgotten producer stay counted.
    store.feed("t/d<a span 0 took 1 seq q#5\nt/e<a span 0 took 1 seq s#1\nt/f<a span 0 took 1 seq u#1")
    #expect(store.store.missingRecords == 3)
  }
}

@Suite struct SequenceSetTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func itAgreesWithAPlainSet(seed: UInt64) {
    var random = StoreRandom(seed: seed)
    var set = SequenceSet()
    var model: Set<UInt64> = []
    // Numbers at the low end, in the middle, and at the very end of the type.
    let origins: [UInt64] = [1, 1 << 40, UInt64.max - 299]
    let origin = origins[Int(seed % 3)]
    for step in 0..<600 {
      let number = origin + UInt64.random(in: 0..<300, using: &random)
      if step % 7 == 6 {
        let last = number.addingReportingOverflow(UInt64.random(in: 0..<20, using: &random))
        let range = number...(last.overflow ? .max : last.partialValue)
        set.account(for: range)
        model.formUnion(range)
      } else {
        let isNew = model.insert(number).inserted
        let got = set.insert(number)
        #expect(got == isNew, "seed \(seed), step \(step): \(number)")
      }
      let missing = model.max()! - model.min()! + 1 - UInt64(model.count)
      guard set.missing == missing, set.highest == model.max() else {
        Issue.record(
          "seed \(seed), step \(step): expected \(missing) missing up to \(model.max()!), got \(set.missing) up to \(set.highest)")
        return
      }
    }
  }

  @Test func itsMemoryIsBoundedAndItsCountStaysRight() {
    var set = SequenceSet()
    for number in 1...3_000 as ClosedRange<UInt64> { insert(number * 2, into: &set, isNew: true) }
    #expect(rangeCount(of: set) == 1_024)
    #expect(set.missing == 2_999)
    // Recent gaps are still filled; the oldest are given up.
    insert(5_999, into: &set, isNew: true)
    #expect(set.missing == 2_998)
    insert(5_999, into: &set, isNew: false)
    insert(6_000, into: &set, isNew: false)
    // Descending from the high end, the same limit holds.
    var reversed = SequenceSet()
    for number in (1...3_000 as ClosedRange<UInt64>).reversed() { _ = reversed.insert(number * 2) }
    #expect(rangeCount(of: reversed) <= 1_024)
  }

  @Test func inOrderItIsOneRange() {
    var set = SequenceSet()
    for number in 1...10_000 as ClosedRange<UInt64> { insert(number, into: &set, isNew: true) }
    #expect(rangeCount(of: set) == 1)
    #expect(set.missing == 0)
    #expect(set.highest == 10_000)
  }

  private func insert(_ number: UInt64, into set: inout SequenceSet, isNew: Bool) {
    let got = set.insert(number)
    #expect(got == isNew, "\(number)")
  }

  private func rangeCount(of set: SequenceSet) -> Int {
    (Mirror(reflecting: set).children.first { $0.label == "ranges" }?.value as? [ClosedRange<UInt64>])?.count ?? -1
  }
}
