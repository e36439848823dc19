// Proves that a parameter's default is the one in openrpc.json.

import JSON
import Testing

@testable import TraceContextServer

struct DefaultTests {
  /// A parameter that is left out, is null, or has the default of openrpc.json gives the same answer.
  @Test func defaultsAreThoseThatAreTold() throws {
    let server = TestServer()
    for index in 0..<60 { server.feed(RecordLines.trace("many_\(index)", name: "job" + String(repeating: "a", count: index))) }
    server.feed(RecordLines.trace("trace_x", failures: 0))
    for index in 0..<120 {
      let step = TestSpan(
        id: "s\(index)", parent: "root", name: "step \(letters(index))", start: Double(index) * 0.001, duration: 0.0005,
        error: "failure \(index)")
      server.feed([
        RecordLines.span(step, trace: "trace_x"), RecordLines.log("line \(index)", span: "root", trace: "trace_x"),
        RecordLines.moduleLog("line \(index)"),
      ])
    }
    server.advance(millis: 600)
    for method in OpenRPCDocument.shared.family {
      for param in OpenRPCDocument.shared.params(of: OpenRPCDocument.shared.method(method) ?? .null) {
        guard let value = param["schema"]?["default"], let name = param["name"]?.string else { continue }
        var given: JSONObject =
          method == "trace/span" ? ["spanId": "root"] : method == "traces/compare" ? ["base": "many_40"] : [:]
        // Without a cursor the wait begins now.
        if method == "traces/await" { given["cursor"] = "c0" }
        // A small bound would hide the effect of the limit.
        if name == "limit" { given["maxChars"] = 200_000 }
        if name == "limit", method == "traces/aggregate" { given["format"] = "json" }
        let without = try server.ask(method, .object(given)).get()
        if given.isEmpty {
          #expect(
            try server.ask(method, []).get() == without, "\(method) takes an empty array, as Lua writes an empty table, for no parameters")
        }
        for value in [value, .null] {
          given[name] = value
          #expect(
            try server.ask(method, .object(given)).get() == without,
            "\(method) with \(name) \(value.serializedString) answers differently from \(method) without")
        }
        guard name == "limit", let limit = value.integer else { continue }
        let list = ["traces", "errors", "insights", "spans", "events", "logs", "groups"].compactMap { without[$0]?.array?.count }.first
        #expect(list == Int(limit), "\(method) shows \(list ?? 0) entries where the default limit is \(limit)")
      }
    }
  }

  /// A number as letters: names that differ only in numbers are the same call for insights.
  private func letters(_ number: Int) -> String { String(decoding: String(number).utf8.map { $0 - 0x30 + 0x61 }, as: UTF8.self) }
}
