// Streams of ordinary programs, as they wrote them: Flask, FastAPI and plain Python with OpenTelemetry, Rust's tracing, a producer of its own.

import Foundation
import TraceRecords

@testable import TraceDistiller

enum ProgramTraces {
  /// The traces of a file, the first to come first.
  static func traces(_ file: String) -> [DistilledTrace] {
    let path = Bundle.module.resourceURL!.appendingPathComponent("Vectors/programs/\(file)").path
    guard let bytes = FileManager.default.contents(atPath: path) else { return [] }
    var store = TraceDistillerStore()
    var stream = RecordStream()
    bytes.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(1), now: 0) } }
    stream.finish { store.apply($0, $1, source: SourceID(1), now: 0) }
    store.finishInput(now: 0)
    return store.overviews(now: 0).compactMap { store.snapshot(of: $0, now: 0) }.map { DistilledTrace($0) }
  }

  /// The first trace whose root is called so.
  static func trace(_ file: String, _ root: String) -> DistilledTrace? { traces(file).first { $0.primaryRoot?.name == root } }
}
