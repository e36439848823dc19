// Proves that seeded mutants of lines of every format of pipes neither crash the decoders nor get lost: each line brings records, only says that
// a span was entered or left, or is counted as lost; and that chunks change nothing.

import Testing

@testable import TraceRecords

struct ForeignMutantTests {
  @Test(arguments: 0..<40 as Range<UInt64>) func everyMutantIsTakenOrCounted(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let originals = try ["rust-fmt-full", "rust-fmt-close", "python-console-lines", "composed-foreign"].flatMap { lines(try fixture($0)) }
    var stream: [UInt8] = []
    var count = 0
    for _ in 0..<500 {
      let line = mutant(of: originals, &random).filter { $0 != 0x0A }
      guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
      stream += line + [0x0A]
      count += 1
    }
    let cuts = (0..<20).map { _ in Int.random(in: 0...stream.count, using: &random) }.sorted()
    let got = read(stream, cuts: cuts)
    #expect(got == read(stream), "seed \(seed): chunks change the outcome")
    #expect(got.statistics.lines == count)
    // A line brings at least one record unless it is counted.
    let statistics = got.statistics
    let counted =
      statistics.lost + statistics.activityLines + statistics.metricLines + statistics.otherLines + statistics.unrecognisedLines
    #expect(Int(counted) + Int(got.statistics.records) >= count, "seed \(seed): \(count) lines, \(got.counters)")
    #expect(got.problems.count <= RecordStream.maxProblems)
  }
}
