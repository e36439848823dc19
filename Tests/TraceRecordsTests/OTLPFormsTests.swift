// Proves that OTLP is read in the forms that servers, agents and SDKs really write: in an envelope, with the names of its schema, with
// states as words, with events that have generic names. The files are regressions: they were once rejected or misread.

import Testing

@testable import TraceRecords

@Suite struct OTLPFormsTests {
  private static let cart = "4bc692194da8436f93133d4fafac0791/1122334455667788"
  private static let python = [
    #"span (openTelemetry) 190e5bb7a46d8ffe5757a4b047a12291/23c41513bd5fc1f0 <6473f06d24fa21c7 "SELECT cart" says "#
      + #""TimeoutError: no answer in 20 ms" target=app service=cart status=error kind=client at 30ms from 10ms took 20ms "#
      + #"[db.rows=3, db.ratio=0.5d, db.cached=false, db.hosts=["a","b"]]"#,
    #"log (openTelemetry) 190e5bb7a46d8ffe5757a4b047a12291/23c41513bd5fc1f0 says "TimeoutError: no answer in 20 ms" ERROR at 29ms "#
      + #"[exception.type="TimeoutError", exception.message="no answer in 20 ms"]"#,
    #"span (openTelemetry) 190e5bb7a46d8ffe5757a4b047a12291/6473f06d24fa21c7 root "GET /cart" target=app service=cart kind=server "#
      + "at 50ms from 0ms took 50ms",
  ]

  @Test(arguments: [
    (
      "otlp-fluentbit",
      [
        #"span (openTelemetry) \#(cart) root "GET /cart" says "upstream timeout" target=app service=cart status=error kind=server at 50ms from 0ms took 50ms"#
      ]
    ),
    ("otlp-envelope-tempo", [#"span (openTelemetry) \#(cart) root "GET /cart" service=cart kind=server at 50ms from 0ms took 50ms"#]),
    ("otlp-envelope-jaeger", [#"span (openTelemetry) \#(cart) root "GET /cart" service=cart kind=server at 50ms from 0ms took 50ms"#]),
    ("otlp-envelope-aspire", [#"span (openTelemetry) \#(cart) root "GET /cart" service=cart kind=server at 50ms from 0ms took 50ms"#]),
  ])
  func files(_ name: String, _ expected: [String]) throws {
    let got = read(try fixture(name, "json"), as: RecordStream())
    #expect(got.records == expected, "\n  expected \(expected)\n  got      \(got.records)")
    #expect(got.statistics.lost == 0 && got.statistics.unusableFields == 0, "\(got.counters)")
  }

  /// The 24 numbers are six levels of four; 0 and 25 are none.
  @Test func severitiesAtTheirEdges() {
    let levels = [
      "": [0, 9, 10, 11, 12, 25], " TRACE": [1, 2, 3, 4], " DEBUG": [5, 6, 7, 8], " WARN": [13, 14, 15, 16], " ERROR": Array(17...24),
    ]
    for (level, numbers) in levels {
      for number in numbers {
        for told in ["\(number)", "\"\(number)\""] {
          let line =
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1767225600000000000","severityNumber":\#(told),"body":{"stringValue":"m"}}]}]}]}"#
          let got = read(line).records
          #expect(got.count == 1 && got[0].hasPrefix("moduleLog") && got[0].contains("says \"m\"\(level) at"), "\(told): \(got)")
        }
      }
    }
  }

  @Test func namesOfTheSchema() throws {
    let named = read(try fixture("otlp-proto-names", "json"), as: RecordStream())
    let usual = read(try fixture("otlp-odd-real-camel", "json"), as: RecordStream())
    #expect(named.records.count == 3 && named.statistics.lost == 0, "\(named.records)")
    // Two runs of the same program: in one of them, one span's status has the exception's type before its text.
    func shape(_ records: [String]) -> [String] { records.map { $0.replacing("TimeoutError: ", with: "") } }
    #expect(shape(named.records) == shape(usual.records), "\n  expected \(usual.records)\n  got      \(named.records)")
  }

  @Test func eventsWithoutAName() throws {
    let grafana = read(try fixture("otlp-event-grafana", "json"), as: RecordStream()).records.filter { $0.hasPrefix("log") }
    #expect(grafana.count == 1 && grafana[0].contains(#"says "TimeoutError: no answer in 20 ms" ERROR"#), "\(grafana)")
    let bridge = read(try fixture("otlp-event-bridge", "json"), as: RecordStream()).records.filter { $0.hasPrefix("log") }
    #expect(bridge.count == 1 && bridge[0].contains(#"says "rpc error: connection refused" ERROR"#), "\(bridge)")
  }

  @Test func oddButRight() throws {
    for (name, spans, lost) in [
      ("nulldouble", 1, 0), ("upper", 2, 0), ("oldtempo", 1, 0), ("otlpneg", 2, 0), ("emptyids", 0, 1),
    ] as [(String, Int, UInt64)] {
      let got = read(try fixture("otlp-odd-\(name)", "json"), as: RecordStream())
      #expect(got.records.count { $0.hasPrefix("span ") } == spans, "\(name): \(got.records)")
      #expect(
        got.statistics.lost == lost && !got.records.contains { $0.contains("unreadField") }, "\(name): \(got.counters) \(got.records)")
    }
  }

  // MARK: One span

  private static let plain = "\(cart) root at 50ms from 0ms took 50ms"

  /// What the record has in addition to the plain span, and the number of values counted as unusable.
  private func words(_ more: String, times: String = #""startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225600050000000""#)
    -> String
  {
    let span = #"{"traceId":"4bc692194da8436f93133d4fafac0791","spanId":"1122334455667788",\#(times)\#(more.isEmpty ? "" : ",")\#(more)}"#
    let got = read(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)]}]}]}"# + "\n")
    let told = got.records.joined(separator: " | ").replacing("span (openTelemetry) ", with: "")
    return got.statistics.unusableFields == 0 ? told : "\(told) unusable=\(got.statistics.unusableFields)"
  }

