// Proves what is kept of Zipkin's JSON: the two halves of a shared span, failures by their tag, annotations, spans without instants.

import Testing

@testable import TraceRecords

struct ZipkinFormatTests {
  static let trace = "463ac35c9f6413ad"

  @Test func aDocument() throws {
    let got = read(try fixture("zipkin", "json"), as: RecordStream())
    let expected = [
      #"span (openTelemetry) \#(Self.trace)/463ac35c9f6413ad root "get /" service=web kind=server at 9ms from 0ms took 9ms"#,
      #"span (openTelemetry) \#(Self.trace)/a2fb4a1d1a96d312 <463ac35c9f6413ad "get /api" service=web kind=client at 6ms from 1ms took 5ms [peer.service="api", network.peer.address="192.0.2.7", network.peer.port=8080]"#,
      #"log (openTelemetry) \#(Self.trace)/a2fb4a1d1a96d312 says "wire send" at 2ms"#,
      #"span (openTelemetry) \#(Self.trace)/a2fb4a1d1a96d312-server <a2fb4a1d1a96d312 "get /api" says "503: no database" service=api status=error kind=server at 5ms from 2ms took 3ms [http.path="/api"]"#,
      // A child of the server's half, of which no instant is known: it is put at the start of the half that its id names.
      #"span (openTelemetry) \#(Self.trace)/00000000000000aa <a2fb4a1d1a96d312-server "query" service=api at 2ms from 2ms took 0ms"#,
      #"spanStart (openTelemetry) \#(Self.trace)/00000000000000ab <a2fb4a1d1a96d312 "flushed" service=web kind=client at 3ms from 3ms"#,
    ]
    #expect(got.records == expected, "\n  expected \(expected)\n  got      \(got.records)")
    #expect(got.counters == "bytes=1385 lines=51 records=6 unusableFields=1", "\(got.counters) \(got.problems)")
  }

  /// One message with several consumers: as many server's halves of one id, told apart by service and instant; the same twice is the same.
  @Test func halvesOfOneID() {
    func half(_ service: String, _ start: Int) -> String {
      #"{"traceId":"a","id":"b","shared":true,"kind":"SERVER","timestamp":\#(start),"duration":1,"localEndpoint":{"serviceName":"\#(service)"}}"#
    }
    let lines = [
      half("x", 1), half("x", 2), half("y", 1), half("x", 1),
      #"{"traceId":"a","id":"c","parentId":"b","timestamp":3,"duration":1,"localEndpoint":{"serviceName":"y"}}"#,
    ]
    let got = read(lines.joined(separator: "\n")).records.map { $0.split(separator: " ")[2] + " " + $0.split(separator: " ")[3] }
    #expect(got == ["a/b-server <b", "a/b-server-2 <b", "a/b-server-3 <b", "a/b-server <b", "a/c <b-server-3"])
  }

  @Test func theHalvesThatAreRememberedAreBounded() {
    var format = ZipkinFormat()
    var batch = RecordBatch()
    for id in 0...ZipkinSharedSpans.limit {
      #expect(taken(#"{"traceId":"a","id":"s\#(id)","shared":true,"timestamp":1,"duration":1}"#, by: &format, into: &batch) != nil)
    }
    // The first is forgotten, the last is known.
    #expect(
      taken(#"[{"traceId":"a","id":"x","parentId":"s0"},{"traceId":"a","id":"y","parentId":"s10000"}]"#, by: &format, into: &batch) != nil)
    let parents = batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { texts in
      batch.records.suffix(2).map { String(decoding: texts[$0.parentID], as: UTF8.self) }
    }
    #expect(parents == ["s0", "s10000-server"])
  }

  @Test func whatIsUnusable() {
    #expect(decoded(Array(#"[{"traceId":"a","id":"b"},7]"#.utf8), by: FormatDecoder()).last == "skipped 1: Zipkin span without traceId")
    #expect(
      decoded(Array(#"{"traceId":"0","id":"b"}"#.utf8), by: FormatDecoder()) == [#"skipped 1: Zipkin span with an unusable traceId: "0""#])
    let old = #"{"traceId":"a","id":"b","annotations":[],"binaryAnnotations":[]}"#
    #expect(decoded(Array(old.utf8), by: FormatDecoder()).first?.hasPrefix("error: not a record of a known format") == true)
  }
}
