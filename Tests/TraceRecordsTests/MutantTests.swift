// Proves that 20,000 seeded mutants of real lines neither crash the reader nor get lost: each line is a record or is counted.

import Testing

@testable import TraceRecords

@Suite struct MutantTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func everyMutantIsTakenOrCounted(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let originals = lines(try fixture("rust-seed")) + lines(try fixture("composed-seed-variants"))
    var stream: [UInt8] = []
    for _ in 0..<1_000 {
      stream += Mutant.make(of: originals, &random)
      stream.append(0x0A)
    }
    let written = stream.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    let notBlank = written.count { line in line.contains { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 } }
    let cuts = (0..<30).map { _ in Int.random(in: 0...stream.count, using: &random) }.sorted()
    let got = read(stream, cuts: cuts, describing: false)
    // A recovered record stands on a line that counts as torn.
    let accounted = got.lineRecords - Int(got.statistics.recoveredRecords) + Int(got.statistics.lost)
    #expect(accounted == notBlank, "seed \(seed): \(notBlank) lines, \(got.counters)")
    #expect(got.statistics.lines == written.count)
    #expect(got.statistics.tornLines == got.statistics.recoveredRecords)
    #expect(got.problems.count <= RecordStream.maxProblems)
    #expect(got == read(stream, describing: false), "seed \(seed): chunks change the outcome")
  }
}

/// Real lines gone wrong.
enum Mutant {
  /// One line with one to four faults of the kinds that pipes, disks and dying writers make.
  static func make(of originals: [[UInt8]], _ random: inout SplitMix64) -> [UInt8] {
    var line = originals.randomElement(using: &random)!
    for _ in 0..<Int.random(in: 1...4, using: &random) where !line.isEmpty {
      let at = Int.random(in: 0..<line.count, using: &random)
      let end = Int.random(in: at...min(line.count, at + 40), using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: line[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: line[at] = UInt8.random(in: .min ... .max, using: &random)
      case 2: line.removeSubrange(at...)
      case 3: line.removeSubrange(at..<end)
      case 4: line.insert(contentsOf: line[at..<end], at: at)
      case 5:
        let other = originals.randomElement(using: &random)!
        line.replaceSubrange(at..., with: other[Int.random(in: 0..<other.count, using: &random)...])
      default: line.insert(contentsOf: [0xED, 0xA0, 0x80, 0, 0xFF].shuffled(using: &random).prefix(2), at: at)
      }
    }
    return line
  }
}
