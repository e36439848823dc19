// libFuzzer's way to the scanner: whatever bytes it thinks of, as lines and as a stream in two chunks, mean what the reference says. Built by
// `scripts/fuzz`, with the comparison that the tests use.

@testable import TraceRecords

/// libFuzzer calls from one thread.
nonisolated(unsafe) private var agreement = ScannerAgreement()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
    if case .disagreed(let how) = agreement.check(Array(line)) { fatalError(how) }
  }
  let scanned = statistics(of: bytes, by: RecordStream(maxLineBytes: 2_000))
  let decoded = statistics(of: bytes, by: RecordStream(decoder: FormatDecoder(), maxLineBytes: 2_000))
  precondition(scanned == decoded, "got \(scanned.counters), expected \(decoded.counters)")
  return 0
}

/// Each chunk in memory of just its size, behind which a sanitizer sees every read.
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
