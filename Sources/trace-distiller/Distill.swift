// trace-distiller distill: the summary of recorded streams, without a server.

import ArgumentParser
import Platform
import TraceDistiller

struct Distill: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the summary of recorded records: the list of traces, then one trace or all.")

  @Argument(help: "Files of records, plain or gzip; - is standard input.")
  var files: [String]

  @Option(help: "The trace to summarise: id, beginning of an id, handle (t1), latest, latest-error or slowest.")
  var trace: String = "latest"

  @Flag(help: "Summarise every trace.")
  var all = false

  @Option(help: "The most characters of one summary, from 400 to 200000.")
  var maxChars: Int = SummaryOptions.defaultBudget

  @Option(help: "The language of the summary: en or zh.")
  var locale: String?

  @Option(help: "Read the files as this format alone: \(FormatName.all). By default each value tells its format.")
  var format: FormatName?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name at least one file; - is standard input") }
    guard SummaryOptions.budgetRange.contains(maxChars) else { throw ValidationError("--max-chars must be from 400 to 200000") }
  }

  func run() throws {
    let input = try RecordedInput(files, format: format, options: store)
    let traces = input.store.withLock { Array($0.overviews(now: 0).reversed()) }
    guard !traces.isEmpty else {
      tell("no trace in \(files.joined(separator: ", "))")
      throw input.holdsNoRecord ? ExitStatus.noRecord : ExitStatus.error
    }
    var options = SummaryOptions()
    options.maxChars = maxChars
    options.language = SummaryLanguage(locale: locale)
    if traces.count > 1 || all { StandardOutput.write(TraceListText.make(traces, maxChars: maxChars) + "\n\n") }
    guard !all else {
      for (index, line) in traces.enumerated() {
        guard let snapshot = input.store.withLock({ $0.snapshot(of: line, now: 0) }) else { continue }
        StandardOutput.write((index > 0 ? "\n" : "") + DistilledTrace(snapshot).summary(options).text + "\n")
      }
      return
    }
    switch input.store.snapshot(trace, now: 0) {
    case .success(let snapshot): StandardOutput.write(DistilledTrace(snapshot).summary(options).text + "\n")
    case .failure(let failure):
      tell(explain(failure, trace))
      throw ExitStatus.error
    }
  }

  private func explain(_ failure: TraceLookupFailure, _ name: String) -> String {
    switch failure {
    case .notFound(let near, _): "no trace \(name); there is \(near.joined(separator: ", "))"
    case .ambiguous(let candidates): "several traces begin with \(name): \(candidates.joined(separator: ", "))"
    case .empty: name == "latest-error" ? "no trace with an error" : "no trace"
    }
  }
}
