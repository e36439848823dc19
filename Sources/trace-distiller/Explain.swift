// trace-distiller explain: why a recorded trace is slow, failed or cut short.

import ArgumentParser
import JSON
import JSONRPC
import TraceContextServer
import TraceDistiller

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Print why a recorded trace is slow, failed or cut short; or why many are, together.",
    usage: "trace-distiller explain FILE… [TRACE | --filter FILTER] [--base TRACE]",
    discussion: """
      The trace is held against those like it in the files, where there are five and more, or against the base. \
      An argument that begins with { or [ is parameters of trace/explain, one that exists as a file is a file, any other names a trace. \
      With --filter, the traces that match are explained together: '{}' are all, '{"rootName":"/orders","hasErrors":true}' some. \
      Exit code 0 with the answer on stdout, 1 where there is no such trace.
      """)

  @OptionGroup var options: RecordedTraceOptions

  @Option(help: "What it is held against: a trace, run:ID, a filter as JSON, or like (the default).")
  var base: String?

  @Option(help: "In the place of a trace: all that match, a filter as JSON.")
  var filter: String?

  @Flag(help: "Print the answer's facts as JSON.")
  var json = false

  func run() throws {
    var (files, params) = try options.read("trace/explain")
    if let base { params["base"] = try Explain.operand(base) }
    if let filter {
      do { params["filter"] = try JSONValue(parsing: filter) } catch { throw ValidationError("--filter: \(error)") }
    }
    let server = try options.records(of: files).input.server()
    do throws(ResponseError) {
      if json {
        params["format"] = "json"
        if options.maxChars == nil { params["maxChars"] = .integer(SummaryOptions.budgetRange.upperBound) }
        StandardOutput.write(try server.answer("trace/explain", .object(params)).serializedString + "\n")
      } else {
        StandardOutput.write(try server.answerAsText("trace/explain", .object(params)).text + "\n")
      }
    } catch {
      throw RecordedTraceOptions.fail(error)
    }
  }

  private static func operand(_ text: String) throws -> JSONValue {
    guard text.hasPrefix("{") else { return .string(text) }
    do { return try JSONValue(parsing: text) } catch { throw ValidationError("--base: \(error)") }
  }
}
