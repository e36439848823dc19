// Proves that cutting a source into chunks makes no difference, and that line ends, blank lines and problems are handled correctly.

import Testing

@testable import TraceRecords

@Suite struct RecordStreamTests {
  @Test func aStreamMeansTheSameHoweverItArrives() throws {
    let kinds = [
      module("one"), traceLine(#""event_type":"span_start","trace_id":"t","span_id":"s""#), "", module("K线 😀") + "\r", "  \t\r", "{broken",
      #"{"foreign":1}"#, module("x\\u0000y"), #"{"fie"# + timed("behind a torn part"), traceLine(#""event_type":"log","trace_id":"t""#),
      module(String(repeating: "long ", count: 30)),
      #"{"type":"span","id":"1","trace_id":"t","timestamp":"2026-01-01T00:00:00Z","duration_ms":1,"events":[{"name":"e"}]}"#,
      traceLine(#""event_type":"span_end","trace_id":"t","span_id":"s","duration_ms":18446744073709551615"#), module("last"),
    ]
    checkEverySplit(Array(kinds.joined(separator: "\n").utf8))
    checkEverySplit(Array(kinds.joined(separator: "\n").utf8) + [0x0A])
    // The same with a limit that three of the lines exceed, one of them the last but one.
    checkEverySplit(Array(kinds.joined(separator: "\n").utf8), maxLineBytes: 120)
    checkEverySplit(Array((kinds + [String(repeating: " ", count: 200)]).joined(separator: "\n").utf8), maxLineBytes: 120)
  }

  @Test func theFixturesMeanTheSameHoweverTheyArrive() throws {
    checkEverySplit(Array(try fixture("composed-seed-variants")))
    let seed = try fixture("rust-seed")
    let whole = read(seed)
    #expect(read(seed, cuts: Array(1..<seed.count)) == whole)
    for number in 0..<40 as Range<UInt64> {
      var random = SplitMix64(seed: number)
      let cuts = (0..<20).map { _ in Int.random(in: 0...seed.count, using: &random) }.sorted()
      #expect(read(seed, cuts: cuts) == whole, "seed \(number)")
    }
  }

  @Test func lineEndsOfEveryKind() {
    let rows = [
      ("", [], ""), ("\n\n \n\t\r\n", [], "bytes=7 lines=4"), (module("a"), ["a"], "bytes=35 lines=1 records=1"),
      (module("a") + "\n", ["a"], "bytes=36 lines=1 records=1"),
      (module("a") + "\r\n" + module("b") + "\r\n", ["a", "b"], "bytes=74 lines=2 records=2"),
      ("\r\n\r\n" + module("a") + "\r\n", ["a"], "bytes=41 lines=3 records=1"),
      ("  " + module("a") + "  \n", ["a"], "bytes=40 lines=1 records=1"),
      // A carriage return alone does not end a line, and values need no line end.
      (module("a") + "\r" + module("b"), ["a", "b"], "bytes=71 lines=1 records=2"),
    ]
    for (text, messages, counters) in rows {
      let got = read(text)
      #expect(
        got.records == messages.map { "moduleLog says \"\($0)\"" } && got.counters == counters,
        "\(text.debugDescription)\n  expected \(messages) \(counters)\n  got      \(got.records) \(got.counters)")
    }
  }

  @Test func problemsNameTheirLineAndByte() {
    let text = [module("a"), "{broken", "", #"{"x":1}"#, traceLine(#""event_type":"log""#), module("b")].joined(separator: "\n")
    let got = read(text)
    #expect(got.counters == "bytes=\(text.utf8.count) lines=6 records=2 otherLines=1 unrecognisedLines=1 invalidRecords=1")
    #expect(got.problems.map { "\($0.line)@\($0.byteOffset)" } == ["4@45", "5@53"], "got \(got.problems)")
    #expect(got.problems.last?.description == "line 5 (byte 53): log without trace_id")
    #expect(got.problems[0].reason == "not a record of a known format (an object with x)")
  }

  @Test func theLatestEightProblemsAreKept() {
    let got = read((1...20).map { "{\"\($0)" }.joined(separator: "\n"))
    #expect(got.statistics.tornLines == 20)
    #expect(got.problems.map(\.line) == Array(13...20))
  }

  @Test func aLongReadIsHandedOnInSeveralBatchesInOrder() {
    var stream = RecordStream()
    var sizes: [Int] = []
    var records: [String] = []
    let text = (0..<3_000).map { module("\($0)") + "\n" }.joined()
    Array(text.utf8).withUnsafeBytes { bytes in
      stream.feed(bytes) { batch, texts in
        sizes.append(batch.records.count)
        records += describe(batch, texts)
      }
    }
    #expect(sizes == Array(repeating: 256, count: 11) + [184])
    #expect(records == (0..<3_000).map { "moduleLog says \"\($0)\"" })
  }

  @Test func aDurationThatIsNoNumberIsCountedAndTheRecordTaken() {
    let end = #"{"timestamp":"2026-11-23T10:00:00Z","log_type":"trace","fields":{"event_type":"span_end","trace_id":"t","span_id":"s""#
    let text = [#","duration_ms":"abc"}}"#, #","duration_ms":null}}"#, #","duration_ms":1}}"#].map { end + $0 }.joined(separator: "\n")
    #expect(read(text).counters == "bytes=\(text.utf8.count) lines=3 records=3 unusableFields=1")
  }

  @Test func theBoundOfALineIsTheDecodersBoundToo() {
    // Over jansson's own default here, 64 MiB.
    var line = Array(#"{"log_type":"module","message":""#.utf8)
    line += [UInt8](repeating: UInt8(ascii: "x"), count: 65 << 20)
    line += Array("\"}\n".utf8)
    var stream = RecordStream(maxLineBytes: 128 << 20)
    line.withUnsafeBytes { stream.feed($0) { _, _ in } }
    #expect(stream.statistics.records == 1 && stream.statistics.lost == 0, "\(stream.problems)")
  }

  @Test func repairedLinesAreCounted() {
    let text = [module("whole"), module("\\ud800"), #"{"log_type":"module","message":"m","fields":{"big":18446744073709551615}}"#].joined(
      separator: "\n")
    #expect(read(text).counters == "bytes=\(text.utf8.count) lines=3 records=3 repairedLines=2")
  }
}
