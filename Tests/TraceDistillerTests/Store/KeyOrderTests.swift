// Proves that the order of keys knows what a look at all keys knows, whatever came and went meanwhile, and that a store of many traces is asked by it.

import Testing

@testable import TraceDistiller

struct KeyOrderTests {
  /// Keys come, go and come again; questions are asked in between.
  @Test(arguments: 1...6 as ClosedRange<UInt64>) func agreesWithALookAtAllKeys(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var table = ByteTable()
    var live: [Int: [UInt8]] = [:]
    func key() -> [UInt8] {
      // Some begin alike beyond eight bytes, some are the beginning of others.
      let head = ["", "trace_00", "abcdefgh12", "x"].randomElement(using: &random)!
      return Array(head.utf8) + (0..<Int.random(in: 1...3, using: &random)).map { _ in UInt8.random(in: 0x61...0x64, using: &random) }
    }
    var isMade = false
    for _ in 0..<3_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        let key = key()
        live[key.withUnsafeBytes { table.insert($0).row }] = key
      case 6..<9:
        guard let row = live.keys.sorted().randomElement(using: &random) else { continue }
        table.remove(row: row)
        live[row] = nil
      default:
        let beginning = Array(key().dropLast(Int.random(in: 0...2, using: &random)))
        if !isMade { #expect(table.rows(beginning: beginning, limit: .max) == nil, "nobody made ready") }
        table.putInOrder()
        isMade = true
        let expected = live.filter { $0.value.starts(with: beginning) }.sorted { $0.value.lexicographicallyPrecedes($1.value) }.map(\.key)
        let got = table.rows(beginning: beginning, limit: .max)
        #expect(got == expected, "seed \(seed): \(beginning)\n  expected \(expected)\n  got      \(got ?? [])")
        #expect(table.rows(beginning: beginning, limit: 2) == Array(expected.prefix(2)))
      }
    }
  }

  /// Keys go in their order, as ids that count up do: what stands for those that went stays small.
  @Test func keysThatGoInOrder() {
    var table = ByteTable()
    func key(_ number: Int) -> [UInt8] { Array("trace_\(100_000 + number)".utf8) }
    for number in 0..<5_000 { _ = key(number).withUnsafeBytes { table.insert($0) } }
    table.putInOrder()
    let before = table.allocatedBytes
    for number in 0..<4_999 { table.remove(row: number) }
    #expect(table.rows(beginning: Array("trace_".utf8), limit: 10) == [4_999])
    table.remove(row: 4_999)
    #expect(table.rows(beginning: Array("trace_".utf8), limit: 10) == [] && table.allocatedBytes < before)
  }

  /// The same names lead to the same traces in a store of two thousand, ready or not.
  @Test func aStoreOfManyTraces() {
    let harness = StoreHarness((0..<2_000).map { "trace_\($0)/a span \($0) took 5" }.joined(separator: "\n") + "\ntrace_7/b start 1")
    var store = harness.store
    for name in [
      "trace_199", "trace_1999", "trace_19", "trace_", "trace_1500x", "trace_7~2", "trac", "t77", "latest", "nothing", "trace_0~", "tr",
    ] {
      let expected = store.lookup(name)
      var ready = store
      ready.prepare(toLookUp: name)
      let got = ready.lookup(name)
      #expect("\(got)" == "\(expected)", "\(name)\n  expected \(expected)\n  got      \(got)")
    }
    store.prepare(toLookUp: "trace_199x")
    #expect(store.idTable.rows(beginning: Array("trace_1999".utf8), limit: 8)?.count == 1, "that name made ready")
    store.prepare(toLookUp: "trace_1999")
  }
}
