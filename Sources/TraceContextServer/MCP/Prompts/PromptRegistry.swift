// Every prompt, and prompts/get.

import JSON
import JSONRPC
import TraceDistiller

enum PromptRegistry {
  static let prompts: [MCPPrompt] = [.diagnoseSlowTrace, .explainErrors, .compareRuns]

  static func get(_ request: MCPRequest, in context: RequestContext) async throws(ResponseError) -> JSONValue {
    guard let name = request.params["name"]?.string else { throw .invalidParams("prompts/get needs name: the name of a prompt") }
    guard let prompt = prompts.first(where: { $0.name == name }) else {
      let near = nearest(name, among: prompts.map(\.name), limit: 3)
      throw .invalidParams(
        "no prompt \(VisibleText.quoted(name, limit: 80)); did you mean \(near[0])?", data: ["near": .array(near.map { .string($0) })])
    }
    let arguments = try PromptArguments(request.params["arguments"], of: prompt)
    return MCPResult.make(
      request, ["description": .string(prompt.description), "messages": .array(try await prompt.messages(arguments, context))])
  }
}
