// Proves that whole traces which wait for quiet are packed once many others settled behind them, and that nobody can tell but by their bytes: late records
// reach them, they complete in their order, and what they are counted as is what they take.

import Testing

@testable import TraceDistiller

struct PackedSettlingTests {
  private static let count = 3_000

  private static func line(_ trace: Int) -> String {
    """
    t\(trace)/r<- span \(trace) took 50 name root
    t\(trace)/c<r span \(trace) took 5 name call | "attributes":{"user":"u\(trace)"}
    """
  }

  private static func lines(_ store: TraceDistillerStore, now: Int64) -> [String] {
    store.overviews(now: now).map { "\($0.traceID) \($0.rootName) \($0.durationNanos) \($0.spanCount) \($0.errorCount) \($0.isComplete)" }
  }

  @Test func manyThatWaitArePacked() throws {
    let packing = StoreHarness { $0.maxTraces = 0 }
    packing.feed((0..<Self.count).map(Self.line).joined(separator: "\n"))
    let store = packing.store
    #expect(store.settling.count == Self.count && store.packedCount == Self.count - TraceDistillerStore.mostUnpacked)
    let bytes = store.slots.map { $0!.countedBytes }
    #expect(bytes[0] * 4 < bytes[Self.count - 1] * 3, "packed \(bytes[0]) bytes, not packed \(bytes[Self.count - 1])")
    #expect(store.allocatedBytes == bytes.reduce(0, +), "the account is what they take")
    let trace = DistilledTrace(try #require(packing.snapshot("t7")))
    #expect(trace.tree.count == 2 && trace.node(1).attributes.first?.value.text == "u7")
  }

  /// Late records of traces that were packed, in random order, give what they give where nothing was packed.
  @Test(arguments: 1...3 as ClosedRange<UInt64>) func lateRecordsReachThem(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let packing = StoreHarness { $0.maxTraces = 0 }
    packing.feed((0..<Self.count).map(Self.line).joined(separator: "\n"))
    var late: [(trace: Int, line: String)] = []
    for number in 0..<400 {
      let trace = Int.random(in: 0..<Self.count, using: &random)
      late.append((trace, "t\(trace)/l\(number)<r span \(trace) took \(number + 60) name late status error"))
    }
    for (_, line) in late { packing.feed(line) }
    let plain = StoreHarness { $0.maxTraces = 0 }
    for trace in 0..<Self.count {
      plain.feed(([Self.line(trace)] + late.filter { $0.trace == trace }.map(\.line)).joined(separator: "\n"))
    }
    let (got, expected) = (Self.lines(packing.store, now: packing.now), Self.lines(plain.store, now: plain.now))
    #expect(got == expected, "seed \(seed): \(zip(got, expected).first { $0 != $1 }.map { "\($0)" } ?? "")")
    let store = packing.store
    #expect(store.packedCount == store.slots.count { $0?.isPacked ?? false }, "the count is that of the marks")
    #expect(store.settling.count - store.packedCount <= TraceDistillerStore.mostUnpacked + 1)
    #expect(store.allocatedBytes == store.slots.reduce(0) { $0 + ($1?.countedBytes ?? 0) })
    packing.finishInput()
    #expect(packing.store.packedCount == 0 && packing.store.lastPacked == -1 && packing.store.completed.count == Self.count)
  }
}
