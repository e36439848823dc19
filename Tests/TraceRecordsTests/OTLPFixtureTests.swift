// Proves that streams of the OpenTelemetry SDK for Python are read completely: as many spans, events and failures as their texts contain.

import Testing

@testable import TraceRecords

struct OTLPFixtureTests {
  struct Count: Equatable, CustomStringConvertible {
    var traces: Set<String> = []
    var spans = 0
    var failed = 0
    var logs = 0
    var lost: UInt64 = 0
    var description: String { "\(traces.count) traces, \(spans) spans, \(failed) failed, \(logs) logs, \(lost) lost" }
  }

  static func count(_ bytes: [UInt8]) -> Count {
    var count = Count()
    var stream = RecordStream()
    func take(_ batch: RecordBatch, _ texts: BatchTexts) {
      for record in batch.records {
        if !record.traceID.isEmpty { count.traces.insert(String(decoding: texts[record.traceID], as: UTF8.self)) }
        switch record.kind {
        case .span, .spanStart:
          count.spans += 1
          if record.status == .error { count.failed += 1 }
        case .log: count.logs += 1
        default: break
        }
      }
    }
    bytes.withUnsafeBytes { stream.feed($0, sink: take) }
    stream.finish(sink: take)
    count.lost = stream.statistics.lost
    return count
  }

  @Test(arguments: [
    ("python-otlp-batch", "4 traces, 64 spans, 12 failed, 36 logs, 0 lost"),
    ("planted-checkout.otlp", "1 traces, 18 spans, 4 failed, 5 logs, 0 lost"),
  ]) func fixtures(_ name: String, _ expected: String) throws {
    #expect(Self.count(try fixture(name)).description == expected)
  }
}
