// Proves that the scanner and jansson's path are equivalent: whatever the scanner accepts equals the reference decoder's result, and it
// does accept the lines that programs write.

import Foundation
import Testing

@testable import TraceRecords

@Suite struct ScannerTests {
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
    ] { checkScanned(line, isTaken: true) }
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
    ] { checkScanned(line, isTaken: false) }
  }

  /// Every unusual token in every place where a value, a name or blanks may be.
  @Test func cornersOfJSONAgree() {
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
    checkCorners(places)
  }

  @Test func fixturesAgreeAndAreTaken() throws {
    var agreement = ScannerAgreement()
    // Not accepted: the session marker, and a span line with events.
    #expect(checkAgreement(lines(try fixture("rust-seed")), &agreement) == 1)
    #expect(checkAgreement(lines(try fixture("composed-seed-variants")), &agreement) == 2)
    checkAgreement(lines(try fixture("planted-checkout.otlp")) + lines(try fixture("python-otlp-batch")), &agreement)
  }

  /// Instants in every form, one after the other, so that the cached minute is sometimes right and sometimes wrong.
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
      checkAgreement([Array(#"{"log_type":"module","message":"m","timestamp":"\#(instant)","fields":{}}"#.utf8)], &agreement)
    }
  }

  private static let shared = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data")
    .standardizedFileURL

  /// Real streams, if they are beside the package.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: shared.path), "the shared folder is not beside the package"))
  func sharedTracesAgree() throws {
    let files = try #require(FileManager.default.enumerator(at: ScannerTests.shared, includingPropertiesForKeys: nil))
    var agreement = ScannerAgreement()
    for case let file as URL in files where file.pathExtension == "jsonl" {
      checkAgreement(lines(Array(try Data(contentsOf: file).prefix(400_000))).dropLast(), &agreement)
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func mutantsAgree(seed: UInt64) throws {
    // Short lines, because a debug build reads slowly.
    let originals = (lines(try fixture("rust-seed")).prefix(40) + lines(try fixture("composed-seed-variants"))).filter { $0.count < 420 }
    checkMutants(of: originals, count: ScannerMutants.count / 10, seed: seed)
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
