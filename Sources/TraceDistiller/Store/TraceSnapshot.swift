// The input of a request: one trace at one moment, not affected by later records.

import TraceRecords

/// An immutable copy of one trace. Creating one is O(pages): pages are shared with the store until it writes to them.
package struct TraceSnapshot: Sendable {
  package private(set) var storage: TraceStorage
  /// The id in answers: `trace_1`, and `trace_1~2` for the second trace with this id.
  package let traceID: String
  /// The order of first records. Never reused while the process runs.
  package let serial: Int
  /// Its slot in the store.
  let slot: Int
  /// `t12`: short, and stable while the process runs.
  package var handle: String { "t\(serial)" }
  package let run: String?
  package let isRunAmbiguous: Bool
  package let state: TraceDistillerStore.TraceState
  package let isQuiet: Bool
  /// The losses before the store: this trace may lack some of those records.
  package let losses: LossReport
  /// Records of its producer were lost while it ran.
  package let mayLackRecords: Bool
  /// Incremented by every record of this trace.
  package let revision: Int
  /// How far answers may correct the clocks of hosts.
  package var maxClockAdjustNanos: Int64 = 0
  /// If it was requested by a root's name: the number of traces with such a root, of which this is the newest. Otherwise nil.
  package internal(set) var namesakes: Int?

  /// The same with its rows in a form for repeated reading, which analyses need.
  /// - Complexity: O(spans), or O(1) for a trace that is not sealed.
  package var unpacked: TraceSnapshot {
    var copy = self
    copy.storage = storage.unpacked
    return copy
  }

  /// Why the trace may still change or is not complete, as single words; empty if it is complete.
  ///
  /// `recentRecords` means that its root and every span have ended, but the quiet time since its last record (500 ms by default) is not
  /// over. A trace has no end mark, and spans of other threads or programs may still arrive, so it counts as complete only after that time.
  /// Ask again then, or wait with `traces/await`.
  package var reasons: [String] {
    var reasons: [String] = []
    if storage.trueRoots.isEmpty {
      reasons.append("noRoot")
    } else if !storage.trueRoots.contains(where: { storage.spans[Int($0)].flags.contains(.ended) }) {
      reasons.append("rootRunning")
    }
    if storage.openCount > 0 { reasons.append("openSpans") }
    if storage.missingParentCount > 0 { reasons.append("missingParents") }
    if state == .abandoned { reasons.append("abandoned") }
    if reasons.isEmpty, !isQuiet { reasons.append("recentRecords") }
    if storage.collapsedSpans > 0 { reasons.append("collapsed") }
    if storage.prunedSpans > 0 { reasons.append("pruned") }
    if mayLackRecords { reasons.append("lostRecords") }
    if storage.isPartial { reasons.append("partial") }
    if isRunAmbiguous { reasons.append("runAmbiguous") }
    if storage.logsOnlyCount > 0 { reasons.append("logsOnly") }
    if storage.isApproximate { reasons.append("approximate") }
    return reasons
  }

  /// A true root has ended, no span is open or known only from logs, no parent is missing, no record is known to be lost, and no record has
  /// arrived for the quiet time.
  package var isComplete: Bool {
    storage.isStructurallyComplete && storage.logsOnlyCount == 0 && isQuiet && !mayLackRecords && !storage.isPartial
  }
}

/// One line of a list of traces.
package struct TraceOverview: Sendable {
  package var traceID: String
  package var handle: String
  package var rootName: String
  package var service: String?
  /// The run that reported it first.
  package var run: String?
  /// All runs that reported it, sorted by name: the services of one trace are different programs.
  package var runs: [String]
  package var startTimeUnixNano: Int64
  package var durationNanos: Int64
  package var spanCount: Int
  package var errorCount: Int
  package var warningCount: Int
  package var status: SpanOutcome
  package var isComplete: Bool
  /// The order of first records; larger means later.
  package var serial: Int
  /// Incremented by every record of this trace.
  package var revision: Int
  /// Its slot in the store, for `snapshot(of:)`.
  var slot: Int
}

/// The outcome shown to people: OpenTelemetry's unset counts as ok.
package enum SpanOutcome: String, Sendable, BitwiseCopyable {
  case ok, error, running
}

extension TraceDistillerStore {
  /// A copy of one trace in its state at `now`.
  package func snapshot(slot: Int, now: Int64) -> TraceSnapshot? {
    guard slots.indices.contains(slot), ranks[slot].serial > 0 else { return nil }
    let (id, lacks, losses) = (displayID(slot), mayLackRecords(slot), losses)
    // Lent: a copy would retain all that it has once more.
    return slots.withSlot(slot) { live in
      TraceSnapshot(
        storage: live.withStorage { $0.pointee.snapshot }, traceID: id, serial: live.pointee.handle, slot: slot,
        run: runs.name(live.pointee.run), isRunAmbiguous: live.pointee.isRunAmbiguous, state: live.pointee.state,
        isQuiet: live.pointee.state == .completed || now - live.pointee.lastArrival >= limits.quietNanos,
        losses: losses, mayLackRecords: lacks, revision: live.pointee.revision, maxClockAdjustNanos: limits.maxClockAdjustNanos)
    }
  }

  /// A copy of the trace of a line, without a lookup; nil if it is gone by now.
  package func snapshot(of line: TraceOverview, now: Int64) -> TraceSnapshot? {
    guard slots.indices.contains(line.slot), slots[line.slot]?.handle == line.serial else { return nil }
    return snapshot(slot: line.slot, now: now)
  }

