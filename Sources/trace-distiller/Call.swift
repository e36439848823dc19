// trace-distiller call: one request, one answer, for scripts; or several over one reading.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer
import TraceHub

struct Call: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Ask one method, of recorded records or of the hub that clients share, and print the result's JSON.",
    usage: """
      trace-distiller call METHOD [PARAMS] FILE… [TRACE]
      trace-distiller call METHOD [PARAMS] [TRACE]
      trace-distiller call --requests FILE FILE…
      """,
    discussion: """
      An argument that begins with { or [ is parameters, one that exists as a file is a file, any other names a trace. \
      'trace-distiller help methods' lists the methods, 'trace-distiller help METHOD' what each takes. \
      Exit code 0 with the result on stdout, 1 with the error's JSON on stderr, 65 where the input holds no record at all. \
      Without files the hub of the pipe is asked that clients share (exit code 69 where none is there). \
      --requests reads the records once and answers each line of a file ({"method":"trace/errors","params":{…}}) with a line, or with its text; \
      exit code 1 where one of them is an error.
      """)

  @Argument(help: "The method, such as traces/list or trace/summary.", completion: .list(MethodPages.names))
  var method: String?

  @Argument(
    help: "Its parameters as a JSON object, files of records (plain or gzip, - is standard input), the name of a trace.",
    completion: .file())
  var arguments: [String] = []

  @Option(help: "The parameters as a JSON object.")
  var params: String?

  @Option(
    help: "The trace: id, beginning of an id, handle (t1), latest, latest-error or slowest.",
    completion: .custom(TraceNames.complete))
  var trace: String?

  @Option(parsing: .upToNextOption, help: "Files of records, plain or gzip; - is standard input.", completion: .file())
  var input: [String] = []

  @Option(help: "Requests, one a line, all of them answered of the same records.", completion: .file())
  var requests: String?

  @Option(help: "The pipe whose hub is asked where no file is named; 'trace-distiller paths' prints the default.")
  var pipe: String?

  @Flag(help: "Print the answer as text, as the tools of 'serve' give it to agents.")
  var text = false

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    guard requests == nil || params == nil && trace == nil else {
      throw ValidationError("--requests has parameters and traces of its own")
    }
    guard requests != nil || method != nil else { throw ValidationError("name a method: 'trace-distiller help methods' lists them") }
  }

  func run() throws {
    if let requests { return try answer(requestsIn: requests) }
    let method = method ?? ""
    let arguments = try CommandArguments(arguments, params: params, input: input, trace: trace, hub: HubQuestion.place(pipe))
    let params = JSONValue.object(
      try arguments.params(of: method, takesTrace: TraceContextServer.parameterNames(of: method)?.contains("traceId") ?? true))
    if let hub = arguments.hub { return try ask(hub, method, params) }
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
      LineWriter.standardError.writeAll(JSONValue.object(CallRequest.object(of: error)).serializedString + "\n")
      throw recorded.holdsNoRecord ? ExitStatus.noRecord : ExitStatus.of(error)
    }
  }

  private func ask(_ hub: HubClient, _ method: String, _ params: JSONValue) throws {
    do {
      if text {
        let answer = try HubQuestion.answerAsText(hub, method, params)
        StandardOutput.write(answer.text.hasSuffix("\n") ? answer.text : answer.text + "\n")
        if let note = answer.note { tell(note) }
      } else {
        StandardOutput.write(try HubQuestion.answer(hub, method, params).serializedString + "\n")
      }
    } catch let error as ResponseError {
      LineWriter.standardError.writeAll(JSONValue.object(CallRequest.object(of: error)).serializedString + "\n")
      throw ExitStatus.of(error)
    }
  }

  /// Every request is read before the first record is: a wrong one is told at once, and with its line.
  private func answer(requestsIn file: String) throws {
    let files = try CommandArguments((method.map { [$0] } ?? []) + arguments, params: nil, input: input, trace: nil)
    guard files.params == nil, files.trace == nil else { throw ValidationError("--requests has parameters and traces of its own") }
    guard file != "-" || !files.files.contains("-") else { throw ValidationError("standard input can be read once") }
    let requests = try CallRequest.read(file)
    let recorded = try RecordedInput(files.files, format: format, options: store)
    let server = recorded.server()
    var failed: ResponseError?
    for request in requests {
      do throws(ResponseError) {
        if text {
          let answer = try server.answerAsText(request.method, request.params).text
          StandardOutput.write("== \(request.described)\n\(answer)\(answer.hasSuffix("\n") ? "" : "\n")\n")
        } else {
          let result = try server.answer(request.method, request.params)
          StandardOutput.write(JSONValue.object(["jsonrpc": "2.0", "id": request.id, "result": result]).serializedString + "\n")
        }
      } catch {
        failed = failed ?? error
        let object = JSONValue.object(CallRequest.object(of: error))
        StandardOutput.write(
          text
            ? "== \(request.described)\nerror: \(error.message)\n\n"
            : JSONValue.object(["jsonrpc": "2.0", "id": request.id, "error": object]).serializedString + "\n")
      }
    }
    if recorded.holdsNoRecord { throw ExitStatus.noRecord }
    if let failed { throw ExitStatus.of(failed) }
  }
}
