// Proves which spans each key of a filter finds, that the pages together are complete and in one order, and that one request's work is
// limited.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

struct SearchTests {
  /// A filter and the spans that it finds as trace/span, the newest trace first.
  static let cases: [(filter: JSONObject, text: JSONValue?, spans: String)] = [
    ([:], nil, "rootless/1 import/1 pay/1 pay/2 cart/1 cart/2"), (["name": "get /"], nil, "pay/1 cart/1"),
    (["name": "LOAD"], nil, "cart/2"),
    (["service": "DB"], nil, "cart/2"), (["service": "shop"], nil, "pay/1 cart/1"), (["target": "card"], nil, "pay/2"),
    (["run": "run-b"], nil, "import/1 pay/1 pay/2"), (["status": "error"], nil, "import/1 pay/2"),
    (["status": "ok", "run": "run-b"], nil, "pay/1"), (["status": "running"], nil, "rootless/1"),
    (["hasErrors": true], nil, "import/1 pay/1 pay/2"), (["hasErrors": false], nil, "rootless/1 cart/1 cart/2"),
    (["minDurationMs": 50], nil, "pay/1 pay/2 cart/1"), (["minDurationMs": 5, "maxDurationMs": 10], nil, "import/1 cart/2"),
    (["since": "2026-11-23T10:00:00.005Z", "until": "2026-11-23T10:00:01Z"], nil, "pay/1 pay/2"),
    (["rootName": "get /pay"], nil, "pay/1 pay/2"), (["rootStatus": "error"], nil, "import/1"), (["text": "waiting"], nil, "rootless/1"),
    (["attributes": ["user": "u-17", "n": 3]], nil, "cart/1"), (["attributes": ["user": "u-17", "card": "VISA"]], nil, ""),
    (["text": "visa"], nil, "pay/2"), ([:], "visa", "pay/2"), (["text": "timeout"], nil, "pay/2"), ([:], "data.csv", "import/1"),
    ([:], ["regex": "^(visa|load)$"], "pay/2 cart/2"), (["text": ["regex": "^get"]], ["regex": "8$"], "pay/1"),
    (["text": "GET"], "u-18", "pay/1"), (["text": "GET", "name": "charge"], nil, ""),
  ]

  static func spans(_ answer: JSONValue) -> String {
    (answer["spans"]?.array ?? []).map { "\($0["traceId"]?.string ?? "?")/\($0["spanId"]?.string ?? "?")" }.joined(separator: " ")
  }

