// Proves that the same bytes give the same records however they arrive: cut anywhere, joined or in lists, printed over many lines, after
// prefixes, in the envelopes of log shippers, with other line ends and without the last one.

import Foundation
import Testing

@testable import TraceRecords

struct ReadingWaysTests {
  /// A fixture, and whether each of its lines is a value by itself.
  struct Source: Sendable, CustomTestStringConvertible {
    var name: String
    var suffix = "jsonl"
    var holdsLines = true
    var isMixed = false
    /// Some formats depend on neighbouring values: the same values at other positions would give other records.
    var testDescription: String { name }
  }

  static let sources = [
    Source(name: "chrome", suffix: "json", holdsLines: false), Source(name: "jaeger", suffix: "json", holdsLines: false),
    Source(name: "zipkin", suffix: "json", holdsLines: false), Source(name: "otlp-printed", suffix: "json", holdsLines: false),
    Source(name: "next-trace"), Source(name: "composed-foreign", isMixed: true), Source(name: "composed-seed-variants"),
    Source(name: "planted-checkout.otlp"),
    Source(name: "python-console-lines"), Source(name: "python-otlp-batch"), Source(name: "rust-fmt-close"), Source(name: "rust-fmt-full"),
    Source(name: "rust-seed"),
    // One document each.
    Source(name: "chrome-fractions", suffix: "json", holdsLines: false),
    Source(name: "chrome-text-times", suffix: "json", holdsLines: false),
    Source(name: "jaeger-shared", suffix: "json", holdsLines: false), Source(name: "js-gemini", suffix: "json", holdsLines: false),
    Source(name: "mlflow-trace", suffix: "json", holdsLines: false), Source(name: "phoenix-spans", suffix: "json", holdsLines: false),
    Source(name: "php-console", suffix: "json", holdsLines: false), Source(name: "xray-segment", suffix: "json", holdsLines: false),
    Source(name: "zipkin-v1", suffix: "json"), Source(name: "otlp-envelope-aspire", suffix: "json", holdsLines: false),
    Source(name: "otlp-envelope-jaeger", suffix: "json"), Source(name: "otlp-envelope-tempo", suffix: "json"),
    Source(name: "otlp-event-grafana", suffix: "json", holdsLines: false), Source(name: "otlp-event-bridge", suffix: "json"),
    Source(name: "otlp-fluentbit", suffix: "json"), Source(name: "otlp-istio", suffix: "json"),
    Source(name: "otlp-istio-reversed", suffix: "json"), Source(name: "otlp-odd-nulldouble", suffix: "json"),
    Source(name: "otlp-odd-oldtempo", suffix: "json"), Source(name: "otlp-odd-otlpneg", suffix: "json"),
    Source(name: "otlp-odd-real-camel", suffix: "json", holdsLines: false), Source(name: "otlp-odd-upper", suffix: "json"),
    Source(name: "otlp-proto-names", suffix: "json"), Source(name: "js-console-sdk1"), Source(name: "js-console-sdk2"),
    Source(name: "js-copilot-cli"), Source(name: "js-copilot-vscode"), Source(name: "swift-stdout"),
    Source(name: "json-logs", isMixed: true),
  ]

