// Proves which folders clients are understood to work in, and that these are their project from then on.

import JSON
import JSONRPC
import Synchronization
import Testing
import TraceDistiller

@testable import TraceContextServer

struct ClientFolderTests {
  @Test func fileURIsAreRead() {
    let rows: [(uri: String, path: String?)] = [
      ("file:///srv/shop", "/srv/shop"), ("file:///srv/shop/", "/srv/shop"), ("file://localhost/srv/shop", "/srv/shop"),
      ("FILE:///srv/a%20b/%C3%BC", "/srv/a b/ü"), ("file:///srv/100%", "/srv/100%"), ("file:///srv/%zz", "/srv/%zz"),
      ("file:///", nil), ("file://", nil), ("file:relative", nil), ("file://elsewhere/srv", nil), ("https://example.com/srv", nil),
      ("", nil),
      ("file:///srv/%FF", nil), ("file:///srv/%00", nil), ("file:///" + String(repeating: "x", count: 5_000), nil),
    ]
    for row in rows { #expect(ClientFolders.path(ofURI: row.uri) == row.path, "\(row.uri.prefix(60))") }
  }

  @Test func workspaceFoldersComeBeforeTheRoot() {
    func folders(_ params: JSONValue) -> [String] { ClientFolders.ofLanguageClient(params) }
    #expect(
      folders(["workspaceFolders": [["uri": "file:///srv/a"], ["uri": "file:///srv/b"], ["name": "x"], "y"], "rootUri": "file:///srv/c"])
        == ["/srv/a", "/srv/b"])
    #expect(folders(["workspaceFolders": .null, "rootUri": "file:///srv/c"]) == ["/srv/c"])
    #expect(folders(["workspaceFolders": [], "rootPath": "/srv/d/"]) == ["/srv/d"])
    #expect(folders(["rootPath": "d"]) == [] && folders([:]) == [])
    let many = (0..<50).map { JSONValue.object(["uri": .string("file:///srv/\($0)")]) }
    #expect(folders(["workspaceFolders": .array(many)]).count == ClientFolders.most)
    #expect(ClientFolders.ofRoots(["roots": [["uri": "file:///srv/a", "name": "a"], ["uri": 7]]]) == ["/srv/a"])
    #expect(ClientFolders.ofRoots("x") == [])
  }

