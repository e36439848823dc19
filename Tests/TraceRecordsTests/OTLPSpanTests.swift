// Proves that OTLP/JSON is read in every form: each row of the table is one span and its records.

import Testing

@testable import TraceRecords

struct OTLPSpanTests {
  static let trace = "5b8efff798038103d269b633813fc60c"

  /// A line with one span, with default ids and times.
  private func line(
    _ members: String = "", trace: String = "\"\(OTLPSpanTests.trace)\"", span: String = "\"eee19b7ec3c1b174\"",
    times: String = "\"startTimeUnixNano\":\"1767225600001000000\",\"endTimeUnixNano\":\"1767225600003000000\"", resource: String = ""
  ) -> String {
    let span = "{\"traceId\":\(trace),\"spanId\":\(span),\"name\":\"op\",\(times)\(members.isEmpty ? "" : "," + members)}"
    return
      "{\"resourceSpans\":[{\"resource\":{\"attributes\":[\(resource)]},\"scopeSpans\":[{\"scope\":{\"name\":\"lib\"},\"spans\":[\(span)]}]}]}"
  }

  private func check(_ line: String, _ expected: String..., at location: SourceLocation = #_sourceLocation) {
    for decoder in [OTLPDecoder(), FormatDecoder()] as [any RecordDecoder] {
      let got = decoded(Array(line.utf8), by: decoder)
      #expect(got == expected, "\(line)\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
    }
  }

  private let whole = "target=lib at 3ms from 1ms took 2ms"
  private func span(_ rest: String, id: String = "eee19b7ec3c1b174", trace: String = OTLPSpanTests.trace) -> String {
    "span (openTelemetry) \(trace)/\(id) \(rest)"
  }

  @Test func idsInEverySpelling() {
    let expected = span("root \"op\" \(whole)")
    check(line(), expected)
    check(line(trace: "\"5B8EFFF798038103D269B633813FC60C\"", span: "\"EEE19B7EC3C1B174\""), expected)
    check(line(trace: "\"0x5b8efff798038103d269b633813fc60c\"", span: "\"0xEEE19B7EC3C1B174\""), expected)
    check(line(trace: "\"W47/95gDgQPSabYzgT/GDA==\"", span: "\"7uGbfsPBsXQ=\""), expected)
    check(line(trace: "\"W47_95gDgQPSabYzgT_GDA==\"", span: "\"7uGbfsPBsXQ=\""), expected)
    // Anything else is kept unchanged.
    check(line(trace: "\"order-1\"", span: "7"), span("root \"op\" \(whole)", id: "7", trace: "order-1"))
  }

  @Test func parentInEverySpelling() {
    let root = span("root \"op\" \(whole)")
    for parent in ["\"\"", "null", "\"0000000000000000\"", "\"AAAAAAAAAAA=\"", "0"] { check(line("\"parentSpanId\":\(parent)"), root) }
    let child = span("<eee19b7ec3c1b173 \"op\" \(whole)")
    for parent in ["\"eee19b7ec3c1b173\"", "\"EEE19B7EC3C1B173\"", "\"7uGbfsPBsXM=\""] { check(line("\"parentSpanId\":\(parent)"), child) }
  }

  @Test func kindAndStatusAsNumberOrName() {
    for kind in ["3", "\"3\"", "\"SPAN_KIND_CLIENT\""] {
      check(line("\"kind\":\(kind)"), span("root \"op\" target=lib kind=client at 3ms from 1ms took 2ms"))
    }
    for kind in ["0", "null"] { check(line("\"kind\":\(kind)"), span("root \"op\" \(whole)")) }
    for code in ["2", "\"2\"", "\"STATUS_CODE_ERROR\""] {
      check(
        line("\"status\":{\"code\":\(code),\"message\":\"no\"}"),
        span("root \"op\" says \"no\" target=lib status=error at 3ms from 1ms took 2ms"))
    }
    check(line("\"status\":{\"code\":\"STATUS_CODE_OK\"}"), span("root \"op\" target=lib status=ok at 3ms from 1ms took 2ms"))
    for status in ["{}", "{\"code\":0}", "null"] { check(line("\"status\":\(status)"), span("root \"op\" \(whole)")) }
  }

