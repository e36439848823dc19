// Proves that a record which follows a torn one on the same line is found and counted, within limits, and that no record is invented.

import Testing

@testable import TraceRecords

@Suite struct TornLineTests {
  private let start = traceLine(#""event_type":"span_start","trace_id":"t","span_id":"s","attributes":{"k":{"deep":"}"}}"#)

  @Test func theRecordBehindATornOneIsRecoveredWhereverItWasTorn() {
    // A writer dies after each byte of its line; another writer's record follows without a newline in between.
    let next = timed("next")
    for length in 1..<start.utf8.count {
      let torn = Array(start.utf8.prefix(length)) + Array((next + "\n" + module("later") + "\n").utf8)
      let got = read(torn)
      #expect(
        got.records == [#"moduleLog says "next" at 0ms"#, #"moduleLog says "later""#] && got.statistics.tornLines == 1
          && got.statistics.recoveredRecords == 1
          && got.statistics.lost == 1, "torn after \(length) bytes\n  got \(got.records) \(got.counters)")
    }
  }

  @Test func everyKindOfRecordIsRecovered() throws {
    for line in lines(try fixture("composed-seed-variants")) {
      let whole = read(line)
      let got = read(Array(#"{"timestamp":"2025-06-22T12:2"#.utf8) + line)
      #expect(
        got.records == whole.records && got.statistics.tornLines == 1,
        "\(String(decoding: line, as: UTF8.self))\n  expected \(whole.records)\n  got      \(got.records) \(got.counters)")
    }
  }

  @Test func aTailThatIsNoRecordIsNotMadeIntoOne() {
    let rows = [
      // Cut by its writer's death, with nothing after it.
      (String(start.dropLast()), "tornLines=1"), (#"{"a":{"b":{"c":1}"#, "tornLines=1"), (#"{"a"{"b":1}"#, "tornLines=1"),
      (#"{"timestamp":"2026-01-01T0{"symbol":"BTC"}"#, "tornLines=1"), ("garbage", "otherLines=1"),
      // Braces inside a string are text.
      (#"{"a":"{\"log_type\":\"module\",\"message\":\"no\"}""#, "tornLines=1"),
    ]
    for (text, counters) in rows {
      let got = read(text)
      #expect(
        got.records.isEmpty && got.counters == "bytes=\(text.utf8.count) lines=1 \(counters)",
        "\(text)\n  expected nothing, \(counters)\n  got      \(got.records) \(got.counters)")
    }
    // `fields` of a torn line is an object by itself, but not a record: its enclosing object never arrived.
    for fields in [#""log_type":"module","run":1"#, #""log.type":"module""#, #""session_start":true,"session_id":"s""#] {
      let torn = "{\"level\":\"INFO\",\"fields\":{\(fields)}"
      #expect(read(torn).records == [], "\(torn)\n  got \(read(torn).records)")
    }
  }

  @Test func interleavedWritersLoseOnlyWhatIsTorn() {
    let cut = start.index(start.startIndex, offsetBy: 60)
    let text = [module("a"), String(start[..<cut]) + timed("b"), String(start[cut...]), module("c")].joined(separator: "\n")
    let got = read(text)
    #expect(got.records == [#"moduleLog says "a""#, #"moduleLog says "b" at 0ms"#, #"moduleLog says "c""#])
    #expect(got.counters == "bytes=\(text.utf8.count) lines=4 records=3 malformedLines=1 tornLines=1 recoveredRecords=1")
    #expect(got.problems.map(\.line) == [2, 3])
  }
}
