// Proves what each key of a filter selects, alone and with others, and that an empty result says what exists instead.

import JSON
import Testing

@testable import TraceContextServer

struct FilterTests {
  static let server: TestServer = {
    let server = TestServer()
    func span(
      _ id: String, _ parent: String?, _ name: String, _ start: Double, _ duration: Double, _ attributes: JSONObject = [:],
      error: String? = nil
    ) -> TestSpan {
      TestSpan(id: id, parent: parent, name: name, start: start, duration: duration, attributes: attributes, error: error)
    }
    server.feed([
      RecordLines.span(
        span("1", nil, "GET /Cart", 0, 50, ["user": "u-17", "n": 3, "ratio": 0.5, "ok": true, "list": [1, "a"]]), trace: "cart",
        service: "Shop-API", run: "run-A"),
      RecordLines.span(span("2", "1", "load", 5, 10), trace: "cart", service: "db", run: "run-A", target: "store::Sql"),
      RecordLines.span(span("1", nil, "GET /pay", 1_000, 120, ["user": "u-18"]), trace: "pay", service: "shop-api", run: "run-B"),
      RecordLines.span(
        span("2", "1", "charge", 1_010, 60, ["card": "VISA"], error: "timeout"), trace: "pay", service: "bank", run: "run-B",
        target: "pay::card"),
      RecordLines.span(span("1", nil, "import", 2_000, 5, error: "no such file"), trace: "import", run: "run-B"),
      RecordLines.log("Reading DATA.csv", span: "1", trace: "import", run: "run-B", at: 2_001),
      RecordLines.log("still waiting", span: "1", trace: "rootless", at: 3_000),
    ])
    return server
  }()

