// Proves over a real pipe that the program notifies a client as soon as a trace is complete, that the client can cancel a wait, and that
// the end of its input ends its waits at once.

import JSON
import Testing

@Suite struct AwaitTests {
  private func waiting(_ id: Int, _ params: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"traces/await","params":\#(params)}"# + "\n"
  }

  @Test func `A trace that another process writes ends the wait`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe, options: ["--quiet-ms", "50"])
    server.send(waiting(101) + waiting(102, #"{"filter":{"name":"other"}}"#))
    wait(writer(traceLines("order-1", root: "checkout"), to: place.pipe))
    let first = try JSONValue(parsing: try server.readLine())
    #expect(first["id"] == 101 && first["result"]?["traces"]?[0]?["traceId"] == "order-1", "\(first.serializedString)")
    #expect(first["result"]?["traces"]?[0]?["complete"] == true && first["result"]?["timedOut"] == false)
    // The other request still waits; quick requests are answered meanwhile.
    #expect(try server.ask("traces/list")["total"] == 1)
    wait(writer(traceLines("order-2", root: "other"), to: place.pipe))
    let second = try JSONValue(parsing: try server.readLine())
    #expect(second["id"] == 102 && second["result"]?["traces"]?[0]?["traceId"] == "order-2", "\(second.serializedString)")
    // With the cursor of the first answer, the second trace is found.
    let cursor = first["result"]?["cursor"]?.string ?? ""
    #expect(try server.ask("traces/await", ["cursor": .string(cursor)])["traces"]?[0]?["traceId"] == "order-2")
  }

  @Test func `A cancelled wait is answered as cancelled`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    server.send(waiting(101) + #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":101}}"# + "\n")
    let answer = try JSONValue(parsing: try server.readLine())
    #expect(answer["id"] == 101 && answer["error"]?["code"] == -32_800, "\(answer.serializedString)")
  }

  @Test func `The end of its input ends a wait with what there is`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let begin = ContinuousClock.now
    server.send(waiting(101, #"{"timeoutMs":25000}"#))
    server.closeInput()
    let answer = try JSONValue(parsing: try server.readLine())
    #expect(answer["id"] == 101 && answer["result"]?["traces"] == [], "\(answer.serializedString)")
    #expect(server.end() == 0)
    #expect(ContinuousClock.now - begin < .seconds(10), "the wait went on for \(ContinuousClock.now - begin)")
  }

  @Test func `Shutdown ends a wait, too`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    server.send(waiting(101, #"{"timeoutMs":25000}"#) + #"{"jsonrpc":"2.0","id":102,"method":"shutdown"}"# + "\n")
    let answers = try (0..<2).map { _ in try JSONValue(parsing: try server.readLine()) }
    #expect(answers.contains { $0["id"] == 101 && $0["result"]?["traces"] == [] }, "\(answers)")
    #expect(answers.contains { $0["id"] == 102 && $0["result"]?.isNull == true }, "\(answers)")
  }
}
