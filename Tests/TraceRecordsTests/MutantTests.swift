// Proves that 20,000 seeded mutants of real lines neither crash the reader nor get lost: each line is a record or is counted.

import Testing

@testable import TraceRecords

@Suite struct MutantTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func everyMutantIsTakenOrCounted(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let originals = lines(try fixture("rust-seed")) + lines(try fixture("composed-seed-variants"))
    var stream: [UInt8] = []
    for _ in 0..<1_000 {
      stream += mutant(of: originals, &random)
      stream.append(0x0A)
    }
    let written = stream.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    let notBlank = written.count { line in line.contains { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 } }
    let cuts = (0..<30).map { _ in Int.random(in: 0...stream.count, using: &random) }.sorted()
    let got = read(stream, cuts: cuts, describing: false)
    // A line brings a record or is counted; one that broke off behind a bracket may take its neighbour with it.
    let statistics = got.statistics
    let told = got.lineRecords + Int(statistics.lost + statistics.otherLines + statistics.unrecognisedLines)
    #expect(
      told + Int(statistics.tornLines) >= notBlank && got.lineRecords <= 2 * notBlank, "seed \(seed): \(notBlank) lines, \(got.counters)")
    #expect(got.statistics.lines == written.count)
    #expect(got.lineRecords > notBlank / 20)
    #expect(got.problems.count <= RecordStream.maxProblems)
    #expect(got == read(stream, describing: false), "seed \(seed): chunks change the outcome")
  }
}
