// libFuzzer's way to the binary reader: whatever bytes it thinks of, as a message of either signal and as a file in two chunks. What a second, strict reader takes
// gives the records of its JSON. Built by `scripts/fuzz`.

@testable import JSON
@testable import TraceRecords

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  // Memory of just the message's size, behind which a sanitizer sees every read.
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
  defer { memory.deallocate() }
  memory.copyBytes(from: bytes)
  var reader = OTLPProtobuf()
  for signal in OTLPSignal.allCases {
    var taken = RecordCount()
    let outcome = reader.decode(UnsafeRawBufferPointer(memory), signal) { taken.add($0, $1) }
    precondition(outcome.records == taken.records, "got \(outcome), handed on \(taken.records)")
    precondition((outcome.reason == nil) == (outcome.rejected == 0), "\(outcome)")
    guard signal != .metrics, outcome.failure == nil,
      let value = try? OTLPTestDecoder.decode(bytes, as: signal == .logs ? "logs" : "traces")
    else { continue }
    let expected = statistics(of: Array(value.serializedString.utf8) + [0x0A])
    guard expected.malformedLines == 0, expected.unrecognisedLines == 0 else { continue }
    precondition(outcome.records == expected.records, "got \(outcome), expected \(expected.counters) of \(value.serializedString)")
  }
  let cut = count * Int(bytes.first ?? 0) / 255
  var (file, whole) = (RecordedStream(maxLineBytes: 2_000), RecordedStream(maxLineBytes: 2_000))
  bytes.withUnsafeBytes { all in
    file.feed(UnsafeRawBufferPointer(rebasing: all[..<cut])) { _, _ in }
    file.feed(UnsafeRawBufferPointer(rebasing: all[cut...])) { _, _ in }
    whole.feed(all) { _, _ in }
  }
  file.finish { _, _ in }
  whole.finish { _, _ in }
  precondition(file.statistics == whole.statistics, "got \(file.statistics.counters), expected \(whole.statistics.counters)")
  return 0
}

private struct RecordCount {
  var records: UInt64 = 0
  private var bytes = 0

  /// Looks at every text.
  mutating func add(_ batch: RecordBatch, _ texts: BatchTexts) {
    records += UInt64(batch.records.count)
    for record in batch.records {
      for range in [record.traceID, record.spanID, record.parentID, record.name, record.target, record.service, record.message, record.run]
      {
        bytes &+= texts[range].reduce(0) { $0 &+ Int($1) }
      }
    }
    for attribute in batch.attributes { bytes &+= texts[attribute.key].reduce(0) { $0 &+ Int($1) } }
  }
}

private func statistics(of bytes: [UInt8]) -> IngestStatistics {
  var stream = RecordStream()
  bytes.withUnsafeBytes { stream.feed($0) { _, _ in } }
  stream.finish { _, _ in }
  return stream.statistics
}
