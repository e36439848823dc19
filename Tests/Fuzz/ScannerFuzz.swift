// libFuzzer's entry to the scanner: any bytes, as lines and as a stream in two chunks, must give the same result as the reference decoder.
// Built by `scripts/fuzz`, with the comparison of the tests.

@testable import TraceRecords

/// Lines whose shapes the scanner learns before any other.
private let known = [
  #"{"timestamp":"2026-11-23T10:00:00.1Z","level":"INFO","target":"a","log_type":"trace","message":"m","fields":{"event_type":"span_start","#
    + #""trace_id":"t","span_id":"s","parent_id":null,"span_name":"n","attributes":{"k":"v","n":1,"r":0.5,"b":true}}}"#,
  #"{"timestamp":"2026-11-23T10:00:00Z","log_type":"trace","fields":{"event_type":"span_end","trace_id":"t","span_id":"s","duration_ms":1}}"#,
  #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","#
    + #""name":"n","kind":2,"startTimeUnixNano":"1795462602021101353","endTimeUnixNano":"1795462602024858682","attributes":["#
    + #"{"key":"a","value":{"stringValue":"x"}},{"key":"n","value":{"intValue":"5"}}],"status":{}}]}]}]}"#,
]

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  // Created anew each time: a finding must be reproducible with that input alone.
  var agreement = ScannerAgreement()
  for line in known { precondition(agreement.check(Array(line.utf8)) != .left) }
  for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
    if case .disagreed(let how) = agreement.check(Array(line)) { fatalError(how) }
  }
  let scanned = statistics(of: bytes, by: RecordStream(maxLineBytes: 2_000))
  let decoded = statistics(of: bytes, by: RecordStream(decoder: FormatDecoder(), maxLineBytes: 2_000))
  precondition(scanned == decoded, "got \(scanned.counters), expected \(decoded.counters)")
  return 0
}

/// Each chunk is in memory of exactly its size, so that a sanitizer detects every read beyond it.
private func statistics(of bytes: [UInt8], by stream: RecordStream) -> IngestStatistics {
  var stream = stream
  let cut = bytes.count * Int(bytes.first ?? 0) / 255
  for part in [bytes[..<cut], bytes[cut...]] {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 1)
    defer { chunk.deallocate() }
    chunk.copyBytes(from: part)
    stream.feed(UnsafeRawBufferPointer(chunk)) { _, _ in }
  }
  stream.finish { _, _ in }
  return stream.statistics
}
