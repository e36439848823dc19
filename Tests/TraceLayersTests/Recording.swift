// Transports and readers that tests share: sent records as lines and as values.

import Logging
import Synchronization
import Testing
import Tracing

@testable import TraceDistiller
@testable import TraceLayers
@testable import TraceLayersDistiller
@testable import TraceRecords

/// Keeps every record as a line.
final class LineCollector: RecordTransport {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  func send(_ record: UnsafeRawBufferPointer) {
    let line = String(decoding: record, as: UTF8.self)
    kept.withLock { $0.append(line) }
  }
}

/// One record as plain values.
struct ReadRecord: Equatable {
  var kind: RecordKind
  var level: SeverityLevel
  var status: TraceRecords.SpanStatus
  var spanKind: TraceRecords.SpanKind
  var parent: ParentReference
  var time: Int64
  var duration: Int64
  var traceID, spanID, parentID, name, target, service, message, run: String
  var attributes: [String: String]

  /// Reads a line with the reference decoder.
  init(_ line: [UInt8]) throws {
    var decoder = NativeDecoder()
    var batch = RecordBatch()
    var isRepaired = false
    self = try line.withUnsafeBytes { bytes in
      isRepaired = try decoder.decode(bytes, offset: 0, into: &batch).isRepaired
      let record = try #require(batch.records.first)
      return batch.withTexts(source: bytes) { ReadRecord(record, batch, $0) }
    }
    #expect(!isRepaired || String(decoding: line, as: UTF8.self).contains("\\u0000"))
  }

  private init(_ record: Record, _ batch: RecordBatch, _ texts: BatchTexts) {
    func text(_ range: TextRange) -> String { String(decoding: texts[range], as: UTF8.self) }
    kind = record.kind
    level = record.level
    status = record.status
    spanKind = record.spanKind
    parent = record.parent
    time = record.timeNanos
    duration = record.durationNanos
    (traceID, spanID, parentID) = (text(record.traceID), text(record.spanID), text(record.parentID))
    (name, target, service) = (text(record.name), text(record.target), text(record.service))
    (message, run) = (text(record.message), text(record.run))
    attributes = [:]
    for attribute in batch.attributes[Int(record.attributeStart)..<Int(record.attributeStart + record.attributeCount)] {
      attributes[text(attribute.key)] =
        switch attribute.value {
        case .string(let range): "s:" + text(range)
        case .json(let range): "j:" + text(range)
        case .integer(let number): "i:\(number)"
        case .double(let number): "d:\(number)"
        case .bool(let flag): "b:\(flag)"
        }
    }
  }
}

/// An observed program: its tracer, its logger, and its output.
struct Program {
  let collector = LineCollector()
  let tracing: LayeredTracing
  var tracer: LayeredTracer { tracing.tracer }

  init(filter: LevelFilter = .all, distiller: Bool = false) {
    var limits = TraceStoreLimits()
    limits.quiet = .zero
    var configuration = LayeredTracing.Configuration(service: "shop", transport: collector)
    if distiller { configuration.layers.append(.distiller(limits: limits)) }
    configuration.filter = filter
    configuration.run = "run-1"
    configuration.standardError = .none
    tracing = LayeredTracing(configuration)
  }

  func logger(_ label: String = "shop.test") -> Logger { Logger(label: label) { tracing.logHandler(label: $0) } }

  func records() throws -> [ReadRecord] { try collector.lines.map { try ReadRecord(Array($0.utf8)) } }

  /// `child<parent` for each started span, in order of their starts; roots have no parent.
  func tree() throws -> [String] {
    let records = try records()
    let starts = records.filter { $0.kind == .spanStart }
    return starts.map { start in
      let parent = starts.first { $0.spanID == start.parentID }
      if let parent { #expect(parent.traceID == start.traceID) }
      return parent.map { "\(start.name)<\($0.name)" } ?? (start.parent == .root ? start.name : "\(start.name)<?")
    }
  }

  func end(_ name: String) throws -> ReadRecord { try #require(try records().first { $0.kind == .spanEnd && $0.name == name }) }
}

struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
