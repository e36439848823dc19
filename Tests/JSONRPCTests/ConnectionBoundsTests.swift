// Proves that no client can make a connection exceed its limits, and that requests over a limit are answered or wait, but are never lost.

import Foundation
import JSON
import JSONRPC
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionBoundsTests {
  @Test func tasksAreBoundedAndTheNextIsToldSo() async throws {
    let client = TestClient(limits: ConnectionLimits(maxInFlight: 2))
    for id in 1...3 { await client.request(id, "gate") }
    let busy = try #require(try await client.messages(1).first)
    #expect(busy.errorCode == 1004 && busy["id"] == 3 && busy["error"]?["data"]?["limit"] == 2, "got \(busy)")
    // Short requests need no task.
    await client.request(4, "echo")
    #expect(try await client.messages(1).first?["id"] == 4)
    await client.notify("open")
    #expect(Set(try await client.messages(2).map { $0["id"]?.integer }) == [1, 2])
    await client.request(5, "gate")
    #expect(try await client.messages(1).first?["result"] == "gate")
    #expect(client.connection.statistics.busy == 1)
  }

  @Test func aHundredThousandRequestsAreAllAnswered() async throws {
    let client = TestClient()
    let count = 100_000
    // Every tenth needs a task.
    let flood = (0..<count).map { TestClient.request($0, $0 % 10 == 0 ? "bigLater" : "echo") }.joined()
    async let sent: Void = client.send(flood)
    var answers: [Int64: String] = [:]
    for _ in 0..<count {
      guard let line = await client.lineFromBuffer() else { break }
      let reply = try JSONValue(parsing: line)
      let id = try #require(reply["id"]?.integer)
      #expect(answers[id] == nil, "\(id) was answered twice")
      answers[id] = reply["result"] != nil ? "result" : reply.errorCode == 1004 ? "busy" : line
    }
    await sent
    #expect(answers.count == count)
    #expect(Set(answers.values).isSubset(of: ["result", "busy"]), "got \(Set(answers.values))")
    #expect(answers.filter { $0.key % 10 != 0 }.allSatisfy { $0.value == "result" })
    #expect(client.connection.statistics.requests == count)
  }

  /// Above the limit the server stops reading; then the client's own pipe fills up, and memory does not grow.
  @Test func aClientThatDoesNotReadIsNotReadFrom() async throws {
    let bound = 200_000
    let client = TestClient(limits: ConnectionLimits(maxQueuedBytes: bound), pipeBytes: 4_096)
    let count = 20_000
    let flood = (0..<count).map { TestClient.request($0, "echo", "[\"\(String(repeating: "x", count: 200))\"]") }.joined()
    async let sent: Void = client.send(flood)
    // The first reply shows that it has begun; after that only the limit can stop it.
    var ids = try await client.messages(1).map { $0["id"]?.integer }
    try await client.standsStill()
    let requestsTaken = client.connection.statistics.requests
    #expect(requestsTaken < 2_000, "\(requestsTaken) requests were taken although nobody reads the replies")
    for _ in 1..<count {
      guard let line = await client.lineFromBuffer() else { break }
      ids.append(try JSONValue(parsing: line)["id"]?.integer)
    }
    await sent
    #expect(ids == (0..<count).map { Int64($0) })
  }

  @Test func notificationsBeyondTheBoundAreDroppedAndCounted() async {
    let client = TestClient(limits: ConnectionLimits(maxQueuedBytes: 10_000), pipeBytes: 4_096)
    await client.request(1, "echo")
    #expect(await client.line() != nil)
    for _ in 0..<1_000 { client.connection.notify(method: "n", params: ["text": .string(String(repeating: "x", count: 100))]) }
    let dropped = client.connection.statistics.droppedNotifications
    #expect(dropped > 800, "got \(dropped)")
    client.closeRequests()
    #expect(await client.rest().split(separator: "\n").count == 1_000 - dropped)
  }

  @Test func messagesThatAreTooLongAreRefusedByTheBound() async throws {
    let client = TestClient(limits: ConnectionLimits(framing: FramingLimits(maxMessageBytes: 1_000)))
    await client.request(1, "echo", "[\"\(String(repeating: "x", count: 100_000))\"]")
    await client.request(2, "echo")
    let got = try await client.messages(2)
    #expect(got.map(\.errorCode) == [-32700, nil] && got.last?["id"] == 2, "got \(got)")
    client.closeRequests()
    #expect(await client.ended() == .endOfInput)
    #expect(client.connection.statistics.skippedBytes > 100_000)
  }
}

extension TestClient {
  /// The same as `line`, without a thread for each of very many lines.
  func lineFromBuffer() async -> String? {
    if let line = takeLine() { return line }
    return await line()
  }

  /// Returns when the connection takes no more requests. That something does not happen can only be observed over some time.
  func standsStill() async throws {
    var last = -1
    while connection.statistics.requests != last {
      last = connection.statistics.requests
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
