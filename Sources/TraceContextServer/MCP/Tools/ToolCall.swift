// One call of a tool: arguments checked, the method asked, its answer told as text or as JSON. Whatever is wrong with the call is told in
// its result, where the model reads it and can do better.

import JSON
import JSONRPC
import TraceDistiller

struct ToolCall {
  let tool: MCPTool
  private let request: MCPRequest
  private let arguments: JSONValue?
  private let context: RequestContext

  /// Throws what is wrong with the request rather than with the call: a tool that there is not.
  init(_ request: MCPRequest, in context: RequestContext) throws(ResponseError) {
    guard let name = request.params["name"]?.string else { throw .invalidParams("tools/call needs name: the name of a tool") }
    tool = try ToolRegistry.tool(named: name)
    arguments = request.params["arguments"]
    self.request = request
    self.context = context
  }

  /// What the arguments ask of the method.
  private struct Asked {
    var params: JSONObject
    var format: MCPTool.Format
  }

  /// The result if it can be given at once.
  func resultNow() -> JSONValue? {
    do throws(ResponseError) {
      let asked = try asked()
      guard let answer = try tool.method.answerIfQuick(.object(asked.params), in: context) else { return nil }
      return try result(of: answer, asked)
    } catch {
      return failure(error)
    }
  }

  func result() async throws -> JSONValue {
    do {
      let asked = try asked()
      let answer = try await tool.method.answerWaiting(.object(asked.params), in: context)
      return try result(of: answer, asked)
    } catch let error as ResponseError {
      return failure(error)
    }
  }

  private func asked() throws(ResponseError) -> Asked {
    let reader = try ParameterReader(arguments, of: tool.parameters, method: tool.name)
    var params = arguments?.object ?? [:]
    params["format"] = nil
    for argument in tool.arguments where argument.isRequired && reader.value(argument.name) == nil {
      let words = argument.words.map { ": \($0)" } ?? ""
      throw .invalidParams("\(tool.name) needs \(argument.name)\(words)", data: ["parameter": .string(argument.name)])
    }
    let format = try reader.choice("format", MCPTool.Format.self) ?? .text
    if format == .json, tool.method.parameters.contains(where: { $0.name == "format" }) { params["format"] = "json" }
    return Asked(params: params, format: format)
  }

  private func result(of answer: MethodAnswer, _ asked: Asked) throws(ResponseError) -> JSONValue {
    switch asked.format {
    case .text:
      let text = try answer.text(context.calls, maxChars: SummaryOptions.defaultBudget)
      return result(["content": [MCPResult.text(text.text)]], length: jsonLength(text.text), isCut: text.isCut)
    case .json:
      var facts = try answer.json().object ?? [:]
      // The facts are asked for: no client pays for the same as text.
      facts["text"] = nil
      let length = JSONLength.of(.object(facts))
      let isCut = facts["truncated"] == true || facts["nextCursor"].map { !$0.isNull } ?? false
      guard request.revision.hasStructuredContent else {
        return result(["content": [MCPResult.text(JSONValue.object(facts).serializedString)]], length: length, isCut: isCut)
      }
      let pointer = "The answer is in structuredContent, \(DurationText.count(length)) characters of JSON\(isCut ? ", not all of it" : "")."
      return result(["content": [MCPResult.text(pointer)], "structuredContent": .object(facts)], length: length, isCut: isCut)
    }
  }

  private func failure(_ error: ResponseError) -> JSONValue {
    let text = ToolError.text(error, context)
    var members: JSONObject = ["content": [MCPResult.text(text)]]
    // Where there is nothing to tell yet the call was right: the text says what to do first.
    if !ToolError.isNothingYet(error) { members["isError"] = true }
    return result(members, length: jsonLength(text), isCut: false)
  }

  /// With the size of what the model is to read.
  private func result(_ members: JSONObject, length: Int, isCut: Bool) -> JSONValue {
    let size: JSONValue = [
      "chars": .integer(length), "estimatedTokens": .integer((length + TokenBudget.leastCharacters - 1) / TokenBudget.leastCharacters),
      "truncated": .bool(isCut),
    ]
    return MCPResult.make(request, members, meta: ["trace-distiller/size": size])
  }
}
