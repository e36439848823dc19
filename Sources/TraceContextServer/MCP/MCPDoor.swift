// The MCP door: every request of both eras, answered out of the same methods as all others.

import JSON
import JSONRPC
import Synchronization
import TraceDistiller

/// The door of one client, with what it agreed on and what it subscribed to.
final class MCPDoor: Door {
  private struct Agreement: Sendable {
    /// Of a client that shook hands.
    var revision: MCPRevision?
    /// A request without a handshake has come.
    var isStateless = false
  }

  private let connection: ClientConnection
  private let subscriptions: SubscriptionWatch
  private let agreement = Mutex(Agreement())

  init(_ connection: ClientConnection) {
    self.connection = connection
    subscriptions = SubscriptionWatch { [notifications = connection.notifications] in notifications.send($0, $1) }
  }

  var rules: MessageRules? {
    let (revision, isStateless) = agreement.withLock { ($0.revision, $0.isStateless) }
    guard revision != nil || isStateless else { return nil }
    return MessageRules(
      takesBatches: revision?.hasBatches ?? false, omitsUnknownIDs: isStateless || revision?.omitsUnknownIDs ?? false,
      cancellation: CancellationNotice(method: "notifications/cancelled", member: "requestId"))
  }

  func reply(to request: Request) throws(ResponseError) -> Reply? {
    guard let asked = try MCPRequest(request, negotiated: agreement.withLock { $0.revision }) else { return nil }
    note(asked)
    // Agents call our methods by the names of tools, and are told more where there is nothing yet.
    let context = connection.context(calls: CallNames(ToolRegistry.names)) { FirstSteps.text($0) }
    if let answer = try answerNow(asked, in: context) { return .now(answer) }
    let notifications = connection.notifications
    return .later(workClass(of: asked)) { [self] in
      let answer = try await answer(asked, in: context) { notifications.send($0, $1, during: request.id) }
      try Task.checkCancellation()
      return answer
    }
  }

  func receive(_ notification: Notification) -> ConnectionDirective? {
    guard notification.method == "notifications/cancelled" else { return nil }
    // An answer would be a message too many: the client has forgotten the request.
    return notification.params?["requestId"].flatMap { RequestID($0) }.map { .discard($0) } ?? .proceed
  }

  private func note(_ request: MCPRequest) {
    if request.method == .initialize {
      agreement.withLock { $0.revision = request.revision }
      connection.session.initialize()
    }
    if request.revision.isStateless { agreement.withLock { $0.isStateless = true } }
    if request.method == .initialize || request.revision.isStateless { connection.greet() }
  }

  /// How long a request takes that is not answered at once.
  private func workClass(of request: MCPRequest) -> WorkClass {
    switch request.method {
    case .listen: return .timely
    case .callTool:
      let tool = request.params["name"]?.string.flatMap { try? ToolRegistry.tool(named: $0) }
      return tool?.method.workClass ?? .short
    default: return .short
    }
  }

  /// The answer if it can be given at once.
  private func answerNow(_ request: MCPRequest, in context: RequestContext) throws(ResponseError) -> JSONValue? {
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
  private func answer(_ request: MCPRequest, in context: RequestContext, notify: @escaping Progress.Send) async throws -> JSONValue {
    switch request.method {
    case .callTool:
      let call = try ToolCall(request, in: context)
      let progress = Progress(request, on: context.workers?.timely, send: notify)
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
