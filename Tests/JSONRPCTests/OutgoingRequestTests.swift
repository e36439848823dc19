// Proves that the server can send requests to its client: every one ends once, by an answer, a timeout, a cancellation or the end of the
// connection, whatever the client sends; and that large answers are written in large pieces.

import JSON
import Platform
import Testing

@testable import JSONRPC

@Suite(.timeLimit(.minutes(1))) struct OutgoingRequestTests {
  /// A connection whose framing is known: before that no request can be sent.
  private static func client() async throws -> TestClient {
    let client = TestClient()
    await client.request(0, "echo")
    _ = try await client.messages(1)
    return client
  }

  private static func outcome(_ body: () async throws -> JSONValue) async -> String {
    do { return try await body().serializedString } catch let error as ResponseError {
      return "\(error.code) \(error.message)"
    } catch { return "\(error)" }
  }

  @Test func `Answers find their requests, in any order and beside the client's own of the same id`() async throws {
    let client = try await Self.client()
    let first = Task { await Self.outcome { try await client.connection.request(method: "a", params: ["x": 1]) } }
    let one = try await client.messages(1)[0]
    let second = Task { await Self.outcome { try await client.connection.request(method: "b") } }
    let two = try await client.messages(1)[0]
    #expect(
      one == ["jsonrpc": "2.0", "id": "server-1", "method": "a", "params": ["x": 1]] && two["params"] == nil, "\(one.serializedString)")
    // The client's own request with the same id is a different request.
    await client.send(#"{"jsonrpc":"2.0","id":"server-1","method":"echo","params":{"own":true}}"# + "\n")
    #expect(try await client.messages(1)[0]["result"]?["own"] == true)
    await client.send(#"{"jsonrpc":"2.0","id":\#(two["id"]!.serializedString),"error":{"code":-5,"message":"no"}}"# + "\n")
    await client.send(#"{"jsonrpc":"2.0","id":"server-1","result":{"y":2}}"# + "\n")
    #expect(await first.value == #"{"y":2}"#)
    #expect(await second.value == "-5 no")
    #expect(client.connection.statistics.unmatchedResponses == 0)
  }

  @Test func `Answers to nothing are counted and get no answer`() async throws {
    let client = try await Self.client()
    let asked = Task { await Self.outcome { try await client.connection.request(method: "a") } }
    _ = try await client.messages(1)
    let answer = #"{"jsonrpc":"2.0","id":"server-1","result":1}"# + "\n"
    // The second answer is too late; the others match no request.
    await client.send(answer + answer + #"{"jsonrpc":"2.0","id":7,"result":1}"# + "\n" + #"{"result":null}"# + "\n")
    #expect(await asked.value == "1")
    await client.request(1, "echo")
    #expect(try await client.messages(1)[0]["id"] == 1)
    #expect(client.connection.statistics.unmatchedResponses == 3)
  }

  @Test func `A client that does not answer is told when nobody waits any more`() async throws {
    let client = try await Self.client()
    let late = await Self.outcome { try await client.connection.request(method: "slow", timeoutNanos: 1_000_000) }
    #expect(late == "timedOut")
    let messages = try await client.messages(2)
    #expect(
      messages[1] == ["jsonrpc": "2.0", "method": "$/cancelRequest", "params": ["id": "server-1"]], "\(messages[1].serializedString)")
    // A door may use another notification.
    client.handler.rules = MessageRules(cancellation: CancellationNotice(method: "notifications/cancelled", member: "requestId"))
    let task = Task { await Self.outcome { try await client.connection.request(method: "slow") } }
    _ = try await client.messages(1)
    task.cancel()
    #expect(await task.value == "CancellationError()")
    #expect(try await client.messages(1)[0]["params"] == ["requestId": "server-2"])
  }

  @Test func `The end of the connection ends what waits, and nothing is asked after it`() async throws {
    let client = try await Self.client()
    let task = Task { await Self.outcome { try await client.connection.request(method: "slow", timeoutNanos: .max) } }
    _ = try await client.messages(1)
    client.closeRequests()
    #expect(await task.value == "connectionEnded")
    _ = await client.ended()
    #expect(await Self.outcome { try await client.connection.request(method: "late") } == "notSent")
  }

  @Test func `More than the bound are refused, and none is sent before the client has spoken`() async throws {
    let silent = TestClient()
    #expect(await Self.outcome { try await silent.connection.request(method: "early") } == "notSent")
    let client = try await Self.client()
    let tasks = (0..<OutgoingRequests.limit).map { _ in Task { await Self.outcome { try await client.connection.request(method: "slow") } }
    }
    _ = try await client.messages(tasks.count)
    #expect(await Self.outcome { try await client.connection.request(method: "one more") } == "notSent")
    for task in tasks { task.cancel() }
    for task in tasks { #expect(await task.value == "CancellationError()") }
  }

  @Test(arguments: [false, true]) func `A large answer goes out in pieces as large as the client takes`(isLater: Bool) async throws {
    let client = TestClient()
    let bytes = 8 << 20
    await client.request(1, isLater ? "bigLater" : "big", #"{"bytes":\#(bytes)}"#)
    #expect(try await client.messages(1)[0]["result"]?.string?.utf8.count == bytes)
    // One page per write would be 2,048 writes.
    #expect(client.connection.statistics.writes < 600, "\(client.connection.statistics.writes)")
  }
}
