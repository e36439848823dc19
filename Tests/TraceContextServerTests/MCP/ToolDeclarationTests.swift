// Proves that tools are declared as they are: from the methods that answer them, in few words, the same in every session.

import JSON
import Testing

@testable import TraceContextServer

struct ToolDeclarationTests {
  static let names = [
    "list_traces", "summarize_trace", "critical_path", "find_errors", "find_insights", "get_span", "search_spans", "compare_traces",
    "aggregate_traces", "await_trace", "server_status",
  ]

  @Test func everyToolIsThereInItsOrder() {
    #expect(ToolRegistry.tools.map(\.name) == Self.names)
    #expect(Set(ToolRegistry.tools.map { $0.method.name }).count == Self.names.count, "two tools are one method")
  }

  @Test(arguments: ToolRegistry.tools.map(\.name)) func toolIsShortAndRight(_ name: String) throws {
    let tool = try ToolRegistry.tool(named: name)
    #expect(tool.description.unicodeScalars.count < 300, "\(name) is described in \(tool.description.unicodeScalars.count) characters")
    for argument in tool.arguments {
      #expect(
        tool.method.parameters.contains { $0.name == argument.name }, "\(name) takes \(argument.name), which \(tool.method.name) does not")
    }
    // What the method needs, the tool asks for.
    for needed in tool.method.parameters where needed.isRequired {
      #expect(tool.arguments.contains { $0.name == needed.name && $0.isRequired }, "\(name) does not need \(needed.name)")
    }
    #expect(tool.method.parameters.contains { $0.name == "maxChars" } == tool.arguments.contains { $0.name == "maxChars" }, "\(name)")
  }

  @Test func theFilterTakesWhatFiltersTake() throws {
    let schema = ToolSchema.make(.listTraces)["properties"]?["filter"]
    #expect(schema?["properties"]?.object?.keys == TraceFilter.keys)
    #expect(schema?["additionalProperties"] == false)
  }

  /// 2,500 tokens are the limit; `scripts/bench mcp` counts them. Characters are counted here, so that no tokenizer is needed.
  @Test(arguments: MCPRevision.allCases) func theListIsShort(_ revision: MCPRevision) {
    let list = JSONValue.array(ToolRegistry.tools.map { $0.description(in: revision) })
    #expect(list.serialized.count <= 10_000, "\(revision.rawValue): \(list.serialized.count) bytes")
    #expect(!list.serializedString.contains("outputSchema"), "a declared schema obliges every answer")
  }

  @Test func instructionsAreShortAndNameTheTools() {
    #expect(Instructions.text.unicodeScalars.count <= 1_200, "\(Instructions.text.unicodeScalars.count) characters")
    for name in Self.names { #expect(Instructions.text.contains(name), "the instructions do not name \(name)") }
    for selector in ["latest", "latest-error", "slowest", "maxChars"] { #expect(Instructions.text.contains(selector), "\(selector)") }
  }

  /// Texts advise calls; each must be one that this door has.
  @Test func everyMethodThatTextsNameIsATool() {
    for method in ["trace/errors", "trace/insights", "trace/summary", "traces/compare", "server/status", "traces/list"] {
      #expect(ToolRegistry.names[method] != nil, "no tool is \(method)")
    }
  }
}
