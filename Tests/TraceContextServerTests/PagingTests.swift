// Proves that the pages together are complete: every entry once, in order, whatever the page's size, and whatever is evicted between two
// pages.

import JSON
import Testing
import TraceDistiller

@testable import TraceContextServer

struct PagingTests {
  /// 40 traces, many of which have equal durations or error counts.
  static func server(maxTraces: Int = 0) -> TestServer {
    var limits = StoreLimits()
    limits.maxTraces = maxTraces
    let server = TestServer(limits: limits)
    var random = TestRandom(state: 7)
    for index in 0..<40 {
      server.feed(
        RecordLines.trace(
          "trace_\(index)", duration: Double(Int.random(in: 1...5, using: &random)), failures: Int.random(in: 0...2, using: &random)))
    }
    server.advance(millis: 600)
    return server
  }

  /// The entries of all pages until there is no cursor; `between` runs after each page.
  static func walk(
    _ server: TestServer, _ method: String, _ params: JSONObject, _ list: String, between: (Int) -> Void = { _ in }
  ) throws -> (entries: [JSONValue], pages: Int) {
    var params = params
    var entries: [JSONValue] = []
    for page in 1...10_000 {
      let answer = try server.ask(method, .object(params)).get()
      let shown = answer[list]?.array ?? []
      entries += shown
      guard let cursor = answer["nextCursor"], !cursor.isNull else { return (entries, page) }
      #expect(!shown.isEmpty, "\(method): an empty page with a cursor: \(answer.serializedString)")
      if shown.isEmpty { return (entries, page) }
      params["cursor"] = cursor
      between(page)
    }
    Issue.record("\(method) \(JSONValue.object(params).serializedString) has no last page")
    return (entries, 10_000)
  }

  @Test(arguments: ["recent", "slowest", "errors"], [1, 7, 39, 40, 100]) func list(_ sort: String, _ limit: Int) throws {
    let (entries, pages) = try Self.walk(Self.server(), "traces/list", ["sort": .string(sort), "limit": .integer(limit)], "traces")
    #expect(pages == (40 + limit - 1) / limit)
    Self.check(entries, isSortedBy: sort)
    #expect(Set(entries.compactMap { $0["traceId"]?.string }).count == 40)
  }

  /// Each page evicts the oldest traces and adds new ones: none is listed twice, and those that stay are all listed.
  @Test(arguments: ["recent", "slowest", "errors"]) func listWhileTracesAreEvicted(_ sort: String) throws {
    let server = Self.server(maxTraces: 40)
    let (entries, _) = try Self.walk(server, "traces/list", ["sort": .string(sort), "limit": 6], "traces") { page in
      server.feed(RecordLines.trace("new_\(page)_a", duration: 3) + RecordLines.trace("new_\(page)_b", duration: 3))
      server.advance(millis: 600)
    }
    let ids = entries.compactMap { $0["traceId"]?.string }
    #expect(Set(ids).count == ids.count, "\(sort): told twice in \(ids)")
    let left = try server.ask("traces/list", ["limit": 1_000]).get()["traces"]?.array?.compactMap { $0["traceId"]?.string } ?? []
    #expect(left.count == 40)
    let missing = left.filter { $0.hasPrefix("trace_") && !ids.contains($0) }
    #expect(missing.isEmpty, "\(sort): never told of \(missing)")
    Self.check(entries, isSortedBy: sort)
  }

  private static func check(_ entries: [JSONValue], isSortedBy sort: String) {
    let keys = entries.map { entry -> (Double, Int) in
      let serial = Int(entry["handle"]?.string?.dropFirst() ?? "") ?? 0
      switch sort {
      case "slowest": return (entry["durationMs"]?.double ?? 0, serial)
      case "errors": return (entry["errorCount"]?.double ?? 0, serial)
      default: return (0, serial)
      }
    }
    for (one, next) in zip(keys, keys.dropFirst()) { #expect(one > next, "\(sort): \(one) before \(next)") }
  }

  /// A number as a word: messages that differ only in numbers are one kind of failure.
  static func letters(_ number: Int) -> String {
    String(number).map { ["0": "k", "1": "l", "2": "m", "3": "n", "4": "p", "5": "q", "6": "r", "7": "s", "8": "t", "9": "v"][$0] ?? "" }
      .joined()
  }

  /// A tree of 200 spans, each the child of a random earlier one, and 60 different problems.
  static let tree: TestServer = {
    let server = TestServer()
    var random = TestRandom(state: 3)
    for index in 0..<200 {
      let parent = index == 0 ? nil : "s\(Int.random(in: 0..<index, using: &random))"
      let error = index % 5 == 0 ? "failure \(letters(index))" : nil
      server.feed(
        RecordLines.span(
          TestSpan(id: "s\(index)", parent: parent, name: "n\(index % 9)", start: Double(index), duration: 1, error: error), trace: "t"))
      if index % 10 == 3 {
        server.feed(RecordLines.log("warning \(letters(index))", level: "WARN", span: "s\(index)", trace: "t", at: Double(index)))
      }
    }
    return server
  }()

  @Test(
    arguments: [["limit": 1], ["limit": 7], ["maxChars": 700], ["maxChars": 3_000, "limit": 50], ["limit": 10_000, "maxChars": 200_000]]
      as [JSONObject])
  func treeAndErrors(_ size: JSONObject) throws {
    let (spans, _) = try Self.walk(Self.tree, "trace/tree", size, "spans")
    #expect(spans.count == 200)
    #expect(Set(spans.compactMap { $0["spanId"]?.string }).count == 200)
    // The depths of a preorder: every span is at most one level below the previous one, and has as many children as it reports.
    var open: [(left: Int, id: String)] = []
    for span in spans {
      let depth = Int(span["depth"]?.integer ?? -1)
      #expect(depth <= open.count && open.dropFirst(depth).allSatisfy { $0.left == 0 }, "\(span.serializedString)")
      open.removeLast(max(0, open.count - depth))
      #expect(span["parentSpanId"] == (open.last.map { .string($0.id) } ?? .null))
      if !open.isEmpty { open[open.count - 1].left -= 1 }
      open.append((Int(span["childCount"]?.integer ?? 0), span["spanId"]?.string ?? ""))
    }
    #expect(open.allSatisfy { $0.left == 0 })

    var limit = size
    if let given = size["limit"]?.integer { limit["limit"] = .integer(min(1_000, given)) }
    let (problems, _) = try Self.walk(Self.tree, "trace/errors", limit, "errors")
    #expect(problems.count == 60)
    #expect(Set(problems.compactMap { $0["message"]?.string }).count == 60)
  }

  @Test func beyondTheEnd() throws {
    for method in ["trace/tree", "trace/errors"] {
      let answer = try Self.tree.ask(method, ["cursor": "o9223372036854775807"]).get()
      #expect((answer["spans"] ?? answer["errors"]) == .array([]) && answer["nextCursor"] == .null, "\(answer.serializedString)")
    }
    let list = try Self.tree.ask("traces/list", ["cursor": "recent.0.0"]).get()
    #expect(list == ["traces": [], "total": 1, "nextCursor": .null])
  }
}
