// Drives a store in tests: short lines go in, the test moves the clock, and lists of text come out for comparison.

import Testing

@testable import TraceDistiller
@testable import TraceRecords

/// A store with its sources and its clock.
final class StoreHarness {
  private(set) var store: TraceDistillerStore
  /// Nanoseconds on the clock of ingestion.
  private(set) var now: Int64 = 0
  private var streams: [Int: RecordStream] = [:]

  init(numbers: SerialNumbers = SerialNumbers(), _ change: (inout StoreLimits) -> Void = { _ in }) {
    var limits = StoreLimits()
    change(&limits)
    store = TraceDistillerStore(limits: limits, numbers: numbers)
  }

  convenience init(_ text: String) {
    self.init()
    feed(text)
  }

  /// Feeds lines in the short form of `storeLine`.
  func feed(_ text: String, source: Int = 0) {
    for line in text.split(separator: "\n") where line.contains(where: { $0 != " " }) {
      feed(json: storeLine(String(line)), source: source)
    }
  }

  func feed(json line: String, source: Int = 0) {
    var stream = streams[source] ?? RecordStream()
    Array((line + "\n").utf8).withUnsafeBytes { bytes in
      stream.feed(bytes) { store.apply($0, $1, source: SourceID(source), now: now) }
    }
    precondition(stream.statistics.lost == 0, "\(line): \(stream.problems)")
    streams[source] = stream
  }

  /// Feeds records that no decoder would create.
  func feed(_ batch: RecordBatch) {
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { store.apply(batch, $0, source: SourceID(0), now: now) }
  }

  func advance(_ millis: Int64) {
    now += millis * 1_000_000
    store.advance(to: now)
  }

  /// Clears the selected traces, like `traces/clear`.
  func clear(_ isChosen: (TraceOverview) -> Bool) -> (traces: Int, spans: Int) {
    store.clear(store.overviews(now: now).filter(isChosen))
  }

  func clear(_ lines: [TraceOverview]) -> Int { store.clear(lines).traces }

  func finishInput() { store.finishInput(now: now) }

  /// Folds ended subtrees of a trace, like the byte bound.
  func collapse(_ name: String) -> Int {
    guard let slot = slot(name) else { return -1 }
    return store.slots[slot]!.storage.collapseEndedSubtrees()
  }

  // MARK: What there is

  func slot(_ name: String) -> Int? { try? store.find(name, now: now).get() }

  func snapshot(_ name: String) -> TraceSnapshot? { slot(name).flatMap { store.snapshot(slot: $0, now: now) } }

  /// All traces in the order of first records: `id state root duration spans=n (reasons)`.
  var list: [String] {
    store.overviews(now: now).map { line in
      guard let slot = store.slots.indices.first(where: { store.slots[$0]?.handle == line.serial }),
        let trace = store.snapshot(slot: slot, now: now)
      else { return "\(line.traceID) without a slot" }
      var words = [line.traceID, "\(trace.state)"]
      if let run = line.run { words.append("run=\(run)") }
      words.append(line.rootName.isEmpty ? "-" : line.rootName)
      words.append(millis(line.durationNanos) + "ms")
      if line.spanCount != 1 { words.append("spans=\(line.spanCount)") }
      if line.errorCount > 0 { words.append("failed=\(line.errorCount)") }
      if line.warningCount > 0 { words.append("warnings=\(line.warningCount)") }
      if !trace.reasons.isEmpty { words.append("(" + trace.reasons.joined(separator: " ") + ")") }
      return words.joined(separator: " ")
    }
  }

  /// Only the names of `list`.
  var ids: [String] { store.overviews(now: now).map(\.traceID) }

  /// The rows of a trace by id: `id<parent from...to flags`.
  func spans(_ name: String) -> [String] {
    guard let storage = snapshot(name)?.storage else { return ["no trace \(name)"] }
    return storage.spans.indices.map { describe(storage, $0) }.sorted()
  }

  /// The store's counters that are not zero, except for the number of records.
  var counters: String {
    store.statistics.counters.filter { $0.value > 0 && $0.name != "records" }.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
  }

  private func describe(_ storage: TraceStorage, _ row: Int) -> String {
    let span = storage.spans[row]
    var words = [storage.spanID(row) + (span.parent == SpanRow.none ? "" : "<" + storage.spanID(Int(span.parent)))]
    guard span.isDefined else { return words[0] + " ?" }
    words.append(millis(span.start - storeBase) + "..." + (span.isOpen ? "" : millis(span.end - storeBase)))
    if let fold = storage.folds[UInt32(row)] {
      words.append("×\(fold.count) of \(fold.spans) total=\(millis(fold.totalNanos)) max=\(millis(fold.maxNanos)) failed=\(fold.failed)")
    }
    for (flag, word) in [(SpanFlags.isRoot, "root"), (.failed, "failed"), (.hasWarning, "warned")] where span.flags.contains(flag) {
      words.append(word)
    }
    for (flag, word) in SpanFlags.diagnostics where span.flags.contains(flag) { words.append(word) }
    return words.joined(separator: " ")
  }

  private func millis(_ nanos: Int64) -> String { nanos % 1_000_000 == 0 ? "\(nanos / 1_000_000)" : "\(Double(nanos) / 1_000_000)" }

  // MARK: Comparing

  func expectList(_ expected: String..., at location: SourceLocation = #_sourceLocation) { compare(list, expected, location) }

  func expectSpans(_ name: String, _ expected: String..., at location: SourceLocation = #_sourceLocation) {
    compare(spans(name), expected, location)
  }

  func expectCounters(_ expected: String, at location: SourceLocation = #_sourceLocation) { compare([counters], [expected], location) }

  private func compare(_ got: [String], _ expected: [String], _ location: SourceLocation) {
    #expect(got == expected, "\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
  }
}
