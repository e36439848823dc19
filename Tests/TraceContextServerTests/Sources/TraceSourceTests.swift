// Proves that every method works with any source and not only with the store: a source that answers late gives the same answers, gaps of a
// source are reported, and a source that does not answer becomes an error with the caller's next step.

import JSON
import JSONRPC
import Platform
import Synchronization
import Testing
import TraceDistiller

@testable import TraceContextServer

@Suite(.timeLimit(.minutes(1))) struct TraceSourceTests {
  /// Every method that reads traces, with parameters that find some.
  static let questions: [(method: String, params: JSONValue)] = [
    ("traces/list", [:]), ("traces/list", ["filter": ["name": "GET /cart"], "sort": "slowest"]),
    ("traces/list", ["filter": ["name": "nothing of the kind"]]),
    ("traces/aggregate", ["format": "json"]), ("traces/compare", ["base": "t1", "target": "t2", "format": "json"]),
    ("traces/search", ["filter": ["name": "charge"]]), ("traces/search", ["traceId": "t1", "text": "card"]),
    ("traces/search", ["filter": ["name": "charje", "service": "nowhere"]]), ("traces/await", ["timeoutMs": 0, "cursor": "c0"]),
    ("traces/report", [:]), ("trace/summary", ["traceId": "latest"]), ("trace/summary", ["traceId": "slowest", "format": "json"]),
    ("trace/criticalPath", [:]), ("trace/errors", ["traceId": "latest-error"]), ("trace/insights", [:]), ("trace/tree", [:]),
    ("trace/explain", ["traceId": "t2", "base": "t1"]), ("trace/explain", ["traceId": "slowest", "format": "json"]),
    ("trace/export", ["format": "folded"]), ("trace/summary", ["traceId": "ordr"]),
  ]

  /// A client of a distant source, and one of the same store directly.
  private final class Pair: Sendable {
    let near = FilterTests.server
    let source: DistantSource
    let far: TraceContextServer

    init(_ behaviour: DistantSource.Behaviour = DistantSource.Behaviour()) {
      source = DistantSource(near.store, behaviour)
      let report = ServerReport(
        pid: 4711, sources: [SourceReport(kind: "pipe", path: TestServer.pipe, state: "reading")], residentBytes: 25_000_000)
      far = TraceContextServer(
        source: source, analyses: AnalysisCache(maxBytes: 1 << 20), clock: { [near] in near.now }, workers: testWorkers, report: { report })
    }

    func ask(_ method: String, _ params: JSONValue) async throws -> JSONValue {
      try await far.respond(to: Request(id: RequestID(.integer(1))!, method: method, params: params))
    }
  }

  @Test(arguments: questions.indices) func `A source that answers late gives the same answers`(_ index: Int) async throws {
    let (method, params) = Self.questions[index]
    let pair = Pair()
    let expected = Self.comparable(pair.near.ask(method, params), method)
    var got: Result<JSONValue, ResponseError>
    do { got = .success(try await pair.ask(method, params)) } catch let error as ResponseError { got = .failure(error) }
    #expect(Self.comparable(got, method) == expected, "\(method) \(params.serializedString)")
    #expect(!pair.source.questions.isEmpty)
    // Outside of a connection the calling thread waits.
    got = Result { () throws(ResponseError) in try pair.far.answer(method, params) }
    #expect(Self.comparable(got, method) == expected, "\(method) \(params.serializedString)")
  }

  /// Without the number of examined spans: for a distant source, the source itself narrows the search first.
  private static func comparable(_ outcome: Result<JSONValue, ResponseError>, _ method: String) -> String {
    switch outcome {
    case .failure(let error): return "\(error)"
    case .success(let answer):
      guard method == "traces/search", var object = answer.object else { return answer.serializedString }
      (object["searched"], object["hint"]) = (nil, nil)
      return JSONValue.object(object).serializedString
    }
  }

  @Test func `Nothing that has to wait is answered on the thread that reads`() throws {
    let pair = Pair()
    for (method, params) in Self.questions {
      let reply = try pair.far.reply(to: Request(id: RequestID(.integer(1))!, method: method, params: params))
      guard case .later = reply else {
        Issue.record("\(method) \(params.serializedString) is answered at once")
        continue
      }
    }
  }

  @Test(arguments: questions.indices) func `What a source does not know is said, within the bound`(_ index: Int) async throws {
    let (method, params) = Self.questions[index]
    let gap = SourceGap(source: "tempo+https://traces.example/", reason: "ranks by time only: the slowest of the newest 500")
    let pair = Pair(DistantSource.Behaviour(gaps: [gap]))
    guard case .success(let whole) = pair.near.ask(method, params) else { return }
    let got = try await pair.ask(method, params)
    #expect(
      got["partial"] == [["source": .string(gap.source), "reason": .string(gap.reason)]],
      "\(method): \(got["partial"]?.serializedString ?? "")")
    #expect(whole["partial"] == nil)
    let text = try pair.far.answerAsText(method, params)
    let words = "Not all is known: \(gap.source): \(gap.reason)"
    #expect(text.isCut && (text.text.hasSuffix(words) || text.note?.hasSuffix(words) == true), "\(method): \(text.text)")
    guard MethodRegistry.method(named: method)?.parameters.contains(where: { $0.name == "maxChars" }) == true else { return }
    for maxChars in [400, 700, 2_000] {
      guard var bounded = params.object else { continue }
      bounded["maxChars"] = .integer(maxChars)
      do {
        let answer = try await pair.ask(method, .object(bounded))
        // The bound applies to the text, not to the members beside it.
        let length = JSONLength.of(answer["text"] ?? answer)
        #expect(
          length <= maxChars && answer["partial"]?.array?.count == 1, "\(method) of \(maxChars): \(length) \(answer.serializedString)")
      } catch let error as ResponseError where error.code == ResponseError.Code.budgetTooSmall {}
      let bounded2 = try? pair.far.answerAsText(method, .object(bounded))
      if let bounded2 {
        #expect(bounded2.text.unicodeScalars.count <= maxChars, "\(method) of \(maxChars): \(bounded2.text.unicodeScalars.count)")
      }
    }
  }

  @Test(arguments: questions.indices) func `A source that gives no answer is an error with the next step`(_ index: Int) async throws {
    let (method, params) = Self.questions[index]
    let failure = SourceUnavailable(source: "tempo+https://traces.example/", reason: "connection refused", retryAfterMillis: 2_000)
    let pair = Pair(DistantSource.Behaviour(failure: failure))
    let expected = ResponseError(
      code: 1_005,
      message: "source tempo+https://traces.example/ gives no answer: connection refused; server/status shows what can be read",
      data: ["source": "tempo+https://traces.example/", "reason": "connection refused", "next": "server/status", "retryAfterMs": 2_000])
    await #expect(throws: expected) { try await pair.ask(method, params) }
    // The source answers again: the same client gets an answer.
    pair.source.behave { $0.failure = nil }
    if case .success = pair.near.ask(method, params) { #expect(try await pair.ask(method, params)["partial"] == nil) }
  }

  @Test func `The status is answered without the source`() async throws {
    let pair = Pair(DistantSource.Behaviour(failure: SourceUnavailable(source: "tempo", reason: "connection refused")))
    let status = try await pair.ask("server/status", [:])
    #expect(status["store"] == .null && status["server"]?["pid"] == 4711, "\(status.serializedString)")
  }

  @Test func `Traces of others are not forgotten`() async throws {
    let pair = Pair()
    await #expect(throws: ResponseError.cannotForget("tempo+https://traces.example/")) { try await pair.ask("traces/clear", [:]) }
    #expect(pair.source.questions.isEmpty)
  }

  @Test func `One who names a trace twice asks for it once`() async throws {
    let pair = Pair()
    _ = try await pair.ask("traces/compare", ["base": "t1", "target": "t1"])
    #expect(pair.source.questions.filter { $0 == "snapshot t1" }.count == 1, "\(pair.source.questions)")
  }

  /// The source pushes nothing: a waiting request is woken to check, and finds what completed.
  @Test func `A wait on a source that pushes nothing looks again`() async throws {
    var limits = StoreLimits()
    limits.quietNanos = 0
    let near = TestServer(limits: limits, isRealTime: true)
    let source = DistantSource(near.store)
    let far = TraceContextServer(
      source: source, analyses: AnalysisCache(maxBytes: 1 << 20), clock: { near.now }, workers: testWorkers,
      report: { ServerReport(pid: 1, sources: [], residentBytes: 1) })
    let begin = near.now
    async let answer = far.respond(to: AwaitTests.request(["timeoutMs": 20_000]))
    await AwaitTests.waiting(far, 1)
    near.feed(RecordLines.trace("a", name: "job"))
    #expect(try await AwaitTests.ids(answer) == ["a"])
    #expect(near.now - begin < 15_000_000_000)
    // It does not check all the time.
    let looks = source.questions.count { $0 == "completions" }
    #expect(looks <= 8, "\(looks) looks")
  }

  @Test func `A cancelled wait for a source ends`() async throws {
    let pair = Pair()
    let task = Task { try await pair.ask("traces/await", ["timeoutMs": 20_000]) }
    await AwaitTests.waiting(pair.far, 1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
