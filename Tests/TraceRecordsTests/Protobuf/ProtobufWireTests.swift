// Proves that no bytes crash the binary reader, that what is broken is told with its byte and its place, and that it costs as little as can be.

import Testing

@testable import JSON
@testable import TraceRecords

@Suite struct ProtobufWireTests {
  private static let head =
    #""traceId":"4bc692194da8436f93133d4fafac0791","spanId":"1122334455667788","startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225600050000000""#
  private static let plain = "span (openTelemetry) 4bc692194da8436f93133d4fafac0791/1122334455667788 root at 50ms from 0ms took 50ms"

  private static func bytes(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    OTLPEncoder.appendBytes(number, content, &bytes)
    return bytes
  }

  /// A request of spans of the given bytes.
  private static func request(_ spans: [[UInt8]]) -> [UInt8] { bytes(1, bytes(2, spans.flatMap { bytes(2, $0) })) }

  private static func span(_ more: [UInt8] = []) throws -> [UInt8] {
    try OTLPEncoder.encode(try JSONValue(parsing: "{\(head)}"), as: "span") + more
  }

  // MARK: Framing

  @Test func whatProtobufAllows() throws {
    let span = try Self.span()
    #expect(read(protobuf: []).outcome == OTLPOutcome())
    // Fields that nobody knows, of every wire type; a group with another inside of it; the longest number and tag.
    let unknown: [[UInt8]] = [
      [0xA0, 0x1F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xA1, 0x1F, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xA2, 0x1F, 2, 0xFF, 0xFF],
      [0xA5, 0x1F, 1, 2, 3, 4], [0xA3, 0x1F, 0xA3, 0x1F, 0x08, 0x01, 0xA4, 0x1F, 0x12, 0x01, 0x00, 0xA4, 0x1F],
      [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x01], [0xA0, 0x1F, 0x80, 0x80, 0x00],
    ]
    for field in unknown {
      for message in [
        Self.request([span + field]), Self.request([field + span]), Self.request([span]) + field, field + Self.request([span]),
      ] {
        let got = read(protobuf: message)
        #expect(got.records == [Self.plain] && got.outcome.failure == nil && got.outcome.unusableFields == 0, "\(field): \(got)")
      }
    }
  }

