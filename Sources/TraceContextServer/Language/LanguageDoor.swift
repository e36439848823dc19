// The door for editors: the Language Server Protocol. It computes nothing; what it says of lines comes from the core, and our own methods
// are answered on the same connection.

import JSON
import JSONRPC
import Platform
import Synchronization
import TraceDistiller

/// Answers a client that says at `initialize` what it can do with documents.
final class LanguageDoor: Door {
  private let connection: ClientConnection
  private let onParentProcess: @Sendable (Int32) -> Void
  private let state = LanguageState()
  private let reports: FileReports
  private let watch: LanguageWatch
  private let isUsed = Atomic(false)

  init(_ connection: ClientConnection, onParentProcess: @escaping @Sendable (Int32) -> Void) {
    self.connection = connection
    self.onParentProcess = onParentProcess
    reports = FileReports(connection: connection, state: state)
    watch = LanguageWatch(reports)
  }

  deinit { watch.end() }

  var rules: MessageRules? { nil }

  func reply(to request: Request) throws(ResponseError) -> Reply? {
    if request.method == "initialize", LanguageClient.isEditor(request.params) { return .now(initialize(request.params)) }
    guard isUsed.load(ordering: .acquiring) else { return nil }
    let params = request.params
    switch request.method {
    case "shutdown":
      watch.end()
      return nil
    case "textDocument/hover":
      let line = try Self.line(params)
      return try about(params, .hover) { report, door in
        LanguageHover.answer(report, line: line, isMarkdown: door.state.client.readsMarkdown)
      }
    case "textDocument/diagnostic":
      return try about(params, .diagnostics, without: ["kind": "full", "items": []]) { report, door in
        ["kind": "full", "items": LanguageDiagnostics.answer(report, door.state.options, door.reports)]
      }
    case "textDocument/codeLens":
      return try about(params, .codeLens, without: []) { report, door in LanguageLines.lenses(report, door.state.options) }
    case "textDocument/inlayHint":
      let lines = try Self.lines(params)
      return try about(params, .inlayHints, without: []) { report, door in LanguageLines.hints(report, door.state.options, in: lines) }
    case "textDocument/codeAction":
      let lines = try Self.lines(params)
      return try about(params, .hover, without: []) { report, _ in LanguageLines.actions(report, in: lines) }
    case "textDocument/prepareCallHierarchy":
      let line = try Self.line(params)
      return try about(params, .callHierarchy) { report, door in LanguageSymbols(reports: door.reports).prepare(report, line: line) }
    case "callHierarchy/incomingCalls": return later { try await LanguageSymbols(reports: $0.reports).calls(of: params?["item"], .from) }
    case "callHierarchy/outgoingCalls": return later { try await LanguageSymbols(reports: $0.reports).calls(of: params?["item"], .to) }
    case "workspace/symbol":
      guard state.options.has(.workspaceSymbols) else { return .now([]) }
      let query = params?["query"]?.string ?? ""
      return later { try await LanguageSymbols(reports: $0.reports).symbols(query) }
    case "textDocument/documentLink":
      let uri = try Self.uri(params)
      guard state.options.has(.documentLinks), let document = state.document(uri), Self.isOurs(document) else { return .now([]) }
      return later { LanguageSymbols(reports: $0.reports).links(document, $0.state.client.encoding) }
    case "workspace/executeCommand": return later { try await $0.commands.run(params) }
    case "workspace/textDocumentContent":
      let uri = params?["uri"]?.string ?? ""
      return later { try await $0.commands.content(uri) }
    default: return nil
    }
  }

