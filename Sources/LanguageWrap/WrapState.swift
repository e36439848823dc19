// What stands between a client, the server that it wanted, and ours: which message goes where. A value: it returns what to do and does
// nothing itself, so that tests can give it any order of messages.

import JSON
import JSONRPC

package struct WrapState: Sendable {
  package enum Action: Sendable, Equatable {
    case toClient([UInt8])
    case toServer([UInt8])
    case toOurs([UInt8])
  }

  /// A request that both answer.
  private struct Pending: Sendable {
    var method: String
    var id: [UInt8]
    /// The server's answer as it was written, or that the server was not asked.
    var server: [UInt8]?
    var isServerAsked: Bool
    var ours: JSONValue?
    var isOursDone: Bool
    /// When the client gets what is there.
    var deadline: Int64?
  }

  private var pending: [Pending] = []
  private var isOursGone = false
  /// The client's `initialize`, until the server has said how it counts characters.
  private var initialize: (id: [UInt8], message: JSONValue)?
  /// Requests of the client before ours was initialized, which the server alone answers.
  private var isOursReady = false
  /// Methods that the server can answer, as its `initialize` or a later registration says.
  private var serverHas: Set<String> = []
  private var oursHas: Set<String> = []
  /// The latest diagnostics of each, by document; the server's message as it was written.
  private var serverDiagnostics: [String: [UInt8]] = [:]
  private var ourDiagnostics: [String: [JSONValue]] = [:]
  private var pulls = false

  /// An answer of the server waits so long for ours; one that says nothing longer, as nothing is held up.
  static let graceNanos: Int64 = 1_000_000
  static let emptyGraceNanos: Int64 = 200_000_000
  static let initializeNanos: Int64 = 2_000_000_000
  private static let ownPrefix = "\"trace-distiller:"
  static let mostPending = 1_024
  /// Ours that leaves more unanswered does not work.
  static let mostLate = 4_096

  package init() {}

  package var nextDeadline: Int64? { pending.lazy.compactMap(\.deadline).min() }

  // MARK: From the client

  package mutating func client(_ text: [UInt8], now: Int64) -> [Action] {
    let message = Envelope(text)
    guard let method = message.method else {
      // An answer to a request of one of us.
      guard let id = message.id, id.starts(with: Self.ownPrefix.utf8) else { return [.toServer(text)] }
      return ours(renamed(text, to: Array("\"".utf8) + id.dropFirst(Self.ownPrefix.utf8.count)))
    }
    guard let id = message.id else { return notification(method, text) }
    switch method {
    case "initialize":
      guard let value = try? JSONValue(parsing: text) else { return [.toServer(text)] }
      initialize = (id, value)
      pending.append(Pending(method: method, id: id, server: nil, isServerAsked: true, ours: nil, isOursDone: false))
      return [.toServer(text)]
    case "shutdown":
      if isOursUsable { late.insert(id) }
      return [.toServer(text)] + ours(text)
    case _ where isOurMethod(method, text): return isOursUsable ? ours(text) : [.toServer(text)]
    case "codeLens/resolve", "inlayHint/resolve", "documentLink/resolve":
      // Ours are whole as they are, and the server does not know them.
      guard let params = (try? JSONValue(parsing: text))?["params"], params["data"]?["traceDistiller"] != nil else { break }
      return [.toClient(Array(#"{"jsonrpc":"2.0","id":"#.utf8) + id + Array(#","result":"#.utf8) + params.serialized + Array("}".utf8))]
    case "callHierarchy/incomingCalls", "callHierarchy/outgoingCalls":
      let data = (try? JSONValue(parsing: text))?["params"]?["item"]?["data"]
      return data?["traceDistiller"] != nil && isOursUsable ? ours(text) : [.toServer(text)]
    default: break
    }
    guard isOursUsable, oursHas.contains(method), pending.count < Self.mostPending else { return [.toServer(text)] }
    let asksServer = serverHas.contains(method)
    pending.append(Pending(method: method, id: id, server: nil, isServerAsked: asksServer, ours: nil, isOursDone: false))
    return ours(text) + (asksServer ? [.toServer(text)] : [])
  }

  private mutating func notification(_ method: String, _ text: [UInt8]) -> [Action] {
    switch method {
    case "initialized", "exit", "textDocument/didOpen", "textDocument/didChange", "textDocument/didSave", "textDocument/didClose",
      "workspace/didChangeWorkspaceFolders":
      return [.toServer(text)] + ours(text)
    case "workspace/didChangeConfiguration":
      let isOurs = (try? JSONValue(parsing: text))?["params"]?["settings"]?["traceDistiller"] != nil
      return [.toServer(text)] + (isOurs ? ours(text) : [])
    case "$/cancelRequest": return [.toServer(text)] + ours(text)
    default: return [.toServer(text)]
    }
  }

  private func isOurMethod(_ method: String, _ text: [UInt8]) -> Bool {
    if ["trace/", "traces/", "logs/"].contains(where: { method.hasPrefix($0) }) || method == "server/status" { return true }
    guard method == "workspace/executeCommand" || method == "workspace/textDocumentContent" else { return false }
    let params = (try? JSONValue(parsing: text))?["params"]
    if method == "workspace/executeCommand" { return params?["command"]?.string?.hasPrefix("traceDistiller.") ?? false }
    return params?["uri"]?.string?.hasPrefix("trace-distiller:") ?? false
  }

  private var isOursUsable: Bool { isOursReady && !isOursGone }

  private func ours(_ text: [UInt8]) -> [Action] { isOursUsable ? [.toOurs(text)] : [] }

  // MARK: From the server

  package mutating func server(_ text: [UInt8], now: Int64) -> [Action] {
    let message = Envelope(text)
    if let method = message.method {
      switch method {
      case "textDocument/publishDiagnostics": return publish(serverText: text)
      case "client/registerCapability", "client/unregisterCapability": note(method, text)
      default: break
      }
      return [.toClient(text)]
    }
    guard let id = message.id, let place = pending.firstIndex(where: { $0.id == id && $0.isServerAsked && $0.server == nil }) else {
      return [.toClient(text)]
    }
    pending[place].server = text
    if pending[place].method == "initialize" { return serverInitialized(text, place, now) }
    if pending[place].isOursDone { return finish(place) }
    let result = (try? JSONValue(parsing: text))?["result"]
    let isEmpty = result == .null || result?.array?.isEmpty == true
    pending[place].deadline = now + (isEmpty ? Self.emptyGraceNanos : Self.graceNanos)
    return []
  }

  /// Ours counts characters as the server does.
  private mutating func serverInitialized(_ text: [UInt8], _ place: Int, _ now: Int64) -> [Action] {
    guard !isOursGone, let asked = initialize, let result = (try? JSONValue(parsing: text))?["result"], result.object != nil else {
      return finish(place)
    }
    let capabilities = result["capabilities"]
    for (method, name) in WrapMerge.capabilities where !WrapMerge.isMissing(capabilities?[name]) { serverHas.insert(method) }
    pulls = serverHas.contains("textDocument/diagnostic")
    var message = asked.message.object ?? [:]
    var params = message["params"]?.object ?? [:]
    // The server's options are none of ours.
    params["initializationOptions"] = params["initializationOptions"]?["traceDistiller"] ?? .null
    var client = params["capabilities"]?.object ?? [:]
    var general = client["general"]?.object ?? [:]
    general["positionEncodings"] = [capabilities?["positionEncoding"] ?? "utf-16"]
    client["general"] = .object(general)
    var document = client["textDocument"]?.object ?? [:]
    // Where the server does not answer pulls, ours publishes as it does.
    if !pulls { document["diagnostic"] = nil }
    client["textDocument"] = .object(document)
    params["capabilities"] = .object(client)
    message["params"] = .object(params)
    pending[place].deadline = now + Self.initializeNanos
    return [.toOurs(JSONValue.object(message).serialized)]
  }

  private mutating func note(_ method: String, _ text: [UInt8]) {
    let params = (try? JSONValue(parsing: text))?["params"]
    let isNew = method == "client/registerCapability"
    // The protocol's own spelling.
    for one in (isNew ? params?["registrations"] : params?["unregisterations"])?.array ?? [] {
      guard let name = one["method"]?.string, WrapMerge.capabilities[name] != nil else { continue }
      if isNew { serverHas.insert(name) } else { serverHas.remove(name) }
    }
  }

  // MARK: From ours

  package mutating func own(_ text: [UInt8], now: Int64) -> [Action] {
    guard !isOursGone else { return [] }
    let message = Envelope(text)
    if let method = message.method {
      if method == "textDocument/publishDiagnostics" { return publish(ourText: text) }
      guard let id = message.id else { return [.toClient(text)] }
      guard id.first == UInt8(ascii: "\"") else { return [] }
      return [.toClient(renamed(text, to: Array(Self.ownPrefix.utf8) + id.dropFirst()))]
    }
    guard let id = message.id else { return [] }
    guard let place = pending.firstIndex(where: { $0.id == id && !$0.isOursDone }) else {
      // What only ours was asked; the server answers `shutdown`, and what came too late is not told twice.
      return late.remove(id) == nil ? [.toClient(text)] : []
    }
    let answer = try? JSONValue(parsing: text)
    pending[place].isOursDone = true
    pending[place].ours = answer?["result"]
    if pending[place].method == "initialize" {
      isOursReady = answer?["result"] != nil
      let capabilities = answer?["result"]?["capabilities"]
      for (method, name) in WrapMerge.capabilities where !WrapMerge.isMissing(capabilities?[name]) { oursHas.insert(method) }
      if !pulls { oursHas.remove("textDocument/diagnostic") }
    }
    if !pending[place].isServerAsked {
      pending.remove(at: place)
      return [.toClient(text)]
    }
    return pending[place].server == nil ? [] : finish(place)
  }

  /// Ids whose answer the client has, and that ours still answers.
  private var late: Set<[UInt8]> = []

  /// Ours ended or cannot follow: from here on there is only the server.
  package mutating func oursLost(_ why: String, now: Int64) -> [Action] {
    guard !isOursGone else { return [] }
    isOursGone = true
    var actions: [Action] = []
    while let place = pending.firstIndex(where: { !$0.isOursDone }) {
      pending[place].isOursDone = true
      if !pending[place].isServerAsked {
        let id = pending.remove(at: place).id
        actions.append(.toClient(Array(#"{"jsonrpc":"2.0","id":"#.utf8) + id + Array(#","result":null}"#.utf8)))
      } else if pending[place].server != nil {
        actions += finish(place)
      }
    }
    // What ours said is nobody's any more.
    let documents = ourDiagnostics.filter { !$0.value.isEmpty }.keys.sorted()
    ourDiagnostics = [:]
    for uri in documents {
      let empty = OutgoingMessage.notification(method: "textDocument/publishDiagnostics", params: ["uri": .string(uri), "diagnostics": []])
      actions.append(.toClient(serverDiagnostics[uri] ?? empty))
    }
    let told: JSONValue = ["type": 2, "message": .string("trace-distiller: \(why); the wrapped server goes on alone")]
    return actions + [.toClient(OutgoingMessage.notification(method: "window/logMessage", params: told))]
  }

  // MARK: Together

  package mutating func tick(now: Int64) -> [Action] {
    var actions = late.count > Self.mostLate ? oursLost("it left \(Self.mostLate) requests unanswered", now: now) : []
    while let place = pending.firstIndex(where: { $0.deadline.map { $0 <= now } ?? false }) {
      let isSilent = pending[place].method == "initialize"
      actions += finish(place)
      if isSilent { actions += oursLost("it did not begin within two seconds", now: now) }
    }
    return actions
  }

  /// The client gets what is there.
  private mutating func finish(_ place: Int) -> [Action] {
    let one = pending.remove(at: place)
    if !one.isOursDone {
      late.insert(one.id)
    }
    guard let server = one.server else { return [] }
    guard let ours = one.ours, let value = try? JSONValue(parsing: server), let result = value["result"] else { return [.toClient(server)] }
    let merged = one.method == "initialize" ? WrapMerge.initialize(result, ours) : WrapMerge.answer(one.method, result, ours)
    guard let merged, merged != result else { return [.toClient(server)] }
    return [.toClient(Array(#"{"jsonrpc":"2.0","id":"#.utf8) + one.id + Array(#","result":"#.utf8) + merged.serialized + Array("}".utf8))]
  }

  /// Of documents with diagnostics beyond these, ours are not told: what the server said of them is not held, and would be cleared.
  static let mostDocuments = 4_096
  private var isCrowded = false

  private mutating func publish(serverText text: [UInt8]) -> [Action] {
    guard let params = (try? JSONValue(parsing: text))?["params"], let uri = params["uri"]?.string else { return [.toClient(text)] }
    if params["diagnostics"]?.array?.isEmpty ?? true {
      // Told again, as it was written, when ours are gone.
      serverDiagnostics[uri] = ourDiagnostics[uri] == nil ? nil : text
    } else if serverDiagnostics[uri] != nil || serverDiagnostics.count < Self.mostDocuments {
      serverDiagnostics[uri] = text
    } else {
      isCrowded = true
      return [.toClient(text)]
    }
    guard let ours = ourDiagnostics[uri], !ours.isEmpty else { return [.toClient(text)] }
    return [together(uri, ours)]
  }

  private mutating func publish(ourText text: [UInt8]) -> [Action] {
    guard let params = (try? JSONValue(parsing: text))?["params"], let uri = params["uri"]?.string else { return [] }
    if isCrowded, serverDiagnostics[uri] == nil { return [] }
    let diagnostics = params["diagnostics"]?.array ?? []
    guard diagnostics != ourDiagnostics[uri] ?? [] else { return [] }
    ourDiagnostics[uri] = diagnostics.isEmpty ? nil : diagnostics
    return [together(uri, diagnostics)]
  }

  /// The server's latest diagnostics with ours behind.
  private func together(_ uri: String, _ ours: [JSONValue]) -> Action {
    guard let text = serverDiagnostics[uri], var message = (try? JSONValue(parsing: text))?.object, var params = message["params"]?.object
    else {
      let params: JSONValue = ["uri": .string(uri), "diagnostics": .array(ours)]
      return .toClient(OutgoingMessage.notification(method: "textDocument/publishDiagnostics", params: params))
    }
    guard !ours.isEmpty else { return .toClient(text) }
    params["diagnostics"] = .array((params["diagnostics"]?.array ?? []) + ours)
    // Of the version that the server knew; ours may have come behind it.
    message["params"] = .object(params)
    return .toClient(JSONValue.object(message).serialized)
  }

  private func renamed(_ text: [UInt8], to id: [UInt8]) -> [UInt8] {
    guard let range = text.withUnsafeBytes({ MemberScan.range(ofMember: "id", in: $0) }) else { return text }
    return Array(text[..<range.lowerBound]) + id + Array(text[range.upperBound...])
  }
}

/// The members that decide where a message goes, read without parsing the rest.
private struct Envelope {
  var id: [UInt8]?
  var method: String?

  init(_ text: [UInt8]) {
    let (id, method) = text.withUnsafeBytes { (MemberScan.text(ofMember: "id", in: $0), MemberScan.text(ofMember: "method", in: $0)) }
    self.id = id == Array("null".utf8) ? nil : id
    if let method, method.count >= 2, method.first == UInt8(ascii: "\"") {
      self.method = String(decoding: method.dropFirst().dropLast(), as: UTF8.self).replacing("\\/", with: "/")
    }
    // A member's name with escapes hides from the scan.
    if self.method == nil, self.id == nil, let value = try? JSONValue(parsing: text) {
      self.method = value["method"]?.string
      self.id = value["id"].flatMap { $0 == .null ? nil : $0.serialized }
    }
  }
}
