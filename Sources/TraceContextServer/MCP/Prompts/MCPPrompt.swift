// A prompt: an entry of a menu that becomes the first message of a conversation. One prompt = one file.

import JSON
import JSONRPC
import TraceDistiller

struct MCPPrompt: Sendable {
  var name: String
  var title: String
  var description: String
  /// Some editors show only one argument, so a prompt has no more.
  var argument: Argument
  /// The messages for the given arguments.
  var messages: @Sendable (PromptArguments, RequestContext) async throws(ResponseError) -> [JSONValue]

  struct Argument: Sendable {
    var name: String
    var description: String
    var isRequired = false
  }

  func description(in revision: MCPRevision) -> JSONValue {
    var object: JSONObject = ["name": .string(name)]
    if revision.hasTitles { object["title"] = .string(title) }
    object["description"] = .string(description)
    var told: JSONObject = ["name": .string(argument.name), "description": .string(argument.description)]
    if argument.isRequired { told["required"] = true }
    object["arguments"] = [.object(told)]
    return .object(object)
  }

  /// A message of the user.
  static func message(_ text: String) -> JSONValue { ["role": "user", "content": MCPResult.text(text)] }

  /// How a trace is named in the user's own text: its handle, because ids and names come from records.
  static func handle(of trace: String, _ context: RequestContext) async -> String {
    if ["latest", "latest-error", "slowest"].contains(trace) { return trace }
    return (try? await context.snapshot(trace))?.handle ?? "below"
  }

  /// A summary as a part of the conversation, marked as data and separate from the text around it.
  static func summary(of trace: String, _ context: RequestContext) async throws(ResponseError) -> JSONValue {
    let uri = SummaryURI(trace: trace)
    let text = try await SummaryResource.summary(uri, maxChars: 6_000, in: context) { error in
      .invalidParams(ToolError.text(error, context), data: error.data)
    }
    return ["role": "user", "content": ["type": "resource", "resource": SummaryResource.contents(uri, text)]]
  }
}

/// The arguments of one request, checked against the prompt's declaration.
struct PromptArguments: Sendable {
  private var given: [String: String] = [:]

  init(_ value: JSONValue?, of prompt: MCPPrompt) throws(ResponseError) {
    let argument = prompt.argument
    for (key, value) in value?.object?.members ?? [] {
      guard key == argument.name else { throw .unknownKey(key, in: prompt.name, known: [argument.name]) }
      guard let text = value.string else {
        throw .invalidParams("\(key) must be a string, not \(ParameterReader.quote(value))", data: ["parameter": .string(key)])
      }
      if !text.isEmpty { given[key] = text }
    }
    if argument.isRequired, given[argument.name] == nil {
      throw .invalidParams("\(prompt.name) needs \(argument.name): \(argument.description)", data: ["parameter": .string(argument.name)])
    }
  }

  subscript(name: String) -> String? { given[name] }
}
