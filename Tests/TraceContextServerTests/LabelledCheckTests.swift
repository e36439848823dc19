// Proves that faults of real systems, each beside its normal trace as a baseline, break `no regression` and that the service at fault is named first.

import Foundation
import JSON
import Testing
import TraceContextServer
import TraceDistiller
import TraceRecords

struct LabelledCheckTests {
  /// Beside the package; elsewhere by the environment.
  static let shared =
    ProcessInfo.processInfo.environment["TRACE_DISTILLER_SHARED"].map { $0 + "/data/rootcause" }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared/data/rootcause")
    .standardizedFileURL
    .path

  private static func trace(_ path: String) throws -> TraceSnapshot {
    let path = FileManager.default.fileExists(atPath: path) ? path : path + ".gz"
    let store = SharedTraceStore(limits: StoreLimits())
    _ = try RecordFile.read(path, into: store, source: SourceID(0), maxLineBytes: RecordStream.defaultMaxLineBytes)
    store.withLock { $0.finishInput(now: 0) }
    return try #require(store.withLock { store in store.overviews(now: 0).first.flatMap { store.snapshot(of: $0, now: 0) } })
  }

  /// Each trace stands for six of its kind: one alone decides nothing.
  private static func report(_ base: TraceSnapshot, _ target: TraceSnapshot) throws -> CheckReport {
    var builder = BaselineBuilder()
    for _ in 0..<6 { builder.add(DistilledTrace(base)) }
    var run = CheckRun([try CheckRule(parsing: "no regression")], base: builder.baseline(madeBy: "tests"))
    for _ in 0..<6 { run.add(target) }
    return run.report()
  }

  @Test(arguments: [("01", "frontend"), ("26", "ts-verification-code-service")]) func theFaultIsNamed(_ name: String, _ service: String)
    throws
  {
    let folder = ExplainTests.folder.appendingPathComponent(name).path
    let (normal, faulty) = (try Self.trace(folder + "/normal.otlp.jsonl"), try Self.trace(folder + "/faulty.otlp.jsonl"))
    let report = try Self.report(normal, faulty)
    #expect(report.verdict == .broken && report.answers[0].claims.first?.service == service, "\(report.answers)")
    #expect(try Self.report(normal, normal).verdict == .holds)
  }

  /// Faults of time: what cuts requests short makes fewer calls, which is told and is no regression.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: shared), "the shared data is not beside the package"))
  func sharedFaultsOfTimeAreNamed() throws {
    let bytes = try #require(FileManager.default.contents(atPath: Self.shared + "/truth.json"))
    let cases = try #require(try JSONValue(parsing: Array(bytes)).array)
    var (asked, named): (Int, Int) = (0, 0)
    var others: [String] = []
    for entry in cases {
      guard let name = entry["case"]?.string, let service = entry["service"]?.string, let kind = entry["kind"]?.string,
        ["cpu_consumed", "cpu_contention", "network_delay"].contains(kind)
      else { continue }
      let folder = "\(Self.shared)/\(name)"
      let (normal, faulty) = (try Self.trace(folder + "/normal.otlp.jsonl"), try Self.trace(folder + "/faulty.otlp.jsonl"))
      let report = try Self.report(normal, faulty)
      asked += 1
      if report.verdict == .broken, report.answers[0].claims.first?.service == service {
        named += 1
      } else {
        others.append("\(name) \(kind) \(service): \(report.answers[0].claims.first?.sentence ?? "\(report.verdict)")")
      }
    }
    #expect(asked == 19 && named >= 17, "\(named) of \(asked); not: \(others.joined(separator: "\n"))")
  }
}
