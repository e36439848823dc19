// Proves that 20,000 seeded mutants of real lines do not crash the reader and are all accounted for: each line is a record or is counted;
// and that no line, torn, joined or wrapped, affects another one.

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
    // A line gives a record or is counted.
    let statistics = got.statistics
    let told = got.lineRecords + Int(statistics.lost + statistics.otherLines + statistics.unrecognisedLines)
    #expect(told >= notBlank && got.lineRecords <= 2 * notBlank, "seed \(seed): \(notBlank) lines, \(told) told, \(got.counters)")
    #expect(got.statistics.lines == written.count)
    #expect(got.lineRecords > notBlank / 20)
    #expect(got.problems.count <= RecordStream.maxProblems)
    #expect(got == read(stream, describing: false), "seed \(seed): chunks change the outcome")
  }

  /// Among mutants that are torn, joined to one another, wrapped by a log shipper or after a prefix, every complete line is read: a mutant
  /// costs only itself.
  @Test(arguments: 0..<10 as Range<UInt64>) func aWholeLineBetweenMutantsIsRead(seed: UInt64) throws {
    var random = SplitMix64(seed: seed &+ 1_000)
    let originals = try ["rust-seed", "composed-seed-variants", "python-console-lines", "planted-checkout.otlp"].flatMap {
      lines(try fixture($0)).filter { $0.count < 3_000 }
    }
    var stream: [UInt8] = []
    var ends: [Int] = []
    for number in 0..<500 {
      stream += wrappedMutant(of: originals, &random).filter { $0 != 0x0A } + [0x0A]
      stream += Array((timed("whole-\(number)") + "\n").utf8)
      ends.append(stream.count)
    }
    let got = read(stream)
    let found = Set(
      got.records.compactMap { record in record.firstRange(of: "says \"whole-").map { record[$0.upperBound...].prefix { $0 != "\"" } } })
    let missing = (0..<500).filter { !found.contains("\($0)") }
    let first = missing.first.map { String(decoding: stream[($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0]], as: UTF8.self) } ?? ""
    #expect(missing.isEmpty, "seed \(seed): \(missing.count) whole lines are gone, the first behind \(first)")
    let cuts = (0..<20).map { _ in Int.random(in: 0...stream.count, using: &random) }.sorted()
    #expect(read(stream, cuts: cuts) == got, "seed \(seed): chunks change the outcome")
  }
}
