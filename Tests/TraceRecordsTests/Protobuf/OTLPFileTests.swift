// Proves that files of binary OTLP are told by what is in them, in every framing and however they come, and that nothing else is taken for one.

import Foundation
import Testing

@testable import JSON
@testable import TraceRecords

extension RecordedStream: ReadableSource {}

@Suite struct OTLPFileTests {
  private static func messages(_ name: String = "python-otlp-batch") throws -> [[UInt8]] {
    try documents(fixture(name)).map { try OTLPEncoder.encode($0) }
  }

  private static func framed(_ messages: [[UInt8]], _ framing: OTLPFraming) -> [UInt8] {
    messages.flatMap { message in
      var bytes: [UInt8] = []
      switch framing {
      case .none: break
      case .varint: OTLPEncoder.appendVarint(UInt64(message.count), &bytes)
      case .bigEndian: bytes = (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) }
      }
      return bytes + message
    }
  }

  @Test(arguments: OTLPFraming.allCases) func `A file in any framing gives what its JSON gives`(_ framing: OTLPFraming) throws {
    let expected = read(try fixture("python-otlp-batch"), as: RecordStream())
    let file = Self.framed(try Self.messages(), framing)
    let got = read(file, as: RecordedStream())
    #expect(got.records == expected.records && got.problems.isEmpty, "\(got.problems)")
    #expect(got.statistics.lost == 0 && got.statistics.bytes == UInt64(file.count) && got.statistics.records == expected.statistics.records)
    #expect(read(file, as: RecordedStream(format: "otlp")).records == expected.records)
  }

  /// Chunks of any size mean the same, also where they cut what tells the file's kind.
  @Test(arguments: OTLPFraming.allCases) func chunks(_ framing: OTLPFraming) throws {
    let file = Self.framed(try Self.messages("planted-checkout.otlp"), framing)
    let whole = read(file, as: RecordedStream())
    #expect(whole.records.count == 23 && whole.problems.isEmpty)
    for cut in 0...min(file.count, 700) {
      let got = read(file, cuts: [cut], as: RecordedStream())
      guard got == whole else {
        Issue.record("cut at \(cut)\n  expected \(whole)\n  got      \(got)")
        return
      }
    }
    #expect(read(file, cuts: Array(0..<file.count), as: RecordedStream()) == whole)
  }

  /// What was whole before the end of a file is taken.
  @Test(arguments: OTLPFraming.allCases) func cutFiles(_ framing: OTLPFraming) throws {
    let file = Self.framed(try Self.messages("planted-checkout.otlp"), framing)
    let whole = read(file, as: RecordedStream()).records
    for count in stride(from: 600, to: file.count, by: 97) {
      let got = read(Array(file[..<count]), as: RecordedStream())
      #expect(got.records == Array(whole.prefix(got.records.count)), "\(count)")
      #expect(got.statistics.tornLines == 1 && got.problems.count == 1, "\(count): \(got.counters) \(got.problems)")
    }
    // Nearly all of it came.
    #expect(read(Array(file[..<(file.count - 1)]), as: RecordedStream()).records.count >= whole.count - 5)
  }

  @Test func logsAndMetrics() throws {
    let log =
      #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1767225600002000000","severityNumber":9,"body":{"stringValue":"hello"}}]}]}]}"#
    let logs = read(try OTLPEncoder.encode(try JSONValue(parsing: log), as: "logs"), as: RecordedStream())
    #expect(logs.records == [#"moduleLog (openTelemetry) says "hello" at 2ms"#], "\(logs)")
    func message(_ content: [UInt8], _ number: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      OTLPEncoder.appendBytes(number, content, &bytes)
      return bytes
    }
    var point: [UInt8] = []
    OTLPEncoder.appendFixed64(3, 1_767_225_600_002_000_000, &point)
    let bytes = message(message(message(message(Array("m".utf8), 1) + message(message(point, 1), 5), 2), 2), 1)
    let metrics = read(bytes, as: RecordedStream())
    #expect(metrics.statistics.metricLines == 1 && metrics.records.isEmpty && metrics.statistics.lost == 0, "\(metrics)")
  }

  /// A message beyond the limit is skipped, told, and the others are read.
  @Test(arguments: OTLPFraming.allCases) func longMessages(_ framing: OTLPFraming) throws {
    let messages = try Self.messages()
    let long = try OTLPEncoder.encode(
      try JSONValue(
        parsing:
          #"{"resourceSpans":[{"resource":{"attributes":[{"key":"x","value":{"stringValue":"\#(String(repeating: "x", count: 90_000))"}}]}}]}"#
      ))
    let file = Self.framed([messages[0], long, messages[1]], framing)
    let expected = read(Self.framed([messages[0], messages[1]], framing), as: RecordedStream()).records
    for cuts in [[], Array(stride(from: 0, to: file.count, by: 1_000))] {
      let got = read(file, cuts: cuts, as: RecordedStream(maxLineBytes: 60_000))
      #expect(got.records == expected && got.statistics.oversizeLines == 1, "\(got.counters) \(got.problems)")
      #expect(got.statistics.oversizeBytes >= 90_000 && got.problems.first?.reason.contains("longer than 60000") == true, "\(got.problems)")
    }
  }

  /// Text of every format, other binary files and bytes by chance are none of it, and read as before.
  @Test func nothingElse() throws {
    let folder = try #require(Bundle.module.resourceURL).appending(path: "Fixtures")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey]))
    var count = 0
    while let file = files.nextObject() as? URL {
      guard let bytes = try? Array(Data(contentsOf: file)), !bytes.isEmpty else { continue }
      count += 1
      #expect(bytes.withUnsafeBytes { OTLPFraming.recognise($0, isWhole: true) } == .no, "\(file.lastPathComponent)")
      guard count % 10 == 0, bytes.count < 100_000 else { continue }
      #expect(read(bytes, as: RecordedStream()) == read(bytes, as: RecordStream()), "\(file.lastPathComponent)")
    }
    #expect(count > 100)
    var random = SplitMix64(seed: 7)
    for _ in 0..<5_000 {
      let bytes = [0x0A] + (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...0x1F, using: &random) }
      #expect(bytes.withUnsafeBytes { OTLPFraming.recognise($0, isWhole: true) } == .no, "\(bytes)")
    }
    // Perfetto: packets of other fields. A list of names in a message of somebody else's.
    for bytes in [[0x0A, 0x06, 0x40, 0x05, 0x52, 0x02, 0x0A, 0x00], [0x0A, 0x05] + Array("hello".utf8), [0x0A, 0x02, 0x12, 0x00]]
      as [[UInt8]]
    {
      #expect(bytes.withUnsafeBytes { OTLPFraming.recognise($0, isWhole: true) } == .no, "\(bytes)")
    }
  }
}
