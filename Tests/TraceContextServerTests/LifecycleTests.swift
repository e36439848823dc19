// Proves which requests a session answers when: LSP's lifecycle with Content-Length framing, and none with one message per line.

import JSON
import JSONRPC
import Testing

@testable import TraceContextServer

struct LifecycleTests {
  /// Messages in order, and the answer to each: `ok`, or the error. For exit, its code.
  static let cases: [(framing: MessageFraming, steps: [(method: String, answer: String)])] = [
    (.line, [("traces/list", "ok"), ("initialize", "ok"), ("traces/list", "ok"), ("exit", "exit 1")]),
    (.line, [("shutdown", "ok"), ("exit", "exit 0")]),
    (.line, [("initialize", "ok"), ("initialize", "-32600 initialize came twice; a session is initialized once")]),
    (
      .contentLength,
      [
        ("traces/list", "-32002 'traces/list' came before 'initialize'; send 'initialize' first"), ("initialize", "ok"),
        ("traces/list", "ok"),
      ]
    ),
    (.contentLength, [("no/such", "-32002 'no/such' came before 'initialize'; send 'initialize' first")]),
    (.contentLength, [("shutdown", "-32002 'shutdown' came before 'initialize'; send 'initialize' first"), ("exit", "exit 1")]),
    (.contentLength, [("initialized", "-"), ("$/setTrace", "-"), ("no/such/notification", "-"), ("initialize", "ok")]),
    (
      .contentLength,
      [
        ("initialize", "ok"), ("initialized", "-"), ("shutdown", "ok"),
        ("traces/list", "-32600 traces/list came after shutdown; only the exit notification may follow"),
        ("initialize", "-32600 initialize came after shutdown; only the exit notification may follow"),
        ("shutdown", "-32600 shutdown came after shutdown; only the exit notification may follow"), ("exit", "exit 0"),
      ]
    ),
    (.line, [("trace/sumary", "-32601 unknown method 'trace/sumary'; did you mean 'trace/summary'?")]),
    (.line, [("", "-32601 unknown method ''; did you mean 'logs/list'?")]),
    (.line, [("traces/list\n\u{202E}", "-32601 unknown method 'traces/list\u{FFFD}\u{FFFD}'; did you mean 'traces/list'?")]),
  ]

  static let notifications: Set<String> = ["exit", "initialized", "$/setTrace", "no/such/notification"]

  @Test(arguments: cases.indices) func lifecycle(_ index: Int) {
    let (framing, steps) = Self.cases[index]
    let test = TestServer()
    test.server.begin(framing)
    for (number, step) in steps.enumerated() {
      let got = answer(test, step.method)
      #expect(got == step.answer, "\(framing), step \(number + 1): \(step.method)\n  expected \(step.answer)\n  got      \(got)")
    }
  }

  private func answer(_ test: TestServer, _ method: String) -> String {
    if Self.notifications.contains(method) {
      if case .exit(let code) = test.server.receive(Notification(method: method)) { return "exit \(code)" }
      return "-"
    }
    do {
      _ = try test.server.respondNow(to: Request(id: RequestID(1)!, method: method))
      return "ok"
    } catch {
      guard let error = error as? ResponseError else { return "\(error)" }
      return "\(error.code) \(error.message)"
    }
  }

  @Test func parentIsWatchedOnce() throws {
    let test = TestServer()
    _ = try test.server.respondNow(to: Request(id: RequestID(1)!, method: "initialize", params: ["processId": 4242, "locale": "zh-TW"]))
    #expect(test.parents == [4242])
  }

  @Test func clientsAreToldApartFromScripts() async throws {
    for (messages, clients) in [
      (["traces/list", "shutdown"], 0), (["traces/list", "initialize", "traces/list"], 1), (["no/such"], 0),
    ] {
      let test = TestServer()
      for method in messages { _ = await test.reply(to: #"{"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#) }
      #expect(test.clients == clients, "\(messages)")
    }
    for revision in MCPRevision.allCases {
      let client = try await MCPClient(revision)
      for _ in 0..<3 { _ = try await client.call("list_traces") }
      #expect(client.test.clients == 1, "\(revision.rawValue)")
    }
  }

  /// A parent outside of the container and process 1 are not clients; nor is a parent at a terminal.
  @Test func startingParent() {
    #expect(StartingParent(process: 40, isAtTerminal: false)?.process == 40)
    #expect(StartingParent(process: 40, isAtTerminal: true) == nil)
    for process in [0, 1] as [Int32] { #expect(StartingParent(process: process, isAtTerminal: false) == nil) }
  }

  @Test(arguments: [nil, .null, "12", 1.5, 99_999_999_999] as [JSONValue?]) func parentThatIsNoProcess(_ id: JSONValue?) throws {
    let test = TestServer()
    var params = JSONObject()
    params.append("processId", id)
    _ = try test.server.respondNow(to: Request(id: RequestID(1)!, method: "initialize", params: .object(params)))
    #expect(test.parents == [])
  }

  /// The names that the caller may have meant are also in `data`, the best first.
  @Test(arguments: [
    ("trace/sumary", "trace/summary"), ("tracesList", "traces/list"), ("critical_path", "trace/criticalPath"), ("status", "server/status"),
  ])
  func nearMethod(_ name: String, _ nearest: String) {
    guard case .failure(let error) = TestServer().ask(name) else {
      Issue.record("\(name) was answered")
      return
    }
    #expect(
      error.data?["near"]?[0] == .string(nearest), "\(name)\n  expected \(nearest)\n  got      \(error.data?.serializedString ?? "no data")"
    )
    #expect(error.data?["near"]?.array?.count == 3)
  }

  @Test func manyKnownMethodsAreListedByInitialize() throws {
    let answer = try TestServer().server.respondNow(to: Request(id: RequestID(1)!, method: "initialize"))
    let methods = answer?["capabilities"]?["experimental"]?["traceDistiller"]?["methods"]?.object?.keys
    #expect(methods == MethodRegistry.methods.map { $0.name })
  }
}
