// Proves that answers are correct: a live program plants mistakes in its traces and reports which, and the server's answers are compared
// with its report.

import JSON
import Testing

@Suite struct DemoProgramTests {
  static let seeds = [1, 2, 20_261_123]

  @Test(arguments: seeds)
  func `The list has every trace, and not a record is lost`(seed: Int) throws {
    let demo = try DemoRun(seed: seed)
    let list = try demo.server.ask("traces/list")
    // Newest first.
    let traces = try #require(list["traces"]?.array).reversed()
    #expect(traces.count == 6 && demo.traces.count == 6)
    for (trace, truth) in zip(traces, demo.traces) {
      for name in ["traceId", "rootName", "status", "spanCount"] {
        #expect(trace[name] == truth[name], "\(name) of \(truth.serializedString): \(trace.serializedString)")
      }
      #expect(trace["errorCount"] == truth["failedSpanCount"], "\(truth.serializedString): \(trace.serializedString)")
      #expect(trace["complete"]?.bool == true, "\(trace.serializedString)")
      #expect(trace["service"] == demo.truth["service"] && trace["run"] == demo.truth["run"], "\(trace.serializedString)")
    }
    let status = try demo.server.ask("server/status")
    let records = try #require(demo.truth["records"])
    let delivered = try #require(records["delivered"]?.integer)
    #expect(records["accepted"]?.integer == delivered && records["dropped"]?.integer == 0)
    // In addition to the program's own records there is the session marker.
    #expect(demo.server.counter("records", in: status) == delivered + 1, "\(status.serializedString)")
    #expect(status["store"]?["missingRecords"]?.integer == 0 && list["lost"] == nil, "\(status.serializedString)")
  }

  @Test(arguments: seeds)
  func `Every planted call is in the tree, as often as it was made, and fails as often as it did`(seed: Int) throws {
    let demo = try DemoRun(seed: seed)
    for trace in demo.traces {
      let spans = try demo.tree(trace)
      for fact in trace["planted"]?.array ?? [] where fact["attribute"] == nil {
        for name in fact["spanNames"]?.array ?? [] {
          let calls = spans.filter { $0["name"] == name }
          #expect(calls.count == Int(fact["count"]?.integer ?? 1), "\(fact.serializedString)")
          #expect(calls.count { $0["status"]?.string == "error" } == Int(fact["failureCount"]?.integer ?? 0), "\(fact.serializedString)")
        }
      }
    }
  }

  @Test(arguments: seeds)
  func `A loop of alike calls is one line of the critical path, with its count`(seed: Int) throws {
    let demo = try DemoRun(seed: seed)
    let loops = demo.facts("repeatedCall")
    #expect(loops.count == 4)
    for (trace, fact) in loops {
      let totals = try demo.ask("trace/criticalPath", trace)["totals"]?.array ?? []
      let total = try #require(totals.first { $0["name"] == fact["spanNames"]?[0] }, "\(totals)")
      #expect(total["spans"] == fact["count"], "\(total.serializedString)")
    }
  }

  @Test(arguments: seeds)
  func `The slow one among alike calls is on the critical path, and told by its attribute`(seed: Int) throws {
    let demo = try DemoRun(seed: seed)
    let (trace, fact) = try #require(demo.facts("slowOutlier").first)
    let (name, value) = try #require(fact["attribute"].flatMap { attribute in attribute["name"]?.string.map { ($0, attribute["value"]) } })
    let slow = try #require(demo.tree(trace).first { $0["attributes"]?[name] == value }, "no span has \(fact.serializedString)")
    #expect(slow["name"] == fact["spanNames"]?[0])
    // A pause is never shorter than planned: 30 ms for the slow row, divided by the speed.
    let duration = try #require(slow["durationMs"]?.double)
    #expect(duration >= 30.0 / DemoRun.speed, "\(slow.serializedString)")
    let segments = try demo.ask("trace/criticalPath", trace, ["maxChars": 200_000])["segments"]?.array ?? []
    #expect(segments.contains { $0["spanId"] == slow["spanId"] })
    // It is not hidden in the line of the similar calls: it has a line of its own, with its position among them.
    let text = try #require(demo.ask("trace/summary", trace, ["maxChars": 4_000])["text"]?.string)
    let number = try #require(value?.integer)
    let line = try #require(text.split(separator: "\n").first { $0.contains("[\(name)=\(number)") }, "\(text)")
    #expect(line.contains(" #") && line.contains(" of "), "\(line)")
  }

  @Test(arguments: seeds)
  func `A failure is told with its message, and fails the root`(seed: Int) throws {
    let demo = try DemoRun(seed: seed)
    let (trace, fact) = try #require(demo.facts("failure").first)
    let error = try demo.error(trace, fact)
    let path = error["path"]?.array?.compactMap { $0["name"]?.string }
    #expect(path == ["POST /orders", "charge card", "POST /v1/charges"])
    let text = try #require(demo.ask("trace/summary", trace)["text"]?.string)
    let message = try #require(fact["message"]?.string)
    #expect(text.contains("Status: ❌ failed") && text.contains(message), "\(text)")
    let failed = demo.traces.filter { $0["status"]?.string == "error" }
    #expect(failed == [trace])
  }

