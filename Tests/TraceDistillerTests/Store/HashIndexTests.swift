// Compares the hash tables with a plain dictionary: every insertion, removal and search, also with hashes that collide.

import Testing

@testable import TraceDistiller

@Suite struct HashIndexTests {
  @Test(arguments: 0..<12 as Range<UInt64>) func itAgreesWithADictionary(seed: UInt64) {
    var random = StoreRandom(seed: seed)
    var index = HashIndex()
    var model: [Int: UInt32] = [:]
    // From all hashes different to a few that many rows share, including some that wrap around the table's end.
    let mask: UInt32 = [.max, 0xFF, 0x7, 0xFFFF_FFF8][Int(seed % 4)]
    for step in 0..<1_000 {
      if step % 3 < 2 || model.isEmpty {
        let row = step
        let hash = UInt32.random(in: .min ... .max, using: &random) & mask
        index.insert(hash, row: row)
        model[row] = hash
      } else {
        var row = Int.random(in: 0..<step, using: &random)
        while model[row] == nil { row = (row + 1) % step }
        index.remove(model.removeValue(forKey: row)!, row: row)
      }
      guard step % 100 == 99 else { continue }
      #expect(index.count == model.count, "seed \(seed), step \(step)")
      for row in 0...step {
        let hash = model[row] ?? UInt32(truncatingIfNeeded: row) & mask
        let got = index.find(hash) { $0 == row }
        #expect(got == (model[row] == nil ? nil : row), "seed \(seed), step \(step): row \(row), got \(String(describing: got))")
      }
    }
  }

  @Test func anEmptyIndexFindsAndRemovesNothing() {
    var index = HashIndex()
    index.remove(7, row: 0)
    #expect(index.find(7) { _ in true } == nil)
    index.insert(7, row: 0)
    index.remove(7, row: 1)
    index.remove(8, row: 0)
    #expect(index.count == 1)
    index.remove(7, row: 0)
    #expect(index.count == 0 && index.find(7) { _ in true } == nil)
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func aTableOfBytesAgreesWithADictionary(seed: UInt64) {
    var random = StoreRandom(seed: seed)
    var table = ByteTable()
    var rows: [[UInt8]: Int] = [:]
    for step in 0..<3_000 {
      let key = Array("key \(Int.random(in: 0..<200, using: &random))".utf8.dropFirst(Int.random(in: 0...5, using: &random)))
      if step % 3 < 2 {
        let (row, isNew) = key.withUnsafeBytes { table.insert($0) }
        #expect(isNew == (rows[key] == nil), "seed \(seed), step \(step)")
        #expect(rows[key] == nil || rows[key] == row)
        #expect(!isNew || !rows.values.contains(row), "seed \(seed), step \(step): row \(row) is taken")
        rows[key] = row
      } else if let row = rows.removeValue(forKey: key) {
        table.remove(row: row)
      }
      #expect(table.count == rows.count)
      #expect(key.withUnsafeBytes { table.find($0) } == rows[key], "seed \(seed), step \(step)")
      if let row = rows[key] { #expect(table[row] == key) }
    }
  }

  @Test func keysAreBytes() {
    var table = ByteTable()
    let composed = Array("caf\u{E9}".utf8)
    let decomposed = Array("cafe\u{301}".utf8)
    let first = composed.withUnsafeBytes { table.insert($0) }
    let second = decomposed.withUnsafeBytes { table.insert($0) }
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    let third = table.insert(empty)
    #expect([first.row, second.row, third.row] == [0, 1, 2])
    #expect(table.find(empty) == 2)
  }
}
