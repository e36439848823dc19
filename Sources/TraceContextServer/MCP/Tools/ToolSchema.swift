// The JSON Schema of a tool's arguments, made of the declarations that the server itself checks calls against.

import JSON
import TraceDistiller

enum ToolSchema {
  static func make(_ tool: MCPTool) -> JSONValue {
    var properties = JSONObject()
    for (argument, parameter) in zip(tool.arguments.map(Optional.some) + [nil], tool.parameters) {
      var schema = self.schema(parameter.kind)
      schema.append("description", argument?.words.map { .string($0) })
      properties[parameter.name] = .object(schema)
    }
    var object: JSONObject = ["type": "object", "properties": .object(properties)]
    let required = tool.arguments.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { object["required"] = .array(required) }
    object["additionalProperties"] = false
    return .object(object)
  }

  private static func schema(_ kind: Parameter.Kind) -> JSONObject {
    switch kind {
    case .string: return ["type": "string"]
    case .oneOf(let words): return ["type": "string", "enum": .array(words.map { .string($0) })]
    case .listOf(let words): return ["type": "array", "items": ["type": "string", "enum": .array(words.map { .string($0) })]]
    case .integer(let range): return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .filter, .logFilter: return filter
    case .shape("ComparisonOperand"):
      return ["anyOf": [["type": "string"], ["type": "object", "properties": ["run": ["type": "string"]], "required": ["run"]]]]
    case .shape: return ["type": "object"]
    }
  }

  /// The filter of methods about many traces. Its members are `TraceFilter.keys`; a test holds the two together.
  private static let filter: JSONObject = {
    var properties = JSONObject()
    for key in TraceFilter.keys { properties[key] = member(key) }
    return ["type": "object", "properties": .object(properties), "additionalProperties": false]
  }()

  private static func member(_ key: String) -> JSONValue {
    switch key {
    case "status": ["enum": ["ok", "error", "running"]]
    case "hasErrors": ["type": "boolean"]
    case "minDurationMs", "maxDurationMs": ["type": "number"]
    case "attributes": ["type": "object"]
    default: ["type": "string"]
    }
  }
}
