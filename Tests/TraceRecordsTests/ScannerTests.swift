// Proves that the scanner and jansson's path are one reader: whatever the scanner takes is what the reference says, and it does take the lines
// that programs write. `TRACE_DISTILLER_MUTANTS` sets the number of mutants (by default 200,000).

import Foundation
import Testing

@testable import TraceRecords

@Suite struct ScannerTests {
  /// Every line agrees; returns how many the scanner left to the reference.
  @discardableResult
  private func check(_ lines: [[UInt8]], _ agreement: inout ScannerAgreement, at location: SourceLocation = #_sourceLocation) -> Int {
    var left = 0
    for line in lines {
      switch agreement.check(line) {
      case .left: left += 1
      case .taken: break
      case .disagreed(let how):
        Issue.record("\(String(decoding: line.prefix(1_000), as: UTF8.self).debugDescription)\n  \(how)", sourceLocation: location)
      }
    }
    return left
  }

  private func check(_ line: String, isTaken: Bool, at location: SourceLocation = #_sourceLocation) {
    var agreement = ScannerAgreement()
    let left = check([Array(line.utf8)], &agreement, at: location)
    #expect(left == (isTaken ? 0 : 1), "\(line)\n  expected to be \(isTaken ? "taken" : "left")", sourceLocation: location)
  }

