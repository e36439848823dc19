// Proves that every mistake in a parameter is reported: which one, what was found, what is expected, and what the caller may have meant.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

struct ParameterTests {
  static let server: TestServer = {
    let server = TestServer()
    server.feed(RecordLines.trace("trace_1", failures: 1) + RecordLines.trace("trace_2"))
    return server
  }()

  /// Method, params, message, data; the code is always −32602.
  static let mistakes: [(method: String, params: JSONValue, message: String, data: JSONValue?)] = [
    (
      "traces/list", ["sorted": "recent"], "traces/list has no sorted; did you mean sort?",
      ["near": ["sort"], "known": ["filter", "sort", "limit", "cursor", "maxChars", "maxTokens"]]
    ),
    (
      "trace/span", ["span": "root"], "trace/span has no span; did you mean spanId?",
      ["near": ["spanId"], "known": ["traceId", "spanId", "limit", "maxChars", "maxTokens"]]
    ),
    ("server/status", ["x": 1], "server/status has no x", ["near": [], "known": []]),
    (
      "trace/tree", ["\u{1B}[31m": 1], #"trace/tree has no \u{1b}[31m; did you mean focus?"#,
      ["near": ["focus"], "known": ["traceId", "focus", "maxDepth", "limit", "cursor", "maxChars", "maxTokens"]]
    ),
    (
      "traces/list", ["filter": ["names": "a"]], "filter has no names; did you mean name?",
      ["near": ["name"], "known": .array(TraceFilter.keys.map { .string($0) })]
    ),
    ("traces/list", [1], "traces/list takes its parameters by name: send an object", nil),
    ("server/status", [[:]], "server/status takes its parameters by name: send an object", nil),
    ("traces/list", ["filter": "name"], #"filter must be an object, not "name""#, ["parameter": "filter"]),
    ("traces/list", ["filter": ["name": 1]], "filter.name must be a string, not 1", ["parameter": "filter.name"]),
    (
      "traces/list", ["filter": ["status": "bad"]], #"filter.status must be ok, error or running, not "bad""#,
      ["parameter": "filter.status"]
    ),
    (
      "traces/list", ["filter": ["hasErrors": "yes"]], #"filter.hasErrors must be true or false, not "yes""#,
      ["parameter": "filter.hasErrors"]
    ),
    (
      "traces/list", ["filter": ["minDurationMs": -1]], "filter.minDurationMs must be a number of milliseconds, not -1",
      ["parameter": "filter.minDurationMs"]
    ),
    (
      "traces/list", ["filter": ["maxDurationMs": "5"]], #"filter.maxDurationMs must be a number of milliseconds, not "5""#,
      ["parameter": "filter.maxDurationMs"]
    ),
    (
      "traces/list", ["filter": ["since": "yesterday"]],
      #"filter.since must be an instant as RFC 3339 or as a string of Unix nanoseconds, not "yesterday""#, ["parameter": "filter.since"]
    ),
    (
      "traces/list", ["filter": ["until": 5]], "filter.until must be an instant as RFC 3339 or as a string of Unix nanoseconds, not 5",
      ["parameter": "filter.until"]
    ),
    (
      "traces/list", ["filter": ["attributes": "a"]], #"filter.attributes must be an object of key and value, not "a""#,
      ["parameter": "filter.attributes"]
    ),
    (
      "traces/list", ["sort": "fast"], #"sort must be one of recent, slowest, errors, not "fast""#,
      ["parameter": "sort", "expected": "one of recent, slowest, errors"]
    ),
    (
      "traces/list", ["sort": 1], "sort must be one of recent, slowest, errors, not 1",
      ["parameter": "sort", "expected": "one of recent, slowest, errors"]
    ),
    (
      "traces/list", ["limit": 1_001], "limit must be an integer from 1 to 1000, not 1001",
      ["parameter": "limit", "expected": "an integer from 1 to 1000"]
    ),
    (
      "traces/list", ["limit": "5"], #"limit must be an integer from 1 to 1000, not "5""#,
      ["parameter": "limit", "expected": "an integer from 1 to 1000"]
    ),
    (
      "traces/list", ["limit": .number(2.5)], "limit must be an integer from 1 to 1000, not 2.5",
      ["parameter": "limit", "expected": "an integer from 1 to 1000"]
    ),
    (
      "traces/list", ["limit": .bigNumber("18446744073709551615")], #"limit must be an integer from 1 to 1000, not "18446744073709551615""#,
      ["parameter": "limit", "expected": "an integer from 1 to 1000"]
    ),
    (
      "trace/summary", ["maxChars": 399], "maxChars must be an integer from 400 to 200000, not 399",
      ["parameter": "maxChars", "expected": "an integer from 400 to 200000"]
    ),
    (
      "trace/summary", ["maxChars": 200_001], "maxChars must be an integer from 400 to 200000, not 200001",
      ["parameter": "maxChars", "expected": "an integer from 400 to 200000"]
    ),
    ("trace/summary", ["traceId": 1], "traceId must be a string, not 1", ["parameter": "traceId", "expected": "a string"]),
    (
      "trace/summary", ["format": "xml"], #"format must be one of text, json, not "xml""#,
      ["parameter": "format", "expected": "one of text, json"]
    ),
    (
      "trace/summary", ["show": "tree"], #"show must be a list of one of tree, criticalPath, insights, errors, not "tree""#,
      ["parameter": "show", "expected": "a list of one of tree, criticalPath, insights, errors"]
    ),
    (
      "trace/summary", ["show": ["tree", "path"]], #"show must be one of tree, criticalPath, insights, errors, not "path""#,
      ["parameter": "show", "expected": "one of tree, criticalPath, insights, errors"]
    ),
    ("trace/summary", ["locale": false], "locale must be a string, not false", ["parameter": "locale", "expected": "a string"]),
    (
      "trace/tree", ["maxDepth": -1], "maxDepth must be an integer from 0 to 1000000, not -1",
      ["parameter": "maxDepth", "expected": "an integer from 0 to 1000000"]
    ),
    ("trace/span", [:], "trace/span needs spanId; trace/tree shows the ids of a trace", ["parameter": "spanId", "next": "trace/tree"]),
    (
      "trace/span", ["spanId": .null], "trace/span needs spanId; trace/tree shows the ids of a trace",
      ["parameter": "spanId", "next": "trace/tree"]
    ),
    (
      "traces/list", ["cursor": "slowest.1.1"], "cursor slowest.1.1 is not one of ours; leave it out to start at the first page",
      ["parameter": "cursor"]
    ),
    (
      "traces/list", ["cursor": "recent.0"], "cursor recent.0 is not one of ours; leave it out to start at the first page",
      ["parameter": "cursor"]
    ),
    (
      "traces/list", ["cursor": "recent.a.b"], "cursor recent.a.b is not one of ours; leave it out to start at the first page",
      ["parameter": "cursor"]
    ),
    ("traces/list", ["cursor": 3], "cursor must be a string, not 3", ["parameter": "cursor", "expected": "a string"]),
    ("trace/tree", ["cursor": ""], "cursor  is not one of ours; leave it out to start at the first page", ["parameter": "cursor"]),
    ("trace/tree", ["cursor": "o-1"], "cursor o-1 is not one of ours; leave it out to start at the first page", ["parameter": "cursor"]),
    (
      "trace/errors", ["cursor": "o9223372036854775808"],
      "cursor o9223372036854775808 is not one of ours; leave it out to start at the first page", ["parameter": "cursor"]
    ),
  ]

  @Test(arguments: mistakes.indices) func mistake(_ index: Int) {
    let (method, params, message, data) = Self.mistakes[index]
    check(Self.server, method, params, isRefusedWith: ResponseError.Code.invalidParams, message, data)
    guard case .failure(let error) = Self.server.ask(method, params) else { return }
    var json: JSONObject = ["code": .integer(error.code), "message": .string(error.message)]
    json.append("data", error.data)
    let problems = OpenRPCDocument.shared.problems(ofError: .object(json), method: method)
    #expect(problems.isEmpty, "\(error)\n  \(problems.joined(separator: "\n  "))")
  }

  /// Spans by prefixes of their ids, and a trace by the name of its root.
  @Test func beginningsAndNames() throws {
    let server = TestServer()
    server.feed(RecordLines.trace("one", name: "GET /orders", failures: 1))
    for (id, name) in [("4bf92f35", "a"), ("4bf92f77", "b"), ("4bf", "c")] {
      server.feed(RecordLines.span(TestSpan(id: id, parent: "root", name: name, start: 0, duration: 1), trace: "one"))
    }
    server.feed(RecordLines.trace("two", name: "GET /orders"))
    for (span, found) in [("4bf92f3", "4bf92f35"), ("4bf92f77", "4bf92f77"), ("4bf", "4bf"), ("roo", nil), ("4BF92F3", nil)] {
      let got = server.ask("trace/span", ["traceId": "one", "spanId": .string(span)])
      #expect((try? got.get()["span"]?["spanId"]?.string) == found, "\(span): \(got)")
    }
    check(
      server, "trace/span", ["traceId": "one", "spanId": "4bf9"], isRefusedWith: 1_002,
      "several spans of this trace begin with 4bf9; give more characters", ["candidates": ["4bf92f35", "4bf92f77"]])
    for method in ["trace/summary", "trace/criticalPath", "trace/errors", "trace/insights", "trace/tree"] {
      let answer = try server.ask(method, ["traceId": "GET /orders"]).get()
      #expect(answer["traceId"] == "two" && answer["namesakes"] == 2, "\(method): \(answer.serializedString)")
      #expect(try server.ask(method, ["traceId": "two"]).get()["namesakes"] == nil, "\(method)")
    }
    check(
      server, "trace/summary", ["traceId": "get /orders"], isRefusedWith: 1_001, "no trace get /orders; traces/list shows what there is",
      ["near": ["one", "two"], "evicted": false, "next": "traces/list"])
  }

  /// Names that do not lead to a trace or span.
  @Test func unknownNames() {
    check(
      Self.server, "trace/summary", ["traceId": "trace_3"], isRefusedWith: 1_001, "no trace trace_3; traces/list shows what there is",
      ["near": ["trace_1", "trace_2"], "evicted": false, "next": "traces/list"])
    check(
      Self.server, "trace/tree", ["traceId": "trace"], isRefusedWith: 1_002,
      "several traces begin with trace; give more characters or a handle",
      ["candidates": ["trace_1", "trace_2"]])
    for (method, key) in [("trace/span", "spanId"), ("trace/summary", "focus"), ("trace/tree", "focus"), ("trace/criticalPath", "root")] {
      check(
        Self.server, method, .object(["traceId": "t1", key: "rot"]), isRefusedWith: 1_003,
        "no span rot in this trace; trace/tree shows its spans",
        ["near": ["root", "f0"], "next": "trace/tree"])
    }
    var limits = StoreLimits()
    limits.maxTraces = 1
    let full = TestServer(limits: limits)
    full.feed(RecordLines.trace("trace_1"))
    full.advance(millis: 600)
    full.feed(RecordLines.trace("trace_2"))
    full.advance(millis: 600)
    check(
      full, "trace/errors", ["traceId": "trace_1"], isRefusedWith: 1_001,
      "trace trace_1 was evicted to make room; traces/list shows what there is",
      ["near": ["trace_2"], "evicted": true, "next": "traces/list"])
  }
}
