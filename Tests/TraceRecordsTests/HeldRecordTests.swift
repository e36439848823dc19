// Formats that wait for later values, as a live pipe gives them: after a silence everything is handed on, once, and nothing waits any more. A reader that
// was told that something still waits would ask again and again, and burn a processor.

import Testing

@testable import TraceRecords

@Suite struct HeldRecordTests {
  /// A document is whole with its last bracket; events on lines of their own wait for their neighbours.
  private static let rows: [(line: String, records: Int, waits: Bool)] = [
    (#"{"ph":"B","name":"load","ts":1000,"pid":1,"tid":1}"#, 1, true),
    (#"[{"ph":"X","name":"load","ts":1000,"dur":5,"pid":1,"tid":1}]"#, 2, false),
    (#"{"ph":"i","name":"tick","ts":1000,"pid":1,"tid":1}"#, 1, true),
    (
      #"{"traceID":"a","spans":[{"traceID":"a","spanID":"b","operationName":"o","startTime":1767225600000000,"duration":2,"processID":"p1"}]}"#,
      1, false
    ),
  ]

  @Test(arguments: rows.indices) func everythingIsHandedOnOnce(row: Int) {
    let (line, expected, waits) = Self.rows[row]
    var stream = RecordStream()
    var records = 0
    for round in 1...3 {
      Array((line + "\n").utf8).withUnsafeBytes { stream.feed($0) { batch, _ in records += batch.records.count } }
      let isWaiting = stream.holdsRecords
      #expect(isWaiting == waits, "\(line)")
      for _ in 0..<2 {
        stream.release { batch, _ in records += batch.records.count }
        let isLeft = stream.holdsRecords
        #expect(!isLeft, "\(line): round \(round)")
      }
      #expect(records == expected * round, "\(line): \(records) records after round \(round)")
    }
    #expect(stream.statistics.lost == 0, "\(stream.problems)")
  }

  /// What was handed on takes no room of what may wait.
  @Test func theWindowIsEmptyAfterEachRelease() {
    var format = ChromeFormat(maxHeldBytes: 20_000)
    var batch = RecordBatch()
    let text = String(repeating: "x", count: 200)
    for index in 0..<400 {
      for phase in ["B", "E"] {
        let event = #"{"ph":"\#(phase)","name":"a","ts":\#(1_000 + index),"pid":1,"tid":1,"args":{"text":"\#(text)"}}"#
        #expect(taken(event, by: &format, into: &batch)?.unusableFields == 0)
      }
      #expect(format.holdsRecords, "pair \(index) waits for its neighbours")
      _ = format.finish(into: &batch)
      #expect(!format.holdsRecords)
    }
  }

  /// The next document begins anew: nothing of it lies before what was placed of the last one.
  @Test func aDocumentBehindALaterOne() {
    let documents = [9_000, 1_000].map { #"{"traceEvents":[{"ph":"X","name":"a","ts":\#($0),"dur":5,"pid":1,"tid":1}]}"# }
    let got = read(documents.joined(separator: "\n"))
    #expect(
      got.statistics.unusableFields == 0 && got.records.filter { $0.hasPrefix("spanStart") }.count == 2, "\(got.counters) \(got.records)")
    // Events on lines of their own behind a document are another one as well.
    let lone = read(documents[0] + "\n" + #"{"ph":"X","name":"b","ts":1000,"dur":5,"pid":1,"tid":1}"#)
    #expect(lone.statistics.unusableFields == 0, "\(lone.counters)")
  }

  /// Events on lines of their own are one document, behind a whole one too: a call may begin on one line and end on the next.
  @Test func loneEventsBehindADocument() {
    let document = #"{"traceEvents":[{"ph":"X","name":"a","ts":1000,"dur":5,"pid":1,"tid":1}]}"#
    let lone = ["B", "E"].enumerated().map { #"{"ph":"\#($1)","name":"b","ts":\#(2_000 + $0),"pid":1,"tid":1}"# }
    let got = read(([document] + lone).joined(separator: "\n"))
    #expect(got.statistics.invalidRecords == 0 && got.statistics.lost == 0, "\(got.counters) \(got.problems)")
  }
}
