// Recorded streams as the source for answers, shared by `distill` and `call --input`.

import ArgumentParser
import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

struct RecordedInput {
  let store: SharedTraceStore
  let sources: [SourceReport]

  /// Reads every file. What could not be read is reported on stderr; a file that cannot be opened ends the program.
  init(_ files: [String], format: FormatName?, options: StoreOptions) throws {
    store = SharedTraceStore(limits: options.limits())
    var sources: [SourceReport] = []
    for (index, file) in files.enumerated() {
      do {
        var progress = ReadingProgress()
        let interruption = file == "-" ? ReadingInterruption() : nil
        defer { interruption?.end() }
        let source = try RecordFile.read(
          file, into: store, source: SourceID(index), maxLineBytes: options.maxLine.bytes, format: format?.name,
          interruption: interruption?.pipe, progress: { progress.tell($0) })
        progress.end()
        RecordedInput.tellLosses(source)
        sources.append(source)
      } catch {
        tell(error.description)
        throw error.isOpen ? ExitStatus.ioError : ExitStatus.noInput
      }
    }
    store.withLock { $0.finishInput(now: 0) }
    self.sources = sources
  }

  private static func tellLosses(_ source: SourceReport) {
    if let message = source.message { tell("\(source.path): \(message)") }
    let statistics = source.statistics
    // One line for an input without any records.
    if statistics.holdsNoRecord, let refusal = source.refusal { return tell("\(source.path) \(refusal)") }
    guard statistics.lost > 0 || statistics.holdsNoRecord || statistics.unrecognisedLines > 0 else { return }
    for problem in source.problems { tell("\(source.path): \(problem)") }
    let counts = statistics.counters.filter { $0.value > 0 && $0.name != "bytes" }.map { "\($0.name) \($0.value)" }
    if statistics.lost > 0 {
      tell("\(source.path): \(share(statistics)) not taken (\(counts.joined(separator: ", ")))")
    } else if statistics.holdsNoRecord {
      tell(
        "\(source.path): no line of it is a record of a known format (\(counts.joined(separator: ", "))); `trace-distiller distill --help` names the formats"
      )
    } else {
      tell("\(source.path): nothing was lost, and not all of it are records (\(counts.joined(separator: ", ")))")
    }
  }

  /// `3 of 12 lines were`. Elements of a document may share a line.
  private static func share(_ statistics: IngestStatistics) -> String {
    let (lost, lines) = (statistics.lost, statistics.lines)
    let verb = lost == 1 ? "was" : "were"
    if lost > lines { return "\(lost) \(lost == 1 ? "value" : "values") \(verb)" }
    return lines == 1 ? "its only line was" : "\(lost) of \(lines) lines \(verb)"
  }

  /// Why there is no trace, and which command shows what exists instead.
  func withoutTrace(_ files: [String]) -> String {
    let names = files.map { $0 == "-" ? "standard input" : $0 }.joined(separator: ", ")
    let logs = store.withLock { $0.statistics.moduleLogs }
    guard logs > 0 else { return "no trace in \(names)" }
    let what = logs == 1 ? "a log line" : "\(logs) log lines"
    return "no trace in \(names), but \(what): `trace-distiller call logs/list --text --input \(files.joined(separator: " "))` shows them"
  }

  /// There was input, but no record in any of it.
  var holdsNoRecord: Bool {
    let read = sources.filter { $0.statistics.bytes > 0 }
    return !read.isEmpty && read.allSatisfy { $0.statistics.holdsNoRecord }
  }

  /// A server over this store. Its clock stands still at the end of the input.
  func server() -> TraceContextServer {
    let sources = sources
    return TraceContextServer(
      store: store, clock: { 0 },
      report: { ServerReport(pid: Int(getpid()), sources: sources, residentBytes: ProcessMemory.residentBytes()) })
  }
}
