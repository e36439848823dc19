// Proves that the printed output of OpenTelemetry's SDKs is read like their exports: every member of a span, its events, links and logs.

import Testing

@testable import TraceRecords

struct ConsoleFormatTests {
  private static let head = "span (openTelemetry) 5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174"

  private static func python(_ members: String, end: String = #""2026-01-01T00:00:00.004Z""#) -> String {
    """
    {"name":"op","context":{"trace_id":"0x5b8efff798038103d269b633813fc60c","span_id":"0xeee19b7ec3c1b174","trace_state":"[]"},
    "start_time":"2026-01-01T00:00:00.001Z","end_time":\(end),\(members)}
    """.replacing("\n", with: "")
  }

  /// Members, and the records.
  @Test(arguments: [
    (
      #""kind":"SpanKind.CLIENT","parent_id":"0xEEE19B7EC3C1B173","status":{"status_code":"ERROR","description":"boom"},"attributes":{"n":1,"l":["a"]}"#,
      ["\(head) <eee19b7ec3c1b173 \"op\" says \"boom\" status=error kind=client at 4ms from 1ms took 3ms [n=1, l=[\"a\"]]"]
    ),
    (
      #""kind":"SpanKind.INTERNAL","parent_id":null,"status":{"status_code":"UNSET"},"resource":{"attributes":{"service.name":"shop","service.instance.id":"i1"}}"#,
      ["\(head) root \"op\" service=shop kind=internal at 4ms from 1ms took 3ms run=i1"]
    ),
    (
      #""parent_id":null,"status":{"status_code":"OK"},"resource":{"attributes":{"process.pid":42}},"links":[{"context":{"trace_id":"0x5b8efff798038103d269b633813fc60d","span_id":"0xeee19b7ec3c1b175"},"attributes":{"why":"batch"}}]"#,
      [
        "\(head) root \"op\" status=ok at 4ms from 1ms took 3ms run=pid 42 "
          + #"[otel.links=[{"trace_id":"5b8efff798038103d269b633813fc60d","span_id":"eee19b7ec3c1b175","attributes":{"why":"batch"}}]]"#
      ]
    ),
    (
      #""parent_id":null,"events":[{"name":"exception","timestamp":"2026-01-01T00:00:00.002Z","attributes":{"exception.type":"KeyError","exception.message":"'JPY'","exception.escaped":"False"}}]"#,
      [
        "\(head) root \"op\" at 4ms from 1ms took 3ms",
        "log (openTelemetry) 5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174 says \"KeyError: \\'JPY\\'\" WARN at 2ms "
          + "[exception.type=\"KeyError\", exception.message=\"\\'JPY\\'\", exception.escaped=\"False\"]",
      ]
    ),
  ]) func pythonSpans(_ members: String, _ expected: [String]) { checkText(Self.python(members), expected) }

