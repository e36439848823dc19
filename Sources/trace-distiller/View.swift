// trace-distiller view: a recorded trace as a page to look at.

import ArgumentParser
import JSON
import JSONRPC
import TraceContextServer
import TraceDistiller
import TraceView

struct View: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view",
    abstract: "Write a recorded trace as one HTML file: timeline, findings, details of spans.",
    usage: "trace-distiller view FILE… [TRACE] -o FILE.html",
    discussion: """
      The page needs no network and may not use any. Its findings are those of 'trace-distiller explain'. \
      An argument that exists as a file is a file, any other names a trace; the default is the latest. \
      Exit code 0 with the file written, 1 where there is no such trace.
      """)

  @OptionGroup var options: RecordedTraceOptions

  @Option(name: [.customShort("o"), .customLong("output")], help: "The HTML file to write; standard output without it.")
  var output: String?

  func run() throws {
    var (files, params) = try options.read("trace/explain")
    guard params["filter"] == nil else { throw ValidationError("a page is of one trace: name it in the place of a filter") }
    let input = try options.records(of: files).input
    let server = input.server()
    let text: String
    let facts: JSONValue
    do throws(ResponseError) {
      text = try server.answerAsText("trace/explain", .object(params)).text
      params["format"] = "json"
      params["maxChars"] = .integer(SummaryOptions.budgetRange.upperBound)
      facts = try server.answer("trace/explain", .object(params))
    } catch {
      throw RecordedTraceOptions.fail(error)
    }
    // By the id of the explained trace, so that the page draws the same one.
    guard let id = facts["traceId"]?.string, case .success(let snapshot) = input.store.snapshot(id, now: 0) else {
      tell("the explained trace is not there any more")
      throw ExitStatus.negative
    }
    let page = ViewPage(DistilledTrace(snapshot), explanation: facts, text: text)
    guard let output else { return StandardOutput.write(page.html) }
    try OutputFile.write(page.html, to: output)
    tell("\(output): \(page.spanCount) \(page.spanCount == 1 ? "span" : "spans")")
  }
}
