// Proves that the rows of the in-process distiller equal what the decoder reads from the same records' lines, however hostile their texts
// are.

import Logging
import Testing
import Tracing

@testable import TraceLayers
@testable import TraceLayersDistiller
@testable import TraceRecords

@Suite struct RowTests {
  let origin = RecordOrigin(service: "sh\"op", run: "r\u{0}1")

  @Test func rowsAreWhatLinesSay() throws {
    var random = SplitMix64(state: 11)
    var line = RecordLine()
    var rows = RecordRows()
    var direct = 0
    func text() -> String { RecordLineTests.text(&random) }
    for _ in 0..<2_000 {
      let start = SpanStarted(
        traceID: .random(), spanID: .random(), parentID: Bool.random(using: &random) ? .random() : nil, name: text(),
        kind: Bool.random(using: &random) ? .internal : .client, target: text(), level: .debug,
        location: TraceLayers.SourceLocation(file: text(), function: text(), line: 7), startNanos: Int64(bitPattern: random.next()))
      line.spanStarted(start, origin: origin)
      rows.spanStarted(start, origin: origin)
      try check(rows, line)

      var attributes = SpanAttributes()
      for index in 0..<Int.random(in: 0...5, using: &random) {
        let values: [SpanAttribute] = [
          .string(text()), .int64(Int64(bitPattern: random.next())), .double(Double(bitPattern: random.next())), .bool(true), .int32(-3),
          .double(-0.0), .stringArray([text()]),
        ]
        attributes["\(index)" + text()] = values.randomElement(using: &random)
      }
      let status: Tracing.SpanStatus? = Bool.random(using: &random) ? nil : Tracing.SpanStatus(code: .error, message: text())
      let end = SpanEnded(
        span: start, name: text(), attributes: attributes, links: [], status: status,
        endNanos: start.startNanos.addingReportingOverflow(.random(in: 0...1_000_000_000_000, using: &random)).partialValue)
      line.spanEnded(end, origin: origin)
      if rows.spanEnded(end, origin: origin) {
        direct += 1
        try check(rows, line)
      }

      let event = LoggedEvent(
        level: .critical, message: text(), metadata: ["a" + text(): .string(text()), "b": .string(text())], target: text(),
        location: start.location, timeNanos: end.endNanos)
      let span = SpanContext(traceID: start.traceID, spanID: start.spanID)
      line.spanLog(event, in: span, origin: origin)
      let isDirect = rows.spanLog(event, in: span, origin: origin)
      #expect(isDirect)
      try check(rows, line)
    }
    #expect(direct > 500)
  }

  /// The same record, byte for byte, with its attributes in the same order.
  private func check(_ rows: RecordRows, _ line: borrowing RecordLine, at location: Testing.SourceLocation = #_sourceLocation) throws {
    let read = try line.bytes.withUnsafeBytes { bytes in
      var decoder = NativeDecoder()
      var batch = RecordBatch()
      _ = try decoder.decode(bytes, offset: 0, into: &batch)
      return describe(batch)
    }
    #expect(describe(rows.batch) == read, sourceLocation: location)
  }

  private func describe(_ batch: RecordBatch) -> [[UInt8]] {
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { texts in
      let record = batch.records[0]
      let plain =
        "\(record.kind) \(record.format) \(record.level) \(record.status) \(record.spanKind) \(record.parent) "
        + "\(record.timeNanos) \(record.startNanos) \(record.durationNanos) \(record.sequence)"
      let ranges = [
        record.traceID, record.spanID, record.parentID, record.name, record.target, record.service, record.message, record.run,
        record.session, record.producer,
      ]
      let attributes = batch.attributes.flatMap { attribute -> [[UInt8]] in
        let value: [UInt8] =
          switch attribute.value {
          case .string(let range): Array("s".utf8) + Array(texts[range])
          case .json(let range): Array("j".utf8) + Array(texts[range])
          default: Array("\(attribute.value)".utf8)
          }
        return [Array(texts[attribute.key]), value]
      }
      return [Array(plain.utf8)] + ranges.map { Array(texts[$0]) } + attributes
    }
  }
}
