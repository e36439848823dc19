// The store: records in, traces out. A value without clock, lock or I/O; `SharedTraceStore` puts the lock around it.

package import TraceRecords

/// All traces that are kept, and what became of the others.
///
/// Time for it is a monotonic nanosecond count that the caller passes in (`now`): a server's clock, the end of a file, a test's hand.
package struct TraceDistillerStore: Sendable {
  package let limits: StoreLimits
  package internal(set) var statistics = StoreStatistics()

  /// Where a trace stands. Settling: whole, but not yet quiet.
  package enum TraceState: UInt8, Sendable { case running, settling, completed, abandoned }

  struct Slot: Sendable {
    var storage: TraceStorage
    var idRow: Int
    var generation: Int
    var handle: Int
    var run: Int
    /// The record that began the trace named its run itself.
    var hasOwnRun: Bool
    /// Further runs that told of it: the services of one trace are programs of their own. At most `maxRuns - 1`.
    var otherRuns: [Int] = []
    static let maxRuns = 16
    var isRunAmbiguous = false
    var source: SourceID
    var state = TraceState.running
    var lastArrival: Int64
    var revision = 0
    /// The number of its latest completion.
    var completion = 0
    var bytes = 0
    /// Rows when it was last collapsed: a second try waits until it has doubled.
    var collapsedAtRows = 0
  }

  /// What is known of one trace id.
  struct KnownID: Sendable {
    /// Live traces of that id, oldest first.
    var slots: [Int] = []
    var generations = 0
    /// Counts evictions, so that the queue of evicted ids knows its stale entries.
    var evictionStamp = 0
  }

  var slots: [Slot?] = []
  var freeSlots: [Int] = []
  var links: [SlotList.Links] = []
  var running = SlotList()
  var settling = SlotList()
  var completed = SlotList()
  var abandoned = SlotList()

  var idTable = ByteTable()
  var knownIDs: [KnownID] = []
  var evictedIDs: [(row: Int, stamp: Int)] = []
  var evictedHead = 0
  /// Running traces that have grown enough to be worth a collapse.
  var collapsible: Set<Int> = []

  /// Flat logs, beside the traces.
  package internal(set) var logs: ModuleLogs
  var runs: RunTable
  private var producers = ByteTable()
  private var sequences: [SequenceSet] = []
  /// When each producer was heard last, as a count of records.
  private var producerSeen: [UInt64] = []
  private var forgottenMissing: UInt64 = 0
  package internal(set) var allocatedBytes = 0
  package internal(set) var nextHandle = 1
  /// Grows with every change of any trace.
  package private(set) var revision = 0
  private var latestSlot = -1
  /// Completions are numbered from 1 on.
  package internal(set) var latestCompletion = 0
  /// The highest number of a completed trace that is gone.
  var latestLostCompletion = 0

  package init(limits: StoreLimits = StoreLimits()) {
    self.limits = limits
    runs = RunTable(maxRuns: limits.maxRuns)
    logs = ModuleLogs(maxBytes: min(limits.maxLogBytes, limits.maxBytes / 4), maxValueBytes: limits.maxValueBytes)
  }

  package var liveCount: Int { running.count + settling.count + completed.count + abandoned.count }
  package var runningCount: Int { running.count + settling.count }
  package var completedCount: Int { completed.count }
  package var abandonedCount: Int { abandoned.count }
  package var producerCount: Int { producers.count }
  package var runCount: Int { runs.count }

  /// Sequence numbers that never came and that no gap record accounts for: records lost between producers and us.
  package var missingRecords: UInt64 { sequences.reduce(forgottenMissing) { $0.addingSaturated($1.missing) } }

  /// What was lost on the way into the store.
  package var losses: LossReport {
    let records = missingRecords.addingSaturated(statistics.producerDropped).addingSaturated(statistics.invalidRecords)
    return LossReport(lines: statistics.lostLines, records: records)
  }

  /// Traces that are gone: they made room for others.
  package var evictedCount: UInt64 { statistics.evictedCompleted + statistics.evictedAbandoned + statistics.evictedRunning }

  /// A source could not take so many lines.
  package mutating func count(lostLines: UInt64) { statistics.lostLines += lostLines }

  // MARK: Records

  /// Takes the records of one read, in their order.
  /// - Complexity: O(1) a record on average, beyond the bytes that it brings.
  package mutating func apply(_ batch: RecordBatch, _ texts: BatchTexts, source: SourceID, now: Int64) {
    for record in batch.records {
      let attributes = batch.attributes[Int(record.attributeStart)..<Int(record.attributeStart + record.attributeCount)]
      apply(record, attributes, texts, source, now)
    }
    advance(to: now)
  }

  private mutating func apply(_ record: Record, _ attributes: ArraySlice<Attribute>, _ texts: BatchTexts, _ source: SourceID, _ now: Int64)
  {
    statistics.records += 1
    guard isWithinLimits(record) else {
      statistics.invalidRecords += 1
      return
    }
    if record.sequence > 0, !isNew(record, texts) {
      statistics.redeliveredRecords += 1
      return
    }
    switch record.kind {
    case .session:
      statistics.sessions += 1
      runs.begin(texts[record.run.isEmpty ? record.session : record.run], on: source)
      statistics.forgottenRuns = runs.forgotten
    case .gap: takeGap(record, texts)
    case .moduleLog: takeLog(record, attributes, texts, source)
    case .spanStart, .spanEnd, .span, .log:
      guard let slot = slot(for: record, texts, source, now) else { return }
      update(slot, record, attributes, texts, now)
    }
  }

  private mutating func takeLog(_ record: Record, _ attributes: ArraySlice<Attribute>, _ texts: BatchTexts, _ source: SourceID) {
    statistics.moduleLogs += 1
    let run = record.run.isEmpty ? runs.name(runs.latestRun(of: source)) : nil
    logs.append(record, attributes, texts, markedRun: run)
    statistics.evictedLogs = logs.evicted
    statistics.truncatedValues += UInt64(logs.takeTruncated())
    if allocatedBytes + logs.allocatedBytes > limits.maxBytes { enforceByteBound(grown: -1) }
  }

  private mutating func update(_ slot: Int, _ record: Record, _ attributes: ArraySlice<Attribute>, _ texts: BatchTexts, _ now: Int64) {
    let cutBefore = slots[slot]!.storage.truncatedValues
    slots[slot]!.storage.apply(record, attributes: attributes, texts: texts)
    statistics.truncatedValues += UInt64(slots[slot]!.storage.truncatedValues - cutBefore)
    revision += 1
    slots[slot]!.revision += 1
    slots[slot]!.lastArrival = now
    account(slot)
    let rows = slots[slot]!.storage.spans.count
    if rows >= 1_024, rows >= slots[slot]!.collapsedAtRows * 2 { collapsible.insert(slot) }
    move(slot, to: slots[slot]!.storage.isStructurallyComplete ? .settling : .running)
    if allocatedBytes + logs.allocatedBytes > limits.maxBytes { enforceByteBound(grown: slot) }
  }

  /// Ids are kept for long, some beyond their trace: none may be large.
  private func isWithinLimits(_ record: Record) -> Bool {
    let longest = max(
      record.traceID.count, record.spanID.count, record.parentID.count, record.run.count, record.session.count, record.producer.count)
    return Int(longest) <= limits.maxIDBytes
  }

  private mutating func isNew(_ record: Record, _ texts: BatchTexts) -> Bool {
    let producer = producer(texts[record.producer])
    return sequences[producer].insert(record.sequence)
  }

  /// Makes room for a producer: the one that was silent longest is forgotten, its holes stay counted.
  private mutating func forgetOldestProducer() {
    guard let oldest = producerSeen.indices.min(by: { producerSeen[$0] < producerSeen[$1] }) else { return }
    forgottenMissing = forgottenMissing.addingSaturated(sequences[oldest].missing)
    producers.remove(row: oldest)
    sequences[oldest] = SequenceSet()
    statistics.forgottenProducers += 1
  }

  /// The producer's row.
  private mutating func producer(_ name: UnsafeRawBufferPointer) -> Int {
    if let known = producers.find(name) {
      producerSeen[known] = statistics.records
      return known
    }
    if producers.count >= limits.maxProducers { forgetOldestProducer() }
    let row = producers.insert(name).row
    if row == sequences.count {
      sequences.append(SequenceSet())
      producerSeen.append(0)
    }
    producerSeen[row] = statistics.records
    return row
  }

  /// A gap record may come twice, through the pipe and from a journal: what is accounted for already is not counted again.
  private mutating func takeGap(_ record: Record, _ texts: BatchTexts) {
    let producer = producer(texts[record.producer])
    let lost = sequences[producer].account(for: record.gapFirst...record.gapLast)
    if lost == 0 { statistics.redeliveredRecords += 1 }
    statistics.producerDropped = statistics.producerDropped.addingSaturated(lost)
  }

  /// What arrived of a producer so far; nil where nothing did.
  package func sequences(ofProducer name: UnsafeRawBufferPointer) -> SequenceSet? { producers.find(name).map { sequences[$0] } }

  // MARK: Which trace

  /// The trace that a record belongs to, made where it begins one; nil where the trace is gone for good.
  private mutating func slot(for record: Record, _ texts: BatchTexts, _ source: SourceID, _ now: Int64) -> Int? {
    let id = texts[record.traceID]
    let beginsRoot = record.format.recyclesIDs && record.parent == .root && (record.kind == .spanStart || record.kind == .span)
    // A stream mostly speaks of the trace that it spoke of before.
    if !beginsRoot, record.format != .nativeSpanLine, isLatest(id, record, texts, source) { return latestSlot }
    let row = idRow(id)
    let hasOwnRun = !record.run.isEmpty
    let run = hasOwnRun ? runs.run(named: texts[record.run]) : runs.latestRun(of: source)
    var found = match(row, id, run: run, hasOwnRun: hasOwnRun, source: source, isExact: beginsRoot)
    if let slot = found, isRecycled(slot, record, beginsRoot: beginsRoot) {
      if slots[slot]!.state == .running || slots[slot]!.state == .settling {
        end(slot, as: slots[slot]!.storage.isStructurallyComplete ? .completed : .abandoned)
      }
      found = nil
    } else if found == nil, !beginsRoot, knownIDs[row].slots.isEmpty, knownIDs[row].generations > 0 {
      // The id is known but nothing of it is left: a late record must not bring back a stump.
      statistics.lateRecords += 1
      return nil
    }
    let slot = found ?? begin(row, run: run, hasOwnRun: hasOwnRun, source: source, now: now)
    // Ids that never recycle say themselves whose they are: the services of one trace need not all tell their run.
    if !hasOwnRun, record.format.recyclesIDs, slots[slot]!.run != run || (found == nil && runs.isAmbiguous(on: source)) {
      slots[slot]!.isRunAmbiguous = true
      statistics.ambiguousRecords += 1
    }
    if hasOwnRun, slots[slot]!.run != run { join(run, to: slot) }
    latestSlot = slot
    return slot
  }

  /// A further run tells of the trace.
  private mutating func join(_ run: Int, to slot: Int) {
    guard run != RunTable.none, slots[slot]!.otherRuns.count < Slot.maxRuns - 1, !slots[slot]!.otherRuns.contains(run) else { return }
    slots[slot]!.otherRuns.append(run)
    runs.traceKept(run)
  }

  /// Whether a record continues the trace of the record before it.
  private mutating func isLatest(_ id: UnsafeRawBufferPointer, _ record: Record, _ texts: BatchTexts, _ source: SourceID) -> Bool {
    guard latestSlot >= 0, slots[latestSlot] != nil else { return false }
    let row = slots[latestSlot]!.idRow
    guard bytesEqual(idTable[row], id), knownIDs[row].slots.last == latestSlot, slots[latestSlot]!.source == source else { return false }
    let run = slots[latestSlot]!.run
    return slots[latestSlot]!.hasOwnRun
      ? !record.run.isEmpty && run == runs.run(named: texts[record.run])
      : record.run.isEmpty && run == runs.latestRun(of: source)
  }

  /// The live trace of an id that a record with this run belongs to.
  private func match(_ row: Int, _ id: UnsafeRawBufferPointer, run: Int, hasOwnRun: Bool, source: SourceID, isExact: Bool) -> Int? {
    let known = knownIDs[row].slots
    // 128 random bits never meet by chance: one trace, whatever processes its spans come from.
    if isGloballyUnique(id) { return known.last }
    // Programs that never said who they are are told apart by their sources alone.
    if let exact = known.last(where: { slots[$0]!.run == run && (run != RunTable.none || slots[$0]!.source == source) }) { return exact }
    // A record without a run may continue a trace that an earlier program on this pipe began, as long as that one runs.
    guard !hasOwnRun, !isExact else { return nil }
    return known.last { slots[$0]!.source == source && !slots[$0]!.hasOwnRun && slots[$0]!.state == .running }
  }

  /// Whether the id was given to a new trace: a root starts in a trace that has its root, or a whole span began after the trace's end.
  private func isRecycled(_ slot: Int, _ record: Record, beginsRoot: Bool) -> Bool {
    let storage = slots[slot]!.storage
    if beginsRoot { return storage.hasStartedRoot }
    guard record.format == .nativeSpanLine, record.kind == .span, storage.isStructurallyComplete else { return false }
    return record.startNanos > storage.maxTime
  }

  private mutating func idRow(_ id: UnsafeRawBufferPointer) -> Int {
    let (row, isNew) = idTable.insert(id)
    if isNew {
      if row == knownIDs.count { knownIDs.append(KnownID()) } else { knownIDs[row] = KnownID() }
    }
    return row
  }

  private mutating func begin(_ row: Int, run: Int, hasOwnRun: Bool, source: SourceID, now: Int64) -> Int {
    // Whoever gives one id to thousands of traces gets the latest of them.
    if knownIDs[row].slots.count >= limits.maxLiveGenerations { evict(knownIDs[row].slots[0]) }
    knownIDs[row].generations += 1
    let slot = Slot(
      storage: TraceStorage(maxValueBytes: limits.maxValueBytes), idRow: row, generation: knownIDs[row].generations, handle: nextHandle,
      run: run,
      hasOwnRun: hasOwnRun, source: source, lastArrival: now)
    nextHandle += 1
    let number: Int
    if let free = freeSlots.popLast() {
      number = free
      slots[number] = slot
    } else {
      number = slots.count
      slots.append(slot)
      links.append(SlotList.Links())
    }
    knownIDs[row].slots.append(number)
    running.append(number, &links)
    runs.traceKept(run)
    runs.traceBegan(run)
    account(number)
    return number
  }

  /// 32 hex digits, or a UUID.
  private func isGloballyUnique(_ id: UnsafeRawBufferPointer) -> Bool {
    guard id.count == 32 || id.count == 36 else { return false }
    return id.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) || (id.count == 36 && $0 == UInt8(ascii: "-")) }
  }

  private func bytesEqual(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Bool {
    left.count == right.count && left.elementsEqual(right)
  }
}
