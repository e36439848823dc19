// Proves that every shared trace file in a supported format is read completely, whatever its form and compression. The numbers are those of
// MANIFEST.md. For Chrome files and Zipkin's shared spans they follow from our rules and were counted independently of this code, by
// tracestat.py with two changes: asynchronous events make one trace per process, category and id (there: one per process), and a child of a
// shared span belongs to the server if its service is the server's (there: to the client, which may be missing: 7 orphans in
// messaging2.json instead of 8).

import Foundation
import Testing
import TraceContextServer
import TraceRecords

struct SharedTracesTests {
  /// Beside the package, or given by the environment.
  static let folder =
    ProcessInfo.processInfo.environment["TRACE_DISTILLER_SHARED"].map { $0 + "/data/traces" }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared/data/traces").standardizedFileURL
    .path

  /// File, traces, spans, failed spans, spans with a missing parent, and reported losses: a profile that ends within an event, ends of
  /// calls that never began.
  static let table =
    """
    bazel/with_queuing.json.gz 93 12778 0 0
    chrome/cargo-build-profile.json 2 1448 0 0
    chrome/cargo-failed-truncated.json 1 55 0 0 1
    chrome/chrome116-react.json 33 2690 0 0
    chrome/clang-time-trace.json 2 9138 0 0
    chrome/nestable_async.json 2 9 0 0 1
    chrome/pytorch-kineto-123k.json.gz 5 123379 0 0
    chrome/traceviewify-deep31.json 1 656 0 0
    chrome/viztracer-unparse.json.gz 1 37412 0 0
    chrome/x_event_trace.json 5 3294 0 0
    chrome/edge/bex-interaction.json 1 12 0 0
    chrome/edge/end-non-top-of-stack.json 1 3 0 0
    chrome/edge/hermes-multiple-frames.json 1 4 0 0
    chrome/edge/matching-x.json 1 5 0 0
    chrome/edge/mismatched-name.json 1 1 0 0
    chrome/edge/multiprocess.json 8 8 0 0
    chrome/edge/not-enough-end-events.json 1 3 0 0
    chrome/edge/out-of-order-unbalanced-name.json 1 2 0 0
    chrome/edge/simple-hermes.json 1 2 0 0
    chrome/edge/simple-partial-trailing-comma.json 1 4 0 0
    chrome/edge/simple-partial.json 1 4 0 0
    chrome/edge/simple.json 1 4 0 0
    chrome/edge/too-many-end-events.json 1 2 0 0 2
    chrome/edge/unbalanced-name.json 1 2 0 0
    chrome/edge/x-events-matching-start.json 1 9 0 0
    zipkin/messaging2.json 1 11 0 7
    zipkin/skew.json 1 4 0 0
    zipkin/smartthings-oauth.json 1 175 2 0
    zipkin/yelp.json 1 16 0 3
    jaeger/genai.json 1 57 1 0
    jaeger/overlapping-longer-than-parent.json 1 4 0 0
    jaeger/ridesharing.json 1 4 0 0
    criticalpath/jaegerui-1.json 1 3 0 0
    criticalpath/jaegerui-2.json 1 3 0 0
    criticalpath/jaegerui-4.json 1 3 0 0
    criticalpath/jaegerui-6.json 1 3 0 0
    criticalpath/jaegerui-8.json 1 2 0 0
    crisp/2.json 1 2 0 0
    crisp/4.json 1 3 0 0
    crisp/6.json 1 4 0 0
    crisp/8.json 1 3 0 0
    crisp/10.json 1 4 0 0
    crisp/12.json 1 4 0 0
    crisp/14.json 1 4 0 0
    crisp/16.json 1 7 1 0
    crisp/18.json 1 9 1 0
    crisp/20.json 1 4 0 0
    crisp/22.json 1 4 0 0
    crisp/24.json 1 9 0 0
    crisp/err_pattern1-err1.json 1 2 2 0
    crisp/err_pattern1-err2.json 1 2 2 0
    crisp/err_pattern3-err1.json 1 3 2 0
    crisp/err_pattern3-err2.json 1 3 2 0
    next/hackathon.next-trace.jsonl 1 239 0 0
    llm/agento-openai.otlp.jsonl 2 2 0 0
    nezha/onlineboutique-normal.otlp.jsonl 195 8915 0 0
    nezha/trainticket-normal.otlp.jsonl 59 4316 0 0
    otlp-converted/llm-beeai-2025-08-01.otlp.jsonl 1 29 0 0
    otlp-converted/llm-google-adk-2025-08-28.otlp.jsonl 1 5 0 0
    otlp-converted/llm-langgraph-js-2025-10-30.otlp.jsonl 1 20 0 0
    otlp-converted/llm-pydantic-ai-tools-2025-12-04.otlp.jsonl 1 12 0 0
    otlp-converted/tracetest-deep48.otlp.jsonl 1 138 0 0
    otlp-converted/zipkin-smartthings-oauth.otlp.jsonl 1 175 2 0
    otlp/huge-import-120k.otlp.jsonl.gz 1 120107 0 0
    otlp/jaeger-otlp-example.json 2 4 4 4
    otlp/oteldemo-1.otlp.jsonl 88 362 52 13
    otlp/proto-example-trace.json 1 1 0 1
    planted/p1_orders.otlp.jsonl 1 1648 0 0
    planted/p2_dashboard.otlp.jsonl 1 73 0 0
    planted/p3_checkout.otlp.jsonl 1 18 4 0
    """

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: folder), "the folder of shared traces is not on this machine"),
    arguments: table.split(separator: "\n").map(String.init)) func aFile(_ row: String) throws
  {
    let words = row.split(separator: " ").map(String.init)
    let got = try Self.count(Self.folder + "/" + words[0])
    let expected = words.dropFirst().joined(separator: " ") + (words.count == 5 ? " 0" : "")
    #expect(got == expected, "\(words[0])\n  expected \(expected)\n  got      \(got)")
  }

  /// No file of the folder may be forgotten: the others are in unsupported formats, or have a test of their own.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder), "the folder of shared traces is not on this machine"))
  func theTableHasEveryFile() throws {
    let known = Set(Self.table.split(separator: "\n").map { String($0.prefix { $0 != " " }) })
    let others = ["langfuse.json", "tracetest-big.json", "orig.csv", ".tracing.jsonl", "ANSWERS.json", "expected.json", ".py", ".md"]
    let files = try #require(FileManager.default.enumerator(atPath: Self.folder)?.allObjects as? [String])
    let missing = files.filter { file in
      file.contains(".") && !known.contains(file) && !others.contains { file.hasSuffix($0) }
    }
    #expect(missing == [])
  }

  private static func count(_ path: String) throws -> String {
    var traces: Set<String> = []
    var spans: Set<String> = []
    var (told, failed) = (0, 0)
    var parents: [String] = []
    let report = try RecordFile.read(path, maxLineBytes: RecordStream.defaultMaxLineBytes) { batch, texts in
      for record in batch.records where record.kind == .span || record.kind == .spanStart || record.kind == .spanEnd {
        let trace = String(decoding: texts[record.traceID], as: UTF8.self)
        let id = trace + " " + String(decoding: texts[record.spanID], as: UTF8.self)
        traces.insert(trace)
        if record.kind != .spanEnd {
          spans.insert(id)
          told += 1
          if record.status == .error { failed += 1 }
        }
        if record.parent == .span { parents.append(trace + " " + String(decoding: texts[record.parentID], as: UTF8.self)) }
      }
    }
    return "\(traces.count) \(told) \(failed) \(parents.count { !spans.contains($0) }) \(report.statistics.lost)"
  }
}
