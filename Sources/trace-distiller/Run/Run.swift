// trace-distiller run: starts a program so that it is heard, waits for it, and says what happened.

import ArgumentParser
import JSON
import JSONRPC
import OTLPReceiver
import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Start a program, hear what its OpenTelemetry SDK or its records say, and print what happened.",
    usage: "trace-distiller run [OPTIONS] -- COMMAND…",
    discussion: """
      The program keeps its standard input, output and error, its terminal and its signals. Where they are not set, it gets OTEL_EXPORTER_OTLP_ENDPOINT and its \
      relatives, and TRACE_DISTILLER_PIPE for records as lines. After its end the list of traces is printed to standard error, and of the failed or else \
      slowest trace why it was so, and its summary.
      Exit code: the program's own, 128 + the signal that ended it, 3 where --fail-on applies, 125 where this command failed, 126 and 127 where the program \
      cannot be started.
      """)

  @Option(help: "Write the answer to this file instead of standard error; - is standard output.")
  var text: String?

  @Flag(help: "Write the answer as one JSON object.")
  var json = false

  @Flag(help: "Print no answer; --fail-on still decides.")
  var quiet = false

  @Option(
    parsing: .upToNextOption, help: "Ask this method instead, with parameters as a JSON object: --method traces/list '{\"limit\":3}'.")
  var method: [String] = []

  @Option(help: "Write all spans and logs to this file, as OTLP lines, for distill, explain and call.")
  var keep: String?

  @Option(help: "What turns exit code 0 into 3: error (a span failed), finding (explain has one), or both, separated by a comma.")
  var failOn = FailureConditions()

  @Flag(help: "Read trace lines from the program's own standard output, and hand everything else on.")
  var stdoutRecords = false

  @Option(help: "Seconds to wait, after the program's end, for children that it left behind.")
  var wait = 2

  @Option(help: "The most characters of the answer, from 400 to 200000.")
  var maxChars = 8_000

  @Flag(help: "Take OTLP of programs of other users too: of one that changes its user.")
  var otlpAnyUser = false

  @OptionGroup var store: StoreOptions

  @Argument(parsing: .postTerminator, help: "The program and its arguments.")
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else { throw ValidationError("name the program behind --: trace-distiller run -- COMMAND…") }
    guard method.count <= 2 else { throw ValidationError("--method takes a method and its parameters, and \(method[2]) is neither") }
    guard SummaryOptions.budgetRange.contains(maxChars) else { throw ValidationError("--max-chars must be from 400 to 200000") }
    guard (0...3_600).contains(wait) else { throw ValidationError("--wait must be from 0 to 3600") }
    if let params = method.dropFirst().first { _ = try Self.object(params) }
  }

  private static func object(_ text: String) throws -> JSONObject {
    guard let object = (try? JSONValue(parsing: text))?.object else {
      throw ValidationError("the parameters of --method must be a JSON object, not \(text)")
    }
    return object
  }

  func run() throws {
    let inherited = FileDescriptors.open()
    // Whatever the parent had blocked: the program is to be ended as people expect.
    Signals.unblockThoseThatEnd()
    // Before there is any thread: all of them leave signals to one.
    let signals = SignalState.takeOver()
    let relay = SignalRelay()
    let shared = SharedTraceStore(limits: store.limits())
    let place: RunPlace
    do {
      place = try RunPlace(store: shared, options: store, anyUser: otlpAnyUser)
      try relay.start()
    } catch {
      tell("\(error)")
      throw ExitStatus.ownFailure
    }
    defer { place.remove() }
    let forwarding = RunForwarding(shared, place: HubQuestion.place(nil))
    let environment = RunEnvironment(
      endpoint: place.listener.endpoint, pipe: place.pipe.path, tracesToOutput: stdoutRecords, inherited: RunEnvironment.current())
    let output = stdoutRecords ? OutputRecords(store: shared, source: RunPlace.outputSource, maxLineBytes: store.maxLine.bytes) : nil
    let end: ChildProcess.End
    Orphans.adopt()
    FileDescriptors.keepToOneself(FileDescriptors.open().subtracting(inherited))
    do {
      let program = try ChildProcess(command, environment: environment.variables, output: output?.writer, signals: signals)
      output?.start()
      relay.relay(to: program.process)
      guard let ended = program.wait() else { throw ExitStatus.ownFailure }
      end = ended
      relay.end()
    } catch let error as ChildProcess.Refused {
      tell("\(command[0]): \(errorText(error.errorNumber))")
      throw error.isNotFound ? ExitStatus.programNotFound : ExitStatus.programNotStarted
    }
    place.settle(childrenWithin: Int64(wait) * 1_000_000_000, output: output)
    let report = RunReport(store: shared, place: place, output: output, end: end, command: command, environment: environment)
    if let message = forwarding.finish(within: 2_000_000_000) { tell(message) }
    try keep.map { try report.keep($0) }
    if !quiet { try print(report) }
    if end == .exited(0), report.isFailure(failOn) { throw ExitStatus.condition }
    if end.code != 0 { throw ExitCode(end.code) }
  }

  private func print(_ report: RunReport) throws {
    let answer: String
    if let name = method.first {
      let params = JSONValue.object(try method.dropFirst().first.map(Self.object) ?? [:])
      do throws(ResponseError) {
        answer = json ? try report.server.answer(name, params).serializedString : try report.server.answerAsText(name, params).text
      } catch {
        tell(error.message)
        throw ExitStatus.ownFailure
      }
    } else {
      answer = json ? report.json(maxChars: maxChars).serializedString : report.text(maxChars: maxChars)
    }
    if text == "-" { return StandardOutput.write(answer + "\n") }
    guard let text else { return LineWriter.standardError.writeAll(answer + "\n") }
    try RunReport.write(answer + "\n", to: text)
  }
}

/// What `--fail-on` names.
struct FailureConditions: ExpressibleByArgument, Sendable {
  var error = false
  var finding = false

  init() {}

  init?(argument: String) {
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
      switch word {
      case "error": error = true
      case "finding": finding = true
      default: return nil
      }
    }
  }

  var defaultValueDescription: String { "none" }
}
