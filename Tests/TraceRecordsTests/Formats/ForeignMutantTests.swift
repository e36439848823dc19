// Proves that seeded mutants of lines of every pipe format do not crash the decoders and are all accounted for: each line gives records,
// only reports that a span was entered or left, or is counted as lost; and that chunks make no difference.

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
    // A line gives at least one record, or is counted.
    let statistics = got.statistics
    let counted =
      statistics.lost + statistics.activityLines + statistics.metricLines + statistics.otherLines + statistics.unrecognisedLines
    #expect(Int(counted) + Int(got.statistics.records) >= count, "seed \(seed): \(count) lines, \(got.counters)")
    #expect(got.problems.count <= RecordStream.maxProblems)
  }
}
