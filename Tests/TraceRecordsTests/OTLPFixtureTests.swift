// Proves that streams of the OpenTelemetry SDK for Python are read whole: as many spans, events and failures as their texts hold. Where the
// folder of shared traces is, every OTLP file in it is read besides, and has the traces, spans and failures that its manifest states.

import Foundation
import JSON
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

  static let shared = "/work/shared/data/traces"

  /// file, traces, spans, failures, as MANIFEST.md has them.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: shared), "the folder of shared traces is not on this machine"),
    arguments: [
      ("llm/agento-openai.otlp.jsonl", 2, 2, 0), ("nezha/onlineboutique-normal.otlp.jsonl", 195, 8_915, 0),
      ("nezha/trainticket-normal.otlp.jsonl", 59, 4_316, 0), ("otlp-converted/llm-beeai-2025-08-01.otlp.jsonl", 1, 29, 0),
      ("otlp-converted/llm-google-adk-2025-08-28.otlp.jsonl", 1, 5, 0), ("otlp-converted/llm-langgraph-js-2025-10-30.otlp.jsonl", 1, 20, 0),
      ("otlp-converted/llm-pydantic-ai-tools-2025-12-04.otlp.jsonl", 1, 12, 0), ("otlp-converted/tracetest-deep48.otlp.jsonl", 1, 138, 0),
      ("otlp-converted/zipkin-smartthings-oauth.otlp.jsonl", 1, 175, 2), ("otlp/oteldemo-1.otlp.jsonl", 88, 362, 52),
      ("planted/p1_orders.otlp.jsonl", 1, 1_648, 0), ("planted/p2_dashboard.otlp.jsonl", 1, 73, 0),
      ("planted/p3_checkout.otlp.jsonl", 1, 18, 4), ("otlp/jaeger-otlp-example.json", 2, 4, 4), ("otlp/proto-example-trace.json", 1, 1, 0),
    ]) func sharedTraces(_ file: String, _ traces: Int, _ spans: Int, _ failed: Int) throws
  {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: Self.shared + "/" + file)))
    // A printed document is one line for a reader of lines once its blanks are gone.
    if file.hasSuffix(".json") { bytes = try JSONValue(parsing: bytes).serialized }
    let got = Self.count(bytes)
    #expect("\(got.traces.count) \(got.spans) \(got.failed) \(got.lost)" == "\(traces) \(spans) \(failed) 0", "\(file): \(got)")
  }
}
