// Proves that over real pipes every request gets exactly one reply, in the client's framing, with its id, and short ones in their order.

import JSON
import JSONRPC
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test func shortRequestsAreAnsweredInOrder() async throws {
    let client = TestClient()
    await client.send((0..<1_000).map { TestClient.request($0, "echo", "[\($0)]") }.joined())
    let got = try await client.messages(1_000)
    #expect(got == (0..<1_000).map { ["jsonrpc": "2.0", "id": .integer($0), "result": [.integer($0)]] })
    client.closeRequests()
    #expect(await client.rest() == "")
    #expect(await client.ended() == .endOfInput)
    #expect(client.connection.statistics.requests == 1_000)
  }

  @Test func theReplyIsExactlyThis() async {
    let client = TestClient()
    await client.send(#"{"jsonrpc":"2.0","id":"\u0041/1","method":"echo","params":{"z":[1.50,"é/\n"],"a":{}}}"# + "\r\n")
    #expect(await client.line() == #"{"jsonrpc":"2.0","id":"\u0041/1","result":{"z":[1.5,"é/\n"],"a":{}}}"#)
    await client.send(#"{"jsonrpc":"2.0","id":18446744073709551615,"method":"echo"}"# + "\n")
    #expect(await client.line() == #"{"jsonrpc":"2.0","id":18446744073709551615,"result":null}"#)
    await client.send("{nonsense\n")
    #expect(await client.line()?.hasPrefix(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"#) == true)
  }

  @Test func repliesComeInTheFramingOfTheClient() async {
    let client = TestClient()
    let body = #"{"jsonrpc":"2.0","id":1,"method":"echo","params":["é"]}"#
    let reply = #"{"jsonrpc":"2.0","id":1,"result":["é"]}"#
    await client.send("Content-Length: \(body.utf8.count)\r\n\r\n\(body)Content-Length: x\r\n\r\n")
    client.closeRequests()
    let got = await client.rest()
    #expect(got.hasPrefix("Content-Length: \(reply.utf8.count)\r\n\r\n\(reply)Content-Length: "), "got \(got)")
    #expect(got.contains("-32700"), "got \(got)")
    #expect(client.connection.statistics.framingErrors == 1)
  }

  @Test func bytesMayArriveOneByOne() async throws {
    let client = TestClient()
    for character in TestClient.request(1, "echo", "[\"你\"]") { await client.send(String(character)) }
    #expect(try await client.messages(1) == [["jsonrpc": "2.0", "id": 1, "result": ["你"]]])
  }

  @Test func theLastRequestNeedsNoNewline() async {
    let client = TestClient()
    await client.send(#"{"jsonrpc":"2.0","id":1,"method":"echo"}"#)
    client.closeRequests()
    #expect(await client.rest() == #"{"jsonrpc":"2.0","id":1,"result":null}"# + "\n")
  }

  @Test func mistakesAreAnsweredAndTheConnectionLives() async throws {
    let client = TestClient()
    await client.send("nul\n".replacing("nul", with: "{nul"))
    await client.send("[]\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":2}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}\n")
    await client.request(2, "unknown")
    await client.request(3, "echo")
    #expect(try await client.messages(3).map(\.errorCode) == [-32700, -32600, -32600])
    let last = try await client.messages(2)
    #expect(Set(last.map(\.errorCode)) == [-32601, nil])
    let statistics = client.connection.statistics
    #expect(statistics.parseErrors == 1 && statistics.invalidRequests == 2 && statistics.requests == 2, "got \(statistics)")
  }

  @Test func errorsOfHandlersKeepWhatIsForTheClientAndHideTheRest() async throws {
    let client = TestClient()
    await client.request(1, "refuse")
    #expect(try await client.messages(1).first?["error"] == ["code": 1, "message": "no", "data": ["next": "step"]])
    for (id, method) in [(2, "fail"), (3, "failLater")] {
      await client.request(id, method)
      let reply = try #require(try await client.messages(1).first)
      #expect(reply.errorCode == -32603 && reply["id"]?.integer == Int64(id), "got \(reply)")
      #expect(!reply.serializedString.contains("Mishap"), "got \(reply)")
    }
    #expect(client.diagnostics.filter { $0.contains("Mishap") }.count == 2, "got \(client.diagnostics)")
  }

  @Test func tasksAreCancelledByTheirID() async throws {
    let client = TestClient()
    await client.request(1, "wait")
    await client.send(#"{"jsonrpc":"2.0","id":"\u0061","method":"wait"}"# + "\n")
    await client.request(3, "wait")
    await client.handler.started.reached(3)
    await client.notify("$/cancelRequest", #"{"id":99}"#)
    await client.notify("$/cancelRequest", "[]")
    await client.notify("$/cancelRequest", #"{"id":"a"}"#)
    #expect(await client.line()?.hasPrefix(#"{"jsonrpc":"2.0","id":"\u0061","error":{"code":-32800,"#) == true)
    // Cancelled: nothing more is sent about it, even if its task still has something to send.
    client.connection.notify(method: "progress", during: RequestID(3)!)
    #expect(try await client.messages(1).first?["method"] == "progress")
    await client.notify("notifications/cancelled", #"{"requestId":3}"#)
    await client.request(4, "echo")
    #expect(try await client.messages(1).first?["id"] == 4)
    client.connection.notify(method: "progress", during: RequestID(3)!)
    await client.notify("$/cancelRequest", #"{"id":1}"#)
    #expect(try await client.messages(1).first?["id"] == 1)
    #expect(client.connection.statistics.cancelled == 3)
    // The connection handles $/cancelRequest itself.
    #expect(client.handler.notifications.map(\.method) == ["notifications/cancelled"])
  }

  @Test func aTaskThatFinishesInSpiteOfItsCancellationIsAnsweredOnce() async throws {
    let client = TestClient()
    await client.request(1, "stubborn")
    await client.handler.started.reached(1)
    await client.notify("$/cancelRequest", #"{"id":1}"#)
    await client.notify("open")
    #expect(try await client.messages(1) == [["jsonrpc": "2.0", "id": 1, "result": "stubborn"]])
    client.closeRequests()
    #expect(await client.rest() == "")
  }

  @Test func anIDInUseIsRefused() async throws {
    let client = TestClient()
    await client.request(1, "gate")
    await client.request(1, "echo")
    let refusal = try await client.messages(1).first
    #expect(refusal?.errorCode == -32600 && refusal?["id"] == 1, "got \(String(describing: refusal))")
    await client.notify("open")
    #expect(try await client.messages(1).first?["result"] == "gate")
    await client.request(1, "echo")
    #expect(try await client.messages(1).first?["result"] == [:])
  }

  @Test func notificationsOfTheServerWaitForTheClientsFraming() async {
    let client = TestClient()
    client.connection.notify(method: "early")
    #expect(client.connection.statistics.droppedNotifications == 1)
    await client.request(1, "echo")
    #expect(await client.line() == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
    client.connection.notify(method: "traces/didStart", params: ["n": 1])
    #expect(await client.line() == #"{"jsonrpc":"2.0","method":"traces/didStart","params":{"n":1}}"#)
    client.connection.notify(method: "bare")
    #expect(await client.line() == #"{"jsonrpc":"2.0","method":"bare"}"#)
  }

  @Test func largeAnswersArriveWhole() async throws {
    let client = TestClient()
    for (id, bytes) in [4_000, 4_096, 65_536, 65_537, 3_000_000].enumerated() {
      for method in ["big", "bigLater"] {
        await client.request(id, method, #"{"bytes":\#(bytes)}"#)
        let reply = try await client.messages(1).first
        #expect(reply?["result"]?.string?.utf8.count == bytes)
      }
    }
  }
}
