// Proves that lists, searches, aggregates, reports, waits and clears select the same as a slow, independent predicate: random traces,
// random filters, every value read as answers show it.

import JSON
import Testing
import TraceDistiller

@testable import TraceContextServer

struct FilterAgreementTests {
  private static let names = ["GET /cart", "load", "Charge Card", "übersetzen", "poll", ""]
  private static let services = ["shop-api", "Bank", "DB", nil]
  private static let targets = ["app::db", "App::Http", "tests"]
  private static let words = ["timeout", "VISA", "u-17", "ÄRGER", "17", "true", "0.5", "no such thing"]

  /// Regular expressions, each with what it means.
  private static let regexes: [(pattern: String, holds: @Sendable (String) -> Bool)] = [
    ("^(visa|timeout)$", { ["visa", "timeout"].contains($0) }), ("u-[0-9]+", { $0.contains("u-17") }), ("är+ger", { $0.contains("ärger") }),
    ("^[0-9.]+$", { !$0.isEmpty && $0.allSatisfy { "0123456789.".contains($0) } }), (#"\bcard$"#, { $0.hasSuffix("card") }),
    ("^(true|1[67])$", { ["true", "16", "17"].contains($0) }), ("no such (?:thing|one)!", { _ in false }),
  ]

  private static func server(_ seed: UInt64) -> TestServer {
    var random = TestRandom(state: seed)
    func one<Element>(_ all: [Element]) -> Element { all.randomElement(using: &random)! }
    func value() -> JSONValue {
      switch Int.random(in: 0..<6, using: &random) {
      case 0: .integer(Int.random(in: 15...18, using: &random))
      case 1: .number(one([0.5, 1.25]))
      case 2: .bool(Bool.random(using: &random))
      case 3: ["list", .string(one(words))]
      default: .string(one(words))
      }
    }
    let server = TestServer()
    for trace in 0..<30 {
      let (id, run) = ("trace_\(trace)", one(["run-A", "run-B", nil]))
      // Some traces have only logs.
      if trace % 11 == 10 {
        server.feed(RecordLines.log(one(words), level: one(["INFO", "ERROR"]), span: "x", trace: id, run: run, at: Double(trace)))
        continue
      }
      for number in 0..<Int.random(in: 1...6, using: &random) {
        var span = TestSpan(
          id: "s\(number)", parent: number == 0 ? nil : "s\(Int.random(in: 0..<number, using: &random))", name: one(names),
          start: Double(trace * 10 + number), duration: Double(Int.random(in: 0...9, using: &random)))
        for key in ["user", "n", "card"] where Bool.random(using: &random) { span.attributes[key] = value() }
        if Int.random(in: 0..<5, using: &random) == 0 { span.error = one(words) }
        server.feed(RecordLines.span(span, trace: id, service: one(services), run: run, target: one(targets)))
        if Int.random(in: 0..<4, using: &random) == 0 {
          server.feed(
            RecordLines.log(one(words), level: one(["INFO", "WARN", "ERROR"]), span: span.id, trace: id, run: run, at: span.start))
        }
      }
    }
    server.advance(millis: 600)
    return server
  }

  private static func filter(_ random: inout TestRandom) -> JSONObject {
    func one<Element>(_ all: [Element]) -> Element { all.randomElement(using: &random)! }
    var filter = JSONObject()
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      switch Int.random(in: 0..<15, using: &random) {
      case 0: filter["name"] = .string(one(["get", "LOAD", "card", "ÜBER", "", "nothing"]))
      case 1: filter["service"] = .string(one(["shop", "BANK", "db", ""]))
      case 2: filter["target"] = .string(one(["APP::", "db", "tests"]))
      case 3: filter["status"] = .string(one(["ok", "error", "running"]))
      case 4: filter["minDurationMs"] = .integer(Int.random(in: 0...9, using: &random))
      case 5: filter["maxDurationMs"] = .integer(Int.random(in: 0...9, using: &random))
      case 6:
        filter["attributes"] = .object([one(["user", "n", "missing"]): one(["VISA", 17, "17", true, 0.5, "u-17", ["list", "VISA"]])])
      case 7:
        filter["text"] = Bool.random(using: &random) ? .string(one(words).uppercased()) : ["regex": .string(one(regexes).pattern)]
      case 8: filter["rootName"] = .string(one(["get", "charge", ""]))
      case 9: filter["rootStatus"] = .string(one(["ok", "error", "running"]))
      case 10: filter["minRootDurationMs"] = .integer(Int.random(in: 0...9, using: &random))
      case 11: filter["maxRootDurationMs"] = .integer(Int.random(in: 0...9, using: &random))
      case 12: filter["hasErrors"] = .bool(Bool.random(using: &random))
      case 13: filter["run"] = .string(one(["run-a", "B", ""]))
      default:
        let instant = RecordLines.origin + Int64.random(in: 0...300, using: &random) * 1_000_000
        filter[one(["since", "until"])] = .string(String(instant))
      }
    }
    return filter
  }

