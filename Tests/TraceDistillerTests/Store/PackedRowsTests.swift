// Proves that packing loses nothing: rows of every kind are restored unchanged, one by one and page by page, also when late records write
// to some pages of a packed trace; and that ids and texts are preserved byte for byte.

import Testing

@testable import TraceDistiller
@testable import TraceRecords

@Suite struct PackedRowsTests {
  @Test(arguments: 0..<40 as Range<UInt64>) func aPageComesBackAsItWas(seed: UInt64) {
    var random = StoreRandom(seed: seed)
    let rows = (0..<Int.random(in: 1...1_024, using: &random)).map { _ in row(seed, &random) }
    let packed = PackedRows(rows)
    #expect(packed.count == rows.count)
    for (number, row) in rows.enumerated() {
      #expect(isSame(packed[number], row), "seed \(seed), row \(number): \(row), got \(packed[number])")
    }
  }

  @Test func whatIsAlikeTakesNoBytes() {
    var alike = SpanRow(id: TextReference(rawValue: 7))
    (alike.start, alike.end, alike.name, alike.flags) = (1_000, 1_900, 3, [.started, .ended])
    let packed = PackedRows(Array(repeating: alike, count: 1_024))
    // A start takes one byte, because "none" is a value too; a duration of 900 takes two, a name one, the flags one.
    #expect(packed.allocatedBytes < 1_024 * 5 + 100, "\(packed.allocatedBytes)")
    #expect((0..<1_024).allSatisfy { isSame(packed[$0], alike) })
  }

  @Test(arguments: 0..<6 as Range<UInt64>) func rowsAgreeWithAnArrayHoweverTheyArePacked(seed: UInt64) {
    var random = StoreRandom(seed: seed)
    var rows = SpanRows()
    var model: [SpanRow] = []
    for step in 0..<40 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0, 1:
        for _ in 0..<Int.random(in: 1...300, using: &random) {
          let new = row(seed, &random)
          rows.append(new)
          model.append(new)
        }
      case 2 where !model.isEmpty:
        let place = Int.random(in: 0..<model.count, using: &random)
        model[place] = row(seed, &random)
        rows[place] = model[place]
      default: rows.seal()
      }
      let copy = step % 2 == 0 ? rows.unpacked : rows
      #expect(copy.count == model.count && copy.indices.allSatisfy { isSame(copy[$0], model[$0]) }, "seed \(seed), step \(step)")
      var visited = 0
      copy.visitAll { place, row in if isSame(row, model[place]) { visited += 1 } }
      #expect(visited == model.count, "seed \(seed), step \(step)")
    }
    rows.seal()
    #expect(rows.allocatedBytes < max(model.count, 20) * MemoryLayout<SpanRow>.stride + 500)
  }

  @Test func onlyLowercaseIDsOfSixteenDigitsAreKeptAsNumbers() {
    let ids = [
      "0123456789abcdef", "ffffffffffffffff", "0000000000000000", "fedcba9876543210", "0123456789ABCDEF", "0123456789abcdeg",
      "0123456789abcde/",
      "0123456789abcde:", "`123456789abcdef", "0123456789abcde", "0123456789abcdef0", "", "é23456789abcdef", "0123456p89abcdef",
      "P123456789abcdef",
    ]
    var arena = TextArena()
    for (number, id) in ids.enumerated() {
      let bytes = Array(id.utf8)
      bytes.withUnsafeBytes { text in
        #expect((HexID(text) != nil) == (number < 4), "\(id)")
        let reference = arena.append(id: text)!
        #expect(arena.string(reference) == id)
        for other in ids {
          Array(other.utf8).withUnsafeBytes { #expect(arena.equals(reference, $0) == (other == id), "\(id) and \(other)") }
        }
      }
    }
    for byte in UInt8.min ... .max {
      let id = [byte] + Array("123456789abcdef".utf8)
      let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
      id.withUnsafeBytes { #expect((HexID($0) != nil) == isDigit, "\(byte)") }
    }
  }

  @Test func packingHalvesAnOrdinaryTraceAndChangesNoAnswer() throws {
    let store = StoreHarness()
    for number in 0..<3_000 {
      let id = String(repeating: "0", count: 12) + String(number + 0x1000, radix: 16)
      store.feed("t/\(id)<\(number == 0 ? "-" : "0000000000001000") start \(number) name n\(number % 7)")
      store.feed("t/\(id) end \(number == 0 ? 9_000 : number + 5) took \(number == 0 ? 9_000 : 5)")
    }
    let (before, spans) = (store.store.allocatedBytes, store.spans("t"))
    store.advance(500)
    #expect(store.store.allocatedBytes < before / 2, "\(before) before, \(store.store.allocatedBytes) after")
    #expect(store.spans("t") == spans)
    // A late record unpacks its page, and the trace is packed again.
    store.feed("t/0000000000001001 log 9 says WARN late")
    store.advance(500)
    #expect(store.spans("t").filter { $0.contains("warned") }.count == 1)
    #expect(store.store.allocatedBytes < before / 2)
  }

  private func isSame(_ left: SpanRow, _ right: SpanRow) -> Bool {
    left.start == right.start && left.end == right.end && left.id == right.id && left.parent == right.parent && left.name == right.name
      && left.target == right.target && left.service == right.service && left.attributes == right.attributes
      && left.lastEvent == right.lastEvent && left.flags == right.flags
  }

  /// Rows from narrow to the maximum width, with every flag, and without known values.
  private func row(_ seed: UInt64, _ random: inout StoreRandom) -> SpanRow {
    let widest = [1, 200, 60_000, Int64(1) << 31, Int64(1) << 61][Int(seed % 5)]
    func number() -> UInt32 {
      seed % 3 == 0 || Bool.random(using: &random) ? UInt32.random(in: 0..<UInt32(min(widest, 1 << 31)), using: &random) : SpanRow.none
    }
    var row = SpanRow(id: TextReference(rawValue: UInt32.random(in: 0..<UInt32(min(widest, 1 << 31)), using: &random)))
    if Int.random(in: 0..<10, using: &random) > 0 { row.start = Int64.random(in: -widest...widest, using: &random) }
    if row.start != Record.unknown, Bool.random(using: &random) { row.end = row.start + Int64.random(in: 0...widest, using: &random) }
    row.parent = number()
    row.attributes = number()
    row.lastEvent = number()
    row.name = UInt32.random(in: 0..<300, using: &random)
    row.target = seed % 2 == 0 ? 4 : UInt32.random(in: 0..<9, using: &random)
    row.flags = SpanFlags(rawValue: UInt32.random(in: 0..<0x1_0000, using: &random))
    if seed % 4 == 0 { row.flags = SpanFlags(rawValue: UInt32.random(in: .min ... .max, using: &random)) }
    if Bool.random(using: &random) { row.status = .error }
    if Bool.random(using: &random) { row.kind = .consumer }
    return row
  }
}