  private func initialize(_ server: TestServer, _ params: JSONValue) async {
    let answer = await server.reply(to: #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":\#(params.serializedString)}"#)
    #expect(answer?.contains("serverInfo") == true, "\(answer ?? "nothing")")
  }

  @Test func theyAreTheProjectOfTheSession() async throws {
    let choice = ProjectChoice(.below("/home/somebody"))
    let server = TestServer(choice: choice)
    await initialize(server, ["capabilities": [:], "workspaceFolders": [["uri": "https://x/y"]]])
    #expect(choice.project == .below("/home/somebody"), "what is no folder changes nothing")
    let other = TestServer(choice: choice)
    await initialize(other, ["capabilities": [:], "workspaceFolders": [["uri": "file:///srv/a"], ["uri": "file:///srv/b"]]])
    #expect(choice.project == .belowOneOf(["/srv/a", "/srv/b"]))
    for (directory, isWithin) in [("/srv/a/x", true), ("/srv/b", true), ("/srv/c", false), ("/srv", false)] {
      #expect(choice.project?.includes(directory) == isWithin, "\(directory)")
    }
  }

  @Test(arguments: [true, false]) func rootsAreAskedForWhereTheClientHasThem(hasRoots: Bool) async throws {
    let choice = ProjectChoice()
    let server = TestServer(isRealTime: true, choice: choice)
    let asked = Mutex<[String]>([])
    let roots = Mutex(["file:///srv/shop"])
    server.server.ask { method, _ in
      asked.withLock { $0.append(method) }
      let uris: [JSONValue] = roots.withLock { $0 }.map { ["uri": .string($0)] }
      return ["roots": .array(uris)]
    }
    let capabilities: JSONValue = hasRoots ? ["roots": ["listChanged": true]] : [:]
    await initialize(
      server, ["protocolVersion": "2025-06-18", "capabilities": capabilities, "clientInfo": ["name": "t", "version": "0"]])
    _ = server.server.receive(Notification(method: "notifications/initialized", params: nil))
    func becomes(_ project: ProjectCondition) async -> Bool {
      for _ in 0..<500 where choice.project != project { try? await Task.sleep(for: .milliseconds(10)) }
      return choice.project == project
    }
    guard hasRoots else {
      try await Task.sleep(for: .milliseconds(50))
      #expect(asked.withLock { $0 } == [] && choice.project == nil)
      return
    }
    #expect(await becomes(.below("/srv/shop")))
    roots.withLock { $0 = ["file:///srv/bank"] }
    _ = server.server.receive(Notification(method: "notifications/roots/list_changed", params: nil))
    #expect(await becomes(.below("/srv/bank")))
    #expect(asked.withLock { $0 } == ["roots/list", "roots/list"])
  }

  @Test func aListSaysWhatAnEarlierHubTookWithIt() throws {
    let lost = "the hub before this one ended with 3 traces in its memory, begun A to B"
    let server = TestServer(lost: lost)
    #expect(try server.ask("traces/list").get()["hubLost"] == nil, "the hint says it where nothing is kept")
    server.feed(
      (0..<3).map {
        #"{"timestamp":"2026-11-23T10:00:00.010Z","level":"INFO","target":"t","log_type":"trace","message":"m","fields":{"event_type":"span","#
          + #""trace_id":"t\#($0)","span_id":"span_1","parent_id":null,"span_name":"n","start_timestamp":"2026-11-23T10:00:00Z","duration_ms":10}}"#
      })
    let first = try server.ask("traces/list", ["limit": 2]).get()
    #expect(first["hubLost"]?.string == lost)
    #expect(try server.server.answerAsText("traces/list", nil).text.contains("The hub before this one ended with 3 traces"))
    let cursor = try #require(first["nextCursor"])
    #expect(try server.ask("traces/list", ["limit": 2, "cursor": cursor]).get()["hubLost"] == nil, "once is enough")
    #expect(try server.ask("traces/list", ["filter": ["rootName": "none"]]).get()["hubLost"]?.string == lost)
  }

  @Test func logsAreOfTheProject() throws {
    let server = TestServer(project: .below("/srv/shop"))
    func log(_ run: String?, _ text: String, trace: String = "") -> String {
      let trace = trace.isEmpty ? "" : #","trace_id":"\#(trace)""#
      return #"{"timestamp":"2026-11-23T10:00:00Z","level":"INFO","target":"t","log_type":"module","message":"\#(text)","fields":{"#
        + (run.map { #""run":"\#($0)""# } ?? #""x":1"#) + trace + "}}"
    }
    server.feed(
      ["shop", "bank"].map {
        #"{"message":"SESSION_START","fields":{"session_start":true,"session_id":"run-\#($0)","working_directory":"/srv/\#($0)"}}"#
      })
    server.feed([log("run-shop", "mine"), log("run-bank", "theirs"), log("run-unknown", "nobody's")])
    func texts(_ params: JSONValue) throws -> [String] {
      try server.ask("logs/list", params).get()["logs"]?.array?.compactMap { $0["message"]?.string }.sorted() ?? []
    }
    #expect(try texts([:]) == ["mine", "nobody's"])
    let answer = try server.ask("logs/list").get()
    #expect(answer["otherProjects"] == 1 && answer["total"] == 2)
    #expect(try server.server.answerAsText("logs/list", nil).text.contains("1 log of other projects left out"))
    #expect(try texts(["filter": ["project": "*"]]) == ["mine", "nobody's", "theirs"])
    #expect(try texts(["filter": ["project": "/srv/bank"]]) == ["nobody's", "theirs"])
    #expect(try server.ask("logs/list", ["filter": ["project": "*"]]).get()["otherProjects"] == nil)
  }
}
