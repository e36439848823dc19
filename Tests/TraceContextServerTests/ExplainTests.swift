// Proves that labelled faults of real systems are the first finding, in few words and in both languages, and that a repeated answer is the
// same.

import Foundation
import JSON
import Testing
import TraceDistiller
import TraceRecords

@testable import TraceContextServer

struct ExplainTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("RootCauses")

  /// The case, the service at fault, and the text of the first finding about the kind of fault.
  static let cases = [
    ("01", "frontend", "own time 200.08 ms (base 0.26 ms)"), ("14", "productcatalogservice", "stopped early: missing"),
    ("25", "ts-verification-code-service", "error in VerifyCodeController.verifyCode"),
    ("26", "ts-verification-code-service", "callers wait outside the callee for 2.01 s"),
  ]

  static func server(_ files: [String]) throws -> TraceContextServer {
    let store = SharedTraceStore(limits: StoreLimits())
    for (number, file) in files.enumerated() {
      _ = try RecordFile.read(
        folder.appendingPathComponent(file).path, into: store, source: SourceID(number), maxLineBytes: RecordStream.defaultMaxLineBytes)
    }
    store.withLock { $0.finishInput(now: 0) }
    return TraceContextServer(store: store, clock: { 0 }, report: { ServerReport(pid: 1, sources: [], residentBytes: 0) })
  }

  @Test(arguments: cases) func theFaultIsNamedFirst(_ name: String, _ service: String, _ says: String) throws {
    let server = try Self.server(["\(name)/normal.otlp.jsonl", "\(name)/faulty.otlp.jsonl"])
    for locale in ["en", "zh"] {
      let params: JSONValue = ["traceId": "t2", "base": "t1", "locale": .string(locale)]
      let text = try server.answerAsText("trace/explain", params).text
      let first = text.split(separator: "\n").first { $0.hasPrefix("1. ") } ?? ""
      #expect(first.hasPrefix("1. \(service): ") && (locale == "zh" || first.contains(says)), "\(text)")
      #expect(text.unicodeScalars.count <= 2_400, "\(text.unicodeScalars.count) characters")
      #expect(try server.answerAsText("trace/explain", params).text == text, "given again it is another")
    }
    let facts = try server.answer("trace/explain", ["traceId": "t2", "base": "t1", "format": "json"])
    #expect(facts["findings"]?.array?.first?["service"]?.string == service)
  }

  /// The normal trace is not called slow in comparison with the faulty one.
  @Test(arguments: cases) func theWayBackBlamesNobody(_ name: String, _ service: String, _ says: String) throws {
    let server = try Self.server(["\(name)/normal.otlp.jsonl", "\(name)/faulty.otlp.jsonl"])
    let facts = try server.answer("trace/explain", ["traceId": "t1", "base": "t2", "format": "json"])
    let blamed = (facts["findings"]?.array ?? []).filter { $0["kind"]?.string != "ownTime" && $0["kind"]?.string != "waitingOutside" }
    #expect(blamed.isEmpty || name == "14", "\(facts.serializedString)")
  }
}