  @Test(arguments: cases.indices) func filter(_ index: Int) throws {
    let (filter, text, expected) = Self.cases[index]
    var params: JSONObject = ["filter": .object(filter)]
    params.append("text", text)
    let answer = try FilterTests.server.ask("traces/search", .object(params)).get()
    #expect(
      Self.spans(answer) == expected,
      "\(JSONValue.object(params).serializedString)\n  expected \(expected)\n  got      \(Self.spans(answer))")
    #expect((answer["hint"] != nil) == expected.isEmpty && answer["nextCursor"]?.isNull == true)
  }

  @Test func oneTraceAlone() throws {
    for (params, expected) in [
      (["traceId": "pay"], "pay/1 pay/2"), (["traceId": "t1", "text": "load"], "cart/2"), (["traceId": "pay", "text": "load"], ""),
      (["traceId": "latest"], "rootless/1"),
    ] as [(JSONObject, String)] {
      let got = Self.spans(try FilterTests.server.ask("traces/search", .object(params)).get())
      #expect(got == expected, "\(params): expected \(expected), got \(got)")
    }
    guard case .failure(let error) = FilterTests.server.ask("traces/search", ["traceId": "payed"]) else {
      Issue.record("a trace that there is not was searched")
      return
    }
    #expect(error.code == 1_001, "\(error)")
  }

  /// A span that appears only in logs is found by them, its time is theirs, and it is shown.
  @Test func aSpanThatOnlyLogsSpeakOf() throws {
    let found = try FilterTests.server.ask("traces/search", ["text": "waiting"]).get()["spans"]?[0]
    #expect(found?["status"] == "running" && found?["startTimeUnixNano"] == "1795428003000000000", "\(found ?? .null)")
    let span = try FilterTests.server.ask("trace/span", ["traceId": "rootless", "spanId": "1"]).get()
    #expect(span["events"]?[0]?["message"] == "still waiting", "\(span.serializedString)")
  }

  @Test func shapeIsThatOfATree() throws {
    let found = try PagingTests.tree.ask("traces/search", ["limit": 1_000, "maxChars": 200_000]).get()["spans"]?.array ?? []
    let tree = try PagingTests.tree.ask("trace/tree", ["limit": 1_000, "maxChars": 200_000]).get()["spans"]?.array ?? []
    #expect(found.count == 200 && tree.count == 200)
    for span in found {
      let twin = try #require(tree.first { $0["spanId"] == span["spanId"] })
      for (key, value) in twin.object?.members ?? [] where key != "depth" && key != "childCount" { #expect(span[key] == value, "\(key)") }
      #expect(span["traceId"] == "t" && span["handle"] == "t1")
    }
  }

  @Test(arguments: [["limit": 1], ["limit": 7], ["maxChars": 900], ["limit": 1_000, "maxChars": 200_000]] as [JSONObject])
  func pagesAreTheWhole(_ size: JSONObject) throws {
    let server = PagingTests.server()
    let (entries, _) = try PagingTests.walk(server, "traces/search", size, "spans")
    let all = try server.ask("traces/search", ["limit": 1_000, "maxChars": 200_000]).get()["spans"]?.array ?? []
    #expect(entries == all && all.count > 60)
    let serials = all.compactMap { Int($0["handle"]?.string?.dropFirst() ?? "") }
    #expect(zip(serials, serials.dropFirst()).allSatisfy { $0 >= $1 })
    var params = size
    params["filter"] = ["name": "step"]
    let (steps, _) = try PagingTests.walk(server, "traces/search", params, "spans")
    #expect(steps == all.filter { $0["name"] == "step" })
  }

  /// If the effort is used up before a match is found, the page may be empty, and the cursor leads to the matches.
  @Test func workIsBoundedAndGoesOn() throws {
    let server = PagingTests.server()
    let reader = try ParameterReader(["filter": ["name": "step"]], of: TracesSearch.parameters, method: TracesSearch.name)
    let params = try TracesSearch.params(from: reader)
    var from: SearchPlace?
    let traces = server.store.withLock { store in
      store.overviews(now: 0).reversed().compactMap { line in
        store.snapshot(of: line, now: 0).map { (line.serial, $0) }
      }
    }
    var found: [String] = []
    var requests = 0
    repeat {
      var search = SpanSearch(params.filter.query, limit: params.limit, from: from, effort: 3)
      for (serial, snapshot) in traces where serial <= from?.serial ?? .max && !search.isOver {
        withUnsafePointer(to: snapshot.storage) { search.look(in: $0, serial: serial) { snapshot } }
      }
      #expect(search.effort.spans <= 3)
      for match in search.matches {
        found.append("\(search.traces[match.trace].handle) \(search.traces[match.trace].storage.spanID(match.row))")
      }
      from = search.stoppedAt
      requests += 1
    } while from != nil && requests < 1_000
    let all =
      try server.ask("traces/search", ["filter": ["name": "step"], "limit": 1_000, "maxChars": 200_000]).get()["spans"]?.array ?? []
    #expect(found == all.map { "\($0["handle"]?.string ?? "") \($0["spanId"]?.string ?? "")" })
    #expect(requests > 20 && requests < 200, "\(requests)")
  }

  @Test func nothingFoundTellsNearNamesAndRuns() throws {
    let hint = try FilterTests.server.ask("traces/search", ["filter": ["name": "get /card", "run": "run-c"]]).get()["hint"]?.string ?? ""
    #expect(
      hint.hasPrefix("nothing matches among 0 spans; 4 traces began between ") && hint.hasSuffix("; runs: run-A, run-B"), "\(hint)")
    let names = try FilterTests.server.ask("traces/search", ["filter": ["name": "charje"]]).get()["hint"]?.string ?? ""
    #expect(names.hasPrefix("nothing matches among 6 spans (charge, "), "\(names)")
  }
}
