// Proves what each key of a log filter selects, the order of logs, and that the pages together are complete, whatever is evicted in
// between.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

struct LogsListTests {
  static let server: TestServer = {
    let server = TestServer()
    server.feed([
      RecordLines.moduleLog(
        "b Starting", target: "app::Main", run: "run-A", service: "shop", attributes: ["n": 3, "k": "VISA"], at: 1_000),
      RecordLines.moduleLog("a first", level: "DEBUG", target: "app::db", run: "run-A", at: 0),
      RecordLines.moduleLog("c ÄRGER", level: "ERROR", target: "other", run: "run-B", at: 2_000),
      RecordLines.moduleLog("d same time, later", level: "WARN", target: "other", at: 2_000),
    ])
    return server
  }()

  /// A filter and the first letters of the logs that match it, the newest first.
  static let cases: [(filter: JSONObject, logs: String)] = [
    ([:], "dcba"), (["level": "TRACE"], "dcba"), (["level": "INFO"], "dcb"), (["level": "WARN"], "dc"), (["level": "ERROR"], "c"),
    (["target": "APP::"], "ba"), (["service": "SHO"], "b"), (["run": "run-a"], "ba"), (["run": "run"], "cba"),
    (["since": "2026-11-23T10:00:01Z"], "dcb"), (["until": "2026-11-23T10:00:01Z"], "ba"),
    (["since": "1795428001000000000", "until": "1795428001000000000"], "b"),
    (["attributes": ["n": "3"]], "b"), (["attributes": ["n": 4]], ""), (["text": "visa"], "b"), (["text": "ärger"], "c"),
    (["text": "STARTING"], "b"),
    (["text": "start", "attributes": ["k": "VISA"]], "b"), (["text": "first", "attributes": ["k": "VISA"]], ""),
    (["text": "nowhere"], ""), (["level": .null, "text": ""], "dcba"),
  ]

  @Test(arguments: cases.indices) func filter(_ index: Int) throws {
    let (filter, expected) = Self.cases[index]
    let answer = try Self.server.ask("logs/list", ["filter": .object(filter)]).get()
    let got = (answer["logs"]?.array ?? []).compactMap { $0["message"]?.string?.prefix(1) }.joined()
    #expect(got == expected, "\(JSONValue.object(filter).serializedString)\n  expected \(expected)\n  got      \(got)")
    #expect((answer["hint"] != nil) == expected.isEmpty)
  }

  /// Logs that name a trace, which may no longer exist.
  @Test func logsOfOneTrace() throws {
    let server = TestServer()
    server.feed(RecordLines.trace("order-1") + RecordLines.trace("order-2"))
    server.feed([
      RecordLines.moduleLog("first", span: ("root", "order-1"), at: 1), RecordLines.moduleLog("outside", at: 2),
      RecordLines.moduleLog("second", span: ("root", "order-2"), at: 3), RecordLines.moduleLog("gone", span: ("x", "never-told"), at: 4),
    ])
    for (name, expected) in [("order-1", "first"), ("t2", "second"), ("latest", "second"), ("never-told", "gone")] {
      let logs = try server.ask("logs/list", ["traceId": .string(name)]).get()["logs"]?.array ?? []
      #expect(logs.compactMap { $0["message"]?.string } == [expected], "\(name): \(logs)")
    }
    guard case .failure(let error) = server.ask("logs/list", ["traceId": "order"]) else {
      Issue.record("an ambiguous name was taken")
      return
    }
    #expect(error.code == 1_002, "\(error)")
    server.feed(RecordLines.trace("quiet"))
    let hint = try server.ask("logs/list", ["traceId": "quiet"]).get()["hint"]?.string ?? ""
    #expect(
      hint.hasPrefix("nothing matches; there are 4 logs") && hint.hasSuffix("; logs that came with its spans are in trace/span"), "\(hint)")
  }

  /// Each page evicts the oldest logs and adds new ones: none is listed twice, and those that stay are all listed.
  @Test func pagesWhileLogsAreEvicted() throws {
    var limits = StoreLimits()
    limits.maxLogBytes = 16 << 10
    let server = TestServer(limits: limits)
    for index in 0..<100 { server.feed(RecordLines.moduleLog("old \(index)", at: Double(index * 7 % 50))) }
    let (entries, pages) = try PagingTests.walk(server, "logs/list", ["limit": 9], "logs") { page in
      for index in 0..<20 { server.feed(RecordLines.moduleLog("new \(page).\(index)", at: 100)) }
    }
    #expect(pages > 5)
    let told = entries.compactMap { $0["message"]?.string }
    #expect(Set(told).count == told.count)
    let left = try server.ask("logs/list", ["limit": 1_000, "maxChars": 200_000]).get()
    let kept = left["logs"]?.array?.compactMap { $0["message"]?.string }.filter { $0.hasPrefix("old") } ?? []
    #expect(kept.allSatisfy(told.contains), "never told of \(kept.filter { !told.contains($0) })")
    #expect((left["evicted"]?.integer ?? 0) > 0, "the ring was to overflow: \(left["total"]?.serializedString ?? "")")
    let times = entries.compactMap { $0["timeUnixNano"]?.string.flatMap { Int64($0) } }
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 >= $1 })
  }

  /// Lines of a JSON logger that name a span are shown with the span, once each, in order of time.
  @Test func logsOfASpan() throws {
    let ids = #""trace_id":"4bc692194da8436f93133d4fafac0791","span_id":"1122334455667788""#
    let server = TestServer()
    server.feed([
      #"{"traceId":"4bc692194da8436f93133d4fafac0791","spanId":"1122334455667788","name":"pay","startTime":[1767225600,0],"endTime":[1767225601,0],"events":[{"name":"told","time":[1767225600,20000000]}]}"#,
      #"{"level":50,"time":1767225600030,"msg":"card refused",\#(ids)}"#, #"{"level":30,"time":1767225600010,"msg":"charging",\#(ids)}"#,
      #"{"level":30,"time":1767225600020,"msg":"told",\#(ids)}"#,
      #"{"level":30,"time":1767225600020,"msg":"another's","trace_id":"4bc692194da8436f93133d4fafac0791","span_id":"00000000000000aa"}"#,
      #"{"level":30,"time":1767225600040,"msg":"of the trace","trace_id":"4bc692194da8436f93133d4fafac0791"}"#,
    ])
    let span = try server.ask("trace/span", ["spanId": "1122334455667788"]).get()
    #expect(span["events"]?.array?.compactMap { $0["message"]?.string } == ["charging", "told", "card refused"])
    #expect(span["eventsTotal"]?.integer == 3 && span["events"]?.array?.last?["level"]?.string == "ERROR")
    let logs = try server.ask("logs/list", [:]).get()["logs"]?.array ?? []
    #expect(logs.count == 5)
    #expect(logs.first?["span"] == ["traceId": "4bc692194da8436f93133d4fafac0791"])
    #expect(logs.last?["span"]?["spanId"]?.string == "1122334455667788")
  }
}
