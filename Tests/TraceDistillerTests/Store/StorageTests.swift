// Proves the pages of rows and texts: what was written can be read, a copy keeps its content, unused capacity is freed.

import Testing

@testable import TraceDistiller
@testable import TraceRecords

@Suite struct StorageTests {
  @Test func pagedRowsKeepTheirValuesAndCopiesTheirs() {
    var array = PagedArray<Int>()
    #expect(array.isEmpty && array.allocatedBytes == 0)
    var copies: [(PagedArray<Int>, Int)] = []
    for value in 0..<5_000 {
      array.append(value)
      if [0, 1, 1_022, 1_023, 1_024, 3_000].contains(value) { copies.append((array, array.count)) }
    }
    for index in stride(from: 0, to: 5_000, by: 7) { array[index] = -index }
    #expect(array.count == 5_000)
    #expect(array.indices.allSatisfy { array[$0] == ($0 % 7 == 0 ? -$0 : $0) })
    for (copy, count) in copies { #expect(copy.count == count && copy.indices.allSatisfy { copy[$0] == $0 }, "the copy of \(count)") }
    var visited: [Int] = []
    array.visitAll { index, value in visited.append(index * 10_000 + abs(value)) }
    #expect(visited == array.indices.map { $0 * 10_000 + $0 })
  }

  @Test func sealingPagesChangesNoValue() {
    for count in [0, 1, 5, 1_023, 1_024, 1_025, 2_500] {
      var array = PagedArray<Int>()
      for value in 0..<count { array.append(value) }
      let before = array.allocatedBytes
      array.seal()
      #expect(array.allocatedBytes <= before)
      for value in count..<count + 2_000 { array.append(value) }
      #expect(array.count == count + 2_000 && array.indices.allSatisfy { array[$0] == $0 }, "\(count) before sealing")
    }
  }

  @Test func textsOfEveryLengthAreKept() {
    // Around the lengths at which the length's own size changes, and at which a page is full.
    let lengths = [0, 1, 0x7F, 0x80, 0x3FFF, 0x4000, 0xFFF0, 0xFFFA, 0xFFFB, 0xFFFC, 0xFFFF, 0x10000, 0x10001, 200_000, 3 << 20, 0, 5]
    var arena = TextArena()
    var references: [TextReference] = []
    for (number, length) in (lengths + lengths.reversed()).enumerated() {
      let text = [UInt8](repeating: UInt8(65 + number % 26), count: length)
      references.append(text.withUnsafeBytes { arena.append($0)! })
      if number % 5 == 4 { arena.seal() }
    }
    for (number, length) in (lengths + lengths.reversed()).enumerated() {
      let text = [UInt8](repeating: UInt8(65 + number % 26), count: length)
      #expect(arena.withBytes(references[number]) { $0.elementsEqual(text) }, "text \(number) of \(length) bytes")
      #expect(text.withUnsafeBytes { arena.equals(references[number], $0) })
    }
  }

  @Test func textsAreOrderedByTheirBytes() {
    var arena = TextArena()
    let texts = ["", "a", "a\0", "aa", "b", "\u{7F}", "é", "😀", "\u{FFFF}"].sorted {
      Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
    }
    let references = texts.map { text in Array(text.utf8).withUnsafeBytes { arena.append($0)! } }
    for (i, left) in references.enumerated() {
      for (j, right) in references.enumerated() {
        #expect(arena.precedes(left, right) == (i < j), "\(texts[i].debugDescription), \(texts[j].debugDescription)")
      }
    }
  }

  @Test func internedTextsHaveOneNumberEach() {
    var arena = TextArena()
    var table = TextTable()
    func intern(_ text: String) -> UInt32 { Array(text.utf8).withUnsafeBytes { table.intern($0, in: &arena) } }
    #expect(intern("") == 0)
    let numbers = (0..<500).map { intern("name \($0)") }
    #expect(numbers == Array(1...500))
    #expect((0..<500).reversed().map { intern("name \($0)") } == numbers.reversed())
    #expect(table.count == 501)
    #expect(table.reference(78).map { arena.string($0) } == "name 77")
    #expect(table.reference(0) == nil)
  }

  @Test func aSnapshotIsUnaffectedByWhatFollows() {
    let store = StoreHarness("t/a start 0 | \"k\":\"v\"\nt/b<a start 1\nt/b log 2 says INFO one")
    let before = store.snapshot("t")!
    let rows = store.spans("t")
    store.feed("t/b log 3 says ERROR two\nt/b end 4 took 3 name other\nt/a end 5 took 5 | \"k\":\"w\"")
    for number in 0..<3_000 { store.feed("t/c\(number)<a span 1 took 1") }
    _ = store.collapse("t")
    store.advance(500)
    #expect(
      before.storage.spanCount == 2 && before.storage.openCount == 2 && before.storage.failedCount == 0 && before.storage.events.count == 1)
    #expect(rows == ["a 0... root", "b<a 1..."])
    let reader = AttributeReader(arena: before.storage.arena, texts: before.storage.texts)
    #expect(reader.attributes(before.storage.spans[0].attributes) == [DistilledAttribute(key: "k", value: .string("v"))])
    #expect(before.storage.spans[1].isOpen)
    #expect(store.snapshot("t")?.storage.spanCount == 3_002)
  }
}