  /// The spans of a trace that match the filter; nil if the trace itself does not match.
  private static func spans(_ filter: JSONObject, _ line: TraceOverview, _ trace: DistilledTrace) -> [String]? {
    func holds(_ pattern: JSONValue?, _ text: String?) -> Bool {
      guard let pattern = pattern?.string, !pattern.isEmpty else { return true }
      return (text ?? "").lowercased().contains(pattern.lowercased())
    }
    func within(_ nanos: Int64, _ least: JSONValue?, _ most: JSONValue?) -> Bool {
      let millis = Double(nanos) / 1_000_000
      return millis >= least?.double ?? -1 && millis <= most?.double ?? .infinity
    }
    guard holds(filter["rootName"], line.rootName), filter["rootStatus"].map({ $0.string == line.status.rawValue }) ?? true,
      within(line.durationNanos, filter["minRootDurationMs"], filter["maxRootDurationMs"]),
      filter["hasErrors"].map({ $0.bool == (line.errorCount > 0) }) ?? true,
      line.runs.isEmpty ? filter["run"]?.string ?? "" == "" : line.runs.contains(where: { holds(filter["run"], $0) }),
      line.startTimeUnixNano >= filter["since"]?.string.flatMap({ Int64($0) }) ?? .min,
      line.startTimeUnixNano <= filter["until"]?.string.flatMap({ Int64($0) }) ?? .max
    else { return nil }
    return (0..<trace.tree.count).map { trace.node($0) }.filter { node in
      let events = node.events()
      guard trace.tree.isIncluded[node.row] || !events.isEmpty else { return false }
      let texts = [node.name, node.statusMessage ?? ""] + node.attributes.map(\.value.text) + events.map(\.message)
      return holds(filter["name"], node.name) && holds(filter["service"], node.service) && holds(filter["target"], node.target)
        && filter["status"].map { $0.string == node.outcome.rawValue } ?? true
        && within(node.durationNanos, filter["minDurationMs"], filter["maxDurationMs"])
        && (filter["attributes"]?.object?.members ?? []).allSatisfy { key, value in
          node.attributes.contains { $0.key == key && $0.value.text == value.string ?? value.serializedString }
        }
        && texts.contains { text in
          filter["text"]?["regex"]?.string.map { regex in regexes.first { $0.pattern == regex }!.holds(text.lowercased()) }
            ?? holds(filter["text"], text)
        }
    }.map(\.spanID)
  }

  private static let spanKeys = TraceFilter.spanKeys

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func everyMethodChoosesTheSame(_ seed: UInt64) throws {
    let server = Self.server(seed)
    var random = TestRandom(state: seed &* 977)
    let lines = server.store.overviews(now: server.now).lines
    let traces = lines.compactMap { line in
      server.store.withLock { $0.snapshot(of: line, now: server.now) }.map { (line, DistilledTrace($0)) }
    }
    for _ in 0..<60 {
      let filter = Self.filter(&random)
      let question = "seed \(seed), \(JSONValue.object(filter).serializedString)"
      let found = traces.compactMap { line, trace in Self.spans(filter, line, trace).map { (line, $0) } }
      let asksSpans = Self.spanKeys.contains { filter[$0] != nil }
      let matching = found.filter { !asksSpans || !$0.1.isEmpty }.map(\.0)
      let expected = matching.map(\.handle).reversed().joined(separator: " ")
      let many: JSONObject = ["filter": .object(filter), "limit": 1_000, "maxChars": 200_000]
      let list = try server.ask("traces/list", .object(many)).get()
      let listed = (list["traces"]?.array ?? []).compactMap { $0["handle"]?.string }.joined(separator: " ")
      #expect(listed == expected, "traces/list: \(question)\n  expected \(expected)\n  got      \(listed)")
      let search = try server.ask("traces/search", .object(many)).get()
      let spans = (search["spans"]?.array ?? []).map { "\($0["handle"]?.string ?? "")/\($0["spanId"]?.string ?? "")" }
      let expectedSpans = found.reversed().flatMap { line, spans in spans.map { "\(line.handle)/\($0)" } }
      #expect(spans == expectedSpans, "traces/search: \(question)\n  expected \(expectedSpans)\n  got      \(spans)")
      let aggregate = try server.ask("traces/aggregate", ["filter": .object(filter), "format": "json"]).get()
      #expect(aggregate["traces"] == .integer(matching.count), "traces/aggregate: \(question)")
      let report = try server.ask("traces/report", ["filter": .object(filter)]).get()
      #expect(report["total"] == .integer(matching.count(where: \.isComplete)), "traces/report: \(question)")
      let news = try server.ask(
        "traces/await", .object(["filter": .object(filter), "cursor": "c0", "timeoutMs": 0, "limit": 1_000, "maxChars": 200_000])
      ).get()
      let completed = Set((news["traces"]?.array ?? []).compactMap { $0["handle"]?.string })
      #expect(completed == Set(matching.filter(\.isComplete).map(\.handle)), "traces/await: \(question)")
    }
    let filter = Self.filter(&random)
    let left = try server.ask("traces/clear", ["filter": .object(filter)]).get()
    let expected = traces.filter { line, trace in
      guard let spans = Self.spans(filter, line, trace) else { return false }
      return !spans.isEmpty || !Self.spanKeys.contains { filter[$0] != nil }
    }
    #expect(
      left["cleared"] == .integer(expected.count) && left["left"] == .integer(traces.count - expected.count), "traces/clear: seed \(seed)")
  }
}