  @Test(arguments: [
    ("2", "error"), ("2.0", "error"), (#""2""#, "error"), (#""ERROR""#, "error"), (#""error""#, "error"), (#""Error""#, "error"),
    (#""STATUS_CODE_ERROR""#, "error"), ("1", "ok"), (#""OK""#, "ok"), (#""STATUS_CODE_OK""#, "ok"), ("0", ""), (#""UNSET""#, ""),
    (#""STATUS_CODE_UNSET""#, ""), ("null", ""), (#""""#, ""), ("3", "?"), (#""FAILED""#, "?"), ("-1", "?"), ("1.5", "?"), ("[2]", "?"),
    ("true", "?"),
  ])
  func status(_ code: String, _ expected: String) {
    for status in [#""status":{"code":\#(code)}"#, #""status":\#(code)"#] {
      let got = words(status)
      let wanted =
        switch expected {
        case "": Self.plain
        case "?": "\(Self.cart) root unreadField at 50ms from 0ms took 50ms unusable=1"
        default: "\(Self.cart) root status=\(expected) at 50ms from 0ms took 50ms"
        }
      #expect(got == wanted, "\(status)\n  expected \(wanted)\n  got      \(got)")
    }
  }

  @Test(arguments: [
    ("3", "client"), ("3.0", "client"), (#""3""#, "client"), (#""SPAN_KIND_CLIENT""#, "client"), (#""client""#, "client"),
    (#""CLIENT""#, "client"), ("0", ""), (#""SPAN_KIND_UNSPECIFIED""#, ""), ("null", ""), ("6", "?"), ("-1", "?"), (#""NONE""#, "?"),
    ("{}", "?"),
  ])
  func kind(_ kind: String, _ expected: String) {
    let got = words(#""kind":\#(kind)"#)
    let wanted =
      switch expected {
      case "": Self.plain
      case "?": "\(Self.cart) root unreadField at 50ms from 0ms took 50ms unusable=1"
      default: "\(Self.cart) root kind=\(expected) at 50ms from 0ms took 50ms"
      }
    #expect(got == wanted, "\(kind)\n  expected \(wanted)\n  got      \(got)")
  }

  @Test(arguments: [
    // Numbers of every kind, and instants as people write them.
    (#""startTimeUnixNano":1767225600000000000,"endTimeUnixNano":1767225600050000000"#, ""),
    (#""startTimeUnixNano":"2026-01-01T00:00:00Z","endTimeUnixNano":"2026-01-01T00:00:00.05Z""#, ""),
    // Beyond 64 bits, microseconds, milliseconds, not an instant at all.
    (#""startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"99999999999999999999""#, "?"),
    (#""startTimeUnixNano":"1767225600000000000","endTimeUnixNano":99999999999999999999"#, "?"),
    (#""startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"18446744073709551615""#, "?"),
    (#""startTimeUnixNano":"1767225600000000","endTimeUnixNano":"1767225600050000""#, "?"),
    (#""startTimeUnixNano":1767225600000,"endTimeUnixNano":1767225600050"#, "?"),
    (#""startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"soon""#, "?"),
    (#""startTimeUnixNano":"1767225600000000000","endTimeUnixNano":{}"#, "?"), (#""flags":1"#, "?"),
  ])
  func instants(_ times: String, _ expected: String) {
    let got = words("", times: times)
    if expected.isEmpty {
      #expect(got == Self.plain, "\(times)\n  expected \(Self.plain)\n  got      \(got)")
    } else {
      #expect(got.contains("unreadField") && got.hasSuffix("unusable=1"), "\(times)\n  expected to be told as doubtful\n  got      \(got)")
    }
  }

  @Test(arguments: [
    (#"{"k":"v","n":5,"d":0.5,"b":true,"l":[1,"x"],"o":{"a":null}}"#, #" [k="v", n=5, d=0.5d, b=true, l=[1,"x"], o={"a":null}]"#, false),
    (#"{"k":{"stringValue":"v"}}"#, #" [k="v"]"#, false), ("null", "", false), ("[]", "", false), ("{}", "", false),
    (#""k=v""#, "", true), ("7", "", true), (#"[{"k":"v"}]"#, "", true),
    (#"[{"key":"k","value":{"text":"v"}}]"#, #" [k={"text":"v"}]"#, true),
  ])
  func attributes(_ attributes: String, _ expected: String, isUnread: Bool) {
    let got = words(#""attributes":\#(attributes)"#)
    let wanted = "\(Self.cart) root\(isUnread ? " unreadField" : "") at 50ms from 0ms took 50ms\(expected)\(isUnread ? " unusable=1" : "")"
    #expect(got == wanted, "\(attributes)\n  expected \(wanted)\n  got      \(got)")
  }

  @Test func referencesToZerosAreNone() {
    #expect(words(#""links":[{"traceId":"00000000000000000000000000000000","spanId":"0000000000000000"}]"#) == Self.plain)
    #expect(words(#""links":[{"traceId":"AAAAAAAAAAAAAAAAAAAAAA==","spanId":"AAAAAAAAAAA="},{}]"#) == Self.plain)
  }

  /// Tempo omits what is too large for an answer, and marks it.
  @Test(arguments: [(#""PARTIAL""#, true), ("1", true), (#""COMPLETE""#, false), ("0", false), ("null", false)])
  func partialAnswers(_ status: String, isPartial: Bool) {
    let line = #"{"trace":{"resourceSpans":[{"scopeSpans":[{"spans":[\#(OTLPLineTests.span)]}]}]},"status":\#(status)}"#
    var stream = RecordStream()
    var told: [Bool] = []
    Array((line + "\n").utf8).withUnsafeBytes { stream.feed($0) { batch, _ in told += batch.records.map(\.isPartial) } }
    #expect(told == [isPartial], "\(status): expected [\(isPartial)], got \(told)")
  }

  /// An event's own level, in any case and under every usual name; the message is the name, unless that is generic.
  @Test(arguments: [
    (#""name":"cache miss","attributes":[{"key":"severity","value":{"stringValue":"Warning"}}]"#, #"says "cache miss" WARN"#),
    (
      #""name":"log","attributes":[{"key":"message","value":{"stringValue":"slow"}},{"key":"log.severity","value":{"stringValue":"error"}}]"#,
      #"says "slow" ERROR"#
    ),
    (
      #""name":"","attributes":[{"key":"body","value":{"stringValue":"b"}},{"key":"severity_text","value":{"stringValue":"debug"}}]"#,
      #"says "b" DEBUG"#
    ),
    (#""name":"event","attributes":[{"key":"log.message","value":{"stringValue":"a\tb"}}]"#, #"says "a\tb""#),
    (#""attributes":[{"key":"event","value":{"stringValue":"retry"}}]"#, #"says "retry""#),
    (
      #""name":"exception","attributes":[{"key":"exception.message","value":{"stringValue":"no"}},{"key":"exception.escaped","value":{"boolValue":true}}]"#,
      #"says "no" ERROR"#
    ),
    (#""name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}}]"#, #"says "E" WARN"#),
  ])
  func eventTexts(_ event: String, _ expected: String) {
    for line in [event, event + #","unknown":[{"a":1}]"#] {
      let got = words(#""events":[{\#(line)}]"#)
      #expect(got.contains(" \(expected)") || got.contains(" | \(expected)"), "\(event)\n  expected \(expected)\n  got      \(got)")
    }
  }
}
