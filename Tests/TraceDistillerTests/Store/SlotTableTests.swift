// Proves that slots keep their content, that empty pages are freed, and that the memory accounting is correct.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct SlotTableTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func slotsAreWhatWasPutThere(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var table = SlotTable()
    var expected: [Int?] = []
    for step in 0..<2_000 {
      let isGrowing = step < 1_000
      let live = expected.indices.filter { expected[$0] != nil }
      let free = expected.indices.filter { expected[$0] == nil }
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<(isGrowing ? 3 : 8) where !live.isEmpty:
        let number = live.randomElement(using: &random)!
        table.free(number)
        expected[number] = nil
      case 3..<6 where !free.isEmpty:
        let number = free.randomElement(using: &random)!
        table.fill(number, with: Self.slot(step))
        expected[number] = step
      default:
        table.append(Self.slot(step))
        expected.append(step)
      }
    }
    #expect(table.map { $0?.handle } == expected, "seed \(seed)")
    let pages = Set(expected.indices.filter { expected[$0] != nil }.map { $0 / 64 }).count
    #expect(table.allocated >= expected.count { $0 != nil } && table.allocated <= pages * 130, "\(table.allocated) slots in \(pages) pages")
  }

  @Test func whatIsEmptyTakesNothing() {
    var table = SlotTable()
    for number in 0..<1_000 { table.append(Self.slot(number)) }
    for number in 0..<1_000 { table.free(number) }
    #expect(table.allocated == 0 && table.count == 1_000 && table.allSatisfy { $0 == nil })
    table.fill(500, with: Self.slot(7))
    #expect(table[500]?.handle == 7 && table.allocated >= 64 && table.allocated <= 128)
    table.append(Self.slot(8))
    #expect(table[1_000]?.handle == 8 && table[999] == nil)
  }

  private static func slot(_ handle: Int) -> TraceDistillerStore.Slot {
    TraceDistillerStore.Slot(
      storage: TraceStorage(maxValueBytes: 64), idRow: 0, generation: 1, handle: handle, run: RunTable.none, hasOwnRun: false,
      source: SourceID(0), lastArrival: 0, beganAt: 0)
  }
}
