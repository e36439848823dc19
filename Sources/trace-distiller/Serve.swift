// trace-distiller serve: pipes in, OTLP over HTTP where asked for, one client on stdin and stdout.

import ArgumentParser
import JSONRPC
import OTLPReceiver
import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

struct Serve: ParsableCommand {
  /// `mcp` is the name that people expect when they configure an agent.
  static let names = ["serve", "mcp"]

  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Read named pipes and answer JSON-RPC on stdin and stdout: MCP, language clients, scripts.",
    discussion: """
      Both framings are understood: Content-Length headers (language servers) and one message a line (MCP clients, scripts). \
      Ends within a second after its standard input ends, and for MCP and language clients when the process that started it ends. \
      Logs go to stderr.
      """,
    aliases: ["mcp"])

  @Option(help: "A pipe to read; may be given several times. 'trace-distiller paths' prints the default.")
  var pipe: [String] = []

  @Option(help: "A group (name or number) that may write to the pipes too: programs of other users, in containers.")
  var pipeGroup: String?

  @Flag(help: "Go on when the client that started it is gone and somebody else holds its standard input open.")
  var keepAlive = false

  @OptionGroup var receiver: ReceiverOptions

  @OptionGroup var store: StoreOptions

  /// Half of what the system gives is for the store at most: the rest is for what is read, asked and answered.
  private func boundedLimits() -> (StoreLimits, note: String?) {
    var limits = store.limits()
    guard let room = ProcessMemory.roomBytes(), limits.maxBytes > room / 2 else { return (limits, nil) }
    limits.maxBytes = max(1 << 20, room / 2)
    return (
      limits, "the system gives this process \(room >> 20) MiB: --max-memory is \(limits.maxBytes >> 20) MiB instead of \(store.maxMemory)"
    )
  }

  func run() throws {
    Signals.tellOfRefusedMemory()
    // When a client disconnects, write(2) reports it instead of a signal.
    signal(SIGPIPE, SIG_IGN)
    // The same for a lock file beyond the file size limit.
    signal(SIGXFSZ, SIG_IGN)
    Signals.unblockThoseThatEnd()
    let parent = keepAlive ? nil : StartingParent()
    // A process started as `mcp` has a client, even if that never completes a handshake.
    let isClient = CommandLine.arguments.dropFirst().first == "mcp"
    let paths = PipePath.resolve(options: pipe, environment: PipePath.environment())
    let (limits, note) = boundedLimits()
    let shared = SharedTraceStore(limits: limits)
    let group = pipeGroup.flatMap { PipeGroup(named: $0) }
    if let pipeGroup, group == nil {
      tell("there is no group \(pipeGroup)")
      throw ExitStatus.usage
    }
    let reader: PipeReader
    let workers: Workers
    do {
      reader = try PipeReader(
        paths: paths, group: group, store: shared, maxLineBytes: store.maxLine.bytes, clock: { MonotonicClock.nanos }, onEvent: tell)
    } catch {
      tell(error.description)
      throw error.isSystemsRefusal ? ExitStatus.system : ExitStatus.usage
    }
    let listener = try receiver.listen(shared, source: SourceID(paths.count), maxMemory: limits.maxBytes)
    do {
      // Start all threads at once: without them the server would look alive and answer nothing.
      workers = try Workers()
      try reader.start()
    } catch {
      tell("\(error)")
      throw ExitStatus.system
    }
    if let note { tell(note) }
    let address = listener.map { listener in
      ReceiverAddress(listener.endpoints, beside: paths[0], timers: workers.timer) { reader.status.first?.state == "reading" }
    }
    @Sendable func leave(_ code: Int32) -> Never {
      address?.remove()
      reader.end()
      _exit(code)
    }
    let server = TraceContextServer(
      store: shared, clock: { MonotonicClock.nanos }, workers: workers,
      report: {
        ServerReport(
          pid: Int(getpid()), sources: reader.status + (listener.map { [$0.report] } ?? []), residentBytes: ProcessMemory.residentBytes())
      },
      onParentProcess: { [keepAlive] process in
        guard !keepAlive, !ParentWatch.start(process: process, onEnd: { leave(0) }) else { return }
        tell(
          "process \(process), which the client named as its own, is not to be seen from here: the end of standard input ends the server")
      },
      onClient: { if !isClient, let parent { ParentWatch.start(parent) { leave(0) } } })
    if isClient, let parent { ParentWatch.start(parent) { leave(0) } }
    // Our requests take a few hundred bytes. A message of many megabytes would take a hundred times its size as a tree of values.
    let bounds = ConnectionLimits(framing: FramingLimits(maxMessageBytes: 4 << 20))
    let connection = Connection(
      input: STDIN_FILENO, output: STDOUT_FILENO, handler: server, workers: workers, limits: bounds, onDiagnostic: tell)
    server.notify { (method, params, request) in
      if let request {
        connection.notify(method: method, params: params, during: request)
      } else {
        connection.notify(method: method, params: params)
      }
    }
    switch connection.run() {
    case .endOfInput, .outputClosed: leave(0)
    case .exit(let code): leave(code)
    case .inputFailed(let code):
      tell("standard input: \(String(cString: strerror(code)))")
      leave(EX_IOERR)
    }
  }
}