  @Test func timesAsTextOrNumber() {
    check(line(times: "\"startTimeUnixNano\":1767225600001000000,\"endTimeUnixNano\":1767225600003000000"), span("root \"op\" \(whole)"))
    // A span without an end is running; one without a start is an instant.
    check(
      line(times: "\"startTimeUnixNano\":\"1767225600001000000\",\"endTimeUnixNano\":\"0\""),
      "spanStart (openTelemetry) \(Self.trace)/eee19b7ec3c1b174 root \"op\" target=lib from 1ms")
    check(line(times: "\"endTimeUnixNano\":\"1767225600003000000\""), span("root \"op\" target=lib unreadField at 3ms from 3ms took 0ms"))
    check(line(times: "\"flags\":1"), span("root \"op\" target=lib unreadField took 0ms"))
    check(
      line(times: "\"startTimeUnixNano\":\"1767225600003000000\",\"endTimeUnixNano\":\"1767225600001000000\""),
      span("root \"op\" target=lib at 1ms from 3ms took -2ms"))
    // Beyond the range of instants.
    let huge = line(times: "\"startTimeUnixNano\":\"18446744073709551615\",\"endTimeUnixNano\":18446744073709551615")
    #expect(decoded(Array(huge.utf8), by: OTLPDecoder()).count == 1)
    // More digits than 64 bits hold are as late as an instant can be; they are no missing end.
    for digits in ["18446744073709551615", "18446744073709551616", "99999999999999999999999999"] {
      let late = decoded(
        Array(line(times: "\"startTimeUnixNano\":\"1767225600001000000\",\"endTimeUnixNano\":\"\(digits)\"").utf8), by: OTLPDecoder())
      #expect(late.count == 1 && late[0].hasPrefix("span ") && late[0].contains("unreadField"), "\(digits): \(late)")
    }
  }

