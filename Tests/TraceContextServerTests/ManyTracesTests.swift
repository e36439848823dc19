// Proves that answers about several traces keep their bound whatever records contain, give a bound that works if theirs is too small, and
// end when they are cancelled.

import JSON
import JSONRPC
import Testing
import TraceDistiller

@testable import TraceContextServer

struct ManyTracesTests {
  static let bounds = [400, 401, 437, 500, 640, 999, 1_000, 1_500, 2_500, 6_000, 12_000, 50_000, 200_000]

  static func questions(run: String) -> [(method: String, params: JSONObject)] {
    let sides: [(JSONValue, JSONValue)] = [
      ("t1", "latest"), ("latest", "t1"), ("t1", "t1"), ("t1", ["run": .string(run)]), (["run": .string(run)], "slowest"),
    ]
    var all: [(method: String, params: JSONObject)] = []
    for (base, target) in sides {
      for format in ["text", "json"] {
        all.append(("traces/compare", ["base": base, "target": target, "format": .string(format)]))
        all.append(
          (
            "traces/compare",
            ["base": base, "target": target, "format": .string(format), "locale": "zh", "tolerance": ["percent": 0.5, "ms": 0]]
          ))
      }
    }
    for group in [nil, "service", "name", "target", "run", "k"] as [JSONValue?] {
      for format in ["text", "json"] {
        var params: JSONObject = ["format": .string(format)]
        params.append("groupBy", group)
        all.append(("traces/aggregate", params))
        params["filter"] = ["text": "no such text"]
        all.append(("traces/aggregate", params))
        params["locale"] = "zh"
        all.append(("traces/aggregate", params))
      }
    }
    return all
  }

  @Test(arguments: 1...5) func boundsHold(_ seed: Int) throws {
    let server = TestServer()
    server.feed(HostileTrace(seed: UInt64(seed)).lines)
    let run = ["build-41", "\"\\\n=== Changed ===", String(repeating: "\u{0}", count: 1_000), "👩‍👩‍👧‍👦 漢字"][seed % 4]
    var random = TestRandom(state: UInt64(seed))
    for index in 0..<Int.random(in: 2...30, using: &random) {
      let root = TestSpan(
        id: "r\(index)", name: "root \(index % 3) \(run.prefix(8))", start: 0, duration: .random(in: 1...1_000, using: &random))
      server.feed(RecordLines.span(root, trace: "run_\(index)", run: run))
      var child = TestSpan(id: "c\(index)", parent: root.id, name: "=== Added ===\n×\(seed)", start: 0, duration: root.duration / 2)
      child.attributes = ["k": .string("value \(index % 5) — ×9")]
      if index % 4 == 0 { child.error = "no — a › b\n" }
      server.feed(RecordLines.span(child, trace: "run_\(index)", run: run))
    }
    server.advance(millis: 600)
    server.feed(HostileTrace(seed: UInt64(seed) + 1_000).lines)
    for (method, params) in Self.questions(run: run) {
      for bound in [400] + Self.bounds.shuffled(using: &random).prefix(2) { check(server, method, params, within: bound) }
    }
  }

  private func check(_ server: TestServer, _ method: String, _ params: JSONObject, within bound: Int) {
    var params = params
    params["maxChars"] = .integer(bound)
    let question = "\(method) \(VisibleText.make(JSONValue.object(params).serializedString, limit: 200))"
    switch server.ask(method, .object(params)) {
    case .success(let answer):
      let length = Self.length(answer)
      #expect(length <= bound, "\(question)\n  expected at most \(bound)\n  got      \(length): \(answer.serializedString.prefix(500))")
      let problems = OpenRPCDocument.shared.problems(ofResult: answer, method: method)
      #expect(problems.isEmpty, "\(question)\n  \(problems.joined(separator: "\n  "))")
      guard let text = answer["text"]?.string else { return }
      // No line of a hostile text: every line begins like ours.
      for line in text.split(separator: "\n") where line.hasPrefix("===") {
        #expect(Self.headings.contains(String(line)), "\(question): a forged heading: \(line)")
      }
      #expect(!text.hasSuffix("…"), "\(question) was cut by force: \(text)")
    case .failure(let error):
      guard error.code == ResponseError.Code.budgetTooSmall, let needed = error.data?["needed"]?.integer else {
        Issue.record("\(question) is refused: \(error)")
        return
      }
      params["maxChars"] = .integer(needed)
      guard needed > bound, case .success(let answer) = server.ask(method, .object(params)) else {
        Issue.record("\(question): \(needed) was said to work and does not")
        return
      }
      #expect(Self.length(answer) <= Int(needed), "\(question): the answer within \(needed) is longer")
    }
  }

  static let headings: Set<String> = [
    "=== Compared ===", "=== Changes ===", "=== Failures ===", "=== Aggregate ===", "=== 对比报告 ===",
    "=== 耗时变化 ===", "=== 失败变化 ===", "=== 汇总报告 ===", "=== Warnings ===", "=== 警告变化 ===",
  ]

  /// For a text answer the length of its text; otherwise of the whole answer.
  private static func length(_ answer: JSONValue) -> Int {
    guard let text = answer["text"] else { return answer.serializedString.unicodeScalars.count }
    return text.serializedString.unicodeScalars.count - 2
  }

  /// A cancelled request ends with its error and not with a partial answer. (Quick requests, such as a comparison of small traces, are
  /// answered when they are read.)
  @Test func cancellationEndsThem() async throws {
    let server = TestServer()
    for index in 0..<50 { server.feed(RecordLines.trace("trace_\(index)")) }
    server.advance(millis: 600)
    for (method, params) in [("traces/aggregate", #"{}"#)] {
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        guard
          case .request(let request) = IncomingMessage(
            parsing: Array(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#.utf8))
        else { return false }
        do {
          _ = try await server.server.respond(to: request)
          return false
        } catch is CancellationError {
          return true
        }
      }
      task.cancel()
      #expect(try await task.value, "\(method)")
    }
  }

  /// The exact id of a run decides, or else the only id that contains the text.
  @Test func runsAreFoundByTheirIDs() throws {
    let server = TestServer()
    for (index, run) in ["build-1", "build-10", "nightly"].enumerated() {
      let root = TestSpan(id: "r", name: "job", start: 0, duration: 10 + Double(index))
      server.feed(RecordLines.span(root, trace: "trace_\(index)", run: run))
    }
    server.advance(millis: 600)
    for (asked, found) in [("build-1", "build-1"), ("BUILD-10", "build-10"), ("night", "nightly")] {
      let answer = try server.ask("traces/compare", ["base": ["run": .string(asked)]]).get()
      #expect(answer["base"]?["run"]?.string == found, "\(asked) finds \(answer["base"]?.serializedString ?? "")")
    }
    guard case .failure(let error) = server.ask("traces/compare", ["base": ["run": "build"]]) else {
      Issue.record("build is two runs")
      return
    }
    #expect(error.code == 1_002 && error.data?["candidates"] == ["build-10", "build-1"], "\(error)")
  }
}
