// Proves that every kind of message is distinguished, that each mistake is named with its code, and that an answer carries the right id.

import JSON
import JSONRPC
import Testing

@Suite struct IncomingMessageTests {
  private func check(_ text: String, is expected: IncomingMessage, at location: SourceLocation = #_sourceLocation) {
    let got = IncomingMessage(parsing: Array(text.utf8))
    #expect(got == expected, "\(text)\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
  }

  /// The code and the id of the answer; nil means an id of null.
  private func check(
    _ text: String, isAnswered code: Int, id: String?, mentioning words: String = "", at location: SourceLocation = #_sourceLocation
  ) {
    let got = IncomingMessage(parsing: Array(text.utf8))
    guard case .invalid(let error, let gotID) = got else {
      Issue.record("\(text)\n  expected error \(code)\n  got      \(got)", sourceLocation: location)
      return
    }
    let isAsExpected = error.code == code && gotID?.description == id && (words.isEmpty || error.message.contains(words))
    #expect(
      isAsExpected, "\(text)\n  expected \(code), id \(id ?? "null"), '\(words)'\n  got      \(error), id \(gotID?.description ?? "null")",
      sourceLocation: location)
  }

  private func id(_ value: JSONValue) throws -> RequestID { try #require(RequestID(value)) }

  @Test func requests() throws {
    check(#"{"jsonrpc":"2.0","id":1,"method":"m"}"#, is: .request(Request(id: try id(1), method: "m")))
    check(
      #"{"params":{"a":1},"method":"m","id":"x","jsonrpc":"2.0","extra":0}"#,
      is: .request(Request(id: try id("x"), method: "m", params: ["a": 1])))
    check(#"{"jsonrpc":"2.0","id":1,"method":"m","params":[1]}"#, is: .request(Request(id: try id(1), method: "m", params: [1])))
    check(#"{"jsonrpc":"2.0","id":1,"method":"","params":null}"#, is: .request(Request(id: try id(1), method: "")))
  }

  @Test func notifications() {
    check(#"{"jsonrpc":"2.0","method":"n"}"#, is: .notification(Notification(method: "n")))
    check(#"{"jsonrpc":"2.0","method":"n","params":{}}"#, is: .notification(Notification(method: "n", params: [:])))
  }

  @Test func responsesAreLetPass() {
    check(#"{"jsonrpc":"2.0","id":1,"result":null}"#, is: .response(Response(id: RequestID(1), outcome: .success(.null))))
    check(
      #"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}"#,
      is: .response(Response(id: nil, outcome: .failure(ResponseError(code: 1, message: "")))))
    check(#"{"id":[],"result":1}"#, is: .response(Response(id: nil, outcome: .success(1))))
    // An error that is not a JSON-RPC error, and one beside a result: the client did not do what it was asked.
    check(
      #"{"jsonrpc":"2.0","id":"server-1","result":null,"error":"no"}"#,
      is: .response(
        Response(
          id: RequestID("server-1"),
          outcome: .failure(ResponseError(code: -32_603, message: "the client answered with an error that has no message")))))
  }

  @Test func theVersionMustBeTwo() {
    check(#"{"id":1,"method":"m"}"#, isAnswered: -32600, id: "1", mentioning: "jsonrpc")
    check(#"{"jsonrpc":"1.0","id":"a","method":"m"}"#, isAnswered: -32600, id: "\"a\"")
    check(#"{"jsonrpc":2.0,"id":1,"method":"m"}"#, isAnswered: -32600, id: "1")
    check(#"{"jsonrpc":"1.0","method":"m"}"#, isAnswered: -32600, id: nil)
  }

  @Test func theMethodMustBeAString() {
    check(#"{"jsonrpc":"2.0","id":1}"#, isAnswered: -32600, id: "1", mentioning: "missing")
    check(#"{"jsonrpc":"2.0","id":1,"method":7}"#, isAnswered: -32600, id: "1", mentioning: "number")
    check(#"{"jsonrpc":"2.0","id":1,"method":null}"#, isAnswered: -32600, id: "1", mentioning: "null")
    check("{}", isAnswered: -32600, id: nil)
  }

  @Test(arguments: ["1", "\"x\"", "true", "0.5"]) func paramsMustBeStructured(_ params: String) {
    check(#"{"jsonrpc":"2.0","id":1,"method":"m","params":\#(params)}"#, isAnswered: -32600, id: "1", mentioning: "params")
  }

  @Test(arguments: ["null", "[]", "{}", "true", "[1]"]) func idsMustBeStringsOrNumbers(_ id: String) {
    check(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#, isAnswered: -32600, id: nil, mentioning: "id")
  }

  /// The session decides whether they are answered.
  @Test func arraysAreBatches() {
    let request = IncomingMessage.request(Request(id: RequestID(1)!, method: "m"))
    let refused = { (found: String) in IncomingMessage.invalid(.invalidRequest("a message must be an object, not \(found)"), nil) }
    let text = #"[{"jsonrpc":"2.0","id":1,"method":"m"},2,[],[{}],{"jsonrpc":"2.0","method":"n"}]"#
    let expected = IncomingMessage.batch([
      request, refused("number"), refused("an empty array"), refused("array"), .notification(Notification(method: "n")),
    ])
    let got = IncomingMessage(parsing: Array(text.utf8))
    #expect(got == expected, "\(text)\n  expected \(expected)\n  got      \(got)")
  }

  @Test(arguments: ["[]", "1", "\"x\"", "null", "true"]) func messagesMustBeObjects(_ text: String) {
    check(text, isAnswered: -32600, id: nil, mentioning: "object")
  }

  @Test func textThatIsNoJSONIsAnsweredWithThePlace() {
    for (text, offset) in [("{", 1), ("{\"a\":1,}", 8), ("", 0), ("[1 2]", 4)] {
      guard case .invalid(let error, nil) = IncomingMessage(parsing: Array(text.utf8)) else {
        Issue.record("\(text): expected an error")
        continue
      }
      #expect(error.code == -32700, "\(text)")
      #expect(error.data == ["offset": .integer(offset)], "\(text): expected \(offset), got \(error)")
    }
    check(String(repeating: "[", count: 200) + String(repeating: "]", count: 200), isAnswered: -32700, id: nil, mentioning: "128 levels")
  }
}
