// Proves the bound of tools: no text is longer than maxChars, whatever records contain; none of their texts imitates a line of ours; and
// consecutive pages contain everything once.

import JSON
import Testing
import TraceDistiller

@testable import TraceContextServer

struct ToolBoundTests {
  static let bounds = [400, 1_500, 12_000]

  static func arguments(_ tool: MCPTool, _ trace: HostileTrace) -> JSONObject {
    var arguments = JSONObject()
    if tool.arguments.contains(where: { $0.name == "traceId" }) { arguments["traceId"] = "t1" }
    if tool.name == "get_span" { arguments["spanId"] = .string(trace.someSpan) }
    if tool.name == "compare_traces" { arguments["base"] = "t1" }
    if tool.name == "await_trace" { (arguments["cursor"], arguments["timeoutMs"]) = ("c0", 0) }
    return arguments
  }

  @Test(arguments: 1...4) func hostileTrace(_ seed: Int) async throws {
    let trace = HostileTrace(seed: UInt64(seed))
    let client = try await MCPClient()
    client.test.feed(trace.lines)
    for tool in ToolRegistry.tools {
      for bound in tool.arguments.contains(where: { $0.name == "maxChars" }) ? Self.bounds : [12_000] {
        var arguments = Self.arguments(tool, trace)
        if bound != 12_000 { arguments["maxChars"] = .integer(bound) }
        let text = try await client.text(tool.name, arguments)
        #expect(text.serializedLength <= bound, "\(tool.name) within \(bound): \(text.serializedLength)\n\(text.prefix(300))")
        check(text, "\(tool.name), seed \(seed)")
      }
    }
  }

  /// No characters that affect a terminal or a model, and no line that only we may write.
  private func check(_ text: String, _ place: String) {
    for scalar in text.unicodeScalars where scalar != "\n" {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse:
        Issue.record("\(place) holds U+\(String(scalar.value, radix: 16))")
      default: break
      }
    }
    #expect(text.split(separator: "\n").filter { $0 == "=== Errors ===" }.count <= 1, "\(place): a forged heading\n\(text)")
  }

  @Test func pagesTellEverythingOnce() async throws {
    let client = try await MCPClient()
    for number in 0..<60 { client.test.feed(RecordLines.trace("trace-\(number)", name: "job \(number)", start: Double(number))) }
    var cursor: String?
    var seen: [Substring] = []
    for _ in 0..<60 {
      var arguments: JSONObject = ["maxChars": 800, "limit": 40]
      arguments.append("cursor", cursor.map { .string($0) })
      let text = try await client.text("list_traces", arguments)
      let lines = text.split(separator: "\n")
      seen += lines.filter { $0.first == "t" }.map { $0.prefix { $0 != " " } }
      #expect(!text.contains("… "), "an entry is told as missing that the next page tells:\n\(text)")
      cursor = lines.compactMap { $0.firstMatch(of: /"cursor":"([^"]+)"/).map { String($0.1) } }.last
      if cursor == nil { break }
    }
    #expect(seen == (1...60).reversed().map { "t\($0)" })
  }
}
