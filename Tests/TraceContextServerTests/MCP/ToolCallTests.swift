// Proves the answers to calls of tools: correct calls get text, wrong ones a result with the fix, and JSON only on request.

import JSON
import Testing

@testable import TraceContextServer

struct ToolCallTests {
  static func shop() -> TestServer {
    let test = TestServer()
    test.feed(RecordLines.trace("order-1", name: "POST /orders", duration: 80, failures: 2))
    test.feed(RecordLines.trace("order-2", name: "GET /orders", start: 100, duration: 5))
    test.feed(RecordLines.trace("orders-3", name: "GET /orders", start: 200, duration: 9))
    test.advance(millis: 600)
    return test
  }

  /// A call, whether it is an error, and parts of its text.
  static let cases: [(tool: String, arguments: JSONObject, isError: Bool, says: [String])] = [
    ("list_traces", [:], false, ["3 traces", "t3 ✅ GET /orders  9.00 ms  1 span  orders-3", "t1 ⚠️ POST /orders"]),
    ("list_traces", ["limit": 1], false, ["3 traces, 1 shown", #"More: the same call with "cursor":"recent.0.3""#]),
    ("list_traces", ["filter": ["name": "PUT"]], false, ["0 traces", "nothing matches; there are 3 traces"]),
    ("summarize_trace", ["traceId": "t1"], false, ["=== Execution path report ===", "Root: POST /orders", "=== Errors ==="]),
    ("critical_path", ["traceId": "order-1"], false, ["100.0 %", "at +0 ms for 80.00 ms  POST /orders  span root"]),
    (
      "find_errors", ["traceId": "latest-error"], false,
      ["2 failed spans, 0 warnings: 1 cause", "❌ no ×2 in step", "path: POST /orders › step", "spans: f0, f1"]
    ),
    ("find_errors", ["traceId": "t2"], false, ["no ERROR or WARN among"]),
    ("find_insights", ["traceId": "t1"], false, ["Trace: t1 · order-1"]),
    (
      "get_span", ["traceId": "t1", "spanId": "f1"], false,
      ["Span: f1 · step", "Status: ❌ error: no", "Path: POST /orders › step", "Parent: root"]
    ),
    ("search_spans", ["text": "step"], false, ["2 spans found", "t1 f0  ❌ step: no"]),
    ("compare_traces", ["base": "t2", "target": "t3"], false, ["GET /orders"]),
    ("aggregate_traces", [:], false, ["=== Aggregate ===", "GET /orders"]),
    ("await_trace", ["cursor": "c2", "timeoutMs": 0], false, ["1 trace completed", #"await_trace {"cursor":"c3"}"#]),
    ("await_trace", ["timeoutMs": 0], false, ["No trace completed in that time", #"{"cursor":"c3"}"#]),
    ("server_status", [:], false, [TestServer.pipe, "reading; 5 records in 5 lines", "Traces: 3 complete", "Nothing was lost"]),
    // The error is reported together with what is right.
    ("summarize_trace", ["traceId": "order-9"], true, ["no trace order-9; list_traces shows what there is", "Near: order-1, order-2"]),
    ("summarize_trace", ["traceId": "order"], true, ["several traces begin with order", "Candidates: order-1, order-2, orders-3"]),
    ("get_span", [:], true, ["get_span needs spanId: an id from another answer, or its beginning"]),
    ("get_span", ["traceId": "t1", "spanId": "f7"], true, ["no span f7 in this trace; search_spans shows its spans", "Near: f0, f1"]),
    (
      "list_traces", ["limi": 3], true,
      ["list_traces has no limi; did you mean limit?", "Known: filter, sort, limit, cursor, maxChars, format"]
    ),
    ("list_traces", ["limit": "five"], true, [#"limit must be an integer from 1 to 1000, not "five""#]),
    ("list_traces", ["limit": 5.5], true, ["limit must be an integer from 1 to 1000, not 5.5"]),
    ("list_traces", ["limit": 0], true, ["limit must be an integer from 1 to 1000, not 0"]),
    ("list_traces", ["filter": ["minDuration": 3]], true, ["filter has no minDuration; did you mean minDurationMs?"]),
    ("list_traces", ["sort": "fastest"], true, ["sort must be one of recent, slowest, errors"]),
    ("list_traces", ["maxChars": 10], true, ["maxChars must be an integer from 400 to 200000, not 10"]),
    ("list_traces", ["format": "xml"], true, ["format must be one of text, json"]),
    ("list_traces", ["cursor": "next"], true, ["cursor next is not one of ours"]),
    ("server_status", ["maxChars": 1_000], true, ["server_status has no maxChars"]),
    (
      "await_trace", ["timeoutMs": 60_000, "cursor": "c2"], false,
      ["1 trace completed", "(timeoutMs 60000 is above its bound: 25000 was taken)"]
    ),
    ("summarize_trace", ["traceId": "GET /orders"], false, ["Trace: t3 · orders-3 (the newest of 2 of that name)"]),
    ("find_errors", ["traceId": "POST /orders"], false, ["Trace: t1 · order-1 (the only one of that name)"]),
    ("compare_traces", ["base": "t2", "target": "GET /orders"], false, ["Target: t3 · orders-3 (the newest of 2 of that name)"]),
    ("compare_traces", ["base": "like"], false, ["Base: 1 like trace, of 1 with this root", "Target: t3"]),
    ("compare_traces", ["base": "like", "target": "t1"], true, ["no kept trace is like t1, of 0 with its root"]),
    ("compare_traces", ["target": "like", "base": "t1"], true, ["no trace like"]),
    ("compare_traces", ["base": #"{"hasErrors":true}"#], false, ["Base: 1 trace that matches"]),
    ("compare_traces", ["base": #"{"rootName":"nothing"}"#], true, ["no trace matches, of 3 that are kept"]),
    ("explain_trace", [:], false, ["t3 · orders-3", "Base: none: 1 like trace found, fewer than five", "Next: "]),
    ("explain_trace", ["traceId": "t1"], false, ["t1 · order-1", "POST /orders", "Next: find_errors"]),
    ("explain_trace", ["traceId": "t3", "base": "t2"], false, ["Base: t2"]),
    ("compare_traces", ["base": "run:abc"], true, ["no trace of run abc"]),
    ("compare_traces", [:], true, ["compare_traces needs base"]),
  ]

  @Test(arguments: cases.indices) func call(_ index: Int) async throws {
    let (tool, arguments, isError, says) = Self.cases[index]
    let client = try await MCPClient(test: Self.shop())
    let result = try await client.call(tool, arguments)
    let question = "\(tool) \(JSONValue.object(arguments).serializedString)"
    let text = result["content"]?[0]?["text"]?.string ?? ""
    #expect((result["isError"] == true) == isError, "\(question): \(text)")
    #expect(result["structuredContent"] == nil && result["content"]?.array?.count == 1, "\(question) pays twice")
    for part in says { #expect(text.contains(part), "\(question)\n  should say \(part)\n  says\n\(text)") }
    // Agents know tools, not methods.
    for method in MethodRegistry.methods.map({ $0.name }) { #expect(!text.contains(method), "\(question) names \(method):\n\(text)") }
    #expect(result["_meta"]?["trace-distiller/size"]?["chars"] == .integer(text.serializedLength), "\(question)")
  }

  /// Before anything has arrived: every tool about a trace says how to get one, and that is not an error of the caller.
  @Test(arguments: [
    "list_traces", "summarize_trace", "critical_path", "find_errors", "find_insights", "search_spans", "aggregate_traces", "await_trace",
  ])
  func nothingYet(_ tool: String) async throws {
    let client = try await MCPClient(.july2026)
    let result = try await client.call(tool, tool == "await_trace" ? ["timeoutMs": 0] : [:])
    let text = result["content"]?[0]?["text"]?.string ?? ""
    #expect(result["isError"] == nil, "\(text)")
    for part in [TestServer.pipe, "NamedPipeLogManager()).bootstrap()", "withSpan", "await_trace"] {
      #expect(text.contains(part), "\(tool) does not tell of \(part):\n\(text)")
    }
  }

  @Test func jsonIsGivenWhereItIsAskedFor() async throws {
    let test = Self.shop()
    let list = try test.ask("traces/list").get()
    let client = try await MCPClient(test: test)
    let result = try await client.call("list_traces", ["format": "json"])
    #expect(result["structuredContent"] == list)
    // Some clients show their model only the content.
    #expect(result["content"]?.array?.count == 1)
    #expect(try JSONValue(parsing: result["content"]?[0]?["text"]?.string ?? "") == list)
    // A path has both; the caller does not pay for the text in addition to the facts.
    let path = try await client.call("critical_path", ["format": "json"])["structuredContent"]
    #expect(path?["segments"] != nil && path?["text"] == nil)
    let summary = try await client.call("summarize_trace", ["format": "json"])["structuredContent"]
    #expect(summary?["tree"] != nil && summary?["text"] == nil)
    // Before there was such a member, JSON was sent as text.
    let old = try await MCPClient(.march2025, test: Self.shop()).call("list_traces", ["format": "json"])
    #expect(old["structuredContent"] == nil)
    #expect(try JSONValue(parsing: old["content"]?[0]?["text"]?.string ?? "") == list)
  }

  /// Beside the answer stands whether it is all there is, in both forms.
  @Test func theSizeTellsOfACut() async throws {
    let client = try await MCPClient(test: Self.shop())
    for (tool, arguments, isCut) in [
      ("summarize_trace", ["traceId": "t1", "maxChars": 400], true), ("summarize_trace", ["traceId": "t1"], false),
      ("list_traces", ["format": "json", "limit": 1], true), ("list_traces", ["format": "json"], false),
    ] as [(String, JSONObject, Bool)] {
      let got = try await client.call(tool, arguments)["_meta"]?["trace-distiller/size"]?["truncated"]
      #expect(got == .bool(isCut), "\(tool) \(JSONValue.object(arguments).serializedString)")
    }
  }

  @Test func unknownToolsAreErrorsOfTheRequest() async throws {
    let answer = try await MCPClient(test: Self.shop()).ask("tools/call", ["name": "summarise_trace"])
    #expect(answer["error"]?["code"] == -32602, "\(answer.serializedString)")
    #expect(answer["error"]?["message"]?.string?.contains("did you mean summarize_trace?") == true, "\(answer.serializedString)")
  }
}

extension String {
  /// The length in the unit of `maxChars`.
  var serializedLength: Int { JSONValue.string(self).serializedString.unicodeScalars.count - 2 }
}
