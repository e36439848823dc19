// Proves that lines of OTLP are recognised by their keys among native ones, and what happens to invalid ones.

import Testing

@testable import TraceRecords

struct OTLPLineTests {
  static let span =
    "{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\",\"name\":\"op\",\"startTimeUnixNano\":\"1767225600001000000\","
    + "\"endTimeUnixNano\":\"1767225600003000000\"}"
  static let expected = "span (openTelemetry) 5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174 root \"op\" at 3ms from 1ms took 2ms"

  private func check(_ line: String, _ expected: String..., at location: SourceLocation = #_sourceLocation) {
    let got = decoded(Array(line.utf8), by: FormatDecoder())
    #expect(got == expected, "\(line)\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
  }

  @Test func framesOfSpans() {
    check("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(Self.span)]}]}]}", Self.expected)
    check("{\"resource\":{},\"scopeSpans\":[{\"scope\":{},\"spans\":[\(Self.span)]}]}", Self.expected)
    check("{\"batches\":[{\"instrumentationLibrarySpans\":[{\"spans\":[\(Self.span)]}]}]}", Self.expected)
    check("{\"resourceSpans\":[]}")
    check("{\"resourceSpans\":null}")
    check("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[]},{}]},{}]}")
    check("{\"resourceSpans\":[7]}", "skipped 1: OTLP with an unusable resourceSpans: no object")
  }

  @Test func whatIsNone() {
    check("{\"resourceSpans\":{}}", "error: OTLP with an unusable resourceSpans: {}")
    check("{\"spans\":[]}", "error: not a record of a known format (an object with spans)")
    check("[]", "error: not a record of a known format (a JSON value that is no object)")
    check("{}", "error: not a record of a known format (an empty object)")
  }

  @Test func metricsAreReadOver() {
    check("{\"resourceMetrics\":[{\"scopeMetrics\":[]}]}", "metrics")
    check("{\"scopeMetrics\":[]}", "metrics")
    let reading = read("{\"resourceMetrics\":[]}\n{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(Self.span)]}]}]}\n")
    #expect(reading.records == [Self.expected])
    #expect(reading.counters == "bytes=\(reading.statistics.bytes) lines=2 records=1 metricLines=1")
    #expect(reading.statistics.lost == 0)
  }

  /// Log records join their span; those without one are module logs.
  @Test func logRecords() {
    func line(_ members: String) -> String {
      "{\"resourceLogs\":[{\"scopeLogs\":[{\"scope\":{\"name\":\"lib\"},\"logRecords\":[{\(members)}]}]}]}"
    }
    let ids = "\"traceId\":\"5B8EFFF798038103D269B633813FC60C\",\"spanId\":\"eee19b7ec3c1b174\""
    let log = "log (openTelemetry) 5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174"
    check(
      line(
        "\(ids),\"timeUnixNano\":\"1767225600002000000\",\"severityNumber\":17,\"body\":{\"stringValue\":\"no\"},\"attributes\":[{\"key\":\"k\",\"value\":{\"intValue\":1}}]"
      ),
      "\(log) says \"no\" target=lib ERROR at 2ms [k=1]")
    check(
      line(
        "\(ids),\"timeUnixNano\":0,\"observedTimeUnixNano\":\"1767225600002000000\",\"severityText\":\"Warning\",\"body\":{\"kvlistValue\":{\"values\":[{\"key\":\"a\",\"value\":{\"intValue\":\"1\"}}]}}"
      ),
      "\(log) says \"{\\\"a\\\":1}\" target=lib WARN at 2ms")
    check(line("\(ids),\"severityNumber\":\"SEVERITY_NUMBER_DEBUG2\",\"body\":{\"intValue\":\"5\"}"), "\(log) says \"5\" target=lib DEBUG")
    check(
      line("\(ids),\"attributes\":[{\"key\":\"exception.type\",\"value\":{\"stringValue\":\"E\"}}]"),
      "\(log) says \"E\" target=lib [exception.type=\"E\"]")
    check(line("\"body\":{\"stringValue\":\"flat\"}"), "moduleLog (openTelemetry) says \"flat\" target=lib")
    check("{\"scopeLogs\":[{\"logRecords\":[{\(ids),\"body\":{\"stringValue\":\"bare\"}}]}]}", "\(log) says \"bare\"")
  }

