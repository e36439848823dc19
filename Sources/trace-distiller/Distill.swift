// trace-distiller distill: the summary of recorded streams, without a server.

import ArgumentParser
import JSON
import JSONRPC
import TraceContextServer
import TraceDistiller

struct Distill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "Print the summary of recorded records: what there is, then the most telling trace, one that is named, or all.",
    usage: "trace-distiller distill FILE… [TRACE] [PARAMS]",
    discussion: """
      An argument that begins with { or [ is parameters of trace/summary, one that exists as a file is a file, any other names a trace. \
      The most telling trace is one that failed, else one with errors inside, of most spans; where nothing failed, the slowest. \
      Standard input (-) may be a program that still runs: Ctrl-C ends the reading, not the answer. \
      Exit code 0 with the summary on stdout, 1 where there is no such trace.
      """)

  @OptionGroup var options: RecordedTraceOptions

  @Flag(help: "Summarise every trace.")
  var all = false

  @Option(help: ArgumentHelp("Traces in the list before it; all lists every one.", valueName: "count|all"))
  var list: ListLength = .most(10)

  func run() throws {
    var (files, params) = try options.read("trace/summary")
    if all, params["traceId"] != nil { throw ValidationError("--all and a trace exclude one another") }
    let (input, traces) = try options.records(of: files)
    let server = input.server()
    let room = params["maxChars"]?.integer.flatMap { Int(exactly: $0) } ?? SummaryOptions.defaultBudget
    do throws(ResponseError) {
      var chosen: TellingTrace?
      if !all, params["traceId"] == nil {
        chosen = TellingTrace(of: traces)
        params["traceId"] = (chosen?.trace.traceID).map { .string($0) }
      }
      // Wrong parameters are reported before anything is printed.
      var summary = try summary(of: all ? traces[0].traceID : nil, params, server)
      if traces.count > 1 || all { StandardOutput.write(overview(of: traces, chosen, room: room) + "\n\n") }
      StandardOutput.write(summary + "\n")
      guard all else { return }
      for trace in traces.dropFirst() {
        summary = try self.summary(of: trace.traceID, params, server)
        StandardOutput.write("\n" + summary + "\n")
      }
    } catch {
      throw RecordedTraceOptions.fail(error)
    }
  }

  /// What there is: kinds where they are few for so many traces, some traces, and which of them follows.
  private func overview(of traces: [TraceOverview], _ chosen: TellingTrace?, room: Int) -> String {
    var text = RootOverviewText.make(traces).map { $0 + "\n" } ?? ""
    // Whoever asks for all of them has them with their summaries.
    let limit = all ? .max : list.count
    text += TraceListText.make(traces, maxChars: list.count == .max ? .max : room, limit: limit, rest: ": --list all")
    if let chosen { text += "\nFollows: \(chosen.trace.handle), \(chosen.reason); another by --trace, all by --all" }
    return text
  }

  private func summary(of trace: String?, _ params: JSONObject, _ server: TraceContextServer) throws(ResponseError) -> String {
    var params = params
    if let trace { params["traceId"] = .string(trace) }
    return try server.answerAsText("trace/summary", .object(params)).text
  }
}

/// `10`, `all`.
enum ListLength: ExpressibleByArgument {
  case most(Int)
  case all

  var count: Int {
    switch self {
    case .most(let count): count
    case .all: .max
    }
  }

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument), count >= 0 {
      self = .most(count)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { count == .max ? "all" : "\(count)" }
}