  @Test func attributesAreTyped() {
    check(
      line(
        #"""
        "attributes":[{"key":"s","value":{"stringValue":"é\n"}},{"key":"i","value":{"intValue":"-5"}},{"key":"n","value":{"intValue":5}},
        {"key":"big","value":{"intValue":"18446744073709551615"}},{"key":"d","value":{"doubleValue":0.5}},{"key":"e","value":{"doubleValue":2}},
        {"key":"nan","value":{"doubleValue":"NaN"}},{"key":"inf","value":{"doubleValue":"-Infinity"}},{"key":"b","value":{"boolValue":false}},
        {"key":"y","value":{"bytesValue":"AAE="}},{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"x"},{},{"doubleValue":1}]}}},
        {"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}},{"key":"l","value":{"arrayValue":{}}}]}}},
        {"key":"null","value":{}},{"key":"none"},{"key":"bare","value":"text"}]
        """#.replacing("\n        ", with: "")),
      span(
        "root \"op\" \(whole) [s=\"é\\n\", i=-5, n=5, big=\"18446744073709551615\", d=0.5d, e=2.0d, nan=nand, inf=-infd, b=false, y=\"AAE=\", "
          + "a=[1,\"x\",null,1.0], m={\"k\":true,\"l\":[]}, null=null, none=null, bare=\"text\"]"))
  }

  @Test func resourceTellsServiceAndRun() {
    let service = #"{"key":"service.name","value":{"stringValue":"shop"}}"#
    check(
      line(
        resource: service + #",{"key":"service.instance.id","value":{"stringValue":"i-1"}},{"key":"process.pid","value":{"intValue":"7"}}"#),
      span("root \"op\" target=lib service=shop at 3ms from 1ms took 2ms run=i-1"))
    check(
      line(resource: service + #",{"key":"process.pid","value":{"intValue":"7"}}"#),
      span("root \"op\" target=lib service=shop at 3ms from 1ms took 2ms run=pid 7"))
  }

  /// All three readers say where a process works, in a record of its own before its spans.
  @Test func resourceTellsTheDirectory() throws {
    func document(_ attributes: [(String, String)]) -> String {
      let resource = attributes.map { #"{"key":"\#($0)","value":{"stringValue":"\#($1)"}}"# }.joined(separator: ",")
      return #"{"resourceSpans":[{"resource":{"attributes":[\#(resource)]},"scopeSpans":[{"spans":[{"traceId":"\#(Self.trace)","#
        + #""spanId":"eee19b7ec3c1b174","name":"op","startTimeUnixNano":"1767225600001000000","endTimeUnixNano":"1767225600003000000"}]}]}]}"#
    }
    let span = "span (openTelemetry) \(Self.trace)/eee19b7ec3c1b174 root \"op\" at 3ms from 1ms took 2ms"
    let told = [("service.instance.id", "i-1"), ("process.working_directory", "/srv/shop")]
    for attributes in [told, told.reversed()] {
      try checkBoth(
        document: document(attributes), "traces", ["process (openTelemetry) says \"/srv/shop\" run=i-1", span + " run=i-1"])
    }
    // Without a run nobody knows whose directory it is.
    try checkBoth(document: document([told[1]]), "traces", [span])
  }

  @Test func eventsAndExceptions() {
    let event =
      #""events":[{"timeUnixNano":"1767225600002000000","name":"exception","attributes":["#
      + #"{"key":"exception.type","value":{"stringValue":"ValueError"}},{"key":"exception.message","value":{"stringValue":"bad"}},"#
      + #"{"key":"exception.stacktrace","value":{"stringValue":"at x"}}"#
    let told = "[exception.type=\"ValueError\", exception.message=\"bad\", exception.stacktrace=\"at x\""
    let log = "log (openTelemetry) \(Self.trace)/eee19b7ec3c1b174 says \"ValueError: bad\""
    // Recorded and handled; recorded by a span that failed; recorded when it escaped the span.
    check(line(event + "]}]"), span("root \"op\" \(whole)"), "\(log) WARN at 2ms \(told)]")
    check(
      line(event + "]}],\"status\":{\"code\":2}"), span("root \"op\" target=lib status=error at 3ms from 1ms took 2ms"),
      "\(log) ERROR at 2ms \(told)]")
    check(
      line(event + #",{"key":"exception.escaped","value":{"boolValue":true}}]}]"#), span("root \"op\" \(whole)"),
      "\(log) ERROR at 2ms \(told), exception.escaped=true]")
    // In the form of tracing-opentelemetry.
    check(
      line(
        #""events":[{"timeUnixNano":"1767225600002000000","name":"hello","attributes":[{"key":"level","value":{"stringValue":"WARN"}},"#
          + #"{"key":"target","value":{"stringValue":"app"}},{"key":"k","value":{"intValue":"1"}}]},{"name":"no time"}]"#),
      span("root \"op\" \(whole)"), "log (openTelemetry) \(Self.trace)/eee19b7ec3c1b174 says \"hello\" target=app WARN at 2ms [k=1]",
      "log (openTelemetry) \(Self.trace)/eee19b7ec3c1b174 says \"no time\"")
  }

  @Test func links() {
    check(
      line(
        #""traceState":"a=b","links":[{"traceId":"5B8EFFF798038103D269B633813FC60D","spanId":"7uGbfsPBsXM=","attributes":[{"key":"k","value":{"intValue":"1"}}]},"#
          + #"{"traceId":"order-1","spanId":"x"}]"#),
      span(
        "root \"op\" \(whole) [otel.trace_state=\"a=b\", otel.links=[{\"trace_id\":\"5b8efff798038103d269b633813fc60d\",\"span_id\":\"eee19b7ec3c1b173\","
          + "\"attributes\":{\"k\":1}},{\"trace_id\":\"order-1\",\"span_id\":\"x\"}]]"))
  }

  /// What our own export adds is removed again; a program's own attribute with such a name gets its name back.
  @Test func marksOfOurOwn() {
    func mark(_ key: String, _ value: String) -> String { "{\"key\":\"trace_distiller.\(key)\",\"value\":\(value)}" }
    func text(_ key: String, _ value: String) -> String { mark(key, "{\"stringValue\":\"\(value)\"}") }
    let yes = "{\"boolValue\":true}"
    check(
      line(
        "\"attributes\":["
          + [
            text("trace_id", "trace_1"), text("span_id", "span_2"), text("parent_span_id", "span_1"), mark("running", yes),
            mark("follows_from", yes), mark("start_time_unix_nano", "{\"intValue\":\"1767225600000000000\"}"),
            mark("diagnostics", "{\"arrayValue\":{\"values\":[{\"stringValue\":\"selfParent\"},{\"stringValue\":\"new\"}]}}"),
            text("escaped.trace_distiller.span_id", "mine"),
          ].joined(separator: ",") + "]"),
      "spanStart (openTelemetry) trace_1/span_2 <span_1 \"op\" target=lib followsFrom selfParent at 3ms from 0ms took 3ms [trace_distiller.span_id=\"mine\"]"
    )
    check(line("\"attributes\":[\(mark("parent_unstated", yes))]"), span("\"op\" \(whole)"))
  }

  /// A span with missing data is counted; the others of its line are kept.
  @Test func oneBadSpanOfALine() {
    let good =
      "{\"traceId\":\"\(Self.trace)\",\"spanId\":\"eee19b7ec3c1b174\",\"startTimeUnixNano\":1767225600001000000,\"endTimeUnixNano\":1767225600003000000}"
    for (bad, reason) in [
      ("{}", "OTLP span without traceId"), ("{\"traceId\":\"\(Self.trace)\",\"spanId\":\"\"}", "OTLP span with an unusable spanId: \"\""),
      ("{\"traceId\":\"00000000000000000000000000000000\"}", "OTLP span with an unusable traceId: \"00000000000000000000000000000000\""),
      ("7", "OTLP span without traceId"),
    ] {
      check(
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(bad),\(good),\(bad)]}]}]}", span("root at 3ms from 1ms took 2ms"),
        "skipped 2: \(reason)")
    }
  }
}