  /// Every live trace as a line of a list, in the order of their first records, including traces that appear only in logs or as parents.
  /// - Complexity: O(traces), plus O(spans) for those without a root.
  package func overviews(now: Int64) -> [TraceOverview] {
    var lines: [TraceOverview] = []
    lines.reserveCapacity(liveCount)
    for index in slots.indices where slots[index] != nil { lines.append(overview(slot: index, now: now)) }
    lines.sort { $0.serial < $1.serial }
    return lines
  }

  /// The slot of every live trace, and its position in the order of first records.
  func liveTraces() -> [(slot: Int, serial: Int)] {
    var all: [(slot: Int, serial: Int)] = []
    all.reserveCapacity(liveCount)
    for slot in ranks.indices where ranks[slot].serial > 0 { all.append((slot, ranks[slot].serial)) }
    return all
  }

  /// The line of a trace; nil if it is gone by now.
  func overview(of trace: (slot: Int, serial: Int), now: Int64) -> TraceOverview? {
    guard slots.indices.contains(trace.slot), slots[trace.slot]?.handle == trace.serial else { return nil }
    return overview(slot: trace.slot, now: now)
  }

  /// The number of spans in all live traces.
  /// - Complexity: O(traces).
  package var liveSpanCount: Int {
    var count = 0
    for slot in slots.indices { count += slots[slot]?.storage.spanCount ?? 0 }
    return count
  }

  package func overview(slot: Int, now: Int64) -> TraceOverview {
    let live = slots[slot]!
    let storage = live.storage
    let root = storage.primaryRootRow
    let isQuiet = live.state == .completed || now - live.lastArrival >= limits.quietNanos
    let isComplete = storage.isStructurallyComplete && storage.logsOnlyCount == 0 && isQuiet && !mayLackRecords(slot)
    var line = TraceOverview(
      traceID: displayID(slot), handle: "t\(live.handle)", rootName: "", service: nil, run: runNames(live).first,
      runs: runNames(live).sorted(),
      startTimeUnixNano: storage.minTime == .max ? 0 : storage.minTime, durationNanos: 0, spanCount: storage.spanCount,
      errorCount: storage.errorSpanCount, warningCount: storage.warningCount, status: .running, isComplete: isComplete, serial: live.handle,
      revision: live.revision, slot: slot)
    guard let root else { return line }
    let span = storage.spans[root]
    line.rootName = storage.text(span.name)
    line.service = span.service == 0 ? nil : storage.text(span.service)
    line.startTimeUnixNano = span.start
    line.durationNanos = storage.duration(ofRoot: root)
    line.status = storage.outcome(ofRoot: root)
    return line
  }

  /// The names of its runs, in the order in which they reported it.
  private func runNames(_ live: Slot) -> [String] { ([live.run] + live.otherRuns).compactMap { runs.name($0) } }

  func runNames(slot: Int) -> [String] { runNames(slots[slot]!) }

  /// The id, with its generation if that is not the first.
  func displayID(_ slot: Int) -> String {
    let (row, handle, generation) = slots.withSlot(slot) { ($0.pointee.idRow, $0.pointee.handle, $0.pointee.generation) }
    let id = IdentifierText.shown(idTable[row], number: handle, redacts: limits.redacts)
    return generation > 1 ? "\(id)~\(generation)" : id
  }
}

extension TraceStorage {
  package func text(_ number: UInt32) -> String { texts.reference(number).map { arena.string($0) } ?? "" }

  package func spanID(_ row: Int) -> String {
    arena.withBytes(spans[row].id) { IdentifierText.shown($0, number: row, redacts: redacts) }
  }

  /// The row of a span whose id is shown without a secret; nil for other ids.
  package func row(ofShownID id: String) -> Int? {
    guard let row = IdentifierText.number(of: id), spans.indices.contains(row), spanID(row).utf8.elementsEqual(id.utf8) else { return nil }
    return row
  }

  /// The root that a list names: true roots before fragments, then the longest, the earliest, the smallest id. Nil if no span was reported.
  var primaryRootRow: Int? {
    var best: Int?
    for root in trueRoots where spans[Int(root)].isDefined { best = better(best, Int(root)) }
    if best != nil { return best }
    for row in spans.indices where spans[row].isDefined {
      let parent = spans[row].parent
      if parent == SpanRow.none || !spans[Int(parent)].isDefined { best = better(best, row) }
    }
    // There is only a cycle. Any member will do; the first reported one is stable.
    return best ?? spans.indices.first { spans[$0].isDefined }
  }

  private func better(_ best: Int?, _ candidate: Int) -> Int {
    guard let best else { return candidate }
    let (left, right) = (spans[best], spans[candidate])
    let leftDuration = (left.isOpen ? maxTime : left.end).subtractingSaturated(left.start)
    let rightDuration = (right.isOpen ? maxTime : right.end).subtractingSaturated(right.start)
    if leftDuration != rightDuration { return leftDuration > rightDuration ? best : candidate }
    if left.start != right.start { return left.start < right.start ? best : candidate }
    return arena.precedes(right.id, left.id) ? candidate : best
  }
}

extension TraceSnapshot {
  /// The approximate cost of an answer about the trace, in spans: its rows, its events, and its text.
  package var answerCost: Int { storage.spans.count + storage.events.count + storage.arena.allocatedBytes / 256 }
}
