// trace-distiller call: one request, one answer, for scripts.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer

struct Call: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask one method of recorded records and print the result's JSON.",
    usage: "trace-distiller call METHOD [PARAMS] [FILE…] [TRACE]",
    discussion: """
      An argument that begins with { or [ is parameters, one that exists as a file is a file, any other names a trace. \
      Exit code 0 with the result on stdout, 1 with the error's JSON on stderr, 65 where the input holds no record at all.
      """)

  @Argument(help: "The method, such as traces/list or trace/summary.")
  var method: String

  @Argument(help: "Its parameters as a JSON object, files of records (plain or gzip, - is standard input), the name of a trace.")
  var arguments: [String] = []

  @Option(help: "The parameters as a JSON object.")
  var params: String?

  @Option(help: "The trace: id, beginning of an id, handle (t1), latest, latest-error or slowest.")
  var trace: String?

  @Option(parsing: .upToNextOption, help: "Files of records, plain or gzip; - is standard input.")
  var input: [String] = []

  @Flag(help: "Print the answer as text, as the tools of 'serve' give it to agents.")
  var text = false

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func run() throws {
    let arguments = try CommandArguments(arguments, params: params, input: input, trace: trace)
    let params = JSONValue.object(
      try arguments.params(of: method, takesTrace: TraceContextServer.parameterNames(of: method)?.contains("traceId") ?? true))
    let recorded = try RecordedInput(arguments.files, format: format, options: store)
    let server = recorded.server()
    do {
      if text {
        let answer = try server.answerAsText(method, params)
        StandardOutput.write(answer.text.hasSuffix("\n") ? answer.text : answer.text + "\n")
        if let note = answer.note { tell(note) }
      } else {
        StandardOutput.write(try server.answer(method, params).serializedString + "\n")
      }
      if recorded.holdsNoRecord { throw ExitStatus.noRecord }
    } catch let error as ResponseError {
      var object: JSONObject = ["code": .integer(error.code), "message": .string(error.message)]
      object.append("data", error.data)
      LineWriter.standardError.writeAll(JSONValue.object(object).serializedString + "\n")
      throw recorded.holdsNoRecord ? ExitStatus.noRecord : ExitStatus.of(error)
    }
  }
}
