// Proves that foreign formats give the host whose clock a span's times come from, also in pieces and when held back.

import Testing

@testable import TraceRecords

@Suite struct HostTests {
  @Test(arguments: [
    (#"{"key":"ip","value":"10.0.0.1"},{"key":"hostname","value":"web-1"}"#, "web-1"),
    (#"{"key":"host.name","value":"n"},{"key":"host.id","value":"i"},{"key":"ip","value":"10.0.0.1"}"#, "i"),
    (#"{"key":"ip","value":1}"#, ""), (#"{"key":"other","value":"x"}"#, ""),
  ])
  func `Jaeger's processes name their host`(tags: String, host: String) {
    let span = #"{"traceID":"a","spanID":"b","operationName":"o","startTime":1,"duration":2,"processID":"p"}"#
    let process = #""processes":{"p":{"serviceName":"s","tags":[\#(tags)]}}"#
    #expect(hosts([#"{"traceID":"a","spans":[\#(span)],\#(process)}"#]) == [host])
    // The span waits for its process.
    #expect(hosts([#"{"traceID":"a","spans":[\#(span)]}"#, #"{"traceID":"a","spans":[],\#(process)}"#]) == [host])
  }

  @Test(arguments: [
    (#""ipv4":"10.0.0.1","ipv6":"::1""#, "10.0.0.1"), (#""ipv6":"::1""#, "::1"), (#""serviceName":"s""#, ""),
  ])
  func `Zipkin's endpoints are hosts`(members: String, host: String) {
    #expect(hosts([#"{"traceId":"a","id":"b","timestamp":1,"duration":1,"localEndpoint":{\#(members)}}"#]) == [host])
  }

  private func hosts(_ values: [String]) -> [String] {
    var decoder = FormatDecoder()
    var batch = RecordBatch()
    for value in values {
      Array(value.utf8).withUnsafeBytes { bytes in
        do { _ = try decoder.decode(bytes, offset: 0, into: &batch) } catch { Issue.record("\(value): \(error)") }
      }
    }
    _ = decoder.finish(into: &batch)
    return batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { texts in
      batch.records.map { String(decoding: texts[$0.host], as: UTF8.self) }
    }
  }
}
