// Proves that a shape reads only lines with the same meaning as its first line, and that shapes keep their limits. `ScannerAgreement`
// compares every line here, and all fixtures and mutants, with jansson's path.

import Testing

@testable import TraceRecords

@Suite struct LineShapeTests {
  private static let start =
    #"{"timestamp":"2026-11-23T10:00:00.000001Z","level":"INFO","target":"shop","log_type":"trace","message":"Span started: pay","#
    + #""fields":{"event_type":"span_start","trace_id":"t1","span_id":"s1","parent_id":"p1","span_name":"pay","producer":"p","seq":7,"#
    + #""attributes":{"symbol":"BTC","attempt":1,"share":0.5,"isNew":true,"note":""},"file":"a.swift","line":12}}"#
  private static let end =
    #"{"timestamp":"2026-11-23T10:00:01Z","log_type":"trace","fields":{"event_type":"span_end","trace_id":"t1","span_id":"s1","duration_ms":0.9}}"#
  private static let log = #"{"timestamp":"2026-11-23T10:00:01Z","level":"WARN","log_type":"module","message":"slow","fields":{"x":1}}"#
  private static let span =
    #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","#
    + #""parentSpanId":"00f067aa0ba902b7","name":"GET","kind":2,"startTimeUnixNano":"1795462602021101353","#
    + #""endTimeUnixNano":"1795462602024858682","attributes":[{"key":"a","value":{"stringValue":"x"}},{"key":"n","value":{"intValue":"5"}},"#
    + #"{"key":"d","value":{"doubleValue":0.25}}],"status":{"message":"no"}}]}]}]}"#

  struct Change: CustomTestStringConvertible, Sendable {
    var line: String
    var old: String
    var new: String
    var testDescription: String { "\(old) → \(new)" }
  }

  private static func changes(_ line: String, _ pairs: [(String, String)]) -> [Change] {
    pairs.map { Change(line: line, old: $0.0, new: $0.1) }
  }

