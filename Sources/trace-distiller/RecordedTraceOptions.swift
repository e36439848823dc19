// The options of commands that answer about a recorded trace, and their error handling, shared by all of them.

import ArgumentParser
import JSON
import JSONRPC
import TraceContextServer
import TraceDistiller
import TraceHub

struct RecordedTraceOptions: ParsableArguments {
  @Argument(
    help: "Files of records (plain or gzip, - is standard input), the name of a trace, parameters of the method as a JSON object.",
    completion: .file())
  var arguments: [String] = []

  @Option(
    help: "The trace that is meant: id, beginning of an id, handle (t1), latest, latest-error or slowest.",
    completion: .custom(TraceNames.complete))
  var trace: String?

  @Option(help: "Parameters of the method as a JSON object.")
  var params: String?

  @Option(parsing: .upToNextOption, help: "Files of records, plain or gzip; - is standard input.", completion: .file())
  var input: [String] = []

  @Option(help: "The most characters of one answer, from 400 to 200000.")
  var maxChars: Int?

  @Option(help: "The language of the answer: en or zh.", completion: .list(["en", "zh"]))
  var locale: String?

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if let maxChars, !SummaryOptions.budgetRange.contains(maxChars) { throw ValidationError("--max-chars must be from 400 to 200000") }
  }

  /// The files, and the parameters including all options.
  func read(_ method: String) throws -> (files: [String], params: JSONObject) {
    let (files, params, _) = try read(method, orAsk: nil)
    return (files, params)
  }

  /// The same, with the hub where no file is named.
  func read(_ method: String, orAsk place: HubPlace?) throws -> (files: [String], params: JSONObject, hub: HubClient?) {
    let arguments = try CommandArguments(arguments, params: params, input: input, trace: trace, hub: place)
    var params = try arguments.params(of: method, takesTrace: true)
    if let maxChars { params["maxChars"] = .integer(maxChars) }
    if let locale { params["locale"] = .string(locale) }
    return (arguments.files, params, arguments.hub)
  }

  /// The records of the files. If there is no trace among them, the command reports that and ends.
  func records(of files: [String]) throws -> (input: RecordedInput, traces: [TraceOverview]) {
    let input = try RecordedInput(files, format: format, options: store)
    let traces = input.store.withLock { Array($0.overviews(now: 0).reversed()) }
    guard !traces.isEmpty else {
      tell(input.withoutTrace(files))
      throw input.holdsNoRecord ? ExitStatus.noRecord : ExitStatus.negative
    }
    return (input, traces)
  }

  /// Prints what went wrong, and what may have been meant.
  static func fail(_ error: ResponseError) -> any Error {
    let names = ["near", "candidates"].flatMap { error.data?[$0]?.array ?? [] }.compactMap(\.string)
    let near = names.isEmpty ? "" : "; near: \(names.map { VisibleText.make($0, limit: 64) }.joined(separator: ", "))"
    tell(error.message + near)
    return ExitStatus.of(error)
  }
}
