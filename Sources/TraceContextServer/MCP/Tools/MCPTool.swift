// A tool: a name and a description for a model, over one of our methods. One tool = one file.

import JSON
import TraceDistiller

struct MCPTool: Sendable {
  var name: String
  /// When to use it, for models. Less than 300 characters.
  var description: String
  var method: any (RequestMethod & SendableMetatype).Type
  /// The method's parameters that a model may need, with a description if the name is not enough.
  var arguments: [Argument]

  struct Argument: Sendable {
    var name: String
    var words: String?
    var isRequired: Bool
    /// For a filter: the members that this tool declares. All other members are accepted too.
    var members: [String] = []

    init(_ name: String, _ words: String? = nil, isRequired: Bool = false, members: String...) {
      self.name = name
      self.words = words
      self.isRequired = isRequired
      self.members = members
    }

    static let traceID = Argument("traceId", "id, handle, root name, latest (default), latest-error, slowest")
    static let limit = Argument("limit")
    static let cursor = Argument("cursor")
    static let maxChars = Argument("maxChars")

    static func filter(_ members: String...) -> Argument {
      var argument = Argument("filter")
      argument.members = members
      return argument
    }
  }

  enum Format: String, CaseIterable, Sendable { case text, json }

  static let format = Parameter("format", .oneOf(Format.allCases.map(\.rawValue)))

  /// The parameters that the tool accepts: those declared by the method, and the format, which every tool has.
  var parameters: [Parameter] {
    arguments.map { argument in
      let known = method.parameters.first { $0.name == argument.name }
      return Parameter(argument.name, known?.kind ?? .string, isRequired: argument.isRequired)
    } + [MCPTool.format]
  }

  /// The tool's entry in `tools/list`.
  func description(in revision: MCPRevision) -> JSONValue {
    // No title: it would say what the name says, and every session of an agent begins with this list.
    var object: JSONObject = ["name": .string(name), "description": .string(description)]
    object["inputSchema"] = ToolSchema.make(self)
    // Tools change nothing and use nothing outside this server's store.
    if revision.hasAnnotations { object["annotations"] = ["readOnlyHint": true, "openWorldHint": false] }
    // Claude Code stores an answer that is longer than its limit in a file, even if the caller asked for that length.
    if revision.hasToolMetadata, method == TraceSummary.self {
      object["_meta"] = ["anthropic/maxResultSizeChars": .integer(SummaryOptions.budgetRange.upperBound)]
    }
    return .object(object)
  }
}
