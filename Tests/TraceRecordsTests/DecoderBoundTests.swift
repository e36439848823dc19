// The limits of decoders: instants beyond Int64, levels at the edges of OTLP's numbers, level words by length, sides of a call reported
// twice.

import JSON
import Testing

@testable import TraceRecords

struct DecoderBoundTests {
  private func records(_ line: String) -> (records: [Record], text: (TextRange) -> String) {
    var decoder = FormatDecoder()
    var batch = RecordBatch()
    let bytes = Array(line.utf8)
    bytes.withUnsafeBytes { bytes in _ = try? decoder.decode(bytes, offset: 0, into: &batch) }
    let scratch = batch
    return (batch.records, { String(decoding: scratch.scratch[$0.offset..<$0.offset + Int($0.count)], as: UTF8.self) })
  }

  private func span(start: String, end: String) -> [Record] {
    records(
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"op","startTimeUnixNano":\#(start),"endTimeUnixNano":\#(end)}]}]}]}"#
    ).records
  }

  /// An instant beyond Int64 becomes the latest possible one, with a diagnostic; it is never before 1970.
  @Test(arguments: ["\"18446744073709551615\"", "\"9223372036854775808\"", "18446744073709551615", "\"99999999999999999999\"", "1e30"])
  func instantsBeyondInt64(_ end: String) {
    let found = span(start: "\"1767225600001000000\"", end: end)
    #expect(found.count == 1 && found[0].timeNanos > 1_767_225_600_001_000_000, "\(end): \(found)")
    #expect(found.first?.diagnostics.contains(.unreadField) == true, "\(end)")
  }

  /// From 1973 on an instant in nanoseconds is plausible.
  @Test func likelyInstants() {
    for (nanos, isLikely) in [
      (0, true), (99_999_999_999, true), (100_000_000_000, false), (99_999_999_999_999_999, false), (100_000_000_000_000_000, true),
      (Timestamp.limit, true),
      (-1, false),
    ] as [(Int64, Bool)] { #expect(OTLPInstant.isLikely(nanos) == isLikely, "\(nanos)") }
  }

  /// 1 to 4 are TRACE, 5 to 8 DEBUG, 9 to 12 INFO, 13 to 16 WARN, 17 to 24 ERROR.
  @Test func severityNumbersAtTheirEdges() {
    for (number, level) in [
      (1, SeverityLevel.trace), (4, .trace), (5, .debug), (8, .debug), (9, .info), (12, .info), (13, .warn), (16, .warn), (17, .error),
      (24, .error),
    ] {
      let found = records(#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":\#(number),"body":{"stringValue":"x"}}]}]}]}"#)
        .records
      #expect(found.map(\.level) == [level], "\(number)")
    }
  }

  @Test func wordsOfLevels() {
    for (word, level) in [
      ("TRACE", SeverityLevel.trace), ("Debug", .debug), ("info", .info), ("NOTICE", .info), ("warn", .warn), ("WARNING", .warn),
      ("error", .error),
      ("ERR", .error), ("FATAL", .error), ("CRITICAL", .error),
    ] { #expect(Array(word.utf8).withUnsafeBytes { SeverityLevel($0) } == level, "\(word)") }
    for word in ["", "f", "fatally", "warned", "tracer", "debugg", "err0rs"] {
      #expect(Array(word.utf8).withUnsafeBytes { SeverityLevel($0) } == nil, "\(word)")
    }
  }

  /// Nesting is limited for records as well.
  @Test func recordsNestAsDeepAsTheBound() {
    for (depth, isTaken) in [(125, true), (127, false), (500, false), (5_000, false)] {
      let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      var stream = RecordStream()
      var taken = 0
      let line = #"{"timestamp":"2026-11-23T10:00:00Z","log_type":"module","message":"m","fields":{"deep":\#(value)}}"# + "\n"
      Array(line.utf8).withUnsafeBytes { stream.feed($0) { batch, _ in taken += batch.records.count } }
      stream.finish { batch, _ in taken += batch.records.count }
      #expect((taken == 1) == isTaken && (stream.statistics.lost == 0) == isTaken, "\(depth) levels: \(taken) \(stream.problems)")
    }
  }

  /// A complete record written by another writer into a string of a line: the line is reported as torn and the record is read; neither is
  /// mixed with the other.
  @Test func aRecordInsideOfAStringOfAnother() {
    let inner = #"{"timestamp":"2026-11-23T10:00:00Z","log_type":"module","message":"whole","fields":{}}"#
    let outer = #"{"timestamp":"2026-11-23T10:00:00Z","log_type":"module","message":"a long text"#
    var stream = RecordStream()
    var messages: [String] = []
    let text = outer + inner + "\n" + #" that goes on","fields":{}}"# + "\n" + inner + "\n"
    Array(text.utf8).withUnsafeBytes { bytes in
      stream.feed(bytes) { batch, texts in
        for record in batch.records { messages.append(String(decoding: texts[record.message], as: UTF8.self)) }
      }
    }
    #expect(messages == ["whole", "whole"], "\(messages)")
    #expect(stream.statistics.tornLines == 1 && stream.statistics.recoveredRecords == 1, "\(stream.statistics.counters)")
    #expect(stream.statistics.lost >= 1 && stream.statistics.records == 2, "\(stream.problems)")
  }
}
