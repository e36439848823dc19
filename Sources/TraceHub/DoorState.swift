// What a door keeps of its client's session, so that another hub can go on where one ended: the handshake, the subscriptions, and what
// waits for an answer. A value: it returns what to do and does nothing itself.

import JSON
package import JSONRPC

package struct DoorState: Sendable {
  /// What the door has to do.
  package enum Action: Sendable, Equatable {
    /// A message for the hub, framed for the wire.
    case toHub([UInt8])
    /// A message for the client, not framed.
    case toClient([UInt8])
    /// A line for standard error.
    case tell(String)
    case clientIsKnown
    case parent(Int32)
    case exit(Int32)
    /// The hub ends because somebody asked it to: the next is looked for when there is something to ask.
    case hubEnds
    /// The hub does not take this door.
    case refused(String, exitCode: Int32?)
  }

  private enum Link: Sendable { case none, greeting, attached }

  private struct Pending: Sendable {
    var message: ClientMessage
    var isSent: Bool
    /// How often a hub ended over it: what ends hubs is not asked for ever.
    var losses = 0
  }

  private var link = Link.none
  private var hello: HubHello
  /// In the order of arrival: what was sent and is not answered, and what waits for a hub.
  private var pending: [Pending] = []
  private var pendingBytes = 0
  /// What was answered and a new hub has to know: the handshake, and what the client subscribed to.
  private var handshake: [ClientMessage] = []
  private var subscriptions: [ClientMessage] = []
  /// What an editor has open, as it said it.
  private var documents = OpenDocuments()
  private var omitsUnknownIDs = false
  private var isShutDown = false
  private var isExiting = false
  private var framing: MessageFraming?

  private var ownNumber = 0
  private var helloNumber = 0
  private var ping: (number: Int, since: Int64)?
  /// Since when something is awaited of the hub without a byte of it.
  private var awaitedSince: Int64?
  private var saidSilent = false
  private var hubPID: Int32 = 0
  private var notesTold: Set<String> = []

  static let maxLosses = 2
  package static let maxSubscriptions = 64
  package static let maxPending = 1_024
  package static let maxPendingBytes = 8 << 20
  /// A hub that says nothing for so long is asked whether it lives, and then for so long again before the door says so.
  static let quietNanos: Int64 = 300_000_000
  static let patienceNanos: Int64 = 500_000_000

  package init(hello: HubHello) { self.hello = hello }

  package var isAttached: Bool { link == .attached }
  /// Whether more may be read from the client.
  package var hasRoom: Bool { pending.count < Self.maxPending && pendingBytes < Self.maxPendingBytes }
  package var hasUnsent: Bool { pending.contains { !$0.isSent } }
  package var isAwaiting: Bool { !pending.isEmpty }

  // MARK: The client

  package mutating func client(_ framed: FramedMessage, now: Int64) -> [Action] {
    switch framed {
    case .failure(let failure):
      return [
        .tell("bad framing: \(failure)"),
        .toClient(OutgoingMessage.error(.parseError(failure), id: nil, omitsUnknownID: omitsUnknownIDs)),
      ]
    case .message(let text):
      let message = ClientMessage(text)
      if message.kind == .notification { note(message) }
      let isSent = link == .attached
      // What is open is told to the next hub anyway: a change that is told twice would be another text.
      if message.wantsAnswer || !isSent && !OpenDocuments.isAbout(message) {
        pending.append(Pending(message: message, isSent: isSent))
        pendingBytes += text.count
      }
      guard isSent else { return [] }
      if message.wantsAnswer { awaitedSince = awaitedSince ?? now }
      return [.toHub(HubWire.frame(text))]
    }
  }

  /// The client's first byte decided its framing.
  package mutating func use(_ framing: MessageFraming) -> [Action] {
    guard self.framing == nil else { return [] }
    self.framing = framing
    hello.framing = framing
    guard link != .none, framing == .contentLength else { return [] }
    return [.toHub(framingNotice)]
  }

  private var framingNotice: [UInt8] {
    HubWire.frame(OutgoingMessage.notification(method: HubWire.Method.framing, params: ["framing": "contentLength"]))
  }

  private mutating func note(_ message: ClientMessage) {
    switch message.method {
    case "initialized", "notifications/initialized": if handshake.count < 4 { handshake.append(message) }
    case "exit": isExiting = true
    case _ where OpenDocuments.isAbout(message): documents.note(message)
    case "workspace/didChangeConfiguration", "workspace/didChangeWorkspaceFolders": if handshake.count < 64 { handshake.append(message) }
    case "notifications/cancelled":
      // The client takes its request back: it gets no answer.
      guard let id = (try? JSONValue(parsing: message.text))?["params"]?["requestId"].flatMap({ RequestID($0) }) else { return }
      let place = pending.firstIndex { entry in
        guard case .request(let text) = entry.message.kind, let value = try? JSONValue(parsing: text) else { return false }
        return RequestID(value) == id
      }
      if let place { remove(place) }
    default: break
    }
  }

  // MARK: The hub

  /// A connection to a hub is there; it has to say who it is first.
  package mutating func connected(now: Int64) -> [Action] {
    link = .greeting
    ping = nil
    awaitedSince = now
    ownNumber += 1
    helloNumber = ownNumber
    return [.toHub(HubWire.frame(HubWire.request(HubWire.Method.hello, hello.json, number: ownNumber)))]
  }

  package mutating func hub(_ text: [UInt8], now: Int64) -> [Action] {
    var actions: [Action] = []
    if saidSilent { actions.append(.tell("the hub answers again")) }
    saidSilent = false
    ping = nil
    // Whoever listens there may write as it likes: until it is known as a hub, the whole message is read.
    if link == .greeting { return actions + welcome(text, now: now) }
    switch HubMessage(text) {
    case .answer(let id?, let isError):
      if !Self.isOwn(id) {
        take(id, isError: isError)
        actions.append(.toClient(text))
      }
    case .answer(nil, _):
      if let place = pending.firstIndex(where: { $0.isSent && ($0.message.kind == .batch || $0.message.isUnreadable) }) { remove(place) }
      actions.append(.toClient(text))
    case .batchAnswer:
      if let place = pending.firstIndex(where: { $0.isSent && $0.message.kind == .batch }) { remove(place) }
      actions.append(.toClient(text))
    case .own(let method): actions += own(method, text)
    case .other: actions.append(.toClient(text))
    }
    awaitedSince = link == .greeting || pending.contains { $0.isSent } ? now : nil
    return actions
  }

  private static func isOwn(_ id: [UInt8]) -> Bool { id.starts(with: "\"\(HubWire.ownID)".utf8) }

  private mutating func take(_ id: [UInt8], isError: Bool) {
    guard let place = pending.firstIndex(where: { $0.isSent && $0.message.kind == .request(id: id) }) else { return }
    let message = pending[place].message
    remove(place)
    guard !isError else { return }
    switch message.method {
    case "initialize": handshake.append(message)
    case "shutdown":
      isShutDown = true
      handshake.append(message)
    case "resources/subscribe", "traces/subscribe", "logging/setLevel":
      forget(message.method, like: message)
      if subscriptions.count < Self.maxSubscriptions { subscriptions.append(message) }
    case "resources/unsubscribe": forget("resources/subscribe", like: message)
    case "traces/unsubscribe": forget("traces/subscribe", like: message)
    default: break
    }
  }

  /// Forgets what was subscribed with the same parameters; levels replace each other.
  private mutating func forget(_ method: String, like message: ClientMessage) {
    func uri(_ message: ClientMessage) -> JSONValue? { (try? JSONValue(parsing: message.text))?["params"]?["uri"] }
    let wanted = uri(message)
    subscriptions.removeAll { $0.method == method && (method == "logging/setLevel" || uri($0) == wanted) }
  }

  private mutating func remove(_ place: Int) {
    pendingBytes -= pending[place].message.text.count
    pending.remove(at: place)
  }

  /// The hub's answer to the greeting.
  private mutating func welcome(_ text: [UInt8], now: Int64) -> [Action] {
    let answer = try? JSONValue(parsing: text)
    guard answer?["id"]?.string == "\(HubWire.ownID)\(helloNumber)" else {
      return [.refused("what listens beside the pipe is not a hub of ours", exitCode: nil)]
    }
    if let error = answer?["error"] {
      let code = error["data"]?["exitCode"]?.integer.flatMap { Int32(exactly: $0) }
      return [.refused(error["message"]?.string ?? "the hub refuses without a reason", exitCode: code)]
    }
    guard let welcome = HubWelcome(answer?["result"]) else {
      return [.refused("what listens beside the pipe is not a hub of ours", exitCode: nil)]
    }
    guard (HubWire.oldest...HubWire.version).contains(welcome.protocolVersion) else {
      return [
        .refused(
          "the hub (pid \(welcome.pid), version \(welcome.binary)) speaks version \(welcome.protocolVersion) of the wire, and this program "
            + "\(HubWire.oldest) to \(HubWire.version): end it with 'trace-distiller hub stop' of its own version", exitCode: nil)
      ]
    }
    link = .attached
    awaitedSince = nil
    hubPID = welcome.pid
    var actions: [Action] = welcome.notes.filter { notesTold.insert($0).inserted }.map { .tell($0) }
    for message in handshake + documents.messages + subscriptions {
      if case .request = message.kind {
        ownNumber += 1
        actions.append(.toHub(HubWire.frame(message.renamed("\(HubWire.ownID)\(ownNumber)"))))
      } else {
        actions.append(.toHub(HubWire.frame(message.text)))
      }
    }
    for place in pending.indices where !pending[place].isSent {
      actions.append(.toHub(HubWire.frame(pending[place].message.text)))
      pending[place].isSent = true
      awaitedSince = now
    }
    for message in pending where !message.message.wantsAnswer { pendingBytes -= message.message.text.count }
    pending.removeAll { !$0.message.wantsAnswer }
    return actions
  }

  private mutating func own(_ method: String, _ text: [UInt8]) -> [Action] {
    let params = (try? JSONValue(parsing: text))?["params"]
    switch method {
    case HubWire.Method.rules:
      omitsUnknownIDs = params?["omitsUnknownIDs"]?.bool ?? false
      return []
    case HubWire.Method.client: return [.clientIsKnown]
    case HubWire.Method.parent: return params?["process"]?.integer.flatMap { Int32(exactly: $0) }.map { [.parent($0)] } ?? []
    case HubWire.Method.tell: return params?["line"]?.string.map { [.tell($0)] } ?? []
    case HubWire.Method.ending: return [.hubEnds]
    case HubWire.Method.exit:
      return [.exit(params?["code"]?.integer.flatMap { Int32(exactly: $0) } ?? 1)]
    // A newer hub may say more.
    default: return []
    }
  }

  // MARK: Endings

  /// The connection to the hub broke. What only asks is asked again of the next, anything else is answered now.
  package mutating func lost() -> [Action] {
    let wasAttached = link == .attached
    link = .none
    ping = nil
    awaitedSince = nil
    if isExiting, wasAttached { return [.exit(isShutDown ? 0 : 1)] }
    var actions: [Action] = []
    var kept: [Pending] = []
    for var entry in pending {
      if entry.isSent { entry.losses += 1 }
      if entry.isSent, !entry.message.isRepeatable || entry.losses > Self.maxLosses {
        actions += Self.answers(to: entry.message, .hubLost()).map { .toClient($0) }
        pendingBytes -= entry.message.text.count
      } else {
        entry.isSent = false
        kept.append(entry)
      }
    }
    pending = kept
    return actions
  }

  /// No hub answers any more: everything that waits gets this answer.
  package mutating func giveUp(_ error: ResponseError) -> [Action] {
    defer { (pending, pendingBytes) = ([], 0) }
    return pending.flatMap { Self.answers(to: $0.message, error) }.map { .toClient($0) }
  }

  private static func answers(to message: ClientMessage, _ error: ResponseError) -> [[UInt8]] {
    switch message.kind {
    case .request(let id):
      guard let value = try? JSONValue(parsing: id), let id = RequestID(value, in: message.text) else { return [] }
      return [OutgoingMessage.error(error, id: id)]
    case .batch:
      guard case .batch(let messages) = IncomingMessage(parsing: message.text) else { return [] }
      let parts = messages.compactMap { message -> [UInt8]? in
        if case .request(let request) = message { OutgoingMessage.error(error, id: request.id) } else { nil }
      }
      return [Array("[".utf8) + parts.joined(separator: [UInt8(ascii: ",")]) + Array("]".utf8)]
    case .unreadable: return [OutgoingMessage.error(error, id: nil)]
    case .notification, .response: return []
    }
  }

  // MARK: Time

  /// When `tick` has something to do next.
  package var nextTick: Int64? {
    guard !saidSilent else { return nil }
    if let ping { return ping.since + Self.patienceNanos }
    return awaitedSince.map { $0 + (link == .greeting ? Self.quietNanos + Self.patienceNanos : Self.quietNanos) }
  }

  /// Asks a silent hub whether it lives, and says so once where it does not answer.
  package mutating func tick(now: Int64) -> [Action] {
    guard let due = nextTick, now >= due else { return [] }
    if link == .attached, ping == nil {
      ownNumber += 1
      ping = (ownNumber, now)
      return [.toHub(HubWire.frame(HubWire.request(HubWire.Method.ping, [:], number: ownNumber)))]
    }
    saidSilent = true
    let who = hubPID > 0 ? "the hub (pid \(hubPID))" : "the hub"
    return [.tell("\(who) does not answer: stopped, or very busy; what was asked waits for it")]
  }
}
