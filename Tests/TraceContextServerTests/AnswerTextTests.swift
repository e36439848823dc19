// Proves that every answer has a text form: within the bound whatever records contain, in whole lines, and with pages that together are
// complete.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

struct AnswerTextTests {
  private static func text(_ server: TestServer, _ method: String, _ params: JSONObject = [:]) throws -> TextAnswer {
    try server.server.answerAsText(method, .object(params))
  }

  @Test(arguments: 1...6) func everyTextIsWithinTheBound(_ seed: Int) throws {
    let trace = HostileTrace(seed: UInt64(seed))
    let server = TestServer()
    server.feed(trace.lines)
    let more: [(String, JSONObject)] = [
      ("trace/insights", [:]), ("traces/compare", ["base": "t1"]), ("traces/aggregate", [:]),
    ]
    for (method, template) in BoundTests.questions + more where method != "trace/export" {
      var params = template
      for (key, value) in template.members where value == "SPAN" { params[key] = .string(trace.someSpan) }
      if method.hasPrefix("trace/") { params["traceId"] = "t1" }
      for bound in [400, 1_000, 12_000] {
        params["maxChars"] = .integer(bound)
        let answer = try Self.text(server, method, params)
        #expect(answer.text.serializedLength <= bound, "\(method) within \(bound): \(answer.text.serializedLength)")
        #expect(!answer.text.hasPrefix("{") && !answer.text.isEmpty, "\(method) answers JSON for text: \(answer.text.prefix(100))")
      }
    }
  }

  /// A regression: the text was the answer's JSON, cut at the bound.
  @Test func treeIsLines() throws {
    let server = TestServer()
    server.feed([
      RecordLines.span(TestSpan(id: "a", name: "checkout", start: 0, duration: 20), trace: "order", service: "shop"),
      RecordLines.span(
        TestSpan(id: "b", parent: "a", name: "charge", start: 5, duration: 10, attributes: ["attempt": 1], error: "refused"), trace: "order"
      ),
    ])
    server.advance(millis: 600)
    let expected = """
      Trace: t1 · order
      Tree: 2 spans
      checkout  20.00 ms (self 10.00 ms)  shop  span a
        ❌ charge: refused  10.00 ms (self 10.00 ms) [attempt=1]  span b
      """
    let got = try Self.text(server, "trace/tree").text
    #expect(got == expected, "expected\n\(expected)\ngot\n\(got)")
  }

  @Test(
    arguments: [
      ("trace/tree", ["limit": 7]), ("trace/tree", ["maxChars": 900]), ("traces/search", ["maxChars": 1_200]),
      ("traces/list", ["limit": 7]),
      ("traces/list", ["maxChars": 600]), ("traces/await", ["cursor": "c0", "timeoutMs": 0, "maxChars": 700]),
    ] as [(String, JSONObject)])
  func pagesAreTheWhole(_ method: String, _ params: JSONObject) throws {
    let server = method == "trace/tree" ? PagingTests.tree : PagingTests.server()
    var all: JSONObject = ["limit": 1_000, "maxChars": 200_000]
    if method == "traces/await" { (all["cursor"], all["timeoutMs"]) = ("c0", 0) }
    let whole = try Self.text(server, method, all)
    var params = params
    var seen: [Substring] = []
    for _ in 0..<200 {
      let page = try Self.text(server, method, params)
      let lines = Self.entries(page.text)
      seen += lines
      guard page.isCut, let cursor = page.text.matches(of: /"cursor":"([^"]+)"/).last.map({ String($0.1) }) else { break }
      #expect(!lines.isEmpty, "\(method): a page without entries and with a cursor\n\(page.text)")
      if lines.isEmpty { break }
      params["cursor"] = .string(cursor)
    }
    #expect(seen == Self.entries(whole.text), "\(method)")
    #expect(seen.count >= 40, "\(method): \(seen.count)")
  }

  /// The lines other than the first one and those that say how to continue.
  private static func entries(_ text: String) -> [Substring] {
    text.split(separator: "\n").filter { line in
      !["Trace: ", "Tree: ", "Not complete: ", "More: ", "To wait "].contains { line.hasPrefix($0) }
        && line.firstMatch(of: /^[0-9,]+ (traces?|spans?)( completed|, | on this| found)/) == nil
    }
  }

  @Test func searchSaysWhyItsPageEnds() throws {
    let server = PagingTests.server()
    for (params, reason, words) in [
      (["limit": 5], "limit", "5 spans on this page, which ends at its limit"),
      (["maxChars": 1_200], "maxChars", "on this page, which ends at maxChars"),
      (["limit": 1_000, "maxChars": 200_000], nil, "spans found, the newest trace first"),
    ] as [(JSONObject, String?, String)] {
      let json = try server.ask("traces/search", .object(params)).get()
      #expect(json["pageEnd"]?.string == reason && json["nextCursor"]?.isNull == (reason == nil), "\(params): \(json["pageEnd"] ?? .null)")
      let text = try Self.text(server, "traces/search", params).text
      #expect(text.contains(words), "expected \(words)\ngot\n\(text.prefix(200))")
    }
  }

  /// A regression: "Holds no trace" was reported for a file with a trace and no module log.
  @Test func noModuleLogIsNotNoTrace() throws {
    let server = TestServer(source: SourceReport(kind: "file", path: "a.jsonl", state: "ended"))
    let hint = { try server.ask("logs/list").get()["hint"]?.string }
    #expect(try hint() == "no module log was kept; a.jsonl holds no trace; server/status counts what was read")
    server.feed(RecordLines.trace("a"))
    #expect(
      try hint()
        == "no module log was kept: these are logs outside of spans. There is 1 trace; logs of a span are in trace/span, those of level WARN and ERROR in trace/errors"
    )
  }

  /// A regression: a trace belongs to every run that reported it, but only the first was used.
  @Test func aRunThatIsListedIsCompared() throws {
    let server = TestServer()
    for (trace, millis) in [("4bf92f3577b34da6a3ce929d0e0e4736", 10.0), ("4bf92f3577b34da6a3ce929d0e0e4737", 20.0)] {
      let back = trace.hasSuffix("6") ? "back-1" : "back-2"
      server.feed([
        RecordLines.span(TestSpan(id: "a", name: "GET /", start: 0, duration: millis), trace: trace, run: "front"),
        RecordLines.span(TestSpan(id: "b", parent: "a", name: "load", start: 1, duration: millis - 2), trace: trace, run: back),
      ])
    }
    server.advance(millis: 600)
    #expect(try server.ask("traces/list", ["filter": ["run": "back-1"]]).get()["total"] == 1)
    let answer = try server.ask("traces/compare", ["base": ["run": "back-1"], "target": ["run": "back-2"], "format": "json"]).get()
    #expect(answer["base"]?["traces"] == 1 && answer["target"]?["run"] == "back-2", "\(answer.serializedString)")
  }
}
