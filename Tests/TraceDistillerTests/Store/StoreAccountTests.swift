// Proves that the counted bytes are correct after every step and zero at the end, and that values and ids over their limits are reported.

import Testing

@testable import TraceDistiller

@Suite struct StoreAccountTests {
  @Test(arguments: 0..<8 as Range<UInt64>) func theSumIsAlwaysThatOfTheTraces(seed: UInt64) {
    var random = StoreRandom(seed: seed)
    let store = StoreHarness {
      $0.maxBytes = 200_000
      $0.maxTraces = 5
      $0.maxLiveNanos = 3_000_000_000
    }
    var snapshots: [TraceSnapshot] = []
    for step in 0..<1_500 {
      let trace = "t\(Int.random(in: 0..<12, using: &random))"
      let span = "s\(Int.random(in: 0..<40, using: &random))"
      switch Int.random(in: 0..<12, using: &random) {
      case 0: store.feed("\(trace)/root start \(step)")
      case 1: store.feed("\(trace)/root end \(step)")
      case 2...5: store.feed("\(trace)/\(span)<root start \(step)")
      case 6...8: store.feed("\(trace)/\(span) end \(step) took 1")
      case 9: store.feed("\(trace)/\(span) log \(step) says WARN x | \"v\":\"\(String(repeating: "x", count: step * 3))\"")
      case 10: store.advance(200)
      default: snapshots += [store.snapshot(trace)].compactMap { $0 }.filter { _ in step % 3 == 0 }
      }
      let fixed = MemoryLayout<TraceDistillerStore.Slot>.stride + MemoryLayout<TraceRank>.stride
      let sum = store.store.slots.reduce(0) { $0 + ($1.map { $0.storage.allocatedBytes + fixed } ?? 0) }
      #expect(store.store.allocatedBytes == sum, "seed \(seed), step \(step)")
      #expect(sum <= 200_000, "seed \(seed), step \(step)")
    }
    for slot in store.store.slots.compactMap({ $0 }) { checkArena(slot.storage.arena) }
    store.advance(10_000)
    store.advance(10_000)
    #expect(store.store.runningCount == 0)
  }

  /// Lines that have not ended count twice, up to a quarter of the bound.
  @Test func heldLinesCountTwiceUpToAQuarter() {
    let store = TraceDistillerStore(
      limits: {
        var limits = StoreLimits()
        limits.maxBytes = 16 << 20
        return limits
      }())
    for (held, counted) in [(1_000_000, 2_000_000), (2 << 20, 4 << 20), (3 << 20, 4 << 20), (100 << 20, 4 << 20)] {
      var copy = store
      let before = copy.countedBytes
      copy.account(intake: held)
      #expect(copy.countedBytes - before == counted, "\(held)")
      copy.account(intake: -held)
      #expect(copy.countedBytes == before)
    }
  }

  /// The size that an arena reports equals the size of its pages.
  private func checkArena(_ arena: TextArena) {
    func member(_ name: String) -> Any? { Mirror(reflecting: arena).children.first { $0.label == name }?.value }
    let full = member("pages") as? [[UInt8]] ?? []
    let last = member("tail") as? [UInt8] ?? []
    let expected = full.reduce(0) { $0 + $1.capacity + 48 } + (last.isEmpty ? 0 : last.capacity + 40)
    #expect(arena.allocatedBytes == expected, "expected \(expected), got \(arena.allocatedBytes)")
  }

  @Test func nothingIsLeftWhenEverythingIsGone() {
    let store = StoreHarness { $0.maxTraces = 1 }
    for number in 0..<20 { store.feed("t\(number)/a span 0 took 1 | \"v\":\"\(String(repeating: "x", count: 5_000))\"") }
    #expect(store.store.allocatedBytes > 100_000)
    store.finishInput()
    #expect(store.store.liveCount == 1)
    #expect(store.store.allocatedBytes < 10_000)
    let last = StoreHarness { $0.maxBytes = 1 }
    last.feed("t/a span 0 took 1\nu/a start 0")
    #expect(last.store.allocatedBytes == 0)
    #expect(last.store.liveCount == 0)
  }

  @Test func sealingGivesBackTheSlack() {
    let store = StoreHarness()
    for number in 0..<50 { store.feed("t/s\(number)<\(number == 0 ? "-" : "s0") span 0 took 1") }
    let before = store.store.allocatedBytes
    store.advance(500)
    #expect(store.store.allocatedBytes < before * 3 / 4, "\(before) before, \(store.store.allocatedBytes) after")
  }

  @Test func longValuesAreCutAndSaySo() throws {
    let store = StoreHarness { $0.maxValueBytes = 10 }
    store.feed(
      """
      t/a span 0 took 1 | "fits":"1234567890","long":"12345678901","wide":"123456789é","json":[1,2,3,4,5,6],"status_message":"no route to host"
      t/a log 1 says INFO a message that is long
      """)
    let storage = try #require(store.snapshot("t")).storage
    let row = try #require(storage.spans.indices.first)
    let got = AttributeReader(arena: storage.arena, texts: storage.texts).attributes(storage.spans[row].attributes).map {
      "\($0.key)=\($0.value)"
    }
    let expected = [
      #"fits=string("1234567890")"#, #"long=string("1234567890… (cut, 11 bytes)")"#, #"wide=string("123456789… (cut, 11 bytes)")"#,
      #"json=string("[1,2,3,4,5… (cut, 13 bytes)")"#, #"otel.status_description=string("no route t… (cut, 16 bytes)")"#,
    ]
    #expect(got == expected, "\n  expected \(expected)\n  got      \(got)")
    #expect(storage.arena.string(storage.events[0].message) == "a message … (cut, 22 bytes)")
    #expect(storage.truncatedValues == 5)
    store.expectCounters("truncatedValues=5")
  }

  @Test func longIDsMakeARecordInvalid() {
    let most = String(repeating: "i", count: 1_024)
    let long = most + "i"
    let rows = [
      ("\(most)/\(most)<\(most) span 0 took 1", 1, ""), ("\(long)/a span 0 took 1", 0, "invalidRecords=1"),
      ("t/\(long) span 0 took 1", 0, "invalidRecords=1"),
      ("t/a<\(long) span 0 took 1", 0, "invalidRecords=1"), ("t/a span 0 took 1 run \(most)", 1, ""),
      ("t/a span 0 took 1 run \(long)", 0, "invalidRecords=1"),
      ("t/a span 0 took 1 seq \(long)#1", 0, "invalidRecords=1"), ("session \(long)", 0, "invalidRecords=1"),
      ("gap \(long) 1...2", 0, "invalidRecords=1"),
    ]
    for (line, count, counters) in rows {
      let store = StoreHarness(line)
      #expect(
        store.ids.count == count && store.counters == counters,
        "\(line.prefix(30))…\n  expected \(count) \(counters)\n  got      \(store.ids.count) \(store.counters)")
    }
  }
}
