// Proves that a stream recorded from the original Rust layer is read completely: as many records of each kind as its text contains.

import Testing

@testable import TraceRecords

@Suite struct FixtureTests {
  @Test func theRecordedStreamHasEveryRecordOfItsText() throws {
    let bytes = try fixture("rust-seed")
    let text = String(decoding: bytes, as: UTF8.self)
    func lines(holding mark: String) -> Int { text.split(separator: "\n").count { $0.contains(mark) } }
    var counts: [RecordKind: Int] = [:]
    var stream = RecordStream()
    func take(_ batch: RecordBatch, _: BatchTexts) { for record in batch.records { counts[record.kind, default: 0] += 1 } }
    bytes.withUnsafeBytes { stream.feed($0, sink: take) }
    stream.finish(sink: take)
    let rows: [(RecordKind, Int)] = [
      (.session, lines(holding: "SESSION_START")), (.spanStart, lines(holding: #""event_type":"span_start""#)),
      (.spanEnd, lines(holding: #""event_type":"span_end""#)), (.log, lines(holding: #""event_type":"log""#)),
      (.moduleLog, lines(holding: #""log_type":"module","message":"#)),
    ]
    for (kind, count) in rows {
      #expect(count > 0, "the fixture has no \(kind)")
      #expect(counts[kind] == count, "\(kind)\n  expected \(count)\n  got      \(counts[kind] ?? 0)")
    }
    #expect(stream.statistics.lost == 0, "\(stream.problems)")
    #expect(Int(stream.statistics.records) == text.split(separator: "\n").count)
  }

  @Test func theVariantsAreReadAsWritten() throws {
    let got = read(try fixture("composed-seed-variants"))
    #expect(got.statistics.lost == 0, "\(got.problems)")
    let kinds = got.records.map { String($0.prefix { $0 != " " }) }
    let expected = [
      "session", "moduleLog", "moduleLog", "moduleLog", "moduleLog", "spanStart", "spanStart", "log", "spanEnd", "spanStart", "log",
      "spanEnd", "span",
      "log", "span",
    ]
    #expect(kinds == expected, "\n  expected \(expected)\n  got      \(kinds)")
  }
}
