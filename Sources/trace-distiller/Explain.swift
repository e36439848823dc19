// trace-distiller explain: why a recorded trace is slow, failed or cut short.

import ArgumentParser
import JSON
import JSONRPC
import TraceContextServer
import TraceDistiller
import TraceHub

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Print why a trace is slow, failed or cut short, or why many are, together: of files, or of the hub that clients share.",
    usage: """
      trace-distiller explain FILE… [TRACE | --filter FILTER] [--base TRACE]
      trace-distiller explain [TRACE | --filter FILTER] [--base TRACE]
      """,
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

  @Option(help: "The pipe whose hub is asked where no file is named.")
  var pipe: String?

  func run() throws {
    var (files, params, hub) = try options.read("trace/explain", orAsk: HubQuestion.place(pipe))
    if let base { params["base"] = try Explain.operand(base) }
    if let filter {
      do { params["filter"] = try JSONValue(parsing: filter) } catch { throw ValidationError("--filter: \(error)") }
    }
    if let hub {
      do { return try ask(hub, params) } catch let error as ResponseError { throw RecordedTraceOptions.fail(error) }
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

  private func ask(_ hub: HubClient, _ params: JSONObject) throws {
    var params = params
    guard json else {
      StandardOutput.write(try HubQuestion.answerAsText(hub, "trace/explain", .object(params)).text + "\n")
      return
    }
    params["format"] = "json"
    if options.maxChars == nil { params["maxChars"] = .integer(SummaryOptions.budgetRange.upperBound) }
    StandardOutput.write(try HubQuestion.answer(hub, "trace/explain", .object(params)).serializedString + "\n")
  }

  private static func operand(_ text: String) throws -> JSONValue {
    guard text.hasPrefix("{") else { return .string(text) }
    do { return try JSONValue(parsing: text) } catch { throw ValidationError("--base: \(error)") }
  }
}
