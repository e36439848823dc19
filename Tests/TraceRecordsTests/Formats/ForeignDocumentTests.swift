// Proves what is kept from the span documents of other SDKs and tools: small ones completely, as records.

import Testing

@testable import TraceRecords

struct ForeignDocumentTests {
  static let trace = "4bc692194da8436f93133d4fafac0791"
  private let root = "\(ForeignDocumentTests.trace)/1122334455667788"
  private let child = "\(ForeignDocumentTests.trace)/aabbccddeeff0011"

  private func check(
    _ name: String, _ suffix: String, _ expected: [String], counters: String = "", at location: SourceLocation = #_sourceLocation
  ) throws {
    let got = read(try fixture(name, suffix), as: RecordStream())
    let records = got.records.map { $0.replacing("(openTelemetry) ", with: "") }
    #expect(records == expected, "\(name)\n  expected \(expected)\n  got      \(records)", sourceLocation: location)
    #expect(got.statistics.lost == 0, "\(name): \(got.problems)", sourceLocation: location)
    if !counters.isEmpty { #expect(got.counters.contains(counters), "\(name): \(got.counters)", sourceLocation: location) }
  }

  @Test(arguments: ["js-console-sdk1", "js-console-sdk2"]) func javaScriptConsole(_ name: String) throws {
    try check(
      name, "jsonl",
      [
        #"span \#(child) <1122334455667788 "POST /charge" says "card refused" target=http service=checkout status=error kind=client at 30000500ns from 10ms took 20000500ns [http.response.status_code=503]"#,
        #"log \#(child) says "CardError: card refused" ERROR at 25ms [exception.type="CardError", exception.message="card refused"]"#,
        #"span \#(root) root "POST /orders" target=http service=checkout kind=server at 50ms from 0ms took 50ms [http.route="/orders"]"#,
      ])
  }

  @Test func codingAgents() throws {
    let spans = [
      #"span \#(child) <1122334455667788 "execute_tool run_tests" says "exit code 1" target=copilot-chat service=copilot-chat status=error kind=internal at 4500ms from 500ms took 4000ms [gen_ai.operation.name="execute_tool", gen_ai.tool.name="run_tests"]"#,
      #"log \#(child) says "ToolError: exit code 1" ERROR at 4400ms [exception.type="ToolError", exception.message="exit code 1"]"#,
      #"span \#(root) root "invoke_agent copilot" target=copilot-chat service=copilot-chat kind=internal at 6000ms from 0ms took 6000ms [gen_ai.operation.name="invoke_agent"]"#,
    ]
    try check(
      "js-copilot-vscode", "jsonl",
      spans + [#"log \#(root) says "copilot_chat.agent.turn: 1" at 1000ms [event.name="copilot_chat.agent.turn"]"#])
    let got = read(try fixture("js-copilot-cli"), as: RecordStream())
    #expect(got.records.map { $0.replacing("(openTelemetry) ", with: "") } == spans)
    // The third line is a metric's name.
    #expect(got.counters.contains("unrecognisedLines=1"), "\(got.counters)")
    try check(
      "js-gemini", "json",
      [
        #"span \#(root) root "llm_call" target=gemini-cli service=gemini-cli status=ok kind=internal at 2500ms from 0ms took 2500ms [gen_ai.operation.name="llm_call"]"#
      ])
  }

  @Test func php() throws {
    try check(
      "php-console", "json",
      [
        #"span \#(root) root "GET /cart" says "boom" service=cart status=error kind=server at 50ms from 0ms took 50ms [http.route="/cart"]"#,
        #"log \#(root) says "PDOException: gone away" ERROR at 40ms [exception.type="PDOException", exception.message="gone away"]"#,
      ])
  }

  @Test func swift() throws {
    try check(
      "swift-stdout", "jsonl", [#"span \#(root) root "GET /cart" kind=server at 50ms from 0ms took 50ms [http.route="/cart"]"#])
  }

  @Test func phoenix() throws {
    try check(
      "phoenix-spans", "json",
      [
        #"span \#(root) root "agent" status=ok at 6000ms from 0ms took 6000ms [input.value="tea", openinference.span.kind="AGENT"]"#,
        #"span \#(child) <1122334455667788 "lookup" says "ValueError: no stock" status=error at 1500ms from 1000ms took 500ms [openinference.span.kind="TOOL"]"#,
        #"log \#(child) says "ValueError: no stock" ERROR at 1400ms [exception.type="ValueError", exception.message="no stock"]"#,
      ])
  }

  @Test func mlflow() throws {
    try check(
      "mlflow-trace", "json",
      [
        #"span \#(root) root "agent" status=ok at 6000ms from 0ms took 6000ms [mlflow.traceRequestId="tr-\#(Self.trace)", mlflow.spanType="AGENT", mlflow.spanInputs={"q":"tea"}]"#,
        #"span \#(child) <1122334455667788 "lookup" says "ValueError: no stock" status=error at 1500ms from 1000ms took 500ms [mlflow.traceRequestId="tr-\#(Self.trace)", mlflow.spanType="TOOL", retries=3]"#,
        #"log \#(child) says "ValueError: no stock" ERROR at 1400ms [exception.message="no stock", exception.type="ValueError"]"#,
      ])
    // Version 2, with ids in hex and the status beside the other members.
    let old =
      #"{"spans":[{"name":"agent","context":{"span_id":"0x1122334455667788","trace_id":"0x\#(Self.trace)"},"parent_id":null,"start_time":1767225600000000000,"end_time":1767225600005000000,"status_code":"ERROR","status_message":"no","attributes":{"mlflow.spanType":"\"AGENT\""},"events":[]}]}"#
    #expect(
      read(old).records == [
        #"span (openTelemetry) \#(root) root "agent" says "no" status=error at 5ms from 0ms took 5ms [mlflow.spanType="AGENT"]"#
      ])
  }

  @Test func xray() throws {
    let trace = "1-581cf771-a006649127e371903a2de979"
    let expected = [
      #"span \#(trace)/70de5b6f19ff9a0a root "shop" service=shop status=error kind=server at 50012500ns from 0ms took 50012500ns [http.request.method="GET", url.full="http://shop.example/cart", http.response.status_code=500, tenant="t1", metadata={"default":{"k":{"a":1}}}]"#,
      #"span \#(trace)/53995c3f42cd8ad8 <70de5b6f19ff9a0a "carts" service=shop status=error kind=client at 40ms from 10ms took 30ms [http.response.status_code=502]"#,
      #"spanStart \#(trace)/6b55dcc497934f1a <70de5b6f19ff9a0a "DynamoDB" service=shop kind=client at 41ms from 41ms [aws.operation="GetItem", aws.table_name="carts"]"#,
      #"span \#(trace)/1a2b3c4d5e6f7081 <53995c3f42cd8ad8 "parse" says "KeyError: no cart" service=shop status=error kind=internal at 30ms from 20ms took 10ms"#,
      #"log \#(trace)/1a2b3c4d5e6f7081 says "KeyError: no cart" ERROR at 30ms [exception.type="KeyError", exception.message="no cart", exception.stacktrace="find (cart.py:15)"]"#,
    ]
    try check("xray-segment", "json", expected)
    // The API's answer contains the same as a text; the daemon gets a header before it.
    let document = String(decoding: try fixture("xray-segment", "json"), as: UTF8.self).replacing("\n", with: "")
    let quoted = document.replacing("\"", with: "\\\"")
    let answer = #"{"Traces":[{"Id":"\#(trace)","Duration":0.05,"Segments":[{"Id":"70de5b6f19ff9a0a","Document":"\#(quoted)"}]}]}"#
    for text in [answer, #"{"format":"json","version":1}"# + "\n" + document] {
      let got = read(text)
      #expect(got.records.map { $0.replacing("(openTelemetry) ", with: "") } == expected, "\(got.records)")
      #expect(got.statistics.lost == 0, "\(got.problems)")
    }
  }

  @Test func whatIsUnusableCostsItselfAlone() {
    let rows: [(value: String, expected: [String])] = [
      (
        #"{"data":[{"context":{"trace_id":"a","span_id":"b"},"span_kind":"LLM","status_code":"OK","start_time":"soon"},{"name":"n","context":{"trace_id":"a","span_id":"c"},"span_kind":"LLM","status_code":"OK","start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-01T00:00:00Z","attributes":{"openinference.span.kind":"LLM"}}]}"#,
        [
          #"span (openTelemetry) a/c root "n" status=ok at 0ms from 0ms took 0ms [openinference.span.kind="LLM"]"#,
          #"skipped 1: OpenTelemetry span with an unusable start: "soon""#,
        ]
      ),
      (
        #"{"Traces":[{"Segments":[{"Document":"{"},{"Document":7}]}]}"#,
        [#"skipped 2: invalid JSON at byte 1: string or '}' expected near end of file"#]
      ),
      (
        #"{"trace_id":"1-581cf771-a006649127e371903a2de979","id":"a","start_time":"x"}"#,
        [#"skipped 1: X-Ray segment with an unusable start_time: "x""#]
      ),
    ]
    for (value, expected) in rows {
      let got = decoded(Array(value.utf8), by: FormatDecoder())
      #expect(got == expected, "\(value)\n  expected \(expected)\n  got      \(got)")
    }
  }

  /// A value of unknown form is neither the default nor absent: the span gets a diagnostic, and it is counted.
  @Test func whatIsNotUnderstoodIsTold() {
    let js = #""traceId":"a","spanId":"b","name":"n","startTime":[1767225600,0]"#
    let python = #""name":"n","context":{"trace_id":"0xa","span_id":"0xb"},"start_time":"2026-01-01T00:00:00Z""#
    let jaeger = #""traceID":"a","spanID":"b","operationName":"n","startTime":1767225600000000"#
    let zipkin = #""traceId":"a","id":"b","name":"n","timestamp":1767225600000000"#
    let rows = [
      #"{\#(js),"endTime":[1767225601,0],"status":{"code":7}}"#, #"{\#(js),"endTime":[1767225601,0],"kind":9}"#,
      #"{\#(js),"endTime":"later"}"#, #"{\#(js),"endTime":[1767225601,0],"attributes":["a"]}"#,
      #"{\#(js),"endTime":[1767225601,0],"events":{}}"#,
      #"{\#(python),"status":{"status_code":"FAILED"}}"#, #"{\#(python),"kind":"SpanKind.LLM"}"#, #"{\#(python),"end_time":7}"#,
      #"{\#(jaeger),"duration":"soon"}"#, #"{\#(jaeger),"duration":1,"tags":[{"key":"span.kind","value":"sideways"}]}"#,
      #"{\#(jaeger),"duration":1,"tags":[{"key":"otel.status_code","value":"BAD"}]}"#, #"{\#(jaeger),"duration":1,"tags":"none"}"#,
      #"{"traceID":"a","spanID":"b","operationName":"n","startTime":1767225600000,"duration":1}"#,
      #"{\#(zipkin),"kind":"CLIENT","duration":"soon"}"#, #"[{\#(zipkin),"duration":1},{\#(zipkin),"duration":1,"kind":"SIDEWAYS"}]"#,
      #"{\#(zipkin),"kind":"CLIENT","duration":1,"tags":"none"}"#,
      #"{\#(zipkin),"kind":"CLIENT","duration":1,"tags":{"otel.status_code":"BAD"}}"#,
      #"[{"ph":"X","name":"n","ts":1,"dur":"soon","pid":1,"tid":1}]"#,
    ]
    for row in rows {
      let got = read(row)
      #expect(got.records.contains { $0.contains(" unreadField") }, "\(row)\n  got \(got.records)")
      #expect(got.statistics.unusableFields > 0, "\(row)\n  got \(got.counters)")
      #expect(got.statistics.lost == 0, "\(row)\n  got \(got.problems)")
    }
    for negative in [
      #"{\#(js),"endTime":[1767225599,0]}"#, #"{\#(jaeger),"duration":-1}"#, #"{\#(zipkin),"kind":"CLIENT","duration":-1}"#,
      #"[{"ph":"X","name":"n","ts":1,"dur":-3,"pid":1,"tid":1}]"#,
    ] {
      let got = read(negative)
      #expect(got.records.contains { $0.contains(" negativeDuration") } && got.statistics.unusableFields > 0, "\(negative)\n  got \(got)")
    }
  }
}
