// trace-distiller baseline: what traces are usually like, as a small file that a check holds others against.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer
import TraceDistiller

struct Baseline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Write what recorded traces are usually like: medians, spreads and counts by call path.",
    usage: "trace-distiller baseline FILE… [-o BASE.json]",
    discussion: """
      A few kilobytes of JSON without ids and values of attributes, in an order that does not change. 'check --baseline BASE.json' holds others against it. \
      Traces of several runs make a better one: how runs differ is known then. Traces that are not complete are left out. \
      Exit code 0, or 1 where there is no complete trace.
      """)

  @Argument(help: "Files of records, plain or gzip; - is standard input.")
  var files: [String] = []

  @Option(name: [.customShort("o"), .customLong("output")], help: "The file to write; standard output without it.")
  var output: String?

  @Option(name: .customLong("run"), help: "Only traces of this run: its id, or a part that only one run's id has.")
  var runName: String?

  @Option(help: "Only traces that match: a filter as JSON.")
  var filter: String?

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name the records: FILE…, or - for standard input") }
    guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("standard input can be read once") }
  }

  func run() throws {
    let question = try CheckQuestion(rules: nil, ruleTexts: [], filter: filter)
    let input = try RecordedInput(files, format: format, options: store)
    try Check.refuse(input, files)
    try Self.write(input, to: output, filter: question.filter, run: runName)
  }

  static func make(_ input: RecordedInput, filter: JSONValue?, run: String?) throws -> (baseline: CheckBaseline, leftOut: Int) {
    do throws(ResponseError) { return try input.server().baseline(filter: filter, run: run) } catch {
      if error.code == ResponseError.Code.invalidParams {
        tell(error.message)
        throw ExitStatus.usage
      }
      throw RecordedTraceOptions.fail(error)
    }
  }

  /// - Parameter path: nil is standard output.
  static func write(_ input: RecordedInput, to path: String?, filter: JSONValue?, run: String?) throws {
    let (baseline, leftOut) = try make(input, filter: filter, run: run)
    if leftOut > 0 { tell("\(leftOut) \(leftOut == 1 ? "trace is" : "traces are") not complete and left out of the baseline") }
    guard baseline.traceCount > 0 else {
      tell("no complete trace to make a baseline of")
      throw ExitStatus.negative
    }
    guard let path else { return StandardOutput.write(baseline.text) }
    try OutputFile.write(baseline.text, to: path)
    let few = baseline.roots.filter { $0.traces < CheckBaseline.leastTraces }.count
    let note = few > 0 ? "; \(few) of its roots have fewer than \(CheckBaseline.leastTraces), which decide nothing" : ""
    tell("\(path): \(baseline.traceCount) traces of \(baseline.roots.count) \(baseline.roots.count == 1 ? "root" : "roots")\(note)")
  }
}
