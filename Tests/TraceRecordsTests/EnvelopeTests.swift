// Proves that lines in the envelopes of log shippers are read like the lines themselves, for every shipper.

import Testing

@testable import TraceRecords

struct EnvelopeTests {
  private static let line = #"{"timestamp":"2026-01-01T00:00:00Z","log_type":"module","message":"inside"}"#
  private static var text: String { line.replacing("\"", with: "\\\"") }

  @Test(arguments: [
    #"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/lambda/f","logStream":"s","subscriptionFilters":["x"],"logEvents":[{"id":"1","timestamp":1,"message":"START RequestId"},{"id":"2","timestamp":2,"message":"LINE\n"}]}"#,
    #"{"events":[{"logStreamName":"s","timestamp":1,"message":"LINE","ingestionTime":2,"eventId":"3"}],"searchedLogStreams":[]}"#,
    #"{"streams":[{"stream":{"app":"cart"},"values":[["1767225600000000000","LINE"]]}]}"#,
    #"{"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"cart"},"values":[["1767225600000000000","LINE"]]}]}}"#,
    #"{"insertId":"1","jsonPayload":OBJECT,"resource":{"type":"k8s_container"},"timestamp":"2026-01-01T00:00:00Z"}"#,
    #"{"insertId":"1","textPayload":"LINE","timestamp":"2026-01-01T00:00:00Z"}"#,
    #"{"__REALTIME_TIMESTAMP":"1","_BOOT_ID":"b","_PID":"7","MESSAGE":BYTES}"#,
  ])
  func aShipper(_ envelope: String) {
    let bytes = "[" + Self.line.utf8.map(String.init).joined(separator: ",") + "]"
    let input = envelope.replacing("LINE", with: Self.text).replacing("OBJECT", with: Self.line).replacing("BYTES", with: bytes)
    let got = read(input)
    #expect(got.records == read(Self.line).records && got.statistics.lost == 0 && got.statistics.unrecognisedLines == 0, "\(input)\n\(got)")
    #expect(read(String(decoding: ReadingWaysTests.printed(Array(input.utf8)), as: UTF8.self)).records == got.records, "printed")
  }

  @Test func whatLooksAlike() {
    for other in [
      #"{"events":[{"name":"click","timestamp":1}]}"#, #"{"streams":["a","b"]}"#,
      #"{"data":{"result":[{"metric":{},"values":[[1,"2"]]}]}}"#,
    ] {
      let got = read(other)
      #expect(got.records.isEmpty && got.statistics.unrecognisedLines == 1 && got.statistics.lost == 0, "\(other): \(got)")
    }
  }
}
