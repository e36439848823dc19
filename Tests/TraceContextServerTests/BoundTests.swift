// Proves the bound: no answer is longer than maxChars, whatever names, ids and values records contain, from 400 characters up; and if the
// bound is too small for anything, the error gives one that works.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

struct BoundTests {
  /// Each question is tested with some of these.
  static let bounds = [401, 437, 500, 640, 800, 1_000, 1_500, 2_500, 6_000, 50_000]

  /// method, and its parameters beside traceId and maxChars; `SPAN` stands for the id of some span.
  static let questions: [(method: String, params: JSONObject)] = [
    ("traces/list", [:]), ("traces/list", ["sort": "slowest", "limit": 3]), ("traces/list", ["filter": ["text": "no such text"]]),
    ("traces/search", [:]), ("traces/search", ["text": "no such text"]), ("traces/search", ["filter": ["status": "error"], "limit": 3]),
    ("traces/await", ["cursor": "c0", "timeoutMs": 0]), ("traces/report", [:]),
    ("traces/report", ["locale": "zh", "filter": ["hasErrors": true]]),
    ("logs/list", [:]), ("logs/list", ["filter": ["text": "no such text"]]),
    ("trace/summary", [:]), ("trace/summary", ["locale": "zh", "focus": "SPAN"]), ("trace/summary", ["format": "json"]),
    ("trace/summary", ["format": "json", "focus": "SPAN", "maxDepth": 2]), ("trace/summary", ["format": "json", "show": ["errors"]]),
    ("trace/criticalPath", [:]), ("trace/criticalPath", ["root": "SPAN", "overflow": "ignore"]), ("trace/errors", [:]), ("trace/tree", [:]),
    ("trace/tree", ["focus": "SPAN"]), ("trace/span", ["spanId": "SPAN"]), ("trace/export", [:]), ("trace/export", ["format": "chrome"]),
    ("trace/export", ["format": "speedscope"]), ("trace/export", ["format": "folded", "weight": "count"]),
  ]

  @Test(arguments: 1...12) func hostileTrace(_ seed: Int) throws {
    let trace = HostileTrace(seed: UInt64(seed))
    var random = TestRandom(state: UInt64(seed))
    let server = TestServer()
    server.feed(trace.lines)
    for (method, template) in Self.questions {
      var params = template
      for (key, value) in template.members where value == "SPAN" { params[key] = .string(trace.someSpan) }
      if method.hasPrefix("trace/") { params["traceId"] = "t1" }
      for bound in [400, 12_000, 200_000] + Self.bounds.shuffled(using: &random).prefix(3) { check(server, method, params, within: bound) }
    }
  }

  private func check(_ server: TestServer, _ method: String, _ params: JSONObject, within bound: Int) {
    var params = params
    params["maxChars"] = .integer(bound)
    let question = "\(method) \(VisibleText.make(JSONValue.object(params).serializedString, limit: 200))"
    switch server.ask(method, .object(params)) {
    case .success(let answer):
      let length = Self.length(answer, bounded: ["trace/summary", "traces/report"].contains(method) ? answer["text"] : nil)
      #expect(length <= bound, "\(question)\n  expected at most \(bound)\n  got      \(length): \(answer.serializedString.prefix(500))")
      let problems = OpenRPCDocument.shared.problems(ofResult: answer, method: method)
      #expect(problems.isEmpty, "\(question)\n  \(problems.joined(separator: "\n  "))")
    case .failure(let error):
      guard error.code == ResponseError.Code.budgetTooSmall, let needed = error.data?["needed"]?.integer else {
        Issue.record("\(question) is refused: \(error)")
        return
      }
      #expect(
        needed > bound && error.message == "maxChars \(bound) cannot hold one entry of this answer; \(needed) would",
        "\(question): \(error)")
      params["maxChars"] = .integer(needed)
      guard case .success(let answer) = server.ask(method, .object(params)) else {
        Issue.record("\(question): \(needed) was said to work and does not: \(server.ask(method, .object(params)))")
        return
      }
      #expect(Self.length(answer, bounded: nil) <= Int(needed), "\(question): the answer within \(needed) is longer")
    }
  }

  /// Unicode scalars of the JSON; for a text answer, of the text.
  static func length(_ answer: JSONValue, bounded text: JSONValue?) -> Int {
    guard let text else { return answer.serializedString.unicodeScalars.count }
    return text.serializedString.unicodeScalars.count - 2
  }

  /// Ordinary traces fit into the smallest bound.
  @Test func leastBoundIsOfUse() throws {
    let server = TestServer()
    server.feed(RecordLines.trace("4bf92f3577b34da6a3ce929d0e0e4736", name: "GET /cart", duration: 12.345678, failures: 3))
    for (method, list) in [("traces/list", "traces"), ("trace/errors", "errors"), ("trace/tree", "spans"), ("traces/search", "spans")] {
      let shown = try server.ask(method, ["maxChars": 500]).get()[list]?.array ?? []
      #expect(!shown.isEmpty, "\(method) shows nothing within 500")
    }
    let summary = try server.ask("trace/summary", ["maxChars": 400]).get()
    #expect(summary["text"]?.string?.contains("GET /cart") == true, "\(summary.serializedString)")
    let path = try server.ask("trace/criticalPath", ["maxChars": 700]).get()
    #expect(path["totals"]?[0]?["name"] == "GET /cart", "\(path.serializedString)")
  }

  /// An entry that fits into no page is shortened, visibly, instead of ending the paging.
  @Test func longEntriesAreShortened() throws {
    let server = TestServer()
    let long = String(repeating: "0123456789", count: 6_000)
    var attributes: JSONObject = [:]
    for index in 0..<20 { attributes["key\(index)"] = .string(long) }
    server.feed(RecordLines.trace("t", name: "root", duration: 10))
    for id in ["a", "b"] {
      server.feed(
        RecordLines.span(
          TestSpan(id: id, parent: "root", name: long, start: 1, duration: 2, attributes: attributes, error: long), trace: "t"))
    }
    let (spans, _) = try PagingTests.walk(server, "trace/tree", ["maxChars": 2_000], "spans")
    #expect(spans.map { $0["spanId"] } == ["root", "a", "b"])
    #expect(spans.map { $0["truncated"] } == [nil, true, true])
    #expect(spans.last?["name"]?.string?.hasSuffix("…(60000 chars)") == true)
    #expect(spans.last?["attributes"]?["…"] != nil, "\(spans.last?.serializedString ?? "")")
    let (problems, _) = try PagingTests.walk(server, "trace/errors", ["maxChars": 2_000], "errors")
    #expect(problems.count == 1 && problems[0]["truncated"] == true)
    let span = try server.ask("trace/span", ["spanId": "a", "maxChars": 200_000]).get()
    #expect(span["truncated"] == true && span["span"]?["attributes"]?.object?.members.count == 20)
  }
}
