// trace-distiller serve: one client on stdin and stdout. Its traces are kept by the hub of the pipe, or by this process alone.

import ArgumentParser
import JSONRPC
import Platform
import TraceContextServer
import TraceHub

struct Serve: ParsableCommand {
  /// `mcp` is the name that people expect when they configure an agent.
  static let names = ["serve", "mcp", "lsp"]

  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Read named pipes and answer JSON-RPC on stdin and stdout: MCP, language clients, scripts.",
    discussion: """
      Both framings are understood: Content-Length headers (language servers) and one message a line (MCP clients, scripts). \
      Ends within a second after its standard input ends, and for MCP and language clients when the process that started it ends. \
      Clients of one pipe share its traces: the first starts a process in the background, the hub, which ends when nobody needs it. \
      Logs go to stderr.
      """,
    aliases: ["mcp", "lsp"])

  @Flag(help: "Go on when the client that started it is gone and somebody else holds its standard input open.")
  var keepAlive = false

  @Option(
    help: ArgumentHelp(
      "Share the traces of a pipe among its clients: auto (not in CI and in containers), never (this process alone), require.",
      valueName: "auto|never|require"))
  var hub = HubMode.auto

  @Option(help: "How long a hub lives without a client and without a record, if this command starts one.")
  var hubIdle = DurationOption(nanos: HubCommand.usualIdleNanos)

  @Flag(help: "Be a language server around another one, whose command follows behind --: its answers with ours added.")
  var wrap = false

  @OptionGroup var server: ServerOptions

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The language server that is wrapped.", valueName: "command"))
  var wrapped: [String] = []

  func validate() throws {
    if wrap, wrapped.isEmpty { throw ValidationError("--wrap needs the command of a language server behind --") }
    if !wrap, !wrapped.isEmpty { throw ValidationError("\(wrapped[0]) is not taken: --wrap goes before the command of a language server") }
    if hub == .require, server.store.noRedaction { throw ValidationError("--no-redaction is for one client: not with --hub require") }
  }

  func run() throws {
    if wrap { try Wrapped.run(wrapped, ours: CommandLine.arguments) }
    Signals.tellOfRefusedMemory()
    // When a client disconnects, write(2) reports it instead of a signal.
    signal(SIGPIPE, SIG_IGN)
    // The same for a lock file beyond the file size limit.
    signal(SIGXFSZ, SIG_IGN)
    Signals.unblockThoseThatEnd()
    let parent = keepAlive ? nil : StartingParent()
    if hub != .never, !server.store.noRedaction, hub == .require || !HubMode.isUnwelcome { try goThroughHub(parent) }
    try serveAlone(parent)
  }

  /// A process started as `mcp` or `lsp` has a client, even if that never completes a handshake.
  private var isClient: Bool { ["mcp", "lsp"].contains(CommandLine.arguments.dropFirst().first) }

  /// Our requests take a few hundred bytes. A message of many megabytes would take a hundred times its size as a tree of values.
  private static let framing = FramingLimits(maxMessageBytes: 4 << 20)

  // MARK: With a hub

  /// Carries messages between the client and the hub. Returns if there can be no hub and none is required.
  private func goThroughHub(_ parent: StartingParent?) throws {
    let start = HubStarter(server, idleNanos: hubIdle.nanos)
    if let problem = start.place.problem { return try doWithout(problem) }
    @Sendable func leave(_ code: Int32) -> Never {
      start.endOwn()
      _exit(code)
    }
    if isClient, let parent { ParentWatch.start(parent) { leave(0) } }
    var hello = HubHello(binary: ServerVersion.text, pid: getpid())
    hello.workingDirectory = WorkingDirectory.path
    hello.project = ClientProject.directory(of: hello.workingDirectory)
    hello.options = server.asked + HubProcess.further(server)
    let door = HubDoor(
      input: STDIN_FILENO, output: STDOUT_FILENO, search: start.search, hello: hello, limits: Self.framing,
      surroundings: HubDoor.Surroundings(
        tell: tell, onClient: { if !isClient, let parent { ParentWatch.start(parent) { leave(0) } } },
        onParent: { watch($0, leave) }))
    switch door.run() {
    case .endOfInput: leave(0)
    case .exit(let code): leave(code)
    case .inputFailed(let code):
      tell("standard input: \(String(cString: strerror(code)))")
      leave(EX_IOERR)
    case .unavailable(let reason, let code):
      if let code, code != EX_UNAVAILABLE {
        tell(reason)
        leave(code)
      }
      guard !door.hasRead else {
        tell(reason)
        leave(EX_UNAVAILABLE)
      }
      try doWithout(reason)
    }
  }

  private func doWithout(_ reason: String) throws {
    tell(hub == .require ? reason : "without a hub: \(reason)")
    if hub == .require { throw ExitStatus.unavailable }
  }

  private func watch(_ process: Int32, _ leave: @escaping @Sendable (Int32) -> Never) {
    guard !keepAlive, !ParentWatch.start(process: process, onEnd: { leave(0) }) else { return }
    tell("process \(process), which the client named as its own, is not to be seen from here: the end of standard input ends the server")
  }

  // MARK: Alone

  private func serveAlone(_ parent: StartingParent?) throws {
    let host: ServerHost
    do throws(ServerHost.Failure) {
      host = try ServerHost(server, paths: server.paths, say: tell)
    } catch {
      tell(error.message)
      throw error.code
    }
    @Sendable func leave(_ code: Int32) -> Never {
      host.end()
      _exit(code)
    }
    let isClient = isClient
    let context = TraceContextServer(
      store: host.store, analyses: host.analyses, clock: { MonotonicClock.nanos }, workers: host.workers, report: { host.report },
      onParentProcess: { watch($0, leave) },
      onClient: { if !isClient, let parent { ParentWatch.start(parent) { leave(0) } } })
    if isClient, let parent { ParentWatch.start(parent) { leave(0) } }
    let connection = Connection(
      input: STDIN_FILENO, output: STDOUT_FILENO, handler: context, workers: host.workers, limits: ConnectionLimits(framing: Self.framing),
      onDiagnostic: tell)
    context.notify { (method, params, request) in
      if let request {
        connection.notify(method: method, params: params, during: request)
      } else {
        connection.notify(method: method, params: params)
      }
    }
    context.ask { (method, params) in try await connection.request(method: method, params: params) }
    switch connection.run() {
    case .endOfInput, .outputClosed: leave(0)
    case .exit(let code): leave(code)
    case .inputFailed(let code):
      tell("standard input: \(String(cString: strerror(code)))")
      leave(EX_IOERR)
    }
  }
}