  @Test(
    arguments: [
      ([0x0A], 1, "ends before"), ([0x0A, 0x05], 1, "ends before"), ([0x0A, 0x80], 1, "ends before"),
      ([0x00, 0x00], 0, "number no message"),
      ([0xF8, 0xFF, 0xFF, 0xFF, 0x1F, 0x00], 0, "number no message"), ([0x0E, 0x00], 1, "wire type"), ([0x0F, 0x00], 1, "wire type"),
      ([0x0C], 1, "end of a group"), ([0x0B, 0x08, 0x01], 3, "ends before"), ([0x09, 1, 2, 3], 1, "ends before"),
      ([0x0D, 1, 2, 3], 1, "ends before"),
      ([0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], 1, "more than ten bytes"),
      ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], 1, "ends before"),
      (Array(repeating: 0x0B, count: 65), 64, "deeper than 64"),
    ] as [([UInt8], Int, String)]) func brokenAtTheTop(_ message: [UInt8], _ offset: Int, _ reason: String)
  {
    for signal in OTLPSignal.allCases {
      let failure = read(protobuf: message, signal).outcome.failure
      #expect(
        failure?.byteOffset == offset && failure?.reason.contains(reason) == true, "\(message): \(failure?.description ?? "no failure")")
    }
  }

  /// What is whole before the broken place is taken.
  @Test func brokenAmongResources() throws {
    let whole = Self.request([try Self.span()])
    let broken = Self.bytes(1, Self.bytes(1, []) + Self.bytes(2, Self.bytes(2, try Self.span()) + [0x12, 0x7F]))
    let got = read(protobuf: whole + broken + whole)
    #expect(got.records == [Self.plain, Self.plain] && got.outcome.accepted == 2, "\(got)")
    #expect(
      got.outcome.failure?.description
        == "byte \(whole.count + broken.count - 1) in resourceSpans[1].scopeSpans[0].spans[1]: ends before its value does",
      "\(got.outcome.failure?.description ?? "")")
  }

  /// Whatever the last byte that came: every whole span before it is there.
  @Test func cutAtEveryByte() throws {
    let resource = try OTLPEncoder.encode(
      try JSONValue(parsing: #"{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]}"#), as: "resource")
    let spans = try (0..<3).map { _ in Self.bytes(2, try Self.span()) }
    let message = Self.bytes(1, Self.bytes(1, resource) + Self.bytes(2, spans.flatMap { $0 }))
    let expected = Self.plain.replacing("root at", with: "root service=cart at")
    for count in 1..<message.count {
      let got = read(protobuf: Array(message[..<count]))
      let whole = max(0, 3 - (message.count - count + spans[0].count - 1) / spans[0].count)
      #expect(got.records == Array(repeating: expected, count: whole), "\(count) of \(message.count): \(got.records)")
      #expect(got.outcome.failure != nil && got.outcome.rejected == 0, "\(count): \(got.outcome)")
    }
  }

  /// A span whose inside is broken costs itself only.
  @Test(
    arguments: [
      ([0x2A, 0x05, 0x61], "spans[1].name: ends before"), ([0x4A, 0x02, 0x0A, 0x05], "spans[1].attributes[0].key: ends before"),
      ([0x4A, 0x00, 0x4A, 0x06, 0x12, 0x04, 0x0A, 0x09, 0x61, 0x61], "spans[1].attributes[1].value.stringValue: ends before"),
      ([0x5A, 0x02, 0x1A, 0x04], "spans[1].events[0].attributes[0]: ends before"),
      ([0x7A, 0x02, 0x18, 0x80], "spans[1].status.code: ends before"),
      ([0x6A, 0x02, 0x22, 0x04], "spans[1].links[0].attributes[0]: ends before"), ([0x07], "spans[1]: a field whose number"),
      ([0x4A, 0x08, 0x0A, 0x00, 0x12, 0x04, 0x2A, 0x02, 0x0A, 0x07], "value.arrayValue.values[0]: ends before"),
      ([0x41], "spans[1].endTimeUnixNano: ends before"),
    ] as [([UInt8], String)]) func brokenInsideOfASpan(_ more: [UInt8], _ reason: String) throws
  {
    let span = try Self.span()
    let got = read(protobuf: Self.request([span, span + more, span]))
    #expect(got.records == [Self.plain, Self.plain] && got.outcome.failure == nil, "\(more): \(got)")
    #expect(got.outcome.accepted == 2 && got.outcome.rejected == 1, "\(more): \(got.outcome)")
    #expect(got.outcome.reason?.contains(reason) == true, "\(more): expected \(reason), got \(got.outcome.reason ?? "nothing")")
  }

  /// A known field in another form than its own is no value, and told.
  @Test(
    arguments: [[0x28, 0x01], [0x32, 0x01, 0x03], [0x3A, 0x01, 0x00], [0x4A, 0x04, 0x0A, 0x00, 0x10, 0x05], [0x4D, 1, 2, 3, 4]] as [[UInt8]]
  )
  func fieldsOfAnotherForm(_ more: [UInt8]) throws {
    let got = read(protobuf: Self.request([try Self.span(more)]))
    #expect(
      got.outcome.accepted == 1 && got.outcome.unusableFields == 1 && got.records.first?.contains("unreadField") == true, "\(more): \(got)")
  }

  @Test func textsThatAreNoUTF8() throws {
    let span = try Self.span(
      Self.bytes(5, [0x61, 0xFF, 0x62]) + Self.bytes(9, Self.bytes(1, [0xC3]) + Self.bytes(2, Self.bytes(1, [0xED, 0xA0, 0x80]))))
    let got = read(protobuf: Self.request([span]))
    #expect(got.outcome.isRepaired && got.outcome.accepted == 1)
    #expect(got.records.first?.contains("\"a\u{FFFD}b\"") == true && got.records.first?.contains("[\u{FFFD}=") == true, "\(got.records)")
    var statistics = IngestStatistics()
    got.outcome.add(to: &statistics, bytes: 5)
    #expect(statistics.repairedLines == 1 && statistics.records == 1 && statistics.lost == 0)
  }

  /// The resource behind its spans, the scope's name too, attributes behind events: protobuf promises no order.
  @Test func fieldsInAnyOrder() throws {
    let service = try OTLPEncoder.encode(
      try JSONValue(parsing: #"{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]}"#), as: "resource")
    let event = Self.bytes(11, Self.bytes(2, Array("tick".utf8)))
    let attribute = try Self.bytes(
      9, OTLPEncoder.encode(try JSONValue(parsing: #"{"value":{"intValue":"1"},"key":"k"}"#), as: "keyValue"))
    let span = event + attribute + (try Self.span(event))
    let message = Self.bytes(
      1, Self.bytes(2, Self.bytes(2, span) + Self.bytes(1, Self.bytes(1, Array("lib".utf8)))) + Self.bytes(1, service))
    let got = read(protobuf: message)
    #expect(got.outcome.accepted == 1 && got.records.count == 3, "\(got)")
    #expect(
      got.records.first?.contains("target=lib service=cart") == true && got.records.first?.hasSuffix("[k=1]") == true, "\(got.records)")
  }

  /// Values inside of values, to the bound and one beyond it.
  @Test func deepValues() throws {
    func nested(_ depth: Int) -> [UInt8] { (0..<depth).reduce(Self.bytes(1, [0x78])) { value, _ in Self.bytes(5, Self.bytes(1, value)) } }
    func reading(_ depth: Int) throws -> BinaryReading {
      read(protobuf: Self.request([try Self.span(Self.bytes(9, Self.bytes(1, [0x6B]) + Self.bytes(2, nested(depth))))]))
    }
    let deepest = try reading(ProtobufCursor.maxDepth)
    #expect(
      deepest.outcome.accepted == 1 && deepest.records.first?.contains(String(repeating: "[", count: 64) + "\"x\"") == true, "\(deepest)")
    let deeper = try reading(ProtobufCursor.maxDepth + 1)
    #expect(deeper.outcome.rejected == 1 && deeper.outcome.reason?.contains("deeper than 64") == true, "\(deeper.outcome)")
    // A million levels are no deeper: nothing follows them.
    #expect(try reading(20_000).outcome.rejected == 1)
  }

  // MARK: Metrics

  @Test func metricsAreCounted() {
    let points = Self.bytes(1, [0x19, 1, 2, 3, 4, 5, 6, 7, 8]) + Self.bytes(1, [])
    let metrics = [5, 7, 9, 10, 11].flatMap { Self.bytes(2, Self.bytes(1, Array("m".utf8)) + Self.bytes($0, points)) }
    let message = Self.bytes(1, Self.bytes(1, []) + Self.bytes(2, metrics))
    let got = read(protobuf: message + message, .metrics)
    #expect(got.outcome.accepted == 20 && got.outcome.failure == nil && got.records.isEmpty, "\(got)")
    var statistics = IngestStatistics()
    got.outcome.add(to: &statistics, bytes: message.count)
    #expect(statistics.metricLines == 1 && statistics.records == 0 && statistics.lost == 0 && statistics.lines == 1)
  }

  // MARK: Mutants

  private static let originals: [(message: String, bytes: [UInt8])] = {
    var originals: [(message: String, bytes: [UInt8])] = []
    for (name, suffix) in [
      ("otlp-odd-real-camel", "json"), ("otlp-event-grafana", "json"), ("planted-checkout.otlp", "jsonl"), ("otlp-odd-upper", "json"),
    ] {
      for document in (try? documents(fixture(name, suffix))) ?? [] {
        if let bytes = try? OTLPEncoder.encode(document), bytes.count < 6_000 { originals.append(("traces", bytes)) }
      }
    }
    let log =
      #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}},{"key":"process.pid","value":{"intValue":"7"}}]},"#
      + #""scopeLogs":[{"scope":{"name":"lib"},"logRecords":[{"traceId":"4bc692194da8436f93133d4fafac0791","spanId":"1122334455667788","timeUnixNano":"1767225600002000000","#
      + #""severityNumber":17,"severityText":"ERROR","body":{"arrayValue":{"values":[{"stringValue":"no"},{"doubleValue":0.5}]}},"attributes":[{"key":"level","value":{"stringValue":"warn"}}]}]}]}]}"#
    let span =
      #"{"resourceSpans":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"é"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[{\#(head),"kind":3,"name":"n","#
      + #""attributes":[{"key":"a","value":{"kvlistValue":{"values":[{"key":"b","value":{"boolValue":true}}]}}},{"key":"c","value":{"bytesValue":"AAEC"}}],"#
      + #""links":[{"traceId":"4bc692194da8436f93133d4fafac0792","spanId":"1122334455667789"}],"events":[{"timeUnixNano":"1767225600010000000","name":"e"}],"status":{"code":2}}]}]}]}"#
    for (message, text) in [("logs", log), ("traces", span), ("traces", span)] {
      if let value = try? JSONValue(parsing: text), let bytes = try? OTLPEncoder.encode(value, as: message) {
        originals.append((message, bytes))
      }
    }
    return originals
  }()

  /// Whatever bytes protobuf's own readers take give the records of the same data as JSON; others are told, and nothing is counted twice.
  @Test(arguments: 0..<8 as Range<UInt64>) func mutantsAgree(seed: UInt64) {
    var random = SplitMix64(seed: seed &+ 0x0B_F5)
    var reader = OTLPProtobuf()
    var compared = 0
    let count = ScannerMutants.count / 10
    for _ in 0..<count / 8 {
      let (message, original) = Self.originals.randomElement(using: &random)!
      let bytes = mutant(of: [original], most: 2, &random)
      let signal: OTLPSignal = message == "logs" ? .logs : .traces
      let got = read(protobuf: bytes, signal, by: &reader)
      #expect(got.outcome.records == got.records.count && (got.outcome.reason == nil) == (got.outcome.rejected == 0), "\(got.outcome)")
      guard let value = try? OTLPTestDecoder.decode(bytes, as: message) else { continue }
      let expected = read(value.serializedString + "\n")
      guard expected.statistics.malformedLines == 0, expected.statistics.unrecognisedLines == 0 else { continue }
      compared += 1
      // An empty object at the end of a list is no loss there.
      let emptyLast: UInt64 = value.serializedString.contains("{}]") ? 1 : 0
      let lost = expected.statistics.invalidRecords
      if got.records != expected.records || got.outcome.failure != nil || !(lost...lost + emptyLast).contains(got.outcome.rejected) {
        Issue.record("seed \(seed): \(bytes)\n  \(value.serializedString)\n  expected \(expected.records)\n  got      \(got)")
        return
      }
    }
    #expect(compared > count / 8 / 20, "only \(compared) of \(count / 8) were compared")
  }
}