  func receive(_ notification: Notification) -> ConnectionDirective? {
    guard isUsed.load(ordering: .acquiring) else { return nil }
    let params = notification.params
    switch notification.method {
    case "initialized":
      watch.begin()
      // Our own door says where records are expected.
      return nil
    case "textDocument/didOpen": open(params?["textDocument"])
    case "textDocument/didChange": change(params)
    case "textDocument/didSave":
      guard let uri = params?["textDocument"]?["uri"]?.string else { break }
      state.paths.forget()
      state.isChanged()
      state.change { $0.documents[uri]?.save(at: WallClock.nanos) }
      watch.wake()
    case "textDocument/didClose": close(params?["textDocument"]?["uri"]?.string)
    case "workspace/didChangeConfiguration": use(LanguageOptions(params?["settings"]))
    case "workspace/didChangeWorkspaceFolders":
      let event = params?["event"]
      let removed = Set((event?["removed"]?.array ?? []).compactMap { $0["uri"]?.string.flatMap { FileAddress.path($0) } })
      let added = (event?["added"]?.array ?? []).compactMap { $0["uri"]?.string.flatMap { FileAddress.path($0) } }
      let roots = state.read { $0.roots }.filter { !removed.contains($0) } + added
      state.use(roots: roots)
      connection.work(in: roots)
      watch.wake()
    default: return nil
    }
    return .proceed
  }

  // MARK: The session

  private func initialize(_ params: JSONValue?) -> JSONValue {
    isUsed.store(true, ordering: .releasing)
    connection.session.initialize()
    if let parent = params?["processId"]?.integer.flatMap({ Int32(exactly: $0) }) { onParentProcess(parent) }
    connection.greet()
    let client = LanguageClient(params?["capabilities"])
    state.change { $0.client = client }
    var roots = (params?["workspaceFolders"]?.array ?? []).compactMap { $0["uri"]?.string.flatMap { FileAddress.path($0) } }
    if roots.isEmpty, let root = params?["rootUri"]?.string.flatMap({ FileAddress.path($0) }) ?? params?["rootPath"]?.string {
      roots = [root]
    }
    state.use(roots: roots)
    connection.work(in: ClientFolders.ofLanguageClient(params))
    use(LanguageOptions(params?["initializationOptions"]))
    let options = state.options
    var methods = JSONObject()
    for method in MethodRegistry.methods { methods[method.name] = .integer(method.version) }
    var capabilities: JSONObject = [
      "positionEncoding": .string(client.encoding.rawValue),
      "textDocumentSync": ["openClose": true, "change": 2, "save": ["includeText": false]],
      "executeCommandProvider": ["commands": .array(LanguageCommand.allCases.map { .string($0.id) })],
      "workspace": [
        "workspaceFolders": ["supported": true, "changeNotifications": true], "textDocumentContent": ["schemes": ["trace-distiller"]],
      ],
      "experimental": ["traceDistiller": ["version": .string(ServerVersion.text), "methods": .object(methods)]],
    ]
    if options.has(.hover) { (capabilities["hoverProvider"], capabilities["codeActionProvider"]) = (true, true) }
    if options.has(.diagnostics), client.isPulling {
      capabilities["diagnosticProvider"] = ["identifier": "trace-distiller", "interFileDependencies": true, "workspaceDiagnostics": false]
    }
    if options.has(.codeLens) { capabilities["codeLensProvider"] = ["resolveProvider": false] }
    if options.has(.inlayHints) { capabilities["inlayHintProvider"] = true }
    if options.has(.documentLinks) { capabilities["documentLinkProvider"] = ["resolveProvider": false] }
    if options.has(.workspaceSymbols) { capabilities["workspaceSymbolProvider"] = true }
    if options.has(.callHierarchy) { capabilities["callHierarchyProvider"] = true }
    return ["capabilities": .object(capabilities), "serverInfo": ["name": "trace-distiller", "version": .string(ServerVersion.text)]]
  }

  private func use(_ options: LanguageOptions) {
    state.use(options)
    for complaint in options.complaints.prefix(8) {
      connection.notifications.send(
        "window/logMessage", ["type": 2, "message": .string("options: " + VisibleText.make(complaint, limit: 300))])
    }
    if isUsed.load(ordering: .acquiring) { watch.wake() }
  }

