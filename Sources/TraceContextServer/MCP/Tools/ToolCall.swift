// One call of a tool: checks the arguments, calls the method, and writes the answer as text or as JSON. Errors of the call are in its
// result, where the model can read them and try again.

import JSON
import JSONRPC
import TraceDistiller

struct ToolCall: Sendable {
  let tool: MCPTool
  private let request: MCPRequest
  private let arguments: JSONValue?
  private let context: RequestContext

  /// Throws errors of the request itself, such as an unknown tool. Errors of the call are in the result.
  init(_ request: MCPRequest, in context: RequestContext) throws(ResponseError) {
    guard let name = request.params["name"]?.string else { throw .invalidParams("tools/call needs name: the name of a tool") }
    tool = try ToolRegistry.tool(named: name)
    arguments = request.params["arguments"]
    self.request = request
    self.context = context
  }

  /// What the arguments ask for.
  private struct Asked: Sendable {
    var params: JSONObject
    var format: MCPTool.Format
    var maxChars: Int
    /// Which values were understood as something else, as text for the answer.
    var notes: [String]
    var told: String { notes.isEmpty ? "" : "\n(\(notes.joined(separator: "; ")))" }

    /// The room that is left for the answer.
    var room: Int { maxChars - jsonLength(told) }
  }

  /// The arguments are read once. The result is returned at once, or later on the threads that the method names.
  func reply(_ progress: Progress) -> Reply {
    do throws(ResponseError) {
      let asked = try asked()
      let reply = try tool.method.reply(.object(asked.params), in: context)
      let body: @Sendable () async throws -> JSONValue = {
        do throws(ResponseError) { return try result(of: try await reply.answer(), asked) } catch { return failure(error) }
      }
      if reply.isQuick { return .here(reply.workClass, body) }
      return .later(reply.workClass) {
        let answer = try await progress.told(body)
        try Task.checkCancellation()
        return answer
      }
    } catch {
      return .now(failure(error))
    }
  }

  private func asked() throws(ResponseError) -> Asked {
    let taken = try ToolArguments(arguments, of: tool)
    let reader = try ParameterReader(.object(taken.members), of: tool.parameters, method: tool.name)
    var params = taken.members
    params["format"] = nil
    for argument in tool.arguments where argument.isRequired && reader.value(argument.name) == nil {
      let words = argument.words.map { ": \($0)" } ?? ""
      throw .invalidParams("\(tool.name) needs \(argument.name)\(words)", data: ["parameter": .string(argument.name)])
    }
    let takesLength = tool.arguments.contains { $0.name == "maxChars" }
    let format = try reader.choice("format", MCPTool.Format.self) ?? .text
    if format == .json, tool.method.parameters.contains(where: { $0.name == "format" }) { params["format"] = "json" }
    var asked = Asked(
      params: params, format: format,
      maxChars: takesLength ? try reader.integer("maxChars") ?? SummaryOptions.defaultBudget : SummaryOptions.defaultBudget,
      notes: taken.notes)
    if takesLength, !asked.notes.isEmpty { asked.params["maxChars"] = .integer(max(SummaryOptions.budgetRange.lowerBound, asked.room)) }
    return asked
  }

  private func result(of answer: MethodAnswer, _ asked: Asked) throws(ResponseError) -> JSONValue {
    switch asked.format {
    case .text:
      let found = try answer.text(context.calls, maxChars: asked.room, in: context.mcpFence)
      let text = found.text + asked.told
      return result(["content": [MCPResult.text(text)]], length: jsonLength(text), isCut: found.isCut)
    case .json:
      let made = try answer.json()
      var facts = made.facts
      if !asked.notes.isEmpty { facts["adjusted"] = .array(asked.notes.map { .string($0) }) }
      // Some clients give the model the content, others the structured content: both have the data.
      var members: JSONObject = ["content": [MCPResult.text(JSONValue.object(facts).serializedString)]]
      if request.revision.hasStructuredContent { members["structuredContent"] = .object(facts) }
      return result(members, length: JSONLength.of(.object(facts)), isCut: made.isCut)
    }
  }

  private func failure(_ error: ResponseError) -> JSONValue {
    let text = ToolError.text(error, context)
    var members: JSONObject = ["content": [MCPResult.text(text)]]
    // If there is no trace yet, the call was correct: the text says what to do first.
    if !ToolError.isNothingYet(error) { members["isError"] = true }
    return result(members, length: jsonLength(text), isCut: false)
  }

  /// Adds the size of what the model is to read.
  private func result(_ members: JSONObject, length: Int, isCut: Bool) -> JSONValue {
    let size: JSONValue = [
      "chars": .integer(length), "estimatedTokens": .integer((length + TokenBudget.leastCharacters - 1) / TokenBudget.leastCharacters),
      "truncated": .bool(isCut),
    ]
    return MCPResult.make(request, members, meta: ["trace-distiller/size": size])
  }
}
