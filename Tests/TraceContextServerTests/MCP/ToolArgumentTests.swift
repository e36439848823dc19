// Proves that arguments are accepted as models and clients really send them if their meaning is clear, that only this door does so, and
// that every reinterpretation is reported.

import JSON
import JSONRPC
import Testing

@testable import TraceContextServer

struct ToolArgumentTests {
  /// The arguments that are sent, and those that methods get.
  static let taken: [(tool: String, sent: JSONValue?, got: JSONObject)] = [
    ("list_traces", nil, [:]), ("list_traces", .null, [:]), ("list_traces", "", [:]), ("list_traces", [], [:]), ("list_traces", "{}", [:]),
    // Numbers, booleans and words in other forms.
    ("list_traces", ["limit": "5"], ["limit": 5]), ("list_traces", ["limit": 5.0], ["limit": 5]),
    ("list_traces", ["limit": " 5.0 "], ["limit": 5]), ("list_traces", ["limit": #""5""#], ["limit": 5]),
    ("list_traces", ["limit": "five"], ["limit": "five"]), ("list_traces", ["limit": 5.5], ["limit": 5.5]),
    ("list_traces", ["limit": true], ["limit": true]), ("list_traces", ["limit": [5]], ["limit": [5]]),
    ("list_traces", ["filter": ["hasErrors": "true"]], ["filter": ["hasErrors": true]]),
    ("list_traces", ["filter": ["hasErrors": "False"]], ["filter": ["hasErrors": false]]),
    ("list_traces", ["filter": ["hasErrors": "yes"]], ["filter": ["hasErrors": "yes"]]),
    ("list_traces", ["filter": ["minDurationMs": "1.5"]], ["filter": ["minDurationMs": 1.5]]),
    ("list_traces", ["sort": "Slowest", "format": #""json""#], ["sort": "slowest", "format": "json"]),
    ("get_span", ["spanId": 12], ["spanId": "12"]), ("get_span", ["spanId": 12.0], ["spanId": "12"]),
    ("get_span", ["spanId": .bigNumber("18446744073709551615")], ["spanId": "18446744073709551615"]),
    ("get_span", ["spanId": ["a"]], ["spanId": ["a"]]),
    // Objects and lists as text, text including its quotes.
    ("list_traces", #"{"limit":5}"#, ["limit": 5]), ("list_traces", #""{\"limit\":\"5\"}""#, ["limit": 5]),
    ("list_traces", ["filter": #"{"hasErrors":true}"#], ["filter": ["hasErrors": true]]),
    ("list_traces", ["filter": "errors"], ["filter": "errors"]),
    ("list_traces", ["filter": ["attributes": ["user.id=7", "q=a=b", "=="]]], [:]),
    ("list_traces", ["filter": ["attributes": ["user.id=7", "q=a=b"]]], ["filter": ["attributes": ["user.id": "7", "q": "a=b"]]]),
    ("list_traces", ["filter": ["attributes": #"["user.id=7"]"#]], ["filter": ["attributes": ["user.id": "7"]]]),
    ("list_traces", ["filter": ["attributes": "user.id=7"]], ["filter": ["attributes": ["user.id": "7"]]]),
    ("list_traces", ["filter": ["attributes": #"{"user.id":7}"#]], ["filter": ["attributes": ["user.id": 7]]]),
    ("list_traces", ["filter": ["attributes": ["user.id": "7"]]], ["filter": ["attributes": ["user.id": "7"]]]),
    ("list_traces", ["filter": ["attributes": [["user.id": "7"]]]], ["filter": ["attributes": ["user.id": "7"]]]),
    ("compare_traces", ["base": #""latest""#, "target": "t1"], ["base": "latest", "target": "t1"]),
    ("compare_traces", ["base": #"{"run":"abc"}"#], ["base": ["run": "abc"]]),
    ("compare_traces", ["base": "run:abc"], ["base": "run:abc"]),
    // A text to search for keeps its quotes.
    ("search_spans", ["text": #""code""#, "filter": ["text": #""a""#]], ["text": #""code""#, "filter": ["text": #""a""#]]),
    // A regular expression in each of the ways in which it is written; what only looks like one is text.
    (
      "search_spans", ["text": "regex:time(d )?out", "filter": ["text": "regex: a|b"]],
      ["text": ["regex": "time(d )?out"], "filter": ["text": ["regex": "a|b"]]]
    ),
    (
      "search_spans", ["text": ["regex": "a+"], "filter": ["text": #"{"regex":"b"}"#]],
      ["text": ["regex": "a+"], "filter": ["text": ["regex": "b"]]]
    ),
    ("search_spans", ["text": #"{"regex":5}"#], ["text": #"{"regex":5}"#]), ("search_spans", ["text": "Regex: a"], ["text": "Regex: a"]),
    ("list_traces", ["filter": ["text": #"{"a":"b"}"#]], ["filter": ["text": #"{"a":"b"}"#]]),
    // An instant as a number may have any unit.
    ("list_traces", ["filter": ["since": 5]], ["filter": ["since": 5]]),
    // Filled in although they are to be left out, or added beside the arguments.
    (
      "list_traces", ["cursor": "", "sort": .null, "format": "", "limit": "null", "filter": ["name": "", "status": "", "since": " "]],
      ["limit": "null"]
    ),
    ("list_traces", ["filter": [:], "maxChars": #""""#], [:]), ("list_traces", ["filter": []], [:]),
    ("list_traces", ["filter": ["attributes": []]], [:]), ("list_traces", ["filter": ["attributes": [:], "name": ""]], [:]),
    ("list_traces", ["filter": ["attributes": ["", "a="]]], ["filter": ["attributes": ["a": ""]]]),
    ("server_status", ["random_string": "x", "_meta": ["progressToken": 1]], [:]),
    ("server_status", ["randomString": "x"], ["randomString": "x"]),
  ]

  @Test(arguments: taken.indices) func argument(_ index: Int) throws {
    let (name, sent, expected) = Self.taken[index]
    let tool = try ToolRegistry.tool(named: name)
    // A pair without a key is rejected here, because methods do not have pairs.
    guard sent?["filter"]?["attributes"]?[2] == nil else {
      #expect(throws: ResponseError.self) { _ = try ToolArguments(sent, of: tool) }
      return
    }
    let got = try ToolArguments(sent, of: tool)
    let shown = JSONValue.object(got.members).serializedString
    #expect(shown == JSONValue.object(expected).serializedString, "\(name) \(sent?.serializedString ?? "without arguments")")
    #expect(got.notes.isEmpty, "\(got.notes)")
  }

  /// Numbers above their limits, and what the answer says about them.
  static let clamped: [(sent: JSONValue, taken: Int64, said: String)] = [
    (5_000, 1_000, "limit 5000 is above its bound: 1000 was taken"), ("5000", 1_000, "limit 5000 is above its bound: 1000 was taken"),
    (1e300, 1_000, "limit 1e300 is above its bound: 1000 was taken"),
    (.bigNumber("18446744073709551615"), 1_000, "limit 18446744073709551615 is above its bound: 1000 was taken"),
  ]

  @Test(arguments: clamped.indices) func aNumberAboveItsBound(_ index: Int) throws {
    let (sent, taken, said) = Self.clamped[index]
    let got = try ToolArguments(["limit": sent], of: .listTraces)
    #expect(got.members["limit"] == .integer(taken) && got.notes == [said], "\(sent): \(got)")
  }

  /// The answer stays within its bound, including the note about it.
  @Test func theAnswerTellsWhatWasTaken() async throws {
    let test = TestServer()
    for number in 0..<60 { test.feed(RecordLines.trace("trace-\(number)", name: "job \(number)", start: Double(number))) }
    let client = try await MCPClient(test: test)
    for bound in [400, 500, 12_000] {
      let text = try await client.text("list_traces", ["limit": 5_000, "maxChars": .integer(bound)])
      #expect(text.serializedLength <= bound, "\(text)")
      #expect(text.hasSuffix("\n(limit 5000 is above its bound: 1000 was taken)"), "\(text)")
    }
    let long = try await client.text("list_traces", ["maxChars": 1_000_000])
    #expect(long.hasSuffix("\n(maxChars 1000000 is above its bound: 200000 was taken)"), "\(long)")
    let facts = try await client.call("list_traces", ["limit": 5_000, "maxChars": 1_000, "format": "json"])
    #expect(facts["structuredContent"]?["adjusted"] == ["limit 5000 is above its bound: 1000 was taken"], "\(facts)")
    #expect((facts["structuredContent"]?.serializedString.unicodeScalars.count ?? .max) <= 1_000, "\(facts)")
    let plain = try await client.call("list_traces", ["limit": 3, "format": "json"])
    #expect(plain["structuredContent"]?["adjusted"] == nil)
  }

  @Test func otherDoorsAreStrict() {
    let server = TestServer()
    for params in [["limit": "5"], ["limit": 5.0], ["limit": 1_001], ["filter": #"{"name":"a"}"#], ["cursor": ""]] as [JSONValue] {
      guard case .failure(let error) = server.ask("traces/list", params) else {
        Issue.record("\(params.serializedString) was taken")
        continue
      }
      #expect(error.code == ResponseError.Code.invalidParams, "\(error)")
    }
  }

  /// Lists with a single page, and those of resources.
  @Test func anEmptyCursorIsTheFirstPage() async throws {
    let client = try await MCPClient(test: ToolCallTests.shop())
    for method in ["tools/list", "prompts/list", "resources/templates/list", "resources/list"] {
      let (first, empty) = (try await client.ask(method), try await client.ask(method, ["cursor": ""]))
      #expect(first["result"] != nil && first == empty, "\(method): \(empty.serializedString)")
    }
  }
}
