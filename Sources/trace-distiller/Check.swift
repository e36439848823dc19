// trace-distiller check: a verdict on recorded traces, for scripts and CI.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say whether rules hold over recorded traces; the exit code is the verdict.",
    usage: "trace-distiller check FILE… [--rule RULE]… [--rules FILE] [--baseline BASE]…",
    discussion: """
      A rule is one line: no errors · no findings of repeatedCall above 5ms · no regression above 10% · p95("GET /orders") <= 50ms · \
      count(root("GET /orders")) >= 20 · self(service("db")) <= 20ms. Without any: no errors, and with a baseline no regression. \
      A rule that finds nothing to look at is broken unless it begins with optional.
      Exit code 0: all rules hold. 1: one is broken, or there is no trace. 2: undecided, such as too few traces for a regression, or \
      traces that are not complete. 64, 65, 66, 74 as for all commands.
      """)

  @Argument(help: "Files of records, plain or gzip; - is standard input.")
  var files: [String] = []

  @Option(name: .customLong("rule"), parsing: .unconditionalSingleValue, help: "A rule; may be repeated.")
  var ruleTexts: [String] = []

  @Option(help: "A file of rules: one a line, # begins a comment; or JSON with rules, filter and tolerance.")
  var rules: String?

  @Option(
    help:
      "What the traces are held against: a file that 'baseline' wrote, files of records, or run:ID. May be repeated for files of records.")
  var baseline: [String] = []

  @Flag(help: "Write the baseline's file anew from these traces. Changes are printed, and break nothing.")
  var updateBaseline = false

  @Option(name: .customLong("run"), help: "Only traces of this run: its id, or a part that only one run's id has.")
  var runName: String?

  @Option(help: "Only traces that match: a filter as JSON.")
  var filter: String?

  @Flag(help: "Print the verdict as JSON.")
  var json = false

  @Flag(help: "Print annotations of GitHub's workflows as well.")
  var github = false

  @Option(help: "Write the verdict as JUnit's XML.")
  var junit: String?

  @Option(help: "Write the verdict as SARIF 2.1.0.")
  var sarif: String?

  @Option(help: "Write a summary in Markdown, of at most 4000 characters.")
  var markdown: String?

  @Option(help: "The most characters of the text, from 400 to 200000.")
  var maxChars: Int?

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if let maxChars, !SummaryOptions.budgetRange.contains(maxChars) { throw ValidationError("--max-chars must be from 400 to 200000") }
    guard !files.isEmpty else { throw ValidationError("name the records: FILE…, or - for standard input") }
    guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("standard input can be read once") }
    if updateBaseline, baseline.count != 1 || baseline[0].hasPrefix("run:") {
      throw ValidationError("--update-baseline needs one --baseline FILE, which it writes")
    }
  }

  func run() throws {
    // Everything that can be wrong with the question is told before a record is read.
    let question = try CheckQuestion(rules: rules, ruleTexts: ruleTexts, filter: filter)
    var params = question.params
    if let runName { params["run"] = .string(runName) }
    var base: CheckBaseFile?
    if !baseline.isEmpty {
      base = try CheckBaseFile(baseline, mayBeMissing: updateBaseline, format: format, options: store)
      if let value = base?.value { params["base"] = value }
    }
    let input = try RecordedInput(files, format: format, options: store)
    try Self.refuse(input, files)
    let output = try ask(input.server(), params)
    if json {
      StandardOutput.write(output.json.serializedString + "\n")
    } else {
      StandardOutput.write(output.text + "\n")
    }
    if github { StandardOutput.write(GitHubAnnotations.text(output)) }
    if let junit { try OutputFile.write(JUnitReport.text(output), to: junit) }
    if let sarif { try OutputFile.write(SarifReport.text(output), to: sarif) }
    if let markdown { try OutputFile.write(MarkdownSummary.text(output), to: markdown) }
    var verdict = output.verdict
    if updateBaseline {
      try Baseline.write(input, to: baseline[0], filter: question.filter, run: runName)
      verdict = output.verdictWithoutRegressions
    }
    switch verdict {
    case .holds: return
    case .broken: throw ExitStatus.negative
    case .undecided: throw ExitStatus.undecided
    }
  }

  /// A verdict never passes because there was nothing to read.
  static func refuse(_ input: RecordedInput, _ files: [String]) throws {
    if let source = input.sources.first(where: { $0.statistics.bytes > 0 && $0.statistics.holdsNoRecord }) {
      tell("\(source.path): no record in it, so there is no verdict")
      throw ExitStatus.noRecord
    }
    guard input.store.withLock({ $0.overviews(now: 0).isEmpty }) else { return }
    tell(input.withoutTrace(files))
    throw ExitStatus.negative
  }

  private func ask(_ server: TraceContextServer, _ params: JSONObject) throws -> CheckOutput {
    var params = params
    params["format"] = "json"
    params["maxChars"] = .integer(SummaryOptions.budgetRange.upperBound)
    do throws(ResponseError) {
      let answer = try server.answerInBothForms("traces/check", .object(params), maxChars: maxChars)
      return CheckOutput(json: answer.json, text: answer.text.text)
    } catch {
      // What the question says wrong is a matter of usage.
      if error.code == ResponseError.Code.invalidParams {
        tell(error.message)
        throw ExitStatus.usage
      }
      throw RecordedTraceOptions.fail(error)
    }
  }
}
