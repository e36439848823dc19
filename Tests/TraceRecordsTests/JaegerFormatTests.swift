// Proves what is kept of Jaeger's JSON: references, typed tags, logs, processes behind their spans; and what becomes of the unusable.

import Testing

@testable import TraceRecords

struct JaegerFormatTests {
  static let trace = "0af7651916cd43dd8448eb211c80319c"
  static let expected = [
    #"span (openTelemetry) \#(trace)/b7ad6b7169203331 root "GET /cart" service=shop status=error kind=server at 9ms from 0ms took 9ms run=pid 77 [http.response.status_code=500]"#,
    #"log (openTelemetry) \#(trace)/b7ad6b7169203331 says "Timeout: no cart" ERROR at 4ms run=pid 77 [exception.type="Timeout", exception.message="no cart"]"#,
    #"log (openTelemetry) \#(trace)/b7ad6b7169203331 says "retrying" WARN at 5ms run=pid 77 [attempt="2"]"#,
    #"span (openTelemetry) \#(trace)/00f067aa0ba902b7 <b7ad6b7169203331 "load cart" service=carts at 4ms from 1ms took 3ms [rows=18014398509481985, jaeger.warnings=["clock skew adjustment disabled"], otel.links=[{"trace_id":"ffffffffffffffffffffffffffffffff","span_id":"1111111111111111"}]]"#,
    #"span (openTelemetry) \#(trace)/00f067aa0ba902b8 <b7ad6b7169203331 "audit" service=shop followsFrom at 10ms from 9ms took 1ms run=pid 77"#,
  ]

  @Test func aDocument() throws {
    let got = read(try fixture("jaeger", "json"), as: RecordStream())
    #expect(got.records == Self.expected, "\n  expected \(Self.expected)\n  got      \(got.records)")
    #expect(got.statistics.lost == 0, "\(got.problems)")
  }

  /// A bound so small that every piece of the document holds one span: those before the processes wait for them.
  @Test func aDocumentInPieces() throws {
    let got = read(try fixture("jaeger", "json"), as: RecordStream(maxLineBytes: 1_300))
    #expect(got.records == Self.expected, "\n  expected \(Self.expected)\n  got      \(got.records)")
  }

  @Test func spansDoNotWaitWithoutBound() {
    var format = JaegerFormat(maxHeldBytes: 400)
    let span = #"{"traceID":"a","spanID":"b","operationName":"o","startTime":1,"duration":2,"processID":"p1"}"#
    var batch = RecordBatch()
    let outcomes = (0..<3).map { _ in taken(#"{"traceID":"a","spans":[\#(span)]}"#, by: &format, into: &batch) }
    #expect(outcomes.map { $0?.unusableFields } == [0, 0, 1] && batch.records.count == 3 && !format.holdsRecords)
    let services = batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { texts in
      batch.records.map { String(decoding: texts[$0.service], as: UTF8.self) }
    }
    #expect(services == ["p1", "p1", "p1"])
  }

  @Test func whatIsUnusable() {
    func check(_ members: String, _ expected: String, at location: SourceLocation = #_sourceLocation) {
      let got = decoded(Array(#"{"traceID":"a","spans":[{\#(members)}],"processes":{}}"#.utf8), by: FormatDecoder())
      #expect(got == [expected], "\(members)\n  got \(got)", sourceLocation: location)
    }
    check(#""operationName":"o""#, "skipped 1: Jaeger span without spanID")
    check(#""spanID":[1]"#, "skipped 1: Jaeger span with an unusable spanID: [1]")
    check(#""spanID":"b""#, "skipped 1: Jaeger span without startTime")
    check(#""spanID":"b","startTime":"soon""#, #"skipped 1: Jaeger span with an unusable startTime: "soon""#)
    check(#""spanID":"b","startTime":9223372036854775807"#, "skipped 1: Jaeger span with an unusable startTime: 9223372036854775807")
    check(
      #""spanID":"B","parentSpanID":"0","startTime":1767225600000000,"duration":-1"#,
      "span (openTelemetry) a/B root at -1000ns from 0ms took -1000ns")
  }
}
