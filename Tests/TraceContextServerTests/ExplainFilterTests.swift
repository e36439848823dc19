// Proves that an explanation over a filter counts each trace once, gives the same whatever order the traces came in, and stays within its
// bounds when there are more traces than it explains.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

struct ExplainFilterTests {
  /// Requests of one root with a call of a database: `slow` of them wait longer for it, and the last of those failed.
  private static func server(usual: Int, slow: Int, reversed: Bool = false) -> TestServer {
    var limits = StoreLimits()
    limits.maxTraces = 1_000
    let server = TestServer(limits: limits)
    var numbers = Array(0..<(usual + slow))
    if reversed { numbers.reverse() }
    for number in numbers {
      let extra = number < usual ? Double(number % 3) : 100 + Double(number - usual)
      var root = TestSpan(id: "r\(number)", name: "GET /orders", start: 0, duration: 20 + extra)
      var call = TestSpan(id: "c\(number)", parent: root.id, name: "query", start: 5, duration: 10 + extra)
      if number == usual + slow - 1, slow > 0 {
        call.error = "no connection \(number)"
        root.error = "failed"
      }
      server.feed(RecordLines.span(call, trace: "trace_\(number)"))
      server.feed(RecordLines.span(root, trace: "trace_\(number)"))
    }
    server.advance(millis: 600)
    return server
  }

  private static func ask(_ server: TestServer, _ params: JSONObject) throws -> JSONValue {
    let answer = try server.ask("trace/explain", .object(params)).get()
    let problems = OpenRPCDocument.shared.problems(ofResult: answer, method: "trace/explain")
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    return answer
  }

  @Test func slowTracesAreOneGroup() throws {
    let server = Self.server(usual: 12, slow: 4)
    let answer = try Self.ask(server, ["filter": ["minRootDurationMs": 100], "format": "json"])
    #expect(answer["traces"]?.integer == 4 && answer["explained"]?.integer == 4, "\(answer.serializedString)")
    let groups = answer["groups"]?.array ?? []
    #expect(groups.first?["kind"]?.string == "failed", "the failure comes first: \(answer.serializedString)")
    let time = groups.first { $0["operation"]?.string == "query" && $0["kind"]?.string != "failed" }
    #expect(time?["traces"]?.integer == 4, "all four: \(answer.serializedString)")
    let costs = (time?["examples"]?.array ?? []).compactMap { $0["explainsMs"]?.double }
    #expect(costs.count == 3 && costs == costs.sorted(by: >), "three examples, the costliest first: \(costs)")
    // Each was explained as it is alone.
    let alone = try Self.ask(server, ["traceId": "slowest", "format": "json"])
    #expect(alone["findings"]?.array?.contains { $0["explainsMs"] == time?["worstMs"] } == true, "\(alone.serializedString)")
  }

  @Test func theOrderOfTracesChangesNothing() throws {
    func facts(_ reversed: Bool) throws -> [String] {
      let answer = try Self.ask(Self.server(usual: 9, slow: 5, reversed: reversed), ["filter": [:], "format": "json"])
      return (answer["groups"]?.array ?? []).map { group in
        "\(group["kind"]!.serializedString) \(group["operation"]!.serializedString) \(group["traces"]!.serializedString) \(group["explainsMs"]!.serializedString) "
          + "\((group["examples"]?.array ?? []).map { $0["traceId"]!.serializedString })"
      }
    }
    #expect(try facts(false) == facts(true))
  }

  @Test func moreTracesThanAreExplainedAreTold() throws {
    let server = Self.server(usual: 250, slow: 3)
    let answer = try Self.ask(server, ["filter": [:]])
    #expect(answer["traces"]?.integer == 253 && answer["explained"]?.integer == Int64(ExplainedTraces.most))
    #expect(answer["text"]?.string?.hasPrefix("200 of 253 traces explained") == true, "\(answer.serializedString)")
    // The slow ones are among them.
    #expect(answer["text"]?.string?.contains("in 3 traces") == true, "\(answer.serializedString)")
  }

  @Test func boundsHold() throws {
    let server = Self.server(usual: 6, slow: 6)
    for maxChars in [400, 500, 900, 3_600] {
      // One entry as JSON takes more than 400.
      for format in maxChars < 500 ? ["text"] : ["text", "json"] {
        let answer = try Self.ask(server, ["filter": [:], "format": .string(format), "maxChars": .integer(maxChars)])
        let length = answer["text"].map { $0.serializedString.unicodeScalars.count - 2 } ?? answer.serializedString.unicodeScalars.count
        #expect(length <= maxChars, "\(format) \(maxChars): \(answer.serializedString)")
      }
    }
  }

  @Test func aBaseIsHeldAgainstAll() throws {
    let answer = try Self.ask(Self.server(usual: 6, slow: 2), ["filter": ["minRootDurationMs": 100], "base": "t1", "format": "json"])
    #expect(answer["withoutBase"]?.integer == 0 && answer["explained"]?.integer == 2, "\(answer.serializedString)")
  }
}
