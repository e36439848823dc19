// Proves that every record line reads back with the intended values, however hostile its texts are.

import Logging
import Testing
import Tracing

@testable import TraceLayers
@testable import TraceRecords

@Suite struct RecordLineTests {
  let origin = RecordOrigin(service: "sh\"op", run: "r\u{0}1")

  /// Texts that break careless encoders.
  static let pieces =
    [
      "\"", "\\", "\n", "\r\n", "\t", "\u{0}", "\u{1}", "\u{1F}", "\u{7F}", "\u{80}", "é", "e\u{301}", "漢", "👨‍👩‍👧", "\u{2028}", "\u{FEFF}",
      "\u{10FFFD}", "}}", "{\"", "\\u0000", "\\\"", "</script>", "a", " ", "123", "\u{202E}", "1e999",
    ] + [0xFDD0, 0xFFFF, 0x10FFFF].compactMap { Unicode.Scalar($0 as UInt32).map { String($0) } }

  static func text(_ random: inout SplitMix64) -> String {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
  }

  @Test func everyLineReadsBackTheSame() throws {
    var random = SplitMix64(state: 7)
    var line = RecordLine()
    for _ in 0..<3_000 {
      let start = SpanStarted(
        traceID: .random(), spanID: .random(), parentID: Bool.random(using: &random) ? .random() : nil, name: Self.text(&random),
        kind: .server,
        target: Self.text(&random), level: .info,
        location: TraceLayers.SourceLocation(
          file: Self.text(&random), function: Self.text(&random), line: .random(in: 0...9_999, using: &random)),
        startNanos: .random(in: -4_000_000_000_000_000_000...4_000_000_000_000_000_000, using: &random))
      line.spanStarted(start, origin: origin)
      let began = try read(line)
      #expect(began.kind == .spanStart && began.time == start.startNanos && began.spanKind == .server)
      #expect(same(began.name, start.name) && same(began.target, start.target))
      #expect(began.traceID == start.traceID.description && began.spanID == start.spanID.description)
      #expect(began.parentID == start.parentID?.description ?? "" && began.parent == (start.parentID == nil ? .root : .span))
      #expect(same(began.attributes["code.file.path"], "s:" + start.location.file))
      #expect(same(began.attributes["code.function.name"], "s:" + start.location.function))
      #expect(began.attributes["code.line.number"] == "i:\(start.location.line)")
      #expect(same(began.service, "sh\"op") && same(began.run, "r\u{0}1"))

      let (key, value) = ("k" + Self.text(&random), Self.text(&random))
      let duration = Int64.random(in: 0...(1 << Int64.random(in: 1...51, using: &random)), using: &random)
      let number = Double(bitPattern: random.next())
      let end = SpanEnded(
        span: start, name: start.name,
        attributes: [key: .string(value), "n": .int64(Int64(bitPattern: random.next())), "x": .double(number)],
        links: [], status: Tracing.SpanStatus(code: .error, message: Self.text(&random)), endNanos: start.startNanos + duration)
      line.spanEnded(end, origin: origin)
      let ended = try read(line)
      #expect(ended.kind == .spanEnd && ended.duration == duration && ended.status == .error)
      #expect(same(ended.message, end.status?.message))
      #expect(same(ended.attributes[shown(key)], "s:" + value))
      #expect(
        ended.attributes["x"] == (number.isFinite ? "d:\(number)" : number.isNaN ? "s:NaN" : number < 0 ? "s:-Infinity" : "s:Infinity"))

      let event = LoggedEvent(
        level: .error, message: Self.text(&random), metadata: [key: .string(value)], target: Self.text(&random), timeNanos: start.startNanos
      )
      line.spanLog(event, in: SpanContext(traceID: start.traceID, spanID: start.spanID), origin: origin)
      let logged = try read(line)
      #expect(logged.kind == .log && same(logged.message, event.message) && same(logged.target, event.target) && logged.level == .error)
      #expect(same(logged.attributes[shown(key)], "s:" + value))

      line.moduleLog(event, origin: origin)
      let flat = try read(line)
      #expect(flat.kind == .moduleLog && same(flat.message, event.message) && same(flat.attributes[shown(key)], "s:" + value))
    }
  }

  @Test(arguments: [(0, "0"), (1, "0.000001"), (1_500_000, "1.5"), (12_000_000, "12"), (1_000_010, "1.00001"), (-5, "-0.000005")])
  func millis(_ nanos: Int, _ expected: String) {
    var text = JSONText()
    text.millis(Int64(nanos))
    let bytes = text.bytes
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test(
    arguments: [0, -1, 1_785_000_000_123_456_789, -999_999_999, -1_000_000_000, 1_000_000_000, (1 << 62) - 1, -(1 << 62) + 1] as [Int64])
  func instants(_ nanos: Int64) {
    var text = JSONText()
    var instants = InstantText()
    instants.write(nanos, to: &text)
    let bytes = text.bytes
    #expect(Timestamp.parse(String(String(decoding: bytes, as: UTF8.self).dropFirst().dropLast())) == nanos)
  }

  @Test func depthOfMetadataIsBounded() throws {
    var value = Logger.MetadataValue.string("deep")
    for _ in 0..<500 { value = .array([value]) }
    var line = RecordLine()
    line.moduleLog(LoggedEvent(level: .info, message: "m", metadata: ["deep": value], target: "t", timeNanos: 0), origin: origin)
    #expect(try read(line).attributes["deep"] == "j:" + String(repeating: "[", count: 16) + "\"…\"" + String(repeating: "]", count: 16))
  }

  /// Compares bytes: canonical equality is not enough.
  private func same(_ left: String?, _ right: String?) -> Bool {
    left.map { Array($0.utf8) } == right.map { Array($0.utf8) }
  }

  /// NUL in a name is the only character that is changed.
  private func shown(_ key: String) -> String {
    String(String.UnicodeScalarView(key.unicodeScalars.map { $0.value == 0 ? "\u{2400}" : $0 }))
  }

  private func read(_ line: borrowing RecordLine) throws -> ReadRecord {
    let bytes = line.bytes
    #expect(bytes.suffix(2) == Array("}}".utf8)[...] && !bytes.contains(0x0A))
    return try ReadRecord(bytes)
  }
}
