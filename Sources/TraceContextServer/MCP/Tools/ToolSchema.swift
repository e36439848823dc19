// The JSON Schema of a tool's arguments, generated from the declarations that the server checks calls against. It uses only the part of
// JSON Schema that every model API accepts: one type per value, members for objects, elements for lists, no alternatives and no references.
// If an API rejects one tool, it rejects every request of the session.

import JSON
import TraceDistiller

enum ToolSchema {
  static func make(_ tool: MCPTool) -> JSONValue {
    var properties = JSONObject()
    for (argument, parameter) in zip(tool.arguments.map(Optional.some) + [nil], tool.parameters) {
      var schema = self.schema(parameter.kind, argument?.members ?? [])
      schema.append("description", argument?.words.map { .string($0) })
      properties[parameter.name] = .object(schema)
    }
    var object: JSONObject = ["type": "object", "properties": .object(properties)]
    let required = tool.arguments.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { object["required"] = .array(required) }
    return .object(object)
  }

  private static func schema(_ kind: Parameter.Kind, _ members: [String]) -> JSONObject {
    switch kind {
    // A value with several forms is declared as text, which may be JSON.
    case .string, .shape: return ["type": "string"]
    case .oneOf(let words): return ["type": "string", "enum": .array(words.map { .string($0) })]
    case .listOf(let words): return ["type": "array", "items": ["type": "string", "enum": .array(words.map { .string($0) })]]
    // Declared without bounds: a number above the maximum is lowered to it.
    case .integer: return ["type": "integer"]
    case .flag: return ["type": "boolean"]
    case .milliseconds: return ["type": "number"]
    case .filter, .logFilter:
      var properties = JSONObject()
      for key in members { properties[key] = member(key) }
      return ["type": "object", "properties": .object(properties)]
    }
  }

  private static func member(_ key: String) -> JSONValue {
    switch FilterArgument.kind(of: key) {
    case .text, .pattern, .instant: ["type": "string"]
    case .outcome: ["type": "string", "enum": .array(FilterArgument.outcomes.map { .string($0) })]
    case .flag: ["type": "boolean"]
    case .number: ["type": "number"]
    case .attributes: ["type": "array", "items": ["type": "string"], "description": "key=value"]
    }
  }
}