  /// However a stream of both formats is cut, it gives the same records; a line of OTLP whose writer died does not affect the next one.
  @Test func mixedAndTorn() {
    let otlp = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(Self.span)]}]}]}"
    let native = traceLine("\"event_type\":\"span_start\",\"trace_id\":\"t\",\"span_id\":\"s\",\"parent_id\":null,\"span_name\":\"n\"")
    checkEverySplit(Array("\(otlp)\n\(native)\n{\"resourceMetrics\":[]}\n\(otlp)".utf8))
    let torn = read("\(otlp.prefix(100))\(otlp)\n\(otlp.prefix(100))\(native)\n\(otlp.dropLast(1))\n")
    #expect(torn.records.count == 3 && torn.records[0] == Self.expected)
    #expect(torn.statistics.tornLines == 3 && torn.statistics.recoveredRecords == 2 && torn.statistics.malformedLines == 0)
  }

  @Test func skippedSpansAreCountedAndNoted() {
    let reading = read("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{},\(Self.span),{}]}]}]}\n")
    #expect(reading.statistics.invalidRecords == 0 && reading.statistics.records == 1)
    #expect(reading.problems.map(\.description) == [], "empty elements are no loss")
  }

  /// A batch of several MB in one line, with children before their parents.
  @Test func lineOfSeveralMegabytes() {
    let long = String(repeating: "x", count: 1_000)
    let spans = (1...4_000).reversed().map { index in
      "{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"\(String(index + 0x1000_0000_0000, radix: 16))0000\",\"parentSpanId\":\""
        + (index == 1 ? "" : "\(String(index + 0xFFF_FFFF_FFFF, radix: 16))0000")
        + "\",\"startTimeUnixNano\":\"1767225600001000000\",\"endTimeUnixNano\":\"1767225600003000000\",\"attributes\":[{\"key\":\"k\",\"value\":{\"stringValue\":\"\(long)\"}}]}"
    }
    let reading = read("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(spans.joined(separator: ","))]}]}]}\n")
    #expect(reading.statistics.records == 4_000 && reading.statistics.lost == 0 && reading.statistics.bytes > 4_000_000)
  }

  /// 5,000 mutants of realistic lines: the reader never crashes, and every line is accounted for.
  @Test func mutants() {
    var random = SplitMix64(seed: 42)
    let seeds = [
      "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"s\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"l\"},\"spans\":[\(Self.span)]}]}]}",
      "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"7uGbfsPBsXQ=\",\"severityNumber\":9,\"body\":{\"arrayValue\":{\"values\":[{\"intValue\":\"1\"}]}}}]}]}]}",
    ].map { Array($0.utf8) }
    let pieces: [[UInt8]] =
      ["{", "}", "[", "]", "\"", "null", "7", "{}", "[]", "\\u0000", "-1e999", ","].map { Array($0.utf8) } + [[0xEF, 0xB7, 0x90]]
    for _ in 0..<5_000 {
      var line = seeds[Int(random.next() % 2)]
      for _ in 0...(random.next() % 3) {
        let place = Int(random.next() % UInt64(line.count))
        switch random.next() % 3 {
        case 0: line[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: line.removeSubrange(place..<min(line.count, place + 1 + Int(random.next() % 6)))
        default: line.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: place)
        }
        if line.isEmpty { line = [0x7B] }
      }
      let statistics = read(line.filter { $0 != 0x0A }, describing: false).statistics
      #expect(statistics.lines <= 1)
    }
  }
}