  private static let alike =
    changes(
      start,
      [
        (#""s1""#, #""another, and a longer one than thirty-two bytes""#), (#""BTC""#, #""Zürich \"quoted\" \u00e9""#),
        (#""attempt":1"#, #""attempt":-9223372036854775807"#), ("0.5", "1e-7"), ("10:00:00.000001Z", "23:59:59.123456789+02:00"),
        (#""seq":7"#, #""seq":9007199254740993"#), ("Span started: pay", "x"), (#""line":12"#, #""line":13"#),
      ])
    + changes(end, [("0.9", "12.25"), ("10:00:01Z", "10:00:01.5Z")])
    + changes(log, [("slow", "slower"), (#""x":1"#, #""x":22"#)])
    + changes(
      span,
      [
        (#""5""#, #""-17""#), ("0.25", "1.5"), ("GET", "POST"), ("b7ad6b7169203331", "b7ad6b7169203332"),
        ("1795462602024858682", "1795462602024858683"), (#""no""#, #""not at all""#),
      ])

  @Test(arguments: alike)
  func otherValuesAreOfTheShape(_ change: Change) {
    #expect(Self.isKnown(change.replaced, after: change.line), "expected to be read by its shape: \(change.replaced)")
    Self.expectAgreement(change.line, change.replaced)
  }

  private static let unlike =
    changes(
      start,
      [
        // Values that decide the meaning.
        ("INFO", "ERROR"), ("span_start", "span_end"), (#""parent_id":"p1""#, #""parent_id":null"#),
        (#""parent_id":"p1""#, #""parent_id":"""#),
        (#""trace_id":"t1""#, #""trace_id":"""#), (#""trace_id":"t1""#, #""trace_id":12"#), ("true", "false"),
        (#""note":"""#, #""note":"n""#),
        (#""producer":"p""#, #""producer":"""#), (#""seq":7"#, #""seq":0"#), (#""seq":7"#, #""seq":-7"#),
        // Other types, other members.
        (#""attempt":1"#, #""attempt":1.0"#), (#""attempt":1"#, #""attempt":"1""#), ("0.5", "5"), (#""line":12"#, #""line":12,"line":13"#),
        (#""attempt":1"#, #""attempts":1"#), (#""symbol":"BTC","attempt":1"#, #""attempt":1,"symbol":"BTC""#), (#","line":12"#, ""),
        // Invalid JSON, and invalid instants.
        (#""attempt":1"#, #""attempt":01"#), (#""attempt":1"#, #""attempt":9223372036854775808"#), ("BTC", "B\u{1}C"), ("BTC", #"\ud800"#),
        ("2026-11-23T10:00:00.000001Z", "yesterday"), ("}}", "}"), ("}}", "}}}"),
      ])
    + changes(end, [("0.9", "null"), ("0.9", "1e400"), ("0.9", "1e300"), ("10:00:01Z", #"10:00:01\u005a"#)])
    + changes(
      span,
      [
        (#""5""#, #""5.0""#), (#""5""#, #""x""#), (#""5""#, #""9223372036854775808""#), (#""kind":2"#, #""kind":3"#),
        ("b7ad6b7169203331", "0000000000000000"), ("b7ad6b7169203331", "B7AD6B7169203331"), ("b7ad6b7169203331", "b7ad6b716920333"),
        ("1795462602021101353", "0"), ("1795462602021101353", "soon"), (#""parentSpanId":"00f067aa0ba902b7""#, #""parentSpanId":"""#),
        (#"{"message":"no"}"#, #"{"message":"no","code":2}"#),
      ])

  @Test(arguments: unlike)
  func whatMeansSomethingElseIsNot(_ change: Change) {
    #expect(!Self.isKnown(change.replaced, after: change.line), "expected to be read without a shape: \(change.replaced)")
    Self.expectAgreement(change.line, change.replaced)
  }

  @Test func linesThatBeginAlikeAreToldApart() {
    var scanner = RecordScanner()
    let lines = [Self.start, Self.end, Self.log, Self.start.replacing("INFO", with: "WARN"), Self.end.replacing("0.9", with: "9")]
    for line in lines { #expect(Self.take(line, &scanner)) }
    for line in lines.reversed() { #expect(Self.takeKnown(line, &scanner), "forgotten: \(line)") }
  }

  @Test func linesThatAreNeverAlikeAreLearntOnlySoOften() {
    var scanner = RecordScanner()
    for number in 0..<1_000 { #expect(Self.take(Self.end.replacing("duration_ms", with: "duration_ms\":1,\"x\(number)"), &scanner)) }
    let learnt = scanner.lend { $0.shapes.count }
    // Testing a shape on its own line earns one credit.
    #expect(learnt == LineShapes.maxCredit / (LineShapes.costOfLearning - 1))
  }

  @Test(arguments: [0, 1]) func longLinesAreReadAndNotLearnt(over: Int) {
    var scanner = RecordScanner()
    let padding = String(repeating: "x", count: LineShapes.maxLineBytes - Self.log.utf8.count + "slow".utf8.count + over)
    #expect(Self.take(Self.log.replacing("slow", with: padding), &scanner))
    #expect(scanner.lend { $0.shapes.count } == 1 - over)
  }

  @Test func shapesBeyondTheBoundAreForgottenAndLearntAgain() {
    var scanner = RecordScanner()
    var most = 0
    for number in 0..<LineShapes.maxShapes * 2 {
      let line = Self.end.replacing("duration_ms", with: "duration_ms\":1,\"x\(number)")
      // Each earns what it cost.
      for _ in 0...LineShapes.costOfLearning { #expect(Self.take(line, &scanner)) }
      most = max(most, scanner.lend { $0.shapes.count })
      #expect(Self.takeKnown(line, &scanner))
    }
    #expect(most == LineShapes.maxShapes)
  }

  // MARK: Reading

  private static func isKnown(_ line: String, after first: String) -> Bool {
    var scanner = RecordScanner()
    #expect(take(first, &scanner), "not taken: \(first)")
    return takeKnown(line, &scanner)
  }

  private static func take(_ line: String, _ scanner: inout RecordScanner) -> Bool {
    read(line, &scanner) { scan, cursor, batch in scan.take(cursor, TextOrigin(source: 0), into: &batch) != nil }
  }

  /// Whether every record of the line is read with a shape. Spans are searched from their beginning.
  private static func takeKnown(_ line: String, _ scanner: inout RecordScanner) -> Bool {
    read(line, &scanner) { scan, cursor, batch in
      guard LineScan.isOTLP(cursor) else { return scan.takeKnown(cursor, TextOrigin(source: 0), to: &batch) != nil }
      var at = cursor
      let bytes = Array(line.utf8)
      let begin = bytes.indices.first { bytes[$0...].starts(with: #"{"traceId""#.utf8) } ?? 0
      at.go(backTo: ScannedText(start: begin, count: 0))
      let text = ScanText(line: cursor, origin: TextOrigin(source: 0))
      return scan.addKnownSpan(at, OTLPOrigin(), text, &batch) != nil
    }
  }

  private static func read(_ line: String, _ scanner: inout RecordScanner, _ body: (inout LineScan, LineCursor, inout RecordBatch) -> Bool)
    -> Bool
  {
    var batch = RecordBatch()
    let bytes = Array(line.utf8) + [0x0A] + [UInt8](repeating: 0, count: LineCursor.padding)
    return bytes.withUnsafeBytes { bytes in scanner.lend { body(&$0, LineCursor(line: bytes.baseAddress!), &batch) } }
  }

  private static func expectAgreement(_ lines: String...) {
    var agreement = ScannerAgreement()
    for line in lines {
      if case .disagreed(let what) = agreement.check(Array(line.utf8)) { Issue.record("\(what): \(line)") }
    }
  }
}

extension LineShapeTests.Change {
  var replaced: String {
    precondition(line.contains(old), "\(old) is not in \(line)")
    return line.replacing(old, with: new, maxReplacements: 1)
  }
}