  // MARK: Documents

  private func open(_ told: JSONValue?) {
    guard let uri = told?["uri"]?.string, let text = told?["text"]?.string else { return }
    let document = OpenDocument(uri: uri, path: FileAddress.path(uri), version: told?["version"]?.integer ?? 0, text: text)
    state.paths.forget()
    state.isChanged()
    state.change { values in
      guard values.documents[uri] != nil || values.documents.count < LanguageState.mostDocuments else { return }
      values.documents[uri] = document
    }
    watch.wake()
  }

  private func change(_ params: JSONValue?) {
    guard let uri = params?["textDocument"]?["uri"]?.string, let changes = params?["contentChanges"]?.array else { return }
    let version = params?["textDocument"]?["version"]?.integer ?? 0
    state.change { values in
      let encoding = values.client.encoding
      for change in changes {
        guard let text = change["text"]?.string else { continue }
        guard let range = change["range"] else {
          values.documents[uri]?.replace(text, version: version)
          continue
        }
        func position(_ value: JSONValue?) -> (line: Int, character: Int)? {
          guard let line = value?["line"]?.integer, let character = value?["character"]?.integer, line >= 0, character >= 0 else {
            return nil
          }
          return (Int(line), Int(character))
        }
        guard let start = position(range["start"]), let end = position(range["end"]) else { continue }
        values.documents[uri]?.change(from: start, to: end, text, encoding, version: version)
      }
    }
    watch.wake()
  }

  private func close(_ uri: String?) {
    guard let uri else { return }
    let hadSome = state.change { values in
      values.documents[uri] = nil
      values.shown[uri] = nil
      values.codes[uri] = nil
      return (values.published.removeValue(forKey: uri) ?? []) != []
    }
    // What the client shows of a closed file nobody would clear.
    if hadSome, !state.client.isPulling {
      connection.notifications.send("textDocument/publishDiagnostics", ["uri": .string(uri), "diagnostics": []])
    }
  }

  /// A document that shows an answer of ours.
  private static func isOurs(_ document: OpenDocument) -> Bool {
    document.uri.hasPrefix("trace-distiller:") || document.path?.contains("/trace-distiller-\(getuid())/") ?? false
  }

  // MARK: Requests

  private var commands: LanguageCommands {
    LanguageCommands(reports: reports, context: connection.context { SourceHint.text($0) })
  }

  private func later(_ body: @escaping @Sendable (LanguageDoor) async throws -> JSONValue) -> Reply {
    .later(.long) { [self] in
      let answer = try await body(self)
      try Task.checkCancellation()
      return answer
    }
  }

  /// - Parameter none: the answer where there is nothing to say of the document, or the feature is off.
  private func about(
    _ params: JSONValue?, _ feature: LanguageOptions.Feature, without none: JSONValue = .null,
    _ body: @escaping @Sendable (FileReport, LanguageDoor) -> JSONValue
  ) throws(ResponseError) -> Reply {
    let uri = try Self.uri(params)
    guard state.options.has(feature) else { return .now(none) }
    return later { door in try await door.reports.report(uri).map { body($0, door) } ?? none }
  }

  private static func uri(_ params: JSONValue?) throws(ResponseError) -> String {
    guard let uri = params?["textDocument"]?["uri"]?.string else { throw .invalidParams("textDocument.uri is missing") }
    return uri
  }

  private static func line(_ params: JSONValue?) throws(ResponseError) -> Int {
    guard let line = params?["position"]?["line"]?.integer, line >= 0 else { throw .invalidParams("position.line is missing") }
    return Int(line)
  }

  private static func lines(_ params: JSONValue?) throws(ResponseError) -> ClosedRange<Int> {
    guard let from = params?["range"]?["start"]?["line"]?.integer, let to = params?["range"]?["end"]?["line"]?.integer, from >= 0 else {
      throw .invalidParams("range is missing")
    }
    return Int(from)...Int(max(from, to))
  }
}