  @Test func aPythonSpanThatStillRuns() {
    checkText(
      Self.python(#""parent_id":null"#, end: "null"),
      ["spanStart (openTelemetry) 5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174 root \"op\" at 1ms from 1ms"])
  }

  @Test func pythonLogsJoinTheirSpans() {
    let ids = #""trace_id":"0x5b8efff798038103d269b633813fc60c","span_id":"0xeee19b7ec3c1b174""#
    func log(_ ids: String) -> String {
      #"{"body":"careful","severity_number":13,"severity_text":"WARN","attributes":{"n":1},"timestamp":"2026-01-01T00:00:00.002Z","observed_timestamp":"2026-01-01T00:00:00.003Z",\#(ids),"resource":{"attributes":{"service.name":"shop"}}}"#
    }
    checkText(
      log(ids),
      ["log (openTelemetry) 5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174 says \"careful\" service=shop WARN at 2ms [n=1]"])
    // Outside of spans the SDK prints zeros.
    checkText(
      log(#""trace_id":"0x00000000000000000000000000000000","span_id":"0x0000000000000000""#),
      ["moduleLog (openTelemetry) says \"careful\" service=shop WARN at 2ms [n=1]"])
  }

  @Test func goSpans() {
    checkText(
      #"{"Name":"/foo","SpanContext":{"TraceID":"0102030405060708090a0b0c0d0e0f10","SpanID":"0102030405060708"},"Parent":{"TraceID":"0102030405060708090a0b0c0d0e0f10","SpanID":"0102030405060709"},"SpanKind":2,"StartTime":"2026-01-01T00:00:00.001Z","EndTime":"2026-01-01T00:00:00.004+00:00","Attributes":[{"Key":"k","Value":{"Type":"STRING","Value":"v"}},{"Key":"n","Value":{"Type":"INT64","Value":7}},{"Key":"l","Value":{"Type":"STRINGSLICE","Value":["a","b"]}}],"Events":[{"Name":"retry","Attributes":[{"Key":"n","Value":{"Type":"INT64","Value":1}}],"Time":"2026-01-01T00:00:00.002Z"}],"Links":[{"SpanContext":{"TraceID":"0102030405060708090a0b0c0d0e0f11","SpanID":"0102030405060701"},"Attributes":null}],"Status":{"Code":"Error","Description":"boom"},"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"demo-go"}}],"InstrumentationScope":{"Name":"demo"}}"#,
      [
        "span (openTelemetry) 0102030405060708090a0b0c0d0e0f10/0102030405060708 <0102030405060709 \"/foo\" says \"boom\" target=demo "
          + "service=demo-go status=error kind=server at 4ms from 1ms took 3ms [k=\"v\", n=7, l=[\"a\",\"b\"], "
          + #"otel.links=[{"trace_id":"0102030405060708090a0b0c0d0e0f11","span_id":"0102030405060701"}]]"#,
        "log (openTelemetry) 0102030405060708090a0b0c0d0e0f10/0102030405060708 says \"retry\" at 2ms [n=1]",
      ])
  }

  @Test(arguments: [
    (
      #"{"name":"op","context":{"trace_id":"0x00","span_id":"0x01"},"start_time":"2026-01-01T00:00:00Z"}"#,
      "OpenTelemetry span with an unusable trace id: \"0x00\""
    ),
    (
      #"{"name":"op","context":{"trace_id":"0x01","span_id":"0x01"},"start_time":"today"}"#,
      "OpenTelemetry span with an unusable start: \"today\""
    ),
    (
      #"{"Name":"op","SpanContext":{"TraceID":"01"},"StartTime":"2026-01-01T00:00:00Z"}"#, "OpenTelemetry span without span id"
    ),
  ]) func whatCannotBeUsedSaysWhy(_ line: String, _ expected: String) { checkText(line, ["error: \(expected)"]) }

  /// The same run of the same program, exported and printed: the numbers of everything are equal.
  @Test func thePrintedStreamIsTheExportedOne() throws {
    let printed = OTLPFixtureTests.count(try fixture("python-console-lines"))
    #expect(printed.description == "4 traces, 64 spans, 12 failed, 36 logs, 0 lost")
  }

  @Test func splitAtEveryByte() throws {
    let bytes = try fixture("python-console-lines").prefix(6_000)
    checkEverySplit(Array(bytes[..<bytes.lastIndex(of: 0x0A)!]))
  }

  /// In a stream with a line of every foreign kind, lines of no known format are counted and named.
  @Test func bunyanIsNoFormatHere() throws {
    let bunyan = lines(try fixture("composed-foreign")).prefix(3)
    let reading = read(Array(bunyan.joined(separator: [0x0A])))
    #expect(reading.records.isEmpty)
    #expect(reading.statistics.unrecognisedLines == 3)
    #expect(reading.problems.first?.reason == "not a record of a known format (an object with v, name, msg, level, hostname, pid)")
  }

  private func checkText(_ line: String, _ expected: [String], at location: SourceLocation = #_sourceLocation) {
    let got = decoded(Array(line.utf8), by: FormatDecoder())
    #expect(
      got == expected, "\n  expected \(expected.joined(separator: "\n           "))\n  got      \(got.joined(separator: "\n           "))",
      sourceLocation: location)
  }
}
