// Recorded programs with planted faults: the fault is the first finding, with the right span, and nothing else is reported as a fault.

import Foundation
import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct PlantedTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/data/traces").standardizedFileURL
  private static let shared = [ProcessInfo.processInfo.environment["TRACE_DISTILLER_SHARED"].map { $0 + "/data/traces" }, folder.path]
    .compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }

  /// One row per file: the beginnings of its first insights, in order.
  private static let table: [(file: String, insights: [String])] = [
    (
      "planted/p1_orders.otlp.jsonl",
      ["• N+1: 1,640 calls: SELECT price FROM products WHERE id = ? ×1,000, SELECT name, tier FROM customers WHERE id = ? ×320"]
    ),
    (
      "planted/p2_dashboard.otlp.jsonl",
      ["• One after another: widget.load ×12 under GET /dashboard/{id}, the longest takes 321.00 ms: 1.18 s"]
    ),
    (
      "planted/p3_checkout.otlp.jsonl",
      ["• Swallowed error: currency.minor_units failed ×2 (\"KeyError: 'JPY'\", p3_checkout.py:15), yet price.cart ended ok"]
    ),
    ("otlp-converted/llm-beeai-2025-08-01.otlp.jsonl", []),
    ("otlp-converted/llm-langgraph-js-2025-10-30.otlp.jsonl", []),
    // Nothing marks its model call as such: it is an ordinary call that is mostly not covered by spans.
    (
      "otlp-converted/llm-google-adk-2025-08-28.otlp.jsonl",
      ["• Not covered by a span: 910.00 ms of call_llm, in one stretch before execute_tool say_hello, its first call"]
    ),
  ]

  @Test(.enabled(if: shared != nil, "needs ../shared/data/traces"))
  func whatWasPlantedIsFound() throws {
    for (file, expected) in Self.table {
      let trace = try #require(Self.trace(file), "\(file)")
      let words = InsightWords(trace: trace, language: .english)
      let got = trace.insights().map { words.line($0) }
      #expect(
        got.count >= expected.count && zip(got, expected).allSatisfy { $0.hasPrefix($1) } && (expected.isEmpty ? got.isEmpty : true),
        "\(file)\n  expected \(expected)\n  got      \(got.joined(separator: "\n           "))")
    }
  }

  private static func trace(_ file: String) -> DistilledTrace? {
    guard let shared, let bytes = FileManager.default.contents(atPath: "\(shared)/\(file)") else { return nil }
    var store = TraceDistillerStore()
    var stream = RecordStream()
    bytes.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(1), now: 0) } }
    stream.finish { store.apply($0, $1, source: SourceID(1), now: 0) }
    store.finishInput(now: 0)
    guard let line = store.overviews(now: 0).first, let snapshot = store.snapshot(of: line, now: 0) else { return nil }
    return DistilledTrace(snapshot)
  }
}
