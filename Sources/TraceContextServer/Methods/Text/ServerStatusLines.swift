// server/status as text: what is read from where, what is kept, and every loss counter that is not zero.

import JSONRPC
import TraceDistiller
import TraceRecords

extension ServerStatus.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let memory = residentBytes.map { ", \(mebibytes($0)) resident" } ?? ""
    return LinePage(total: report.sources.count).text(maxChars: maxChars) { _ in
      ["trace-distiller \(ServerVersion.text), pid \(report.pid)\(memory)"] + (report.hub.map { hubLines($0) } ?? [])
    } entry: {
      lines(of: report.sources[$0])
    } tail: { end, isCut in
      (isCut ? ["… \(DurationText.count(report.sources.count - end)) more"] : [])
        + (store.map { storeLines($0) } ?? ["The source of traces keeps nothing here, or gives no answer"])
    }
  }

  private func lines(of source: SourceReport) -> [String] {
    let owner = source.ownerPID.map { " by pid \($0)" } ?? ""
    let message = source.message.map { ": " + VisibleText.make($0, limit: 300) } ?? ""
    let (records, lineCount) = (count(source.statistics.records), count(source.statistics.lines))
    var lines = [
      "\(source.kind) \(VisibleText.make(source.path, limit: 300)): \(source.state)\(owner)\(message); \(records) records in \(lineCount) lines"
    ]
    let others = nonZero(source.statistics.counters, without: ["bytes", "lines", "records"])
    if !others.isEmpty { lines.append("   " + others) }
    let requests = nonZero(source.requests.map { ($0.name, $0.count) }, without: [])
    if !requests.isEmpty { lines.append("   requests: " + requests) }
    if let refusal = source.refusal { lines.append("   the input " + refusal) }
    if let unfinished = source.unfinished {
      let age = max(0, now - unfinished.since) / 1_000_000
      lines.append("   \(DurationText.count(unfinished.bytes)) bytes of a record that has not ended, for \(age) ms")
    }
    for problem in source.problems {
      let element = problem.element.map { ", element [\($0)]" } ?? ""
      lines.append("   line \(problem.line)\(element): \(VisibleText.make(problem.reason, limit: 200))")
    }
    return lines
  }

  private func hubLines(_ hub: HubReport) -> [String] {
    let options = hub.options.isEmpty ? "" : ", with \(VisibleText.make(hub.options.joined(separator: " "), limit: 300))"
    let lost = hub.lost.map { [$0.prefix(1).uppercased() + $0.dropFirst()] } ?? []
    return ["A hub: \(DurationText.count(hub.clients)) clients share this process and its traces\(options)"] + lost
  }

  private func storeLines(_ store: StoreStatus) -> [String] {
    let limits = store.limits
    let traces = [store.completed, store.running, store.abandoned].map { DurationText.count($0) }
    var lines = [
      "Traces: \(traces[0]) complete, \(traces[1]) running, \(traces[2]) given up; \(DurationText.count(store.logs)) module logs; "
        + "\(DurationText.count(store.producers)) producers, \(DurationText.count(store.runs)) runs",
      "Kept: at most \(limits.maxTraces) complete traces (0: as many as fit) in \(mebibytes(limits.maxBytes)); \(mebibytes(store.bytes)) in use",
    ]
    if store.missingRecords > 0 { lines.append("Missing: \(count(store.missingRecords)) records that producers sent and nobody saw") }
    let losses = nonZero(store.counters, without: ["records", "sessions", "moduleLogs", "tracesCompleted"])
    lines.append(losses.isEmpty ? "Nothing was lost, evicted or changed" : "Counted: " + losses)
    return lines
  }

  /// `malformedLines 2, repairedLines 1`
  private func nonZero(_ counters: [(name: String, value: UInt64)], without names: Set<String>) -> String {
    counters.filter { !names.contains($0.name) && $0.value > 0 }.map { "\($0.name) \(count($0.value))" }.joined(separator: ", ")
  }

  private func count(_ value: UInt64) -> String { DurationText.count(Int(clamping: value)) }

  private func mebibytes(_ bytes: Int) -> String { "\((bytes + 1 << 19) >> 20) MiB" }
}
