// The shape of a tool: a name and words for a model, over one method of the family. One tool = one file.

import JSON
import TraceDistiller

struct MCPTool: Sendable {
  var name: String
  /// For people.
  var title: String
  /// When to use it, for models: below 300 characters.
  var description: String
  var method: any (RequestMethod & SendableMetatype).Type
  /// Those of the method's parameters that a model may want, with words where the name does not say all.
  var arguments: [Argument]

  struct Argument: Sendable {
    var name: String
    var words: String?
    var isRequired: Bool
    /// Of a filter: the members that are declared for this tool. All others are taken as well.
    var members: [String] = []

    init(_ name: String, _ words: String? = nil, isRequired: Bool = false) {
      self.name = name
      self.words = words
      self.isRequired = isRequired
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

  /// What the tool takes: declared by the method, but for the format, which every tool has.
  var parameters: [Parameter] {
    arguments.map { argument in
      let known = method.parameters.first { $0.name == argument.name }
      return Parameter(argument.name, known?.kind ?? .string, isRequired: argument.isRequired)
    } + [MCPTool.format]
  }

  /// The tool as `tools/list` declares it.
  func description(in revision: MCPRevision) -> JSONValue {
    var object: JSONObject = ["name": .string(name)]
    if revision.hasTitles { object["title"] = .string(title) }
    object["description"] = .string(description)
    object["inputSchema"] = ToolSchema.make(self)
    // Nothing is changed, and nothing but this server's store is asked.
    if revision.hasAnnotations { object["annotations"] = ["readOnlyHint": true, "openWorldHint": false] }
    // Claude Code would put an answer aside as a file that is longer than it thinks fit, though the caller asked for that much.
    if revision.hasToolMetadata, method == TraceSummary.self {
      object["_meta"] = ["anthropic/maxResultSizeChars": .integer(SummaryOptions.budgetRange.upperBound)]
    }
    return .object(object)
  }
}
