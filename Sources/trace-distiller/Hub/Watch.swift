// trace-distiller watch: what completes, as it completes, one line a trace; why, for those that failed or took unusually long.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer
import TraceHub

struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Print a line for each trace that completes in the hub of a pipe, and why the failed and the slow ones are so.",
    discussion: """
      FILTER is an object as in 'help traces/list' ({"rootName":"GET /orders"}), or a part of the root's name. In a project's directory its traces are watched; \
      {"project":"*"} watches all. A trace is slow when it takes at least twice the median of the last twenty of its name. Ctrl-C ends it.
      """)

  enum Colours: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  @Argument(help: "Which traces; all when left out.")
  var filter: String?

  @Option(help: "The first pipe of the hub; 'trace-distiller paths' prints the default.")
  var pipe: String?

  @Option(help: "End after so many traces.")
  var until: Int?

  @Flag(help: "Print each trace as a JSON object on a line, as traces/list has it; 'explanation' is the text for failed and slow ones.")
  var json = false

  @Option(help: "Colours: on a terminal, always, or never.")
  var colour = Colours.auto

  func validate() throws {
    if let until, until < 1 { throw ValidationError("--until takes 1 or more") }
    _ = try condition()
  }

  func run() throws {
    let client = try HubQuestion.connect(HubQuestion.place(pipe))
    do { try watch(client) } catch let error as HubClient.Unavailable {
      tell(error.description)
      throw ExitStatus.unavailable
    } catch let error as ResponseError {
      tell(error.message)
      throw error.code == ResponseError.Code.invalidParams ? ExitStatus.usage : ExitStatus.negative
    }
  }

  /// The filter as methods take it.
  private func condition() throws -> JSONValue {
    guard let filter else { return [:] }
    guard filter.hasPrefix("{") else { return ["rootName": .string(filter)] }
    guard let value = try? JSONValue(parsing: Array(filter.utf8)), value.object != nil else {
      throw ValidationError("the filter \(filter) is no JSON object")
    }
    return value
  }

  private func watch(_ client: HubClient) throws {
    let filter = try condition()
    var printer = WatchPrinter(isJSON: json, hasColours: colour == .auto ? isatty(STDOUT_FILENO) == 1 : colour == .always)
    var cursor = try answer(client, "traces/await", ["filter": filter, "timeoutMs": 0])["cursor"] ?? .null
    // Said to scripts as well: what completes from here on is printed.
    tell("watching; Ctrl-C ends it")
    var left = until ?? .max
    while left > 0 {
      let news = try answer(client, "traces/await", ["filter": filter, "cursor": cursor, "timeoutMs": 20_000, "limit": 100])
      cursor = news["cursor"] ?? cursor
      if news["missed"]?.bool == true { tell("others completed and are gone already: more came than the hub keeps") }
      for trace in news["traces"]?.array ?? [] {
        guard left > 0 else { return }
        left -= 1
        var explanation: String?
        if printer.isRemarkable(trace), let handle = trace["handle"] {
          // Gone meanwhile: its line says enough.
          if case .success(let found) = try client.ask("trace/explain", ["traceId": handle, "maxChars": 900]) {
            explanation = found["text"]?.string
          }
        }
        StandardOutput.write(printer.text(of: trace, explanation))
      }
    }
  }

  private func answer(_ client: HubClient, _ method: String, _ params: JSONValue) throws -> JSONValue {
    try client.ask(method, params).get()
  }
}
