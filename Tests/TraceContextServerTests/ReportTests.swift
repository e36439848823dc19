// Proves that a report shows the worst traces first, keeps its bound whatever traces contain, and says what it does not show.

import JSON
import Testing
import TraceDistiller

@testable import TraceContextServer

struct ReportTests {
  static func server(_ count: Int) -> TestServer {
    var limits = StoreLimits()
    limits.maxTraces = 0
    let server = TestServer(limits: limits)
    var random = TestRandom(state: 11)
    for index in 0..<count {
      server.feed(
        RecordLines.trace(
          "trace_\(index)", name: "job\(index)", duration: Double(Int.random(in: 1...9, using: &random)),
          failures: index % 4 == 0 ? 1 + index % 3 : 0))
    }
    server.advance(millis: 600)
    return server
  }

  @Test(arguments: [1, 2, 5, 40, 200], [400, 437, 700, 1_000, 2_500, 12_000, 200_000])
  func worstFirstWithinTheBound(_ count: Int, _ bound: Int) throws {
    let server = Self.server(count)
    for filter: JSONValue in [[:], ["hasErrors": true], ["name": "job", "minDurationMs": 2, "maxDurationMs": 100, "text": "job"]] {
      let answer = try server.ask("traces/report", ["maxChars": .integer(bound), "filter": filter]).get()
      let text = answer["text"]?.string ?? ""
      let length = BoundTests.length(answer, bounded: answer["text"])
      #expect(length <= bound, "\(length) of \(bound): \(text)")
      let ranked = try server.ask("traces/list", ["filter": filter, "limit": 1_000, "maxChars": 200_000]).get()["traces"]?.array ?? []
      let expected = ranked.sorted { left, right in
        let (one, other) = (Self.key(left), Self.key(right))
        return one > other
      }.compactMap { $0["traceId"]?.string }
      let (summarized, listed) = (Int(answer["summarized"]?.integer ?? -1), Int(answer["listed"]?.integer ?? -1))
      let told = text.split(separator: "\n").compactMap { line -> String? in
        if line.hasPrefix("Trace: ") { return line.split(separator: " ").last.map(String.init) }
        return line.wholeMatch(of: /t[0-9]+ .*  (trace_[0-9]+)/).map { String($0.1) }
      }
      #expect(told == Array(expected.prefix(summarized + listed)), "\(bound): \(text)")
      #expect(answer["total"] == .integer(expected.count) && answer["truncated"] == .bool(text.contains("=== Left out ===")))
      let hidden = expected.count - summarized - listed
      #expect((hidden > 0) == text.contains(" more trace"), "\(hidden) hidden: \(text)")
      if summarized < expected.count {
        let next = ranked.first { $0["traceId"] == .string(expected[summarized]) }?["handle"]?.string ?? ""
        #expect(text.contains("trace/summary {\"traceId\":\"\(next)\"}"), "\(text)")
      }
      #expect(bound < 12_000 || summarized >= min(expected.count, 5), "\(summarized) summaries in \(bound)")
    }
  }

  private static func key(_ trace: JSONValue) -> (Int64, Double, Int) {
    (trace["errorCount"]?.integer ?? 0, trace["durationMs"]?.double ?? 0, Int(trace["handle"]?.string?.dropFirst() ?? "") ?? 0)
  }

  @Test func incompleteTracesAreCounted() throws {
    let server = Self.server(2)
    server.feed(RecordLines.trace("fresh"))
    let answer = try server.ask("traces/report").get()
    #expect(answer["total"] == 2 && answer["text"]?.string?.contains("1 trace not complete") == true, "\(answer.serializedString)")
  }
}
