// Proves that tools are declared correctly: from the methods that answer them, in few words, and the same in every session.

import JSON
import Testing

@testable import TraceContextServer

struct ToolDeclarationTests {
  static let names = [
    "explain_trace", "list_traces", "summarize_trace", "critical_path", "find_errors", "find_insights", "get_span", "search_spans",
    "compare_traces",
    "aggregate_traces", "await_trace", "server_status", "search_logs",
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
    // A parameter that the method requires is required by the tool.
    for needed in tool.method.parameters where needed.isRequired {
      #expect(tool.arguments.contains { $0.name == needed.name && $0.isRequired }, "\(name) does not need \(needed.name)")
    }
    #expect(tool.method.parameters.contains { $0.name == "maxChars" } == tool.arguments.contains { $0.name == "maxChars" }, "\(name)")
  }

  /// Tools declare the members of a filter that a model may need, and accept all: `FilterArgument` decides by their names.
  @Test func filtersTakeWhatIsDeclared() throws {
    for tool in ToolRegistry.tools {
      for argument in tool.arguments where !argument.members.isEmpty {
        let known = tool.method == LogsList.self ? LogFilter.keys : TraceFilter.keys
        for member in argument.members { #expect(known.contains(member), "\(tool.name) declares \(member)") }
      }
    }
    let values: [FilterArgument.Kind: JSONValue] = [
      .text: "a", .pattern: "a", .flag: "true", .number: "1", .outcome: "OK", .attributes: ["a=1"], .instant: "2026-11-23T10:00:00Z",
    ]
    for key in TraceFilter.keys {
      let value = key == "project" ? "/srv/shop" : values[FilterArgument.kind(of: key)]!
      let filter = try FilterArgument.read(.object([key: value]))
      _ = try TraceFilter(filter)
    }
  }

  /// What all model APIs accept, for every value of every tool. scripts/check-mcp uses the APIs' own libraries.
  @Test(arguments: ToolRegistry.tools.map(\.name)) func everyModelAPITakesTheSchema(_ name: String) throws {
    var pending: [(path: String, schema: JSONValue)] = [(name, ToolSchema.make(try ToolRegistry.tool(named: name)))]
    while let (path, schema) = pending.popLast() {
      let type = schema["type"]?.string
      #expect(type != nil, "\(path) has no type, or several")
      let allowed = ["type", "properties", "required", "items", "enum", "description"]
      for key in schema.object?.keys ?? [] { #expect(allowed.contains(key), "\(path) has \(key)") }
      if type == "object" { #expect(schema["properties"]?.object?.isEmpty == false, "\(path) is an object without members") }
      if type == "array" { #expect(schema["items"] != nil, "\(path) is a list of anything") }
      if let words = schema["enum"]?.array { #expect(type == "string" && words.allSatisfy { $0.string?.isEmpty == false }, "\(path)") }
      for (key, member) in schema["properties"]?.object?.members ?? [] { pending.append(("\(path).\(key)", member)) }
      if let element = schema["items"] { pending.append((path + "[]", element)) }
    }
  }

  /// The limit for the thirteen tools is 2,300 tokens; `scripts/bench mcp` and `scripts/check-mcp` count them. Here characters are counted,
  /// so that no tokenizer is needed.
  @Test(arguments: MCPRevision.allCases) func theListIsShort(_ revision: MCPRevision) {
    let list = JSONValue.array(ToolRegistry.tools.map { $0.description(in: revision) })
    #expect(list.serialized.count <= 7_600, "\(revision.rawValue): \(list.serialized.count) bytes")
    #expect(!list.serializedString.contains("outputSchema"), "a declared schema obliges every answer")
  }

  @Test func instructionsAreShortAndNameTheTools() {
    #expect(Instructions.text.unicodeScalars.count <= 1_200, "\(Instructions.text.unicodeScalars.count) characters")
    for name in Self.names { #expect(Instructions.text.contains(name), "the instructions do not name \(name)") }
    for selector in ["latest", "latest-error", "slowest", "maxChars"] { #expect(Instructions.text.contains(selector), "\(selector)") }
  }

  /// Texts recommend calls; each must be one that this door has.
  @Test func everyMethodThatTextsNameIsATool() {
    for method in ["trace/errors", "trace/insights", "trace/summary", "traces/compare", "server/status", "traces/list"] {
      #expect(ToolRegistry.names[method] != nil, "no tool is \(method)")
    }
  }
}
