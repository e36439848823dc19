// Proves that printed JSON on a pipe is put together from its lines, and that what breaks off there is read line by line as before.

import Testing

@testable import TraceRecords

struct LineAssemblyTests {
  static let span = #""traceId":"a","id":"b","timestamp":1767225600000000,"duration":1000"#
  static let expected = "span (openTelemetry) a/b root at 1ms from 0ms took 1ms"

  /// Each row: a pipe's text, the records and the counters.
  @Test(arguments: [
    ("{\n  \(span)\n}\n", 1, ""), ("{\n\(span)\n}", 1, ""), ("[\n  {\n    \(span)\n  },\n  {\n    \(span)\n  }\n]\n", 2, ""),
    ("[\n{\(span)},\n{\(span)}\n]\n", 2, ""), ("{\r\n  \(span)\r\n}\r\n", 1, ""), ("[[\n", 0, "malformedLines=1"),
    // Broken off before a record, before another value, at the end.
    ("{\n  \"traceId\":\"a\",\n{\(span)}\n", 1, "malformedLines=2"), ("{\n  \"traceId\":\"a\",\n{\n\(span)\n}\n", 1, "malformedLines=2"),
    ("{\n  \"traceId\":\n", 0, "malformedLines=2"),
  ])
  func values(_ text: String, _ records: Int, _ counters: String) {
    let got = read(text)
    let rest = got.counters.split(separator: " ").filter { !["bytes", "lines", "records"].contains($0.prefix { $0 != "=" }) }
    #expect(
      got.records == Array(repeating: Self.expected, count: records) && rest.joined(separator: " ") == counters, "\(text)\n  got \(got)")
    checkEverySplit(Array(text.utf8))
  }

  @Test func longValuesAreSkippedAndCountedOnce() {
    let line = "  \"\(String(repeating: "k", count: 90))\":1,\n"
    let long = "{\n" + String(repeating: line, count: 20) + "  \"x\":1\n}\n"
    let got = read(long + "{\(Self.span)}\n" + long, maxLineBytes: 1_000)
    #expect(got.records == [Self.expected])
    #expect(got.statistics.oversizeLines == 2 && got.statistics.oversizeBytes == UInt64(2 * long.utf8.count), "\(got.counters)")
    #expect(got.problems.map(\.line) == [12, 36], "\(got.problems)")
  }

  @Test func placesAreThoseOfTheirLines() {
    let got = read("{\n  \"foreign\":1\n}\n{\n  \"torn\":\n{\"x\":1}\n")
    #expect(got.problems.map { "\($0.line)@\($0.byteOffset)" } == ["1@0", "4@18", "5@20", "6@30"], "\(got.problems)")
  }
}
