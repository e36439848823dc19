// Proves that if a session supports batches, an array of messages is answered with one array, in order, once the last answer is there; that
// cancelled requests leave no gap; and that every batch is answered, however the connection ends.

import JSON
import JSONRPC
import Testing

struct BatchTests {
  private func client(maxBatch: Int = 64) -> TestClient {
    // No task may be cancelled before it could answer, even on a busy machine.
    let client = TestClient(limits: ConnectionLimits(maxBatch: maxBatch, drainNanos: 600_000_000_000))
    client.handler.rules = MessageRules(takesBatches: true)
    return client
  }

  private func batch(_ messages: String...) -> String { "[" + messages.joined(separator: ",") + "]\n" }

  private func request(_ id: String, _ method: String) -> String { #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":[]}"# }

  private let notification = #"{"jsonrpc":"2.0","method":"n"}"#

  @Test func answersComeTogetherInTheOrderOfTheRequests() async throws {
    let client = client()
    await client.send(batch(request("1", "gate"), notification, request(#""b""#, "echo"), "7", request("3", "fail")))
    // The first request still runs: nothing of the batch is sent, while other requests are answered.
    await client.handler.started.reached(1)
    await client.request(9, "echo")
    #expect(try await client.messages(1).first?["id"] == 9)
    await client.notify("open")
    let answers = try await client.messages(1).first?.array ?? []
    #expect(answers.map { $0["id"] } == [1, "b", .null, 3], "\(answers)")
    #expect(answers.map { $0["error"]?["code"] } == [nil, nil, -32600, -32603], "\(answers)")
    #expect(client.handler.notifications.first?.method == "n")
  }

  /// So many messages as a batch may hold are answered, one more is refused.
  @Test func aBatchOfExactlyTheBound() async throws {
    let client = client(maxBatch: 2)
    await client.send(batch(request("1", "echo"), request("2", "echo")))
    #expect(try await client.messages(1).first?.array?.count == 2)
    await client.send(batch(request("1", "echo"), request("2", "echo"), request("3", "echo")))
    #expect(try await client.messages(1).first?.errorCode == -32600)
  }

  @Test func whatIsTakenBackLeavesNoGap() async throws {
    let client = client()
    await client.send(batch(request("1", "wait"), request("2", "echo")))
    await client.handler.started.reached(1)
    await client.notify("notifications/cancelled", #"{"requestId":1}"#)
    #expect(await client.line() == #"[{"jsonrpc":"2.0","id":2,"result":[]}]"#)
    // A batch without any remaining request is not answered.
    await client.send(batch(request("3", "wait")))
    await client.handler.started.reached(2)
    await client.notify("notifications/cancelled", #"{"requestId":3}"#)
    await client.request(4, "echo")
    #expect(try await client.messages(1).first?["id"] == 4)
  }

  @Test func theEndOfTheInputAnswersABatch() async throws {
    let client = client()
    let text = await client.exchange(batch(request("1", "untilEnd"), request("2", "echo")), thenCloseRequests: true)
    #expect(text == #"[{"jsonrpc":"2.0","id":1,"result":"ended"},{"jsonrpc":"2.0","id":2,"result":[]}]"# + "\n")
  }

  /// A batch, and the next line: if the batch gets no answer, that is the answer to the echo after it.
  static let lines: [(text: String, rules: MessageRules, answer: String)] = [
    (
      "[]", MessageRules(takesBatches: true),
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"a message must be an object, not an empty array"}}"#
    ),
    (#"[{"jsonrpc":"2.0","method":"n"}]"#, MessageRules(takesBatches: true), "echo"),
    (
      #"[{"jsonrpc":"2.0","id":1,"method":"echo"}]"#, MessageRules(),
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not supported: send one request a message"}}"#
    ),
    (
      "[1,2,3]", MessageRules(takesBatches: true),
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"a batch may hold 2 messages, not 3: send several"}}"#
    ),
    (
      "[1]", MessageRules(takesBatches: false, omitsUnknownIDs: true),
      #"{"jsonrpc":"2.0","error":{"code":-32600,"message":"batches are not supported: send one request a message"}}"#
    ),
    (
      "{", MessageRules(omitsUnknownIDs: true),
      #"{"jsonrpc":"2.0","error":{"code":-32700,"message":"invalid JSON at byte 1: string or '}' expected near end of file","data":{"offset":1}}}"#
    ),
  ]

  @Test(arguments: lines.indices) func line(_ index: Int) async {
    let (text, rules, expected) = Self.lines[index]
    let client = client(maxBatch: 2)
    client.handler.rules = rules
    await client.send(text + "\n")
    await client.request(9, "echo")
    let got = await client.line()
    #expect(got == (expected == "echo" ? #"{"jsonrpc":"2.0","id":9,"result":{}}"# : expected), "\(text)")
  }
}
