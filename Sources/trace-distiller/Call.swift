// trace-distiller call: one request, one answer, for scripts.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer

struct Call: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask one method of recorded records and print the result's JSON.",
    discussion: "Exit code 0 with the result on stdout, 1 with the error's JSON on stderr, 65 where the input holds no record at all.")

  @Argument(help: "The method, such as traces/list or trace/summary.")
  var method: String

  @Argument(help: "Its parameters as a JSON object.")
  var params: String?

  @Option(parsing: .upToNextOption, help: "Files of records, plain or gzip; - is standard input.")
  var input: [String] = []

  @Flag(help: "Print the answer as text, as the tools of 'serve' give it to agents.")
  var text = false

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    guard !input.isEmpty else {
      throw ValidationError(
        "name the records: --input FILE…, or --input - for standard input; a running server is asked through its own stdin")
    }
  }

  func run() throws {
    let parsed = try parameters()
    let recorded = try RecordedInput(input, format: format, options: store)
    do {
      if text {
        let answer = try recorded.server().answerAsText(method, parsed)
        StandardOutput.write(answer.text.hasSuffix("\n") ? answer.text : answer.text + "\n")
        if let note = answer.note { tell(note) }
      } else {
        StandardOutput.write(try recorded.server().answer(method, parsed).serializedString + "\n")
      }
      if recorded.holdsNoRecord { throw ExitStatus.noRecord }
    } catch let error as ResponseError {
      var object: JSONObject = ["code": .integer(error.code), "message": .string(error.message)]
      object.append("data", error.data)
      LineWriter.standardError.writeAll(JSONValue.object(object).serializedString + "\n")
      throw recorded.holdsNoRecord ? ExitStatus.noRecord : ExitStatus.error
    }
  }

  private func parameters() throws -> JSONValue? {
    guard let params else { return nil }
    do {
      let value = try JSONValue(parsing: params)
      guard value.object != nil else {
        tell("the parameters must be a JSON object, not \(value.kindName)")
        throw ExitStatus.usage
      }
      return value
    } catch let error as JSONError {
      tell("the parameters: \(error)")
      throw ExitStatus.usage
    }
  }
}
