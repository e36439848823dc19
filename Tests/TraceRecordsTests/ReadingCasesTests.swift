// Realistic inputs, rebuilt with our own values: each must be read correctly, in one piece and cut. Each stands for a kind of input.

import Foundation
import Testing

@testable import TraceRecords

struct ReadingCasesTests {
  /// A file in `Fixtures/cases`; what its records must contain, in order; and the counters that must not be zero except bytes, lines and
  /// records.
  static let cases: [(file: String, holds: [String], counters: String)] = [
    ("04-nan-in-args-one-line.json", ["\"ok1\"", "loss=\"NaN\"", "\"ok2\"", "\"ok3\""], "repairedLines=1"),
    ("05-control-character-in-name.json", ["\"ok1\"", "<module>", "\"ok2\"", "\"ok3\""], "repairedLines=1"),
    ("06-documents-on-one-line-cat-compact.json", ["\"GET /a\"", "\"GET /b\"", "\"GET /c\""], ""),
    ("06-documents-on-one-line-cat-jaeger.json", ["\"GET /a\"", "\"GET /b\""], ""),
    ("06-documents-on-one-line-cat-zipkin.json", ["4bc692194da8436f/", "5bc692194da8436f/"], ""),
    ("07-arrays-of-one-format-gostub.json", ["span "], ""), ("07-arrays-of-one-format-otlparray.json", ["span ", "span "], ""),
    ("07-arrays-of-one-format-rsarray.json", ["span "], ""), ("07-arrays-of-one-format-real-pyconsole-array.json", ["span ", "span "], ""),
    ("07-trailing-comma-behind-array-one-line.json", ["\"ok1\"", "\"ok2\""], "repairedLines=1"),
    ("13-envelopes-of-log-shippers-dockerjson.jsonl", ["\"GET /cart\""], ""),
    ("13-envelopes-of-log-shippers-esdump.jsonl", ["\"GET /cart\"", "\"SELECT\""], ""),
    ("13-envelopes-of-log-shippers-essearch.json", ["\"GET /cart\"", "\"SELECT\""], ""),
    ("13-envelopes-of-log-shippers-journal.jsonl", ["\"GET /cart\""], ""),
    ("14-line-prefixes-compose-py.txt", ["\"SELECT cart\""], ""), ("14-line-prefixes-compose.txt", ["\"GET /cart\""], "otherLines=1"),
    ("14-line-prefixes-cri.txt", ["\"GET /cart\""], ""), ("14-line-prefixes-jul.txt", ["\"GET /cart\""], "otherLines=1"),
    ("22-no-final-newline-on-a-pipe.json", ["span "], ""),
  ]

  @Test(arguments: cases.map(\.file)) func aCase(_ file: String) throws {
    let row = Self.cases.first { $0.file == file }!
    let bytes = try Self.bytes(file)
    let got = read(bytes)
    var rest = got.records[...]
    for part in row.holds {
      let found = rest.firstIndex { $0.contains(part) }
      #expect(found != nil, "\(file) has no \(part) there\n  got \(got.records)")
      rest = found.map { rest[($0 + 1)...] } ?? rest
    }
    let counters = got.counters.split(separator: " ").filter { !["bytes", "lines", "records"].contains($0.prefix { $0 != "=" }) }
    #expect(counters.joined(separator: " ") == row.counters && got.statistics.records > 0, "\(file): \(got.counters) \(got.problems)")
    checkCuts(bytes)
  }

  /// Inputs that were always read correctly: one of each, nothing lost, however it is cut.
  @Test func whatWasRight() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures/cases", withExtension: nil))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let right = names.filter { ($0.hasPrefix("right-") || $0.hasPrefix("20-pass")) && !$0.hasSuffix(".gz") && !$0.contains("emptyids") }
    #expect(right.count == 24, "\(right)")
    for name in right {
      let bytes = try Self.bytes(name)
      let got = read(bytes)
      #expect(got.statistics.records > 0 && got.statistics.lost == 0, "\(name): \(got.counters) \(got.problems)")
      checkCuts(bytes)
    }
  }

  @Test func tornLines() throws {
    for name in ["first-torn-ownline", "torn-mid"] {
      let bytes = try Self.bytes("21-torn-otlp-line-\(name).jsonl")
      let got = read(bytes)
      #expect(
        got.records.count == 20 && got.statistics.tornLines == 1 && got.statistics.lost == 1, "\(name): \(got.counters) \(got.problems)")
      for cut in stride(from: 0, through: bytes.count, by: 101) { #expect(read(bytes, cuts: [cut]) == got, "\(name) cut at \(cut)") }
    }
    let between = read(try Self.bytes("21-torn-otlp-line-prefix-suffix.jsonl"))
    #expect(between.records.count == 1 && between.statistics.lost == 0, "\(between)")
  }

  @Test func textsOfOtherExporters() throws {
    let rows = [
      ("15-js-console-inspect", "looks like Node's"), ("24-console-texts-of-other-sdks-coldebug", "looks like the text of the Collector's"),
      ("24-console-texts-of-other-sdks-dotnet", "looks like .NET's"), ("24-console-texts-of-other-sdks-javalogging", "looks like Java's"),
      ("24-console-texts-of-other-sdks-ruby", "looks like Ruby's"),
    ]
    for (name, beginning) in rows {
      var stream = RecordStream()
      try Self.bytes(name + ".txt").withUnsafeBytes { stream.feed($0) { _, _ in } }
      stream.finish { _, _ in }
      #expect(stream.refusal?.hasPrefix(beginning) == true, "\(name): \(stream.refusal ?? "nothing")")
      #expect(stream.statistics.lost == 0 && stream.statistics.holdsNoRecord, "\(name): \(stream.problems)")
    }
  }

  /// `cat a.json b.json c.json`: none has a newline at its end.
  @Test func filesOneAfterTheOther() throws {
    let files = try ["08a-first.json", "08b-second.json", "08c-third.json"].map { try Self.bytes($0) }
    let alone = files.map { read($0).records.count }
    let got = read(Array(files.joined()))
    #expect(alone.allSatisfy { $0 > 0 } && got.records.count == alone.reduce(0, +) && got.statistics.lost == 0, "\(got)")
    checkCuts(Array(files.joined()))
  }

  @Test func thePlaceOfABadElement() throws {
    let got = read(try Self.bytes("10-place-of-a-bad-element.json"))
    #expect(got.problems.map { "\($0.line) \($0.byteOffset) \($0.element ?? -1)" } == ["4 115 2"], "\(got.problems)")
  }

  /// Cut at about 150 positions; `ReadingWaysTests` cuts at every byte.
  private func checkCuts(_ bytes: [UInt8], at location: SourceLocation = #_sourceLocation) {
    let whole = read(bytes)
    for cut in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 150)) where read(bytes, cuts: [cut]) != whole {
      Issue.record("cut at byte \(cut)\n  expected \(whole)\n  got      \(read(bytes, cuts: [cut]))", sourceLocation: location)
      return
    }
    #expect(read(bytes, cuts: Array(0..<bytes.count)) == whole, "byte by byte", sourceLocation: location)
  }

  private static func bytes(_ file: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/cases/\(file)", withExtension: nil), "no case \(file)")
    return Array(try Data(contentsOf: url))
  }
}