  /// Every fixture is included, except one that contains no records.
  @Test func everyFixtureIsRead() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "cases" && $0 != "otlp-odd-emptyids.json" }
    #expect(Set(names) == Set(Self.sources.map { "\($0.name).\($0.suffix)" }))
  }

  @Test(arguments: sources) func cutAnywhere(_ source: Source) throws {
    let bytes = try fixture(source.name, source.suffix)
    let whole = read(bytes)
    #expect(whole.statistics.records > 0, "\(whole.counters) \(whole.problems)")
    guard bytes.count > 4_096 else { return checkEverySplit(bytes) }
    let structural = bytes.indices.filter { "{}[]\",:\n\\".utf8.contains(bytes[$0]) }
    var random = SplitMix64(seed: 14)
    var places = (0..<200).map { _ in Int.random(in: 0...bytes.count, using: &random) }
    // All structural bytes together, and some alone: each needs a reading of the whole text.
    places += stride(from: 0, to: structural.count, by: max(1, structural.count / 40)).map { structural[$0] }
    for place in places where read(bytes, cuts: [place]) != whole {
      Issue.record("cut at byte \(place): \(read(bytes, cuts: [place]).counters), expected \(whole.counters)")
      return
    }
    #expect(read(bytes, cuts: structural) == whole, "cut at every structural byte")
  }

  /// Each way, with the records that it must give: those of the unchanged fixture.
  @Test(arguments: sources) func everyWay(_ source: Source) throws {
    let bytes = try fixture(source.name, source.suffix)
    let whole = read(bytes)
    let expected = whole.records
    for (way, text) in Self.ways(of: bytes, source) {
      let got = read(text)
      guard got.records == expected, got.statistics.lost == whole.statistics.lost else {
        let difference = zip(got.records, expected).first { $0 != $1 }.map { "\n  expected \($0.1)\n  got      \($0.0)" } ?? ""
        Issue.record(
          "\(source.name) \(way): \(got.records.count) of \(expected.count) records, \(got.counters) \(got.problems)\(difference)")
        continue
      }
      // The same in a few chunks.
      let cuts = [text.count / 7, text.count / 3, text.count / 2, text.count - 1]
      #expect(read(text, cuts: cuts) == got, "\(source.name) \(way), cut")
      #expect(
        read(text, cuts: cuts, as: RecordStream(maxLineBytes: 1 << 20)).records == expected, "\(source.name) \(way), cut, other bound")
    }
  }

  static func ways(of bytes: [UInt8], _ source: Source) -> [(String, [UInt8])] {
    let text = bytes.last == 0x0A ? Array(bytes.dropLast()) : bytes
    var ways: [(String, [UInt8])] = [
      ("without the last newline", text), ("with blank lines around", Array("\n \n".utf8) + text + Array("\n\n".utf8)),
      ("behind a mark of the byte order", [0xEF, 0xBB, 0xBF] + text), ("with CRLF", replacing(text, 0x0A, Array("\r\n".utf8))),
      ("printed", printed(text)), ("on one line", text.map { $0 == 0x0A ? 0x20 : $0 }),
    ]
    let rows = text.split(separator: 0x0A).map { Array($0) }
    func prefixed(_ prefix: String) -> [UInt8] { Array(rows.map { Array(prefix.utf8) + $0 }.joined(separator: [0x0A])) + [0x0A] }
    ways += ["cart-1  | ", "2026-01-01T00:00:00.000000001Z stdout F ", "[pod/cart-5d9f/app] ", "2026-01-01T00:00:00Z "].map {
      ("behind \($0.debugDescription)", prefixed($0))
    }
    ways.append(("in docker's json-file", envelopes(rows) { #"{"log":"\#($0)\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}"# }))
    ways.append(("in the journal", envelopes(rows) { #"{"MESSAGE":"\#($0)","_BOOT_ID":"b","_PID":"7","__REALTIME_TIMESTAMP":"1"}"# }))
    guard source.holdsLines else { return ways }
    ways.append(("glued", Array(rows.joined())))
    // A list has one format: programs do not write lists of several.
    if !source.isMixed {
      ways += [
        ("in a list", [0x5B] + Array(rows.joined(separator: [0x2C])) + [0x5D]),
        ("in a list over lines", Array("[\n".utf8) + Array(rows.joined(separator: Array(",\n".utf8))) + Array("\n]\n".utf8)),
        ("in a list that ends with nothing", [0x5B] + Array(rows.joined(separator: [0x2C])) + Array(",{},null,]".utf8)),
      ]
    }
    ways += [
      ("behind [INFO]", prefixed("[INFO] ")),
      ("behind a logger", prefixed("2026-01-01 10:00:00,123 INFO [main] App - ")),
    ]
    if rows.allSatisfy({ $0.first == UInt8(ascii: "{") }) {
      ways.append(("as a sequence", Array(rows.map { [0x1E] + $0 + [0x0A] }.joined())))
      ways.append(
        ("in Elasticsearch", Array(rows.map { Array(#"{"_index":"i","_id":"1","_source":"#.utf8) + $0 + Array("}\n".utf8) }.joined())))
    }
    return ways
  }

  private static func replacing(_ bytes: [UInt8], _ byte: UInt8, _ other: [UInt8]) -> [UInt8] {
    bytes.flatMap { $0 == byte ? other : [$0] }
  }

  private static func envelopes(_ rows: [[UInt8]], _ envelope: (String) -> String) -> [UInt8] {
    rows.flatMap { row in
      let escaped = row.flatMap { byte -> [UInt8] in
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), byte] : byte == 0x09 ? Array("\\t".utf8) : [byte]
      }
      return Array((envelope(String(decoding: escaped, as: UTF8.self)) + "\n").utf8)
    }
  }

  /// A separate line for each bracket, member and element.
  static func printed(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var (depth, isInString, isEscaped) = (0, false, false)
    func newline() { output += [0x0A] + [UInt8](repeating: 0x20, count: 2 * depth) }
    for byte in bytes {
      if isInString {
        output.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        isInString = true
        output.append(byte)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        output.append(byte)
        depth += 1
        newline()
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth = max(0, depth - 1)
        newline()
        output.append(byte)
      case UInt8(ascii: ","):
        output.append(byte)
        newline()
      case 0x20, 0x0D, 0x09, 0x0A: if depth == 0 { output.append(byte) }
      default: output.append(byte)
      }
    }
    return output
  }

  // MARK: Writers that die

  /// Of two lines one breaks off at any byte, with or without its newline: the other is read, and the loss is counted once.
  @Test(arguments: ["planted-checkout.otlp", "composed-seed-variants", "python-console-lines"]) func aTornLineCostsItselfOnly(
    _ name: String
  ) throws {
    let rows = lines(try fixture(name)).filter { $0.count < 2_500 && read($0).records.count == 1 }
    for row in rows.prefix(3) {
      let alone = read(row).records
      let other = Array(#"{"timestamp":"2026-01-01T00:00:00Z","log_type":"module","message":"whole"}"#.utf8)
      let expected = read(other).records
      for end in 1..<row.count {
        let torn = Array(row[..<end])
        for (way, text) in [
          ("glued", torn + other + [0x0A]), ("on its line", torn + [0x0A] + other + [0x0A]),
          ("first of two", torn + [0x0A] + other + [0x0A] + other),
        ] {
          let got = read(text)
          let wanted = way == "first of two" ? expected + expected : expected
          // Only a closing bracket is missing: some formats are then read correctly.
          let isRight = got.records == wanted || got.records == alone + wanted
          guard isRight, got.statistics.lost <= 1 else {
            Issue.record(
              "\(name) \(way) after \(end) bytes: \(got.counters) \(got.records.count) records \(got.problems)\n\(String(decoding: text, as: UTF8.self))"
            )
            return
          }
        }
      }
    }
  }

  /// However many brackets a torn part has, the record after it is found, in time proportional to its length.
  @Test func theSearchBehindATornPartIsLinear() {
    for count in [17, 1_000, 200_000] {
      let text = String(repeating: #"{"a":"#, count: count) + timed("m")
      #expect(read(text).statistics.recoveredRecords == 1, "\(count) brackets")
    }
    let quotes = #"{"a":""# + String(repeating: #"\\\"{"#, count: 200_000) + timed("m")
    #expect(read(quotes).records.count <= 1)
  }

  // MARK: Silence on a pipe

  @Test func aValueWithoutItsLinesEndIsTakenAfterASilence() {
    let span = #"{"traceId":"a","id":"b","timestamp":1767225600000000,"duration":1000}"#
    for value in [timed("m"), span, "[\(span)]", String(decoding: Self.printed(Array(span.utf8)), as: UTF8.self), "app-1  | " + timed("m")]
    {
      var stream = RecordStream()
      var records: [String] = []
      func feed(_ text: String) { Array(text.utf8).withUnsafeBytes { stream.feed($0) { records += describe($0, $1) } } }
      feed(value)
      #expect(records.isEmpty && stream.holdsRecords, "\(value)")
      stream.release { records += describe($0, $1) }
      #expect(records.count == 1 && stream.unfinishedBytes == 0, "\(value): \(stream.unfinishedBytes) bytes wait")
      // The next program's line, on the same line.
      feed(timed("next") + "\n" + timed("last") + "\n")
      #expect(records.count == 3 && stream.statistics.lost == 0, "\(value): \(stream.problems)")
      stream.finish { records += describe($0, $1) }
      #expect(stream.statistics.lines == UInt64(value.filter { $0 == "\n" }.count + 2), "\(value): \(stream.statistics.lines) lines")
    }
  }

  @Test func whatIsUnfinishedWaits() {
    for part in [#"{"timestamp":"2026-01-01T0"#, "{\n  \"traceId\":", #"[{"a":1"#, "no JSON"] {
      var stream = RecordStream()
      Array(part.utf8).withUnsafeBytes { stream.feed($0) { _, _ in } }
      stream.release { _, _ in }
      #expect(stream.unfinishedBytes >= part.utf8.count - 4 && stream.statistics.lost == 0, "\(part): \(stream.unfinishedBytes)")
    }
  }

  // MARK: One bad element

  /// In one line or many, long or short: an error in an element affects only that element.
  @Test(arguments: [
    #"{"ph":"X","name":"a\qb","ts":1,"pid":1,"tid":1}"#, #"{"ph":"X","name":"a","args":{"v":NaN},"ts":1,"pid":1,"tid":1}"#,
    #"{"ph":"X","name":"a","args":{"v":-Infinity},"ts":1,"pid":1,"tid":1}"#,
    "{\"ph\":\"X\",\"name\":\"a\u{1}\",\"ts\":1,\"pid\":1,\"tid\":1}",
    #"{"ph":"X","name":"a","ts":1,"pid":1,"tid":1,}"#,
  ]) func whatIsMended(_ element: String) {
    for separator in [",", ",\n"] {
      let text = "[" + Self.goods(3) + separator + element + separator + Self.goods(2) + "]"
      let got = read(text)
      #expect(
        Self.calls(got) == 6 && got.statistics.lost == 0 && got.statistics.repairedLines == 1, "\(text): \(got.counters) \(got.problems)")
    }
  }

  @Test(arguments: [
    #"{"ph":"X","name":"a" "ts":1}"#, #"{"ph":"X","name":"C:\","ts":1}"#, #"{"ph":"X","ts":01}"#, #"{"ph":"X","ts":tru}"#,
    #"{"ph":"X",,"ts":1}"#,
    #"{"ph":"X","args":{"a":[}],"ts":1}"#, #"{"ph":"X","name":"a"b","ts":1}"#, "nul",
  ]) func whatIsLeftOut(_ element: String) {
    for (before, separator) in [(3, ","), (3, ",\n"), (0, ","), (7_000, ","), (7_000, ",\n")] where before > 0 || element.first == "{" {
      let text = "[" + (before > 0 ? Self.goods(before) + separator : "") + element + separator + Self.goods(40) + "]"
      let got = read(text)
      #expect(
        Self.calls(got) == before + 40 && got.statistics.malformedLines == 1 && got.statistics.lost == 1,
        "\(before) before \(element) \(separator.debugDescription): \(Self.calls(got)) \(got.counters) \(got.problems)")
      #expect(got.problems.first?.element == before, "\(element): \(got.problems)")
      let place = (got.problems.first?.byteOffset).map { Int($0) } ?? 0
      #expect(
        text.utf8.dropFirst(place).starts(with: element.utf8), "\(before) before \(element) \(separator.debugDescription): byte \(place)")
    }
  }

  private static func goods(_ count: Int) -> String {
    Array(repeating: #"{"ph":"X","name":"good","ts":1,"dur":1,"pid":1,"tid":1}"#, count: count).joined(separator: ",")
  }

  /// A call consists of two records.
  private static func calls(_ reading: StreamReading) -> Int { reading.records.count / 2 }

  @Test func placesOfElementsThatAreNoRecords() {
    let text = #"{"traceEvents":[{"ph":"M"},"# + "\n" + #"{"ph":"X","ts":1,"pid":1},"# + "\n" + #"{"ph":"X","pid":1},{},null]}"#
    let got = read(text)
    #expect(
      got.statistics.invalidRecords == 1 && got.problems.map { "\($0.line) \($0.byteOffset) \($0.element ?? -1)" } == ["3 55 2"], "\(got)")
  }

  // MARK: Other text

  @Test func otherTextIsNoLoss() {
    let text = ["listening on 8080", "", timed("a"), "GET /cart 200", "[INFO] started", "{", "  resource: {", "}", "42", timed("b")].joined(
      separator: "\n")
    let got = read(text)
    #expect(got.records.count == 2 && got.statistics.lost == 0 && got.statistics.otherLines == 5, "\(got.counters) \(got.problems)")
  }

  @Test func inputsThatCannotBeReadAreNamed() {
    let rows = [
      ("\u{0A}\u{7F}\u{0A}\u{19}\u{0A}\u{17}\u{0A}\u{0C}service.name\u{12}\u{07}\u{0A}\u{05}cart!", "looks like OTLP protobuf"),
      (
        "{\n  resource: {\n    attributes: {}\n  },\n  traceId: '4bc692194da8436f93133d4fafac0791',\n}\n",
        "looks like Node's ConsoleSpanExporter"
      ),
      ("Activity.TraceId:            4bc692194da8436f93133d4fafac0791\n", "looks like .NET's console exporter"),
      (
        "[otel.javaagent] INFO io.opentelemetry.exporter.logging.LoggingSpanExporter - 'GET /cart' : 4bc6 1122 SERVER\n",
        "looks like Java's logging exporter"
      ),
      ("#<struct OpenTelemetry::SDK::Trace::SpanData\n name=\"GET\",\n", "looks like Ruby's ConsoleSpanExporter"),
      ("2026-01-01T00:00:00.500Z\tinfo\tResourceSpans #0\nResource attributes:\n", "looks like the text of the Collector's debug exporter"),
    ]
    for (text, beginning) in rows {
      var stream = RecordStream()
      Array(text.utf8).withUnsafeBytes { stream.feed($0) { _, _ in } }
      stream.finish { _, _ in }
      #expect(stream.refusal?.hasPrefix(beginning) == true, "\(text)\n  got \(stream.refusal ?? "nothing")")
    }
  }
}
