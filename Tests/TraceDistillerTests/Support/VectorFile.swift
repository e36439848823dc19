// The shared test vectors of the critical path: JSON files with spans in microseconds and the expected results.

import Foundation
import JSON
import TraceRecords

@testable import TraceDistiller

/// One vector. See shared/data/critical-path/README.md for the fields.
struct Vector: CustomStringConvertible, Sendable {
  let name: String
  let json: JSONValue

  var description: String { name }
  var expected: JSONValue { json["expected"] ?? .null }

  /// Aggregation is another rule: its vectors are not used here.
  static let own = files(in: Bundle.module.resourceURL!.appendingPathComponent("Vectors")) { $0.hasPrefix("own-") }

  static let random: [Vector] = {
    let file = Bundle.module.resourceURL!.appendingPathComponent("Vectors/random-jaeger.jsonl")
    return try! Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { Vector(try! JSONValue(parsing: Array($0))) }
  }()

  /// Adapted cases of other projects. We may not copy them, so they are read if the shared folder is beside the package.
  static let restated = files(in: restatedFolder) { name in ["crisp-", "jaeger-", "selftime-"].contains { name.hasPrefix($0) } }
  static let clockSkew = files(in: restatedFolder) { $0.hasPrefix("clockskew-") }
  static let hasRestated = FileManager.default.fileExists(atPath: restatedFolder.path)

  private static let restatedFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/data/critical-path").standardizedFileURL

  private static func files(in folder: URL, where isWanted: (String) -> Bool) -> [Vector] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { isWanted($0) && $0.hasSuffix(".json") }.sorted().map {
      Vector(try! JSONValue(parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent($0)))))
    }
  }

  private init(_ json: JSONValue) {
    name = json["name"]?.string ?? ""
    self.json = json
  }

  /// The vector's spans as a sketch, in the vector's order: of two definitions the first counts.
  var sketch: TraceSketch {
    var sketch = TraceSketch()
    sketch.origin = 0
    for span in json["spans"]?.array ?? [] {
      let start = span["startUs"]!.integer! * 1_000
      var made = SketchSpan(
        id: span["spanId"]!.string!, parent: span["parentSpanId"]?.string, name: span["name"]!.string!, start: start,
        end: start + span["durationUs"]!.integer! * 1_000)
      // Vectors about clock skew have hosts instead.
      made.service = span["service"]?.string ?? span["host"]?.string ?? ""
      made.isDetached = span["refType"]?.string == "FOLLOWS_FROM"
      let kind = span["kind"]?.string
      made.kind = [SpanKind.internal, .server, .client, .producer, .consumer].first { $0.name.uppercased() == kind } ?? .unspecified
      sketch.spans.append(made)
    }
    return sketch
  }
}

extension JSONValue {
  /// A list of segments in microseconds.
  var pathSteps: [PathStep] {
    (array ?? []).map { PathStep(span: $0["spanId"]!.string!, start: $0["startUs"]!.integer!, end: $0["endUs"]!.integer!) }
  }

  var integers: [String: Int64] { Dictionary(uniqueKeysWithValues: (object?.members ?? []).map { ($0.key, $0.value.integer!) }) }
}
