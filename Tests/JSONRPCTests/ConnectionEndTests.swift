// Proves that a connection ends when it should, in time whatever the client does, and that earlier requests are answered.

import Foundation
import JSON
import JSONRPC
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionEndTests {
  /// Runs until the connection has ended. Returns how long that took after the farewell.
  private func timeToEnd(_ client: TestClient, after farewell: () -> Void) async -> (ConnectionEnd, Duration) {
    let start = ContinuousClock.now
    farewell()
    let (end, at) = await client.endedAt()
    return (end, at - start)
  }

  @Test func anEmptyInputEndsAtOnce() async {
    let client = TestClient()
    client.closeRequests()
    #expect(await client.rest() == "")
    #expect(await client.ended() == .endOfInput)
  }

  @Test func tasksMayFinishAfterTheEndOfTheInput() async throws {
    let client = TestClient(limits: ConnectionLimits(drainNanos: 600_000_000_000))
    await client.request(1, "gate")
    await client.handler.started.reached(1)
    client.closeRequests()
    client.handler.gate.open()
    #expect(try await client.messages(2) == [["jsonrpc": "2.0", "id": 1, "result": "gate"]])
    #expect(await client.ended() == .endOfInput)
  }

  /// A request that waits for an event is informed that the input has ended, and answers; it does not have to be cancelled.
  @Test func waitsAreToldOfTheEndOfTheInput() async throws {
    let client = TestClient(limits: ConnectionLimits(drainNanos: 600_000_000_000))
    await client.request(1, "untilEnd")
    await client.request(2, "untilEnd")
    await client.handler.started.reached(2)
    client.closeRequests()
    let answers = try await client.messages(2)
    #expect(Set(answers.compactMap { $0["id"]?.integer }) == [1, 2] && answers.allSatisfy { $0["result"] == "ended" })
    #expect(await client.ended() == .endOfInput)
  }

  @Test func tasksThatDoNotFinishAreCancelledAndAnswered() async throws {
    let client = TestClient()
    await client.request(1, "wait")
    await client.request(2, "stubborn")
    await client.handler.started.reached(2)
    let (end, time) = await timeToEnd(client) { client.closeRequests() }
    #expect(end == .endOfInput)
    #expect(time > .milliseconds(700) && time < .milliseconds(1_000), "it took \(time)")
    let got = try await client.messages(3)
    #expect(Set(got.map { $0["id"]?.integer }) == [1, 2] && got.count == 2, "got \(got)")
    #expect(got.allSatisfy { $0.errorCode == -32800 && $0["error"]?["message"] == "the client closed its input" }, "got \(got)")
    client.handler.gate.open()
  }

  /// Once with replies waiting in the queue, once above the queue's limit, where the input is no longer read.
  @Test(arguments: [64 << 20, 10_000]) func aClientThatNeverReadsDelaysTheEndByASecondAtMost(_ bound: Int) async throws {
    let client = TestClient(limits: ConnectionLimits(maxQueuedBytes: bound), pipeBytes: 4_096)
    await client.request(0, "wait")
    await client.handler.started.reached(1)
    for id in 1...20 { await client.request(id, "big", #"{"bytes":3000}"#) }
    let (end, time) = await timeToEnd(client) { client.closeRequests() }
    #expect(end == .endOfInput)
    #expect(time < .milliseconds(1_000), "it took \(time)")
    #expect(client.diagnostics.contains { $0.contains("does not read") }, "got \(client.diagnostics)")
  }

  @Test func aClientThatReadsGetsEverythingAfterTheEndOfItsInput() async throws {
    let client = TestClient(pipeBytes: 4_096)
    let requests = (1...50).map { TestClient.request($0, "big", #"{"bytes":100000}"#) }.joined()
    let got = await client.exchange(requests, thenCloseRequests: true)
    #expect(got.utf8.count > 5_000_000 && got.split(separator: "\n").count == 50, "got \(got.utf8.count) bytes")
    #expect(await client.ended() == .endOfInput)
  }

  /// It takes longer than the connection would wait for a client that does not read.
  @Test func aSlowClientGetsEverythingToo() async throws {
    let client = TestClient(pipeBytes: 4_096)
    let requests = (1...40).map { TestClient.request($0, "big", #"{"bytes":100000}"#) }.joined()
    let got = await client.exchange(requests, thenCloseRequests: true, pauseMicros: 1_500)
    #expect(got.utf8.count > 4_000_000 && got.split(separator: "\n").count == 40, "got \(got.utf8.count) bytes")
  }

  /// Its task is over, but the connection must not end before the answer is written.
  @Test func anAnswerThatIsBeingWrittenAtTheEndIsNotLost() async throws {
    let client = TestClient()
    await client.request(1, "bigLater", #"{"bytes":20000000}"#)
    await client.handler.started.reached(1)
    let got = await client.exchange("", thenCloseRequests: true)
    #expect(got.utf8.count > 20_000_000, "got \(got.prefix(200))")
  }

  @Test func theEndOfTheOutputEndsAConnectionThatIsIdle() async {
    let client = TestClient()
    await client.request(1, "echo")
    #expect(await client.line() != nil)
    client.closeReplies()
    #expect(await client.ended() == .outputClosed)
    #expect(client.diagnostics.contains { $0.contains("no longer reads") }, "got \(client.diagnostics)")
  }

  @Test func theEndOfTheOutputCancelsWhatRuns() async {
    let client = TestClient()
    await client.request(1, "wait")
    await client.handler.started.reached(1)
    let (end, time) = await timeToEnd(client) { client.closeReplies() }
    #expect(end == .outputClosed)
    #expect(time < .milliseconds(500), "it took \(time)")
    #expect(client.connection.statistics.cancelled == 1)
  }

  @Test func aNotificationMayEndTheConnection() async throws {
    let client = TestClient()
    let text = await client.exchange(
      TestClient.request(1, "wait") + TestClient.request(2, "big", #"{"bytes":200000}"#)
        + #"{"jsonrpc":"2.0","method":"exit"}"# + "\n" + TestClient.request(3, "echo"), thenCloseRequests: false)
    let got = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(got.map { $0["id"]?.integer } == [2, 1] && got.last?.errorCode == -32800, "got \(text.prefix(100)) … \(text.suffix(100))")
    #expect(await client.ended() == .exit(3))
  }

  @Test func aClientThatSaysExitAndGoesMeansIt() async {
    var ends: [Int32] = [-1, -1, -1, -1]
    precondition(pipe(&ends) == 0 && ends.withUnsafeMutableBufferPointer { pipe($0.baseAddress! + 2) } == 0)
    let exit = Array((TestClient.request(1, "wait") + #"{"jsonrpc":"2.0","method":"exit"}"# + "\n").utf8)
    _ = write(ends[1], exit, exit.count)
    close(ends[1])
    close(ends[2])
    let (input, output) = (ends[0], ends[3])
    #expect(
      await onThread { Connection(input: input, output: output, handler: TestHandler(), workers: TestHandler.workers).run() } == .exit(3))
    close(input)
    close(output)
  }

  @Test func nothingIsWrittenAfterTheEnd() async {
    let client = TestClient(limits: ConnectionLimits(drainNanos: 0))
    await client.request(1, "stubborn")
    await client.handler.started.reached(1)
    client.closeRequests()
    #expect(await client.ended() == .endOfInput)
    client.handler.gate.open()
    client.connection.notify(method: "late")
    #expect(client.connection.statistics.droppedNotifications == 1)
    #expect(await client.rest().split(separator: "\n").count == 1)
  }

  @Test func descriptorsThatAreNotOpenEndTheConnection() async {
    let unused: Int32 = 1_000_000
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0)
    let descriptors = ends
    let noInput = await onThread {
      Connection(input: unused, output: descriptors[1], handler: TestHandler(), workers: TestHandler.workers).run()
    }
    #expect(noInput == .inputFailed(EBADF))
    let noOutput = await onThread {
      Connection(input: descriptors[0], output: unused, handler: TestHandler(), workers: TestHandler.workers).run()
    }
    #expect(noOutput == .outputClosed)
    for end in ends { close(end) }
  }

  /// Some hosts use one socket for both directions.
  @Test func oneSocketMayServeBothWays() async {
    var ends: [Int32] = [-1, -1]
    precondition(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let (server, client) = (ends[0], ends[1])
    async let end = onThread { Connection(input: server, output: server, handler: TestHandler(), workers: TestHandler.workers).run() }
    let got = await onThread {
      let request = Array(TestClient.request(1, "big", #"{"bytes":500000}"#).utf8)
      _ = write(client, request, request.count)
      shutdown(client, Int32(SHUT_WR))
      var total = 0
      var piece = [UInt8](repeating: 0, count: 65_536)
      while total < 500_000, case let count = read(client, &piece, piece.count), count > 0 { total += count }
      return total
    }
    #expect(got > 500_000)
    #expect(await end == .endOfInput)
    close(server)
    close(client)
  }
}
