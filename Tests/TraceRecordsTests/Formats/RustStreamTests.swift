// Proves that streams of real Rust programs give the trees that the programs ran, whether the lines contain complete lives or only ends;
// and the same for every such stream in the folder of shared traces, if it is present.

import Foundation
import Testing

@testable import TraceRecords

struct RustStreamTests {
  /// What the store would create from the records.
  struct Forest: CustomStringConvertible {
    var parents: [String: String?] = [:]
    var names: [String: String] = [:]
    var ended: Set<String> = []
    var approximate: Set<String> = []
    var logsOnly: Set<String> = []
    var traces: Set<String> = []
    var (logs, errors, moduleLogs) = (0, 0, 0)
    var lost: UInt64 = 0

    mutating func take(_ batch: RecordBatch, _ texts: BatchTexts) {
      func text(_ range: TextRange) -> String { String(decoding: texts[range], as: UTF8.self) }
      for record in batch.records {
        let id = text(record.spanID)
        if record.diagnostics.contains(.approximate) { approximate.insert(id) }
        switch record.kind {
        case .span, .spanStart:
          parents[id] = .some(record.parent == .root ? nil : text(record.parentID))
          names[id] = text(record.name)
          traces.insert(text(record.traceID))
          if record.diagnostics.contains(.logsOnly) { logsOnly.insert(id) } else { logsOnly.remove(id) }
          if record.kind == .span { ended.insert(id) }
        case .spanEnd: ended.insert(id)
        case .log: (logs, errors) = (logs + 1, errors + (record.level == .error ? 1 : 0))
        case .moduleLog: moduleLogs += 1
        default: break
        }
      }
    }

    func path(_ id: String) -> String {
      guard let parent = parents[id] ?? nil else { return names[id] ?? "?" }
      return path(parent) + "/" + (names[id] ?? "?")
    }

    var depth: Int { parents.keys.map { path($0).split(separator: "/").count }.max() ?? 0 }
    var orphans: Int { parents.values.count { parent in parent.map { parents[$0] == nil } ?? false } }

    var description: String {
      "traces \(traces.count), spans \(parents.count), open \(parents.count - ended.count), depth \(depth), orphans \(orphans), logs \(logs), "
        + "errors \(errors), outside \(moduleLogs), approximate \(approximate.count), logsOnly \(logsOnly.count), lost \(lost)"
    }
  }

  static func forest(_ bytes: [UInt8]) -> Forest {
    var forest = Forest()
    var stream = RecordStream()
    bytes.withUnsafeBytes { stream.feed($0) { forest.take($0, $1) } }
    stream.finish { forest.take($0, $1) }
    forest.lost = stream.statistics.lost
    return forest
  }

  @Test(arguments: [
    (
      "rust-fmt-full",
      // Two concurrent runs each close a similar `detached_flush` on a thread whose lines do not give the spans around it.
      "traces 4, spans 60, open 0, depth 4, orphans 0, logs 52, errors 8, outside 4, approximate 4, logsOnly 0, lost 0"
    ),
    (
      "rust-fmt-close",
      "traces 8, spans 60, open 0, depth 4, orphans 0, logs 52, errors 8, outside 4, approximate 4, logsOnly 0, lost 0"
    ),
  ]) func recordedStreams(_ name: String, _ expected: String) throws {
    #expect(Self.forest(try fixture(name)).description == expected)
  }

  /// The two streams come from two runs of one program: the same calls with the same parents.
  @Test func endsAloneMakeTheTreeOfWholeLives() throws {
    let (whole, ends) = (Self.forest(try fixture("rust-fmt-full")), Self.forest(try fixture("rust-fmt-close")))
    func paths(_ forest: Forest) -> [String] { forest.parents.keys.map { forest.path($0) }.sorted() }
    let detached = paths(whole).map { $0 == "download_all/detached_flush" ? "detached_flush" : $0 }.sorted()
    #expect(paths(ends) == detached)
  }

  /// Beside the package, or given by the environment.
  static let shared =
    (ProcessInfo.processInfo.environment["TRACE_DISTILLER_SHARED"].map { $0 + "/data/traces" }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../../shared/data/traces")
      .standardizedFileURL
      .path) + "/tracing-json"

  /// From MANIFEST.md: records, depth, errors and events (for rustc, 507 events are outside of spans; one of its spans encloses others and
  /// is never entered).
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: shared), "the folder of shared traces is not on this machine"),
    arguments: [
      (
        "backfill",
        "traces 1, spans 264, open 0, depth 4, orphans 0, logs 64, errors 1, outside 0, approximate 0, logsOnly 0, lost 0"
      ),
      (
        "rustc-info",
        "traces 691, spans 1004, open 4, depth 11, orphans 0, logs 1691, errors 0, outside 507, approximate 0, logsOnly 1, lost 0"
      ),
    ]) func sharedStreams(_ name: String, _ expected: String) throws
  {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.shared)/\(name).tracing.jsonl")))
    #expect(Self.forest(bytes).description == expected)
  }

  /// A stream gives the same records, however its bytes arrive.
  @Test func splitAtEveryByte() throws {
    let bytes = try fixture("rust-fmt-full").prefix(9_000)
    checkEverySplit(Array(bytes[..<bytes.lastIndex(of: 0x0A)!]))
  }
}
