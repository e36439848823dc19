// trace-distiller explain: why a recorded trace is slow, failed or cut short.

import ArgumentParser
import JSON
import JSONRPC
import TraceContextServer
import TraceDistiller

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print why a recorded trace is slow, failed or cut short.",
    usage: "trace-distiller explain FILE… [TRACE] [--base TRACE]",
    discussion: """
      The trace is held against those like it in the files, where there are five and more, or against the base. \
      An argument that begins with { or [ is parameters of trace/explain, one that exists as a file is a file, any other names a trace. \
      Exit code 0 with the answer on stdout, 1 where there is no such trace.
      """)

  @Argument(
    help: "Files of records (plain or gzip, - is standard input), the name of a trace, parameters of trace/explain as a JSON object.")
  var arguments: [String] = []

  @Option(help: "The trace to explain: id, beginning of an id, handle (t1), latest, latest-error or slowest.")
  var trace: String?

  @Option(help: "What it is held against: a trace, run:ID, a filter as JSON, or like (the default).")
  var base: String?

  @Option(help: "Parameters of trace/explain as a JSON object.")
  var params: String?

  @Option(parsing: .upToNextOption, help: "Files of records, plain or gzip; - is standard input.")
  var input: [String] = []

  @Flag(help: "Print the answer's facts as JSON.")
  var json = false

  @Option(help: "The most characters of the answer, from 400 to 200000.")
  var maxChars: Int?

  @Option(help: "The language of the answer: en or zh.")
  var locale: String?

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if let maxChars, !SummaryOptions.budgetRange.contains(maxChars) { throw ValidationError("--max-chars must be from 400 to 200000") }
  }

  func run() throws {
    let arguments = try CommandArguments(arguments, params: params, input: input, trace: trace)
    var params = try arguments.params(of: "trace/explain", takesTrace: true)
    if let base { params["base"] = try Explain.operand(base) }
    if let maxChars { params["maxChars"] = .integer(maxChars) }
    if let locale { params["locale"] = .string(locale) }
    let input = try RecordedInput(arguments.files, format: format, options: store)
    guard input.store.withLock({ $0.liveCount }) > 0 else {
      tell("no trace in \(arguments.files.joined(separator: ", "))")
      throw input.holdsNoRecord ? ExitStatus.noRecord : ExitStatus.negative
    }
    let server = input.server()
    do throws(ResponseError) {
      if json {
        params["format"] = "json"
        if maxChars == nil { params["maxChars"] = .integer(SummaryOptions.budgetRange.upperBound) }
        StandardOutput.write(try server.answer("trace/explain", .object(params)).serializedString + "\n")
      } else {
        StandardOutput.write(try server.answerAsText("trace/explain", .object(params)).text + "\n")
      }
    } catch {
      tell(error.message)
      throw ExitStatus.of(error)
    }
  }

  private static func operand(_ text: String) throws -> JSONValue {
    guard text.hasPrefix("{") else { return .string(text) }
    do { return try JSONValue(parsing: text) } catch { throw ValidationError("--base: \(error)") }
  }
}
