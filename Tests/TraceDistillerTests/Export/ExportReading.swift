// Reads exports for tests: pages joined, OTLP read into a new store, folded lines as stacks and weights.

import JSON
import Testing
import TraceRecords

@testable import TraceDistiller

/// All pages with a bound, in order; each is checked against the bound.
func pages(_ trace: DistilledTrace, _ format: ExportFormat, _ weight: ExportWeight = .selfTime, maxChars: Int) -> [String] {
  let export = TraceExport(trace, format: format, weight: weight)
  var texts: [String] = []
  var start = 0
  while true {
    var page = export.page(from: start, maxChars: maxChars)
    let isTooSmall = page.end == start && page.isCut
    if isTooSmall { page = export.page(from: start, maxChars: maxChars, isForced: true) }
    #expect(isTooSmall || jsonLength(page.text) <= maxChars || page.end == start, "\(format): \(jsonLength(page.text)) over \(maxChars)")
    texts.append(page.text)
    guard page.isCut, page.end > start else { return texts }
    start = page.end
  }
}

func exported(_ trace: DistilledTrace, _ format: ExportFormat, _ weight: ExportWeight = .selfTime) -> String {
  TraceExport(trace, format: format, weight: weight).page().text
}

/// The trace in OTLP lines, in a store of its own, after the quiet time.
func imported(_ text: String) -> DistilledTrace? {
  var store = TraceDistillerStore()
  var stream = RecordStream()
  Array(text.utf8).withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(1), now: 0) } }
  stream.finish { store.apply($0, $1, source: SourceID(1), now: 0) }
  #expect(stream.statistics.lost == 0, "\(stream.problems)")
  #expect(store.liveCount <= 1, "one trace became \(store.liveCount)")
  let quiet = store.limits.quietNanos
  store.advance(to: quiet)
  return store.snapshot(slot: 0, now: quiet).map { DistilledTrace($0) }
}

/// The largest possible summary.
func summaryText(_ trace: DistilledTrace) -> String {
  var options = SummaryOptions()
  options.maxChars = 200_000
  return trace.summary(options).text
}

/// Lines of folded stacks; nil if a line is not one.
func foldedLines(_ text: String) -> [(stack: [String], weight: Int64)?] {
  text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
    guard let blank = line.lastIndex(of: " "), let weight = Int64(line[line.index(after: blank)...]) else { return nil }
    return (line[..<blank].split(separator: ";", omittingEmptySubsequences: false).map(String.init), weight)
  }
}
