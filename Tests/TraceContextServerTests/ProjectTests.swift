// Proves what a client of one project sees of another's traces, and what it learns of traces and cursors of an earlier process.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

struct ProjectSessionTests {
  private static let lines =
    ["shop", "bank"].flatMap { name in
      [
        #"{"message":"SESSION_START","fields":{"session_start":true,"session_id":"run-\#(name)","working_directory":"/srv/\#(name)"}}"#,
        #"{"timestamp":"2026-11-23T10:00:00.010Z","level":"INFO","target":"t","log_type":"trace","message":"m","fields":{"event_type":"span","#
          + #""trace_id":"\#(name)","span_id":"span_1","parent_id":null,"span_name":"\#(name)","run":"run-\#(name)","#
          + #""start_timestamp":"2026-11-23T10:00:00Z","duration_ms":10}}"#,
      ]
    }

  private func server(_ project: String?) -> TestServer {
    let server = TestServer(project: project.flatMap { ProjectCondition($0) })
    server.feed(Self.lines)
    server.advance(millis: 1_000)
    return server
  }

  private func names(_ server: TestServer, _ params: JSONValue = [:]) throws -> [String] {
    try server.ask("traces/list", params).get()["traces"]?.array?.compactMap { $0["rootName"]?.string } ?? []
  }

  @Test func aProjectSeesItsOwnTraces() throws {
    let server = server("/srv/shop")
    #expect(try names(server) == ["shop"])
    #expect(try server.ask("traces/list").get()["otherProjects"] == 1)
    #expect(try server.server.answerAsText("traces/list", nil).text.contains("1 trace of other projects left out"))
    #expect(try names(server, ["filter": ["project": "*"]]) == ["bank", "shop"])
    #expect(try names(server, ["filter": ["project": "/srv/bank"]]) == ["bank"])
    #expect(try server.ask("trace/summary").get()["traceId"] == "shop", "latest is another project's")
    #expect(try server.ask("trace/summary", ["traceId": "bank"]).get()["traceId"] == "bank", "an id leads to any trace")
    #expect(try server.ask("traces/search", ["text": "bank"]).get()["spans"] == [])
    #expect(try server.ask("traces/aggregate").get().serializedString.contains("bank") == false)
    // Whatever leaves traces of others out says so; who names the project knows.
    for method in ["traces/search", "traces/aggregate", "traces/report", "traces/insights", "traces/check"] {
      let note = try server.ask(method).get()["note"]?.string ?? "none"
      #expect(note.contains("1 trace of other projects left out"), "\(method): \(note)")
      let named = try server.ask(method, ["filter": ["project": "/srv/shop"]]).get()["note"]
      #expect(named == nil, "\(method): \(named?.serializedString ?? "")")
    }
    #expect(try server.ask("traces/await", ["cursor": "c0", "timeoutMs": 0]).get()["traces"]?.array?.count == 1)
    // A client without a project sees everything, and nothing is said of projects.
    let all = self.server(nil)
    #expect(try names(all) == ["bank", "shop"])
    #expect(try all.ask("traces/list").get()["otherProjects"] == nil)
  }

  @Test func clearForgetsTheProjectsOwn() throws {
    let server = server("/srv/shop")
    #expect(try server.ask("traces/clear").get()["cleared"] == 1)
    #expect(try names(server, ["filter": ["project": "*"]]) == ["bank"])
    check(
      server, "trace/summary", nil, isRefusedWith: 1_001,
      #"no trace yet; 1 trace of other projects: traces/list {"filter":{"project":"*"}}"#,
      ["near": [], "evicted": false, "hint": #"1 trace of other projects: traces/list {"filter":{"project":"*"}}"#])
    #expect(try server.ask("traces/clear", ["all": true]).get()["cleared"] == 1)
    check(
      server, "traces/clear", ["all": "yes"], isRefusedWith: -32_602, #"all must be true or false, not "yes""#,
      ["parameter": "all", "expected": "true or false"])
  }

  @Test func wrongProjectsAreRefused() {
    for wrong in ["shop", "", "./x"] {
      check(
        server(nil), "traces/list", ["filter": ["project": .string(wrong)]], isRefusedWith: -32_602,
        "filter.project must be the path of a directory, or * for every project, not \"\(wrong)\"", ["parameter": "filter.project"])
    }
  }

  @Test func handlesAndCursorsOfAnEarlierProcessAreGone() throws {
    let server = TestServer(numbers: SerialNumbers(first: 2_049) { _ in })
    server.feed(Self.lines)
    server.advance(millis: 1_000)
    #expect(try server.ask("traces/list").get()["traces"]?.array?.first?["handle"] == "t2050")
    check(
      server, "trace/summary", ["traceId": "t7"], isRefusedWith: 1_001,
      "trace t7 was kept by an earlier hub of this pipe and is gone with it; traces/list shows what there is",
      ["near": ["bank", "shop"], "evicted": true, "next": "traces/list", "reason": "hubRestarted"])
    for (method, cursor) in [("traces/list", "recent.0.2048"), ("traces/search", "span.2048.0.0")] {
      check(
        server, method, ["cursor": .string(cursor)], isRefusedWith: -32_602,
        "cursor \(cursor) is of an earlier hub of this pipe, whose traces are gone; leave it out to start at the first page",
        ["parameter": "cursor", "evicted": true, "reason": "hubRestarted"])
    }
    // Waiting goes on, and says that others were missed.
    let news = try server.ask("traces/await", ["cursor": "c3", "timeoutMs": 0]).get()
    #expect(news["missed"] == true && news["traces"]?.array?.count == 2, "\(news.serializedString)")
  }
}
