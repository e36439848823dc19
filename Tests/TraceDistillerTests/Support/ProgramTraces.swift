// Streams as ordinary programs wrote them: Flask, FastAPI and plain Python with OpenTelemetry, Rust's tracing, and a producer with its own
// format.

import Foundation
import TraceRecords

@testable import TraceDistiller

enum ProgramTraces {
  /// The traces of a file, in order of arrival.
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

  /// The first trace whose root has that name.
  static func trace(_ file: String, _ root: String) -> DistilledTrace? { traces(file).first { $0.primaryRoot?.name == root } }
}