  /// A filter and the traces that match it, the newest first.
  static let cases: [(filter: JSONObject, traces: String)] = [
    ([:], "rootless import pay cart"), (["name": ""], "rootless import pay cart"), (["name": "get /"], "pay cart"),
    (["name": "CART"], "cart"), (["name": "load"], "cart"),
    (["rootName": "get /"], "pay cart"), (["rootName": "CART"], "cart"), (["rootName": "load"], ""),
    (["service": "shop"], "pay cart"), (["service": "bank"], "pay"), (["service": "x"], ""),
    (["run": "run-b"], "import pay"), (["run": "A"], "cart"),
    (["target": "STORE::"], "cart"), (["target": "card"], "pay"), (["target": "tests"], "import pay cart"),
    (["status": "ok"], "pay cart"), (["status": "error"], "import pay"), (["status": "running"], "rootless"),
    (["rootStatus": "ok"], "pay cart"), (["rootStatus": "error"], "import"), (["rootStatus": "running"], "rootless"),
    (["hasErrors": true], "import pay"), (["hasErrors": false], "rootless cart"), (["hasErrors": .null], "rootless import pay cart"),
    (["minDurationMs": 50], "pay cart"), (["minDurationMs": 50.001], "pay"), (["maxDurationMs": 50], "rootless import cart"),
    (["minDurationMs": 5, "maxDurationMs": 50], "import cart"),
    (["minRootDurationMs": 50], "pay cart"), (["minRootDurationMs": 50.001], "pay"), (["maxRootDurationMs": 50], "rootless import cart"),
    (["minRootDurationMs": 5, "maxRootDurationMs": 50], "import cart"),
    // A single span must meet all conditions for spans.
    (["name": "load", "maxDurationMs": 10], "cart"), (["name": "get /pay", "maxDurationMs": 60], ""),
    (["name": "get /pay", "status": "error"], ""), (["rootName": "get /pay", "status": "error"], "pay"),
    (["name": "charge", "status": "error", "text": "timeout", "service": "BANK"], "pay"),
    (["since": "2026-11-23T10:00:01Z"], "rootless import pay"), (["since": "2026-11-23T11:00:01.000000001+01:00"], "rootless import"),
    (["until": "2026-11-23T10:00:01Z"], "pay cart"), (["since": "1795428001000000000", "until": "1795428001000000000"], "pay"),
    (["attributes": ["user": "u-17"]], "cart"), (["attributes": ["n": 3]], "cart"), (["attributes": ["n": "3"]], "cart"),
    (["attributes": ["ratio": 0.5]], "cart"),
    (["attributes": ["ok": true]], "cart"), (["attributes": ["list": [1, "a"]]], "cart"), (["attributes": ["user": "u-1"]], ""),
    (["attributes": ["user": "u-18", "card": "VISA"]], ""),
    (["attributes": ["card": "visa"]], ""), (["attributes": [:]], "rootless import pay cart"),
    (["text": "visa"], "pay"), (["text": "LOAD"], "cart"), (["text": "data.CSV"], "import"), (["text": "u-1"], "pay cart"),
    (["text": "GET"], "pay cart"), (["text": "WAITING"], "rootless"),
    (["text": ["regex": "^u-1[78]$"]], "pay cart"), (["text": ["regex": "visa|CSV$"]], "import pay"),
    (["text": ["regex": #"^\d$"#]], "cart"),
    (["text": ["regex": "^0\\.5$"], "name": "get"], "cart"), (["text": ["regex": "still +wait"]], "rootless"),
    (["text": ["regex": ""]], "rootless import pay cart"),
    (["text": ["regex": "no.such.(text|thing)"]], ""), (["name": "get", "hasErrors": true], "pay"), (["name": "get", "text": "csv"], ""),
  ]

  @Test(arguments: cases.indices) func filter(_ index: Int) throws {
    let (filter, expected) = Self.cases[index]
    let answer = try Self.server.ask("traces/list", ["filter": .object(filter)]).get()
    let got = (answer["traces"]?.array ?? []).compactMap { $0["traceId"]?.string }.joined(separator: " ")
    #expect(got == expected, "\(JSONValue.object(filter).serializedString)\n  expected \(expected)\n  got      \(got)")
    #expect(answer["total"] == .integer(expected.split(separator: " ").count))
    #expect((answer["hint"] != nil) == expected.isEmpty, "a hint is told when, and only when, nothing matches")
  }

  /// OpenTelemetry's resources name the run by service.instance.id, else by process.pid; a trace through both belongs to both.
  @Test func runsOfOpenTelemetry() throws {
    let server = TestServer()
    func line(_ attribute: String, span: String, parent: String) -> String {
      #"{"resourceSpans":[{"resource":{"attributes":[\#(attribute)]},"scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"\#(span)","parentSpanId":"\#(parent)","name":"n","startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}"#
    }
    server.feed(line(#"{"key":"service.instance.id","value":{"stringValue":"web-5f"}}"#, span: "00f067aa0ba902b7", parent: ""))
    server.feed(line(#"{"key":"process.pid","value":{"intValue":"4242"}}"#, span: "00f067aa0ba902b8", parent: "00f067aa0ba902b7"))
    for (run, count) in [("WEB-5", 1), ("pid 4242", 1), ("pid 42421", 0), ("", 1)] as [(String, Int64)] {
      let answer = try server.ask("traces/list", ["filter": ["run": .string(run)]]).get()
      #expect(answer["total"] == .integer(count), "\(run)")
      if count == 1 { #expect(answer["traces"]?[0]?["run"] == "web-5f" && answer["traces"]?[0]?["runs"] == ["pid 4242", "web-5f"]) }
    }
  }

  /// Wherever a text is looked for, what is wrong with a regular expression is told with its place.
  @Test(arguments: ["traces/list", "traces/search", "traces/aggregate", "traces/report", "traces/await", "traces/clear", "logs/list"])
  func aRegexThatCannotBe(_ method: String) {
    for (text, message, character) in [
      (["regex": "(a)\\1"], "filter.text.regex, at character 4: references to groups are not supported", 4),
      (["regex": "x(?=y)"], "filter.text.regex, at character 2: looking ahead or behind is not supported", 2),
      (["regex": 5], "filter.text.regex must be a string, not 5", nil),
      ([:], #"filter.text must be a string or {"regex": "…"}, not {}"#, nil),
      (5, #"filter.text must be a string or {"regex": "…"}, not 5"#, nil),
    ] as [(JSONValue, String, Int?)] {
      let parameter = text["regex"] == nil ? "filter.text" : "filter.text.regex"
      let data: JSONValue =
        character.map { ["parameter": .string(parameter), "character": .integer($0)] } ?? ["parameter": .string(parameter)]
      check(Self.server, method, ["filter": ["text": text]], isRefusedWith: -32_602, message, data)
    }
    check(
      Self.server, method, ["filter": ["text": ["regexp": "a"]]], isRefusedWith: -32_602,
      "filter.text has no regexp; did you mean regex?", ["near": ["regex"], "known": ["regex"]])
  }

  @Test func nothingMatchesTellsWhatThereIs() throws {
    let hint = try Self.server.ask("traces/list", ["filter": ["rootName": "get /card"]]).get()["hint"]?.string ?? ""
    #expect(hint.hasPrefix("nothing matches; there are 4 traces (GET /Cart, GET /pay, import, "), "\(hint)")
    #expect(hint.hasSuffix(") that began between 2026-11-23T10:00:00.000Z and 2026-11-23T10:00:03.000Z"), "\(hint)")
    let spans = try Self.server.ask("traces/list", ["filter": ["name": "charje", "service": "banc"]]).get()["hint"]?.string ?? ""
    #expect(spans.contains("; names of spans: charge, ") && spans.contains("; services of spans: bank, "), "\(spans)")
    let one = TestServer()
    one.feed(RecordLines.trace("a", name: "\u{1B}[31mjob"))
    let text = try one.ask("traces/list", ["filter": ["status": "error"]]).get()["hint"]?.string ?? ""
    let time = "2026-11-23T10:00:00.000Z"
    #expect(text == #"nothing matches; there is 1 trace (\u{1b}[31mjob) that began between \#(time) and \#(time)"#)
  }

  /// For one release answers say how a key was understood that meant something else in 0.1.
  @Test func aKeyWhoseMeaningChangedIsNoted() throws {
    for (method, filter, expected) in [
      ("traces/list", ["name": "GET"], "filter.name: of one span, in 0.1 of the root (now rootName)"),
      ("traces/report", ["service": "shop"], "filter.service: of one span, in 0.1 of the root"),
      (
        "traces/aggregate", ["maxDurationMs": 9, "status": "ok"],
        "filter.status, filter.maxDurationMs: of one span, in 0.1 of the root (now rootStatus, maxRootDurationMs)"
      ),
      ("traces/search", ["hasErrors": true], "filter.hasErrors: of the whole trace, in 0.1 of the span"),
      ("traces/search", ["name": "GET"], nil), ("traces/list", ["rootName": "GET", "hasErrors": true], nil),
    ] as [(String, JSONObject, String?)] {
      let note = try Self.server.ask(method, ["filter": .object(filter)]).get()["note"]?.string
      #expect(note == expected, "\(method) \(filter)\n  expected \(expected ?? "no note")\n  got      \(note ?? "no note")")
      guard let expected, method != "traces/report" else { continue }
      let text = try Self.server.server.answerAsText(method, ["filter": .object(filter)]).text
      #expect(text.contains("Note: \(expected)"), "\(text)")
    }
  }

  /// A regression: a filter by an operation gave no groups and no reason, because it asked for the root's name.
  @Test func aggregateByAnOperationHasItsGroup() throws {
    let answer = try Self.server.ask("traces/aggregate", ["filter": ["name": "charge"], "format": "json"]).get()
    let names = (answer["groups"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(names.contains("charge") && answer["traces"] == 1, "\(answer.serializedString)")
    let none = try Self.server.ask("traces/aggregate", ["filter": ["name": "charje"], "format": "json"]).get()
    #expect(none["hint"]?.string?.contains("; names of spans: charge, ") == true, "\(none.serializedString)")
  }

  /// Before any record: what to do, depending on the state of the source.
  @Test func nothingAtAllTellsWhatToDo() throws {
    let path = TestServer.pipe
    let cases: [(SourceReport, String)] = [
      (SourceReport(kind: "pipe", path: path, state: "reading"), "write records to the pipe \(path); server/status counts what arrives"),
      (
        SourceReport(kind: "pipe", path: path, state: "owned", ownerPID: 17),
        "the pipe \(path) is read by another server (pid 17): ask through the program that started it; this one takes over when it ends"
      ),
      (
        SourceReport(kind: "pipe", path: path, state: "unavailable", message: "no permission"),
        "the pipe \(path) cannot be read: no permission"
      ),
      (SourceReport(kind: "file", path: "a.jsonl", state: "ended"), "a.jsonl holds no trace; server/status counts what was read"),
    ]
    for (source, expected) in cases {
      let server = TestServer(source: source)
      let got = try server.ask("traces/list").get()["hint"]
      #expect(got == .string(expected), "\(source.state)\n  expected \(expected)\n  got      \(got?.serializedString ?? "no hint")")
      if source.state == "unavailable" {
        // Waiting would be useless.
        let data: JSONValue = ["hint": .string(expected), "next": "server/status"]
        check(server, "trace/summary", nil, isRefusedWith: 1_005, "no trace; \(expected)", data)
      } else {
        let data: JSONValue = ["near": [], "evicted": false, "hint": .string(expected)]
        check(server, "trace/summary", nil, isRefusedWith: 1_001, "no trace yet; \(expected)", data)
      }
    }
  }
}