  @Test func theLinesThatProgramsWriteAreTaken() {
    let start = #""event_type":"span_start","trace_id":"t","span_id":"s","parent_id":"p","span_name":"n""#
    for line in [
      traceLine(start), traceLine(start + #","kind":"server","file":"a.swift","line":7,"function":"f()""#),
      traceLine(start + #","attributes":{"text":"x","number":1,"real":0.25,"flag":true,"none":null,"list":[1,"a"],"map":{"a":{}}}"#),
      traceLine(
        #""event_type":"span_end","trace_id":"t","span_id":"s","duration_ms":1.5,"status":"error","status_message":"no \"route\"\n""#),
      traceLine(#""event_type":"log","trace_id":1,"span_id":-2,"own":"x","count":3,"service":"shop","run":"r","producer":"p","seq":7"#),
      traceLine(
        #""event_type":"span","trace_id":"t","span_id":"s","start_timestamp":"2026-01-01T00:00:00Z","duration_ms":2,"links":[{"trace_id":"t"}]"#
      ),
      traceLine(start + #","crc32c":"1a2b3c4d""#), traceLine(start, message: "线程 é 😀 \\ud83d\\ude00"), "  " + traceLine(start) + " \t\r",
      #"{ "fields" : { "event_type" : "log" , "trace_id":"t", "span_id":"s" } , "timestamp":"2026-01-01T00:00:00+00:00","log_type":"trace" }"#,
      #"{"fields":{"symbol":"BTC"},"level":"INFO","log_type":"module","message":"m","span":{"span_id":"s","span_name":"n","trace_id":"t"},"target":"app","timestamp":"2026-01-01T00:00:00.001Z"}"#,
      #"{"timestamp":"2026-01-01T00:00:00.001Z","log_type":"module","message":"m","fields":{"a":1,"span":{"span_id":"s","span_name":"n","trace_id":"t"},"service":"x","run":"r"}}"#,
      #"{"fields":{},"level":"WARN","log_type":"module","message":"m","span":null,"timestamp":"2026-01-01T00:00:00Z"}"#,
      #"{"type":"span_start","timestamp":"2026-01-01T00:00:00Z","trace_id":"t","span_id":"s","parent_id":null,"name":"main","target":"k"}"#,
      #"{"type":"span","id":"1","trace_id":"t","parent_id":"9","name":"n","timestamp":"2026-01-01T00:00:00Z","duration_ms":1,"attributes":{"a":1},"events":[],"status":"SUCCESS"}"#,
    ] { check(line, isTaken: true) }
  }

  @Test func whatNeedsJudgementIsLeftToJansson() {
    let start = #""event_type":"span_start","trace_id":"t","span_id":"s""#
    for line in [
      "", "{}", "[]", "1", "{", traceLine(start) + "x", traceLine(start) + "}", "\u{FEFF}" + traceLine(start), #"{"metrics":1}"#,
      traceLine(start + #","span_id":"twice""#), traceLine(start + #","own":1,"own":2"#),
      traceLine(start + #","attributes":{"a":1,"a":2}"#),
      traceLine(start + #","attributes":{"a":{"b":1,"b":2}}"#), traceLine(start + #","attributes":{"a":[ 1]}"#),
      traceLine(start + #","attributes":{"a":[0.5]}"#), traceLine(start + #","attributes":{"a":["\u0041"]}"#),
      traceLine(start + #","own":18446744073709551615"#), traceLine(start + #","own":1e999"#), traceLine(start + #","own":01"#),
      traceLine(start + #","own":"\ud800""#), traceLine(start + #","o\u0000wn":1"#), traceLine(start + #","own":"\#u{1}""#),
      traceLine(#""event_type":"span_end","trace_id":"t","span_id":"s","duration_ms":"soon""#),
      traceLine(#""event_type":"log","trace_id":"t""#),
      traceLine(#""event_type":"gap","producer":"p","first_seq":1,"last_seq":2"#), #"{"message":"SESSION_START"}"#,
      traceLine(start + #","own":\#(String(repeating: "[", count: 40))\#(String(repeating: "]", count: 40))"#),
      traceLine(start + (0..<70).map { ",\"own\($0)\":1" }.joined()),
    ] { check(line, isTaken: false) }
  }

  /// Every awkward token in every place where a value, a name or blanks may stand.
  @Test func cornersOfJSONAgree() {
    let tokens =
      [
        "0", "-0", "-", "00", "1.", ".1", "1.0", "-0.0", "1e", "1e+", "1E5", "1e-400", "1e400", "2.5e-324", "1.7976931348623157e308", "0.1",
        "0.3",
        "123456789012345678901234567890", "0.12345678901234567890123", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "9007199254740993", "9007199254740993.0", "1e22", "1e23", "true", "True", "nul", "nullx", "NaN", "Infinity",
        #""""#, #""\"""#, #""\/\b\f\n\r\t\\""#, #""\u0000""#, #""\u00""#, #""\uD83D\uDE00""#, #""\uD83D""#, #""\uDE00\uD83D""#,
        #""\ud83dx""#, #""\q""#,
        "\"\u{80}\u{7FF}\u{800}\u{10000}\u{10FFFF}\"", "\"a\tb\"", "\"\u{7F}\"",
        "\"" + String(repeating: "é", count: 40) + "\"",
        "\"" + String(repeating: "a", count: 31) + "\"", "\"" + String(repeating: "a", count: 32) + "\"",
        "\"" + String(repeating: "a", count: 64) + "\"",
        "{}", "{ }", "[]", "[ ]", "[,]", "[1,]", "{\"a\":1,}", "{\"a\"}", "{1:1}", "[1 2]", "{\"a\":1 \"b\":2}",
        "[\"\\u0041\",\"\\/\",\"\\n\"]", "[-0,0,1]",
        "{\"a\":{\"a\":{\"a\":1}}}", "{\"\":1}", "{\"a\":1,\"b\":2,\"a\":3}", "[[],{},null,true,false]", "\"", "'a'", "/**/1", "1//", "",
      ].map { Array($0.utf8) } + [
        [0x22, 0x80, 0x22], [0x22, 0xEF, 0xB7, 0x90, 0x22], [0x22, 0xEF, 0xBF, 0xBF, 0x22], [0x22, 0xC1, 0xBF, 0x22],
        [0x22, 0xE0, 0x9F, 0xBF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
        [0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22], [0x22, 0xC3], [0x22, 0xC3, 0x22], [0x22, 0, 0x22], [0x22, 0x0A, 0x22],
        [0x22, 0xFF, 0x22],
      ]
    let places = [
      traceLine(#""event_type":"log","trace_id":"t","span_id":"s","own":@"#),
      traceLine(#""event_type":"log","trace_id":"t","span_id":"s","attributes":{"a":@}"#),
      traceLine(#""event_type":"log","trace_id":"t","span_id":"s","attributes":{"a":[@]}"#),
      traceLine(#""event_type":"log","trace_id":@,"span_id":"s""#),
      traceLine(#""event_type":"span_start","trace_id":"t","span_id":"s","parent_id":@"#),
      traceLine(#""event_type":"span_end","trace_id":"t","span_id":"s","duration_ms":@"#),
      traceLine(#""event_type":"log","trace_id":"t","span_id":"s",@:1"#),
      traceLine(#""event_type":@,"trace_id":"t","span_id":"s""#),
      traceLine(#""event_type":"log","trace_id":"t","span_id":"s","attributes":{@:1}"#),
      traceLine(#""event_type":"log","trace_id":"t","span_id":"s","producer":"p","seq":@"#),
      traceLine(#""event_type":"log","trace_id":"t","span_id":"s","run":@"#),
      #"{"log_type":"module","message":@,"fields":{}}"#, #"{"log_type":"module","message":"m","fields":{"span":@}}"#,
      #"{"log_type":"module","message":"m","fields":{"a":@}}"#,
      #"{"log_type":"module","message":"m","fields":@}"#, #"{"log_type":"module","message":"m","unknown":@,"level":@}"#,
      #"{"log_type":"module","message":"m","timestamp":@}"#, "@" + module("m"), module("m") + "@",
      #"{"type":"span","id":@,"trace_id":"t","timestamp":"2026-01-01T00:00:00Z","duration_ms":1,"events":@}"#,
    ]
    var agreement = ScannerAgreement()
    for place in places {
      let pieces = place.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
      for token in tokens {
        for line in [token, [0x20] + token + [0x09]].map({ Array(pieces.joined(separator: $0)) }) where !line.contains(0x0A) {
          check([line], &agreement)
        }
      }
    }
  }

  @Test func fixturesAgreeAndAreTaken() throws {
    var agreement = ScannerAgreement()
    // Left: the session marker, and a span line with events.
    #expect(check(lines(try fixture("rust-seed")), &agreement) == 1)
    #expect(check(lines(try fixture("composed-seed-variants")), &agreement) == 2)
    check(lines(try fixture("planted-checkout.otlp")) + lines(try fixture("python-otlp-batch")), &agreement)
  }

  /// Instants in every form, one after the other, so that the minute that is remembered is now right and now wrong.
  @Test func instantsAgree() {
    var agreement = ScannerAgreement()
    let instants = [
      "2026-01-01T00:00:00Z", "2026-01-01T00:00:59.999999999Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:0Z",
      "2026-01-01t00:00:01z", "2026-01-01 00:00:01Z", "2026-01-01T00:00:01.Z", "2026-01-01T00:00:01.5", "2026-01-01T00:00:01+00:00",
      "2026-01-01T00:00:01-00:00", "2026-01-01T00:00:01.25+05:30", "2026-01-01T00:00:01+0530", "2026-01-01T00:00:01.1234567899Z",
      "2026-02-29T00:00:01Z", "2024-02-29T00:00:01Z", "1823-11-12T00:06:21.5Z", "1823-11-12T00:06:22.5Z", "2116-02-20T23:53:38.427387903Z",
      "2116-02-20T23:53:38.427387904Z", "2116-02-20T23:53:39Z", "0000-00-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
      "2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00.000Z ", "", "Z",
    ]
    for instant in instants + instants.reversed() + instants.flatMap({ [instants[0], $0] }) {
      check([Array(#"{"log_type":"module","message":"m","timestamp":"\#(instant)","fields":{}}"#.utf8)], &agreement)
    }
  }

  private static let shared = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data")
    .standardizedFileURL

  /// Real streams, where they lie beside the package.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: shared.path), "the shared folder is not beside the package"))
  func sharedTracesAgree() throws {
    let files = try #require(FileManager.default.enumerator(at: ScannerTests.shared, includingPropertiesForKeys: nil))
    var agreement = ScannerAgreement()
    for case let file as URL in files where file.pathExtension == "jsonl" {
      check(lines(Array(try Data(contentsOf: file).prefix(400_000))).dropLast(), &agreement)
    }
  }

  private static let mutantCount = ProcessInfo.processInfo.environment["TRACE_DISTILLER_MUTANTS"].flatMap { Int($0) } ?? 200_000

  /// Ten faults in eleven go where JSON has its tokens: a flipped bit of a name is soon told, a second member of that name is not.
  @Test(arguments: 0..<8 as Range<UInt64>) func mutantsAgree(seed: UInt64) throws {
    var random = SplitMix64(seed: seed &+ 0x5CA9)
    // Short lines: the time goes into the debug build's reading of them.
    let originals = (lines(try fixture("rust-seed")).prefix(40) + lines(try fixture("composed-seed-variants"))).filter { $0.count < 420 }
    var agreement = ScannerAgreement()
    var taken = 0
    for number in 0..<ScannerTests.mutantCount / 8 {
      let line = mutant(of: originals, most: 2, isJSON: number % 11 != 0, &random)
      guard !line.contains(0x0A) else { continue }
      taken += 1 - check([line], &agreement)
    }
    // As many as that are no mere refusals.
    #expect(taken > ScannerTests.mutantCount / 8 / 10, "only \(taken) were taken")
  }

  @Test func aStreamMeansTheSameWithAndWithoutTheScanner() throws {
    let originals = lines(try fixture("rust-seed")) + lines(try fixture("composed-seed-variants"))
    for seed in 0..<20 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var bytes: [UInt8] = []
      for _ in 0..<60 {
        bytes += (Bool.random(using: &random) ? originals.randomElement(using: &random)! : mutant(of: originals, &random)) + [0x0A]
      }
      let cuts = (0..<6).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      for limit in [RecordStream.defaultMaxLineBytes, 300] {
        let got = read(bytes, cuts: cuts, maxLineBytes: limit)
        let expected = read(bytes, maxLineBytes: limit, decoder: FormatDecoder())
        #expect(got == expected, "seed \(seed), limit \(limit)\n  got      \(got.counters)\n  expected \(expected.counters)")
      }
    }
  }
}
