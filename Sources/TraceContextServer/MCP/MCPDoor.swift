// The MCP door: every request of both eras, answered out of the same methods as all others.

import JSON
import JSONRPC
import TraceDistiller

/// Answers the requests of one client. What `initialize` agreed on is the session's; here nothing is remembered but subscriptions.
struct MCPDoor: Sendable {
  let subscriptions: SubscriptionWatch

  /// The answer if it can be given at once.
  func answerNow(_ request: MCPRequest, in context: RequestContext) throws(ResponseError) -> JSONValue? {
    switch request.method {
    case .initialize: return initialize(request)
    case .ping: return MCPResult.make(request, [:])
    case .discover: return discover(request)
    case .listTools:
      try firstPage(request)
      return MCPResult.make(request, ["tools": .array(ToolRegistry.tools.map { $0.description(in: request.revision) })])
    case .callTool: return try ToolCall(request, in: context).resultNow()
    case .listTemplates:
      try firstPage(request)
      return MCPResult.make(request, ["resourceTemplates": [SummaryResource.template(request.revision)]])
    case .listPrompts:
      try firstPage(request)
      return MCPResult.make(request, ["prompts": .array(PromptRegistry.prompts.map { $0.description(in: request.revision) })])
    case .listResources: return try SummaryResource.list(request, in: context)
    case .readResource:
      // Refused at once where it can be: only what takes long is worth a task.
      let uri = try SummaryResource.uri(request)
      return context.cost(of: uri.trace) > 4_000 ? nil : try SummaryResource.read(uri, request, in: context)
    case .subscribe:
      try subscriptions.add(SummaryResource.uri(request), in: context)
      return MCPResult.make(request, [:])
    case .unsubscribe:
      subscriptions.remove(try SummaryResource.uri(request))
      return MCPResult.make(request, [:])
    // They may read a trace of any size.
    case .getPrompt, .complete: return nil
    case .listen: return nil
    }
  }

  /// The answer of what takes a while, or waits.
  func answer(_ request: MCPRequest, in context: RequestContext, notify: @escaping Progress.Send) async throws -> JSONValue {
    switch request.method {
    case .callTool:
      let call = try ToolCall(request, in: context)
      let progress = Progress(request, send: notify)
      return try await progress.told { try await call.result() }
    case .listen: return try await Listening(request, in: context, send: notify).answer()
    case .readResource: return try SummaryResource.read(SummaryResource.uri(request), request, in: context)
    case .getPrompt: return try PromptRegistry.get(request, in: context)
    case .complete: return try Completion.answer(request, in: context)
    default:
      guard let answer = try answerNow(request, in: context) else {
        throw ResponseError.internalError("no answer to \(request.method.rawValue)")
      }
      return answer
    }
  }

  private func initialize(_ request: MCPRequest) -> JSONValue {
    MCPResult.make(
      request,
      [
        "protocolVersion": .string(request.revision.rawValue), "capabilities": MCPResult.capabilities(request.revision),
        "serverInfo": MCPResult.serverInfo, "instructions": .string(Instructions.text),
      ])
  }

  private func discover(_ request: MCPRequest) -> JSONValue {
    MCPResult.make(
      request,
      [
        "supportedVersions": .array(MCPRevision.names.map { .string($0) }), "capabilities": MCPResult.capabilities(request.revision),
        "instructions": .string(Instructions.text),
      ])
  }

  /// These lists are one page: a cursor is not one of ours.
  private func firstPage(_ request: MCPRequest) throws(ResponseError) {
    if let cursor = request.params["cursor"], !PlainValue.isLeftOut(cursor) {
      throw .invalidCursor(cursor.string ?? cursor.serializedString)
    }
  }
}