  @Test(arguments: seeds)
  func `An error that its caller swallowed is told, though the root is ok`(seed: Int) throws {
    let demo = try DemoRun(seed: seed)
    let (trace, fact) = try #require(demo.facts("swallowedError").first)
    #expect(trace["status"]?.string == "ok")
    _ = try demo.error(trace, fact)
    let text = try #require(demo.ask("trace/summary", trace)["text"]?.string)
    #expect(text.contains("Status: ⚠️ ok, 2 errors inside") && text.contains("going on without recommendations"), "\(text)")
  }

  @Test(arguments: seeds)
  func `A retry reads as its failures, and a last attempt that succeeds`(seed: Int) throws {
    let demo = try DemoRun(seed: seed)
    let (trace, fact) = try #require(demo.facts("retry").first)
    let error = try demo.error(trace, fact)
    #expect(error["count"] == fact["failureCount"])
    let attempts = try demo.tree(trace).filter { $0["name"] == fact["spanNames"]?[0] }
    #expect(attempts.last?["status"]?.string != "error")
    #expect(attempts.last?["attributes"]?["http.request.resend_count"] == fact["failureCount"], "\(attempts)")
  }

  @Test(arguments: seeds)
  func `Awaits one after the other are all on the critical path, in their order`(seed: Int) throws {
    let demo = try DemoRun(seed: seed)
    let (trace, fact) = try #require(demo.facts("sequentialAwaits").first)
    let path = try demo.ask("trace/criticalPath", trace)["segments"]?.array ?? []
    let names = fact["spanNames"]?.array ?? []
    #expect(names.count == 3 && path.compactMap { $0["name"] }.filter(names.contains) == names, "\(path)")
  }

  @Test func `The same seed gives the same traces, another seed others`() throws {
    let shapes = try [7, 7, 8].map { try DemoRun(seed: $0).shape() }
    #expect(shapes[0] == shapes[1])
    #expect(shapes[0] != shapes[2])
  }

  @Test func `Records that nobody reads are told, with the next step`() throws {
    let place = try TestPlace()
    let result = run([demoProgram, "--pipe", place.pipe, "--orders", "1", "--speed", "1000", "--json"])
    #expect(result.code == 69)
    #expect(result.error.contains("nobody reads \(place.pipe): start 'trace-distiller serve"), "\(result.error)")
    let records = try JSONValue(parsing: result.output)["records"]
    #expect(records?["delivered"]?.integer == 0 && records?["inFlight"] == records?["accepted"], "\(result.output)")
  }

  @Test(arguments: [["--speed", "0"], ["--speed", "nan"], ["--orders=-1"], ["--seed", "x"], ["--nonsense"]])
  func `Arguments that cannot be used end with 64`(arguments: [String]) {
    let result = run([demoProgram] + arguments)
    #expect(result.code == 64 && result.output.isEmpty && !result.error.isEmpty, "\(result)")
  }
}

/// A server that has read one run of the demo program, and the program's report about that run.
private struct DemoRun {
  static let speed = 5.0

  let place: TestPlace
  let server: ServerProcess
  let truth: JSONValue

  init(seed: Int) throws {
    place = try TestPlace()
    // Roots end last here, so a short quiet time is enough.
    server = try ServerProcess(pipe: place.pipe, options: ["--quiet-ms", "50"])
    let result = run([demoProgram, "--pipe", place.pipe, "--seed", "\(seed)", "--speed", "\(DemoRun.speed)", "--json"])
    try #require(result.code == 0, "\(result.error)")
    truth = try JSONValue(parsing: result.output)
    let count = Int64(traces.count)
    try server.status { $0["store"]?["traces"]?["completed"]?.integer == count }
  }

  var traces: [JSONValue] { truth["traces"]?.array ?? [] }

  /// All planted facts of a kind, with their traces.
  func facts(_ kind: String) -> [(trace: JSONValue, fact: JSONValue)] {
    traces.flatMap { trace in (trace["planted"]?.array ?? []).filter { $0["kind"]?.string == kind }.map { (trace, $0) } }
  }

  func ask(_ method: String, _ trace: JSONValue, _ options: JSONObject = [:]) throws -> JSONValue {
    var params = options
    params["traceId"] = trace["traceId"]
    return try server.ask(method, .object(params))
  }

  /// All spans of a trace, as reported by trace/tree.
  func tree(_ trace: JSONValue) throws -> [JSONValue] {
    let answer = try ask("trace/tree", trace, ["limit": 10_000, "maxChars": 200_000])
    try #require(answer["nextCursor"]?.isNull == true)
    return try #require(answer["spans"]?.array)
  }

  /// The entry of trace/errors for a planted failure.
  func error(_ trace: JSONValue, _ fact: JSONValue) throws -> JSONValue {
    let errors = try ask("trace/errors", trace)["errors"]?.array ?? []
    return try #require(
      errors.first { $0["severity"]?.string == "error" && $0["name"] == fact["spanNames"]?[0] && $0["message"] == fact["message"] },
      "\(fact.serializedString) is not among \(errors)")
  }

  /// The planted facts, and every span with its attributes and its path, in an order that does not depend on which of several tasks began
  /// first.
  func shape() throws -> [String] {
    try traces.flatMap { trace in
      var way: [String] = []
      let spans = try tree(trace).map { span in
        way.removeSubrange(Int(span["depth"]?.integer ?? 0)...)
        way.append("\(span["name"]?.string ?? "") \(span["attributes"]?.serializedString ?? "")")
        return way.joined(separator: " › ")
      }
      return [trace["planted"]?.serializedString ?? ""] + spans.sorted()
    }
  }
}
