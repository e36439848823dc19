// Proves that an id comes back as it was written, and that different spellings of an id are equal.

import JSON
import JSONRPC
import Testing

@Suite struct RequestIDTests {
  private func id(in message: String) -> RequestID? {
    guard case .request(let request) = IncomingMessage(parsing: Array(message.utf8)) else { return nil }
    return request.id
  }

  @Test(arguments: [
    "0", "1", "-0", "-1", "1.5", "1.50", "1e3", "1E+3", "9223372036854775807", "18446744073709551615", "1e999", "\"\"", "\"a\"",
    #""\u0041\n\/\"\\""#, #""\uD83D\uDE00""#, "\"é你😀\"", #""a\u0000b""#, #""}, \"id\": 7""#, "\"id\"",
  ])
  func everyIDIsEchoedAsWritten(_ text: String) {
    for message in [
      #"{"jsonrpc":"2.0","id":\#(text),"method":"m"}"#,
      #"{"method":"id","id" : \#(text) ,"params":{"id":9,"x":["id",{"id":8}]},"jsonrpc":"2.0"}"#,
      "\t{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"a\":\"\\\\\",\"b\":\"\\\"id\\\":5\",\"id\":\(text)}",
      #"{"id":3,"jsonrpc":"2.0","method":"m","id":\#(text)}"#,
      #"{"jsonrpc":"2.0","result":{"id":9},"method":"m","id":\#(text)}"#,
    ] {
      let got = id(in: message)?.description
      #expect(got == text, "\(message)\n  expected \(text)\n  got      \(got ?? "no id")")
    }
  }

  /// Then the id's text cannot be found by its member name, but its value can.
  @Test func aNameWrittenWithEscapesLosesOnlyTheSpelling() {
    #expect(id(in: #"{"jsonrpc":"2.0","\u0069d":"\u0041","method":"m"}"#)?.description == #""A""#)
    #expect(id(in: #"{"id":1,"jsonrpc":"2.0","\u0069d":18446744073709551615,"method":"m"}"#)?.description == "18446744073709551615")
    #expect(id(in: #"{"id":1,"jsonrpc":"2.0","\u0069d":1e999,"method":"m"}"#)?.description == "1e999")
  }

  @Test func theSameValueIsTheSameID() throws {
    let plain = try #require(RequestID("a"))
    #expect(id(in: #"{"jsonrpc":"2.0","id":"\u0061","method":"m"}"#) == plain)
    #expect(RequestID(1) == RequestID(.number(1)))
    #expect(RequestID(1) != RequestID("1"))
    #expect(RequestID(.bigNumber("18446744073709551615")) != RequestID("18446744073709551615"))
    #expect(RequestID("e\u{301}") != RequestID("\u{E9}"))
    #expect(RequestID(1)?.hashValue == RequestID(.number(1))?.hashValue)
  }

  @Test func onlyStringsAndNumbersAreIDs() {
    for value in [nil, true, [], [:], ["id": 1]] as [JSONValue] { #expect(RequestID(value) == nil, "\(value)") }
  }
}
