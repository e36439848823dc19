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

  @OptionGroup var options: RecordedTraceOptions

  @Flag(help: "Summarise every trace.")
  var all = false

  func run() throws {
    let (files, params) = try options.read("trace/summary")
    if all, params["traceId"] != nil { throw ValidationError("--all and a trace exclude one another") }
    let (input, traces) = try options.records(of: files)
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
      throw RecordedTraceOptions.fail(error)
    }
  }

  private func summary(of trace: String?, _ params: JSONObject, _ server: TraceContextServer) throws(ResponseError) -> String {
    var params = params
    if let trace { params["traceId"] = .string(trace) }
    return try server.answerAsText("trace/summary", .object(params)).text
  }
}
