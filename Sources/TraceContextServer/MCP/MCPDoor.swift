// The MCP door: handles requests with and without a handshake, with the same methods as all other doors.

import JSON
import JSONRPC
import Synchronization
import TraceDistiller

/// The door of one client, with what it negotiated and subscribed to.
final class MCPDoor: Door {
  private struct Agreement: Sendable {
    /// The revision of a client that completed the handshake.
    var revision: MCPRevision?
    /// A request without a handshake has arrived.
    var isStateless = false
    /// The client has said that it can be asked for the folders that it works in.
    var hasRoots = false
  }

  private let connection: ClientConnection
  private let marks: DataMarks
  private let subscriptions: SubscriptionWatch
  private let agreement = Mutex(Agreement())

  init(_ connection: ClientConnection, marks: DataMarks) {
    self.connection = connection
    self.marks = marks
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
    // Agents call our methods by their tool names, and get more advice while there are no traces.
    var context = connection.context(calls: CallNames(ToolRegistry.names)) { FirstSteps.text($0) }
    context.fence = marks.fence(asked.revision)
    let notify: Progress.Send = { [notifications = connection.notifications] in notifications.send($0, $1, during: request.id) }
    return try reply(asked, in: context, notify)
  }

  func receive(_ notification: Notification) -> ConnectionDirective? {
    if ["notifications/initialized", "notifications/roots/list_changed"].contains(notification.method) { askForRoots() }
    guard notification.method == "notifications/cancelled" else { return nil }
    // No answer may be sent: the client has forgotten the request.
    return notification.params?["requestId"].flatMap { RequestID($0) }.map { .discard($0) } ?? .proceed
  }

  /// The folders that the client works in are its project. Nothing waits for the answer: until it comes, the directory is that of the server's start.
  private func askForRoots() {
    guard connection.project != nil, agreement.withLock({ $0.hasRoots }), let workers = connection.workers else { return }
    Task(executorPreference: workers[.timely]) { [connection] in
      guard let answer = await connection.requests.ask("roots/list") else { return }
      connection.work(in: ClientFolders.ofRoots(answer))
    }
  }

  private func note(_ request: MCPRequest) {
    if request.method == .initialize {
      let hasRoots = request.params["capabilities"]?["roots"]?.object != nil
      agreement.withLock { ($0.revision, $0.hasRoots) = (request.revision, hasRoots) }
      connection.session.initialize()
    }
    if request.revision.isStateless { agreement.withLock { $0.isStateless = true } }
    if request.method == .initialize || request.revision.isStateless { connection.greet() }
  }

  private func reply(_ request: MCPRequest, in context: RequestContext, _ notify: @escaping Progress.Send) throws(ResponseError) -> Reply {
    switch request.method {
    case .initialize: return .now(initialize(request))
    case .ping: return .now(MCPResult.make(request, [:]))
    case .discover: return .now(discover(request))
    case .listTools:
      try firstPage(request)
      return .now(MCPResult.make(request, ["tools": .array(ToolRegistry.tools.map { $0.description(in: request.revision) })]))
    case .callTool:
      return try ToolCall(request, in: context).reply(Progress(request, on: context.workers?.timely, send: notify))
    case .listTemplates:
      try firstPage(request)
      return .now(MCPResult.make(request, ["resourceTemplates": [SummaryResource.template(request.revision)]]))
    case .listPrompts:
      try firstPage(request)
      return .now(MCPResult.make(request, ["prompts": .array(PromptRegistry.prompts.map { $0.description(in: request.revision) })]))
    case .listResources:
      let list = try SummaryResource.page(request, in: context)
      return list.reply { try await SummaryResource.list(list, request, in: context) }
    case .readResource:
      let uri = try SummaryResource.uri(request)
      let body: @Sendable () async throws -> JSONValue = {
        try MCPDoor.unlessTakenBack(try await SummaryResource.read(uri, request, in: context))
      }
      // Only slow work goes to another thread.
      return context.isSmall([uri.trace], below: 4_000) ? .here(.short, body) : .later(.short, body)
    case .subscribe:
      let uri = try SummaryResource.uri(request)
      return .here(.timely) { [subscriptions] in
        try await subscriptions.add(uri, in: context)
        return MCPResult.make(request, [:])
      }
    case .unsubscribe:
      subscriptions.remove(try SummaryResource.uri(request))
      return .now(MCPResult.make(request, [:]))
    // Prompts may read a trace of any size.
    case .getPrompt: return .later(.short) { try MCPDoor.unlessTakenBack(try await PromptRegistry.get(request, in: context)) }
    case .complete: return .later(.short) { try MCPDoor.unlessTakenBack(try await Completion.answer(request, in: context)) }
    case .listen: return .later(.timely) { try await Listening(request, in: context, send: notify).answer() }
    }
  }

  /// A client that cancelled its request must not get an answer.
  private static func unlessTakenBack(_ answer: JSONValue) throws -> JSONValue {
    try Task.checkCancellation()
    return answer
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

  /// These lists have only one page, so any cursor is invalid.
  private func firstPage(_ request: MCPRequest) throws(ResponseError) {
    if let cursor = request.params["cursor"], !PlainValue.isLeftOut(cursor) {
      throw .invalidCursor(cursor.string ?? cursor.serializedString)
    }
  }
}
