// trace-distiller distill: the summary of recorded streams, without a server.

import ArgumentParser
import JSON
import JSONRPC
import TraceContextServer
import TraceDistiller

struct Distill: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the summary of recorded records: the list of traces, then one trace or all.",
    usage: "trace-distiller distill FILE… [TRACE] [PARAMS]",
    discussion: """
      An argument that begins with { or [ is parameters of trace/summary, one that exists as a file is a file, any other names a trace. \
      Exit code 0 with the summary on stdout, 1 where there is no such trace.
      """)

  @Argument(
    help: "Files of records (plain or gzip, - is standard input), the name of a trace, parameters of trace/summary as a JSON object.")
  var arguments: [String] = []

  @Option(help: "The trace to summarise: id, beginning of an id, handle (t1), latest, latest-error or slowest.")
  var trace: String?

  @Option(help: "Parameters of trace/summary as a JSON object.")
  var params: String?

  @Option(parsing: .upToNextOption, help: "Files of records, plain or gzip; - is standard input.")
  var input: [String] = []

  @Flag(help: "Summarise every trace.")
  var all = false

  @Option(help: "The most characters of one summary, from 400 to 200000.")
  var maxChars: Int?

  @Option(help: "The language of the summary: en or zh.")
  var locale: String?

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if let maxChars, !SummaryOptions.budgetRange.contains(maxChars) { throw ValidationError("--max-chars must be from 400 to 200000") }
  }

  func run() throws {
    let arguments = try CommandArguments(arguments, params: params, input: input, trace: trace)
    var params = try arguments.params(of: "trace/summary", takesTrace: true)
    if all, params["traceId"] != nil { throw ValidationError("--all and a trace exclude one another") }
    if let maxChars { params["maxChars"] = .integer(maxChars) }
    if let locale { params["locale"] = .string(locale) }
    let input = try RecordedInput(arguments.files, format: format, options: store)
    let traces = input.store.withLock { Array($0.overviews(now: 0).reversed()) }
    guard !traces.isEmpty else {
      tell(input.withoutTrace(arguments.files))
      throw input.holdsNoRecord ? ExitStatus.noRecord : ExitStatus.negative
    }
    let server = input.server()
    do throws(ResponseError) {
      // Wrong parameters are told before anything is printed.
      let first = all ? traces[0].traceID : nil
      var summary = try summary(of: first, params, server)
      if traces.count > 1 || all {
        let room = params["maxChars"]?.integer.flatMap { Int(exactly: $0) } ?? SummaryOptions.defaultBudget
        StandardOutput.write(TraceListText.make(traces, maxChars: room) + "\n\n")
      }
      StandardOutput.write(summary + "\n")
      guard all else { return }
      for trace in traces.dropFirst() {
        summary = try self.summary(of: trace.traceID, params, server)
        StandardOutput.write("\n" + summary + "\n")
      }
    } catch {
      tell(error.message + near(error))
      throw ExitStatus.of(error)
    }
  }

  private func summary(of trace: String?, _ params: JSONObject, _ server: TraceContextServer) throws(ResponseError) -> String {
    var params = params
    if let trace { params["traceId"] = .string(trace) }
    return try server.answerAsText("trace/summary", .object(params)).text
  }

  /// What may have been meant.
  private func near(_ error: ResponseError) -> String {
    let names = ["near", "candidates"].flatMap { error.data?[$0]?.array ?? [] }.compactMap(\.string)
    return names.isEmpty ? "" : "; near: \(names.map { VisibleText.make($0, limit: 64) }.joined(separator: ", "))"
  }
}
