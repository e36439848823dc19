// One door's connection in the hub: the greeting and the words of the wire here, everything else in a server of its own.

import JSON
import JSONRPC
import Platform
import Synchronization
import TraceContextServer
import TraceDistiller
import TraceHub
import TraceRecords

final class HubSession: MessageHandler {
  private struct State: Sendable {
    var server: TraceContextServer?
    var hello: HubHello?
    var framing: MessageFraming?
    var omitsUnknownIDs = false
    var connection: Connection?
  }

  private let hub: HubProcess
  /// What the door brings itself: the stream of its records, and the number of their source.
  private let records = Mutex<(stream: RecordStream, source: SourceID)?>(nil)
  private let state = Mutex(State())

  init(_ hub: HubProcess) { self.hub = hub }

  /// Who is at the other end, once that is known.
  var hello: HubHello? { state.withLock { $0.hello } }

  /// Our requests take a few hundred bytes. A message of many megabytes would take a hundred times its size as a tree of values.
  private static let limits = ConnectionLimits(framing: FramingLimits(maxMessageBytes: 4 << 20), maxQueuedBytes: 16 << 20)

  /// Serves the door on the calling thread until it goes.
  func run(on socket: Int32) {
    let connection = Connection(
      input: socket, output: socket, handler: self, workers: hub.host.workers, limits: Self.limits,
      onDiagnostic: { [weak self] in self?.tell($0) })
    state.withLock { $0.connection = connection }
    _ = connection.run()
    state.withLock { $0.connection = nil }
    close(socket)
  }

  func notify(_ method: String, _ params: JSONValue) {
    state.withLock { $0.connection }?.notify(method: method, params: params)
  }

  /// A line for the door's standard error.
  private func tell(_ line: String) { notify(HubWire.Method.tell, ["line": .string(line)]) }

  private var server: TraceContextServer? { state.withLock { $0.server } }

  var rules: MessageRules { server?.rules ?? MessageRules() }

  func reply(to request: Request) throws -> Reply {
    switch request.method {
    case HubWire.Method.hello: return .now(try greet(request.params))
    case HubWire.Method.ping: return .now([:])
    case HubWire.Method.status where hello != nil: return .now(hub.statusJSON)
    case HubWire.Method.stop where hello != nil:
      guard !hub.isGuest else {
        throw ResponseError.hubRefuses("the hub lives in a client's process (pid \(getpid())) and ends with it", exitCode: EX_UNAVAILABLE)
      }
      hub.stop("asked to by pid \(hello?.pid ?? 0)")
      return .now([:])
    case HubWire.Method.text:
      guard let server, let method = request.params?["method"]?.string else { break }
      let params = request.params?["params"]
      return .later(.long) {
        let answer = try server.answerAsText(method, params)
        var object: JSONObject = ["text": .string(answer.text)]
        object.append("note", answer.note.map { .string($0) })
        return .object(object)
      }
    case HubWire.Method.records:
      guard let hello, let lines = request.params?["lines"]?.string else { break }
      return .now(take(lines, from: hello))
    default: break
    }
    guard let server else { throw ResponseError.invalidRequest("a door greets first: \(HubWire.Method.hello)") }
    defer { tellRules(of: server) }
    return try server.reply(to: request)
  }

  /// Records that the door's program brings itself, as `run` does. They are of the door's directory, where they name a run and say nothing of it.
  private func take(_ lines: String, from hello: HubHello) -> JSONValue {
    let store = hub.host.store
    let (taken, lost) = records.withLock { records -> (UInt64, UInt64) in
      var (own, source) = records ?? (RecordStream(maxLineBytes: RecordStream.defaultMaxLineBytes), hub.host.nextDoorsSource())
      records = nil
      let before = (own.statistics.records, own.statistics.lost)
      var text = lines
      if text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
      text.withUTF8 { bytes in
        own.feed(UnsafeRawBufferPointer(bytes)) { batch, texts in
          store.apply(batch, texts, source: source, now: MonotonicClock.nanos)
          guard let directory = hello.workingDirectory else { return }
          store.withLock { $0.note(directory: directory, ofRunsIn: batch, texts) }
        }
      }
      records = (own, source)
      return (own.statistics.records - before.0, own.statistics.lost - before.1)
    }
    if lost > 0 { store.withLock { $0.count(lostLines: lost) } }
    return ["records": .integer(Int64(clamping: taken)), "lost": .integer(Int64(clamping: lost))]
  }

  func receive(_ notification: Notification) -> ConnectionDirective {
    guard let server else { return .proceed }
    if notification.method == HubWire.Method.framing {
      if notification.params?["framing"]?.string == "contentLength" { server.begin(.contentLength) }
      return .proceed
    }
    let directive = server.receive(notification)
    // The door ends with that code once everything is answered.
    if case .exit(let code) = directive { notify(HubWire.Method.exit, ["code": .integer(Int(code))]) }
    return directive
  }

  func inputEnded() { server?.inputEnded() }

  /// The door answers what it cannot separate into messages itself, as this client's protocol wants it.
  private func tellRules(of server: TraceContextServer) {
    let omits = server.rules.omitsUnknownIDs
    let isNews = state.withLock { state in
      defer { state.omitsUnknownIDs = omits }
      return state.omitsUnknownIDs != omits
    }
    if isNews { notify(HubWire.Method.rules, ["omitsUnknownIDs": .bool(omits)]) }
  }

  private func greet(_ params: JSONValue?) throws(ResponseError) -> JSONValue {
    guard let hello = HubHello(params) else { throw .invalidParams("\(HubWire.Method.hello) needs the version of its protocol") }
    guard self.hello == nil else { throw .invalidRequest("a door greets once") }
    guard let version = HubWire.common(hello.protocolVersion, hello.oldest) else {
      throw .hubRefuses(
        "the hub (pid \(getpid()), version \(ServerVersion.text)) speaks versions \(HubWire.oldest) to \(HubWire.version) of the wire, this door "
          + "\(hello.oldest) to \(hello.protocolVersion): 'trace-distiller hub stop' ends it", exitCode: EX_UNAVAILABLE)
    }
    try hub.admit()
    let project = ProjectChoice(hello.project.flatMap { ProjectCondition($0) })
    let server = TraceContextServer(
      source: StoreSource(hub.host.store, choice: project), analyses: hub.host.analyses,
      clock: { MonotonicClock.nanos }, workers: hub.host.workers, report: { [hub] in hub.report }, lost: hub.lossSentence, project: project,
      onParentProcess: { [weak self] in self?.notify(HubWire.Method.parent, ["process": .integer(Int($0))]) },
      onClient: { [weak self] in self?.notify(HubWire.Method.client, [:]) })
    server.begin(hello.framing)
    server.notify { [weak self] (method, params, request) in
      guard let connection = self?.state.withLock({ $0.connection }) else { return }
      if let request {
        connection.notify(method: method, params: params, during: request)
      } else {
        connection.notify(method: method, params: params)
      }
    }
    server.ask { [weak self] (method, params) in
      guard let connection = self?.state.withLock({ $0.connection }) else { throw CancellationError() }
      return try await connection.request(method: method, params: params)
    }
    state.withLock { ($0.server, $0.hello) = (server, hello) }
    var welcome = HubWelcome(protocolVersion: version, binary: ServerVersion.text, pid: getpid())
    welcome.notes = hub.notes(for: hello)
    return welcome.json
  }
}
