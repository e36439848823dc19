// The store: receives records and keeps traces. A value without a clock, a lock or I/O; `SharedTraceStore` puts a lock around it.

package import TraceRecords

/// All kept traces, and counters for those that were removed.
///
/// Time is a monotonic nanosecond count that the caller passes in (`now`): a server's clock, the end of a file, or a test.
package struct TraceDistillerStore: Sendable {
  package let limits: StoreLimits
  package internal(set) var statistics = StoreStatistics()

  /// The state of a trace. Settling: structurally complete, but not quiet yet.
  package enum TraceState: UInt8, Sendable { case running, settling, completed, abandoned }

  struct Slot: Sendable {
    var storage: TraceStorage
    var idRow: Int
    var generation: Int
    var handle: Int
    var run: Int
    /// The record that began the trace named its run itself.
    var hasOwnRun: Bool
    /// Further runs that reported the trace: its services are different programs. At most `maxRuns - 1`.
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
    /// It settles, and was packed before it is complete: many others settled behind it.
    var isPacked = false
    /// The number of rows when it was last collapsed. The next attempt waits until it has doubled.
    var collapsedAtRows = 0
    /// The number of records in the store when the trace began.
    var beganAt: UInt64
    var loss: TraceLoss?

    /// The bytes of the trace, computed now.
    var countedBytes: Int { storage.allocatedBytes + MemoryLayout<Slot>.stride + MemoryLayout<TraceRank>.stride }

    /// What the store needs to know about a slot that received records, in one value: each separate query would be another access to the
    /// array of slots.
    struct Change {
      var truncatedValues, redactedValues, bytes: Int
      var isCollapsible, isStructurallyComplete, hasNewPlaces: Bool
      var state: TraceState
    }

    /// Updates values that depend on the records that the storage received.
    /// - Parameter before: the values noted by `Visit`.
    mutating func finish(_ before: Visit, _ now: Int64) -> Change {
      let bytesBefore = bytes
      revision += before.records
      lastArrival = now
      bytes = countedBytes
      let rows = storage.spans.count
      return Change(
        truncatedValues: storage.truncatedValues - before.truncatedValues, redactedValues: storage.redactedValues - before.redactedValues,
        bytes: bytes - bytesBefore,
        isCollapsible: rows >= 1_024 && rows >= collapsedAtRows * 2, isStructurallyComplete: storage.isStructurallyComplete,
        hasNewPlaces: storage.hasPlaces && !storage.places.touched.isEmpty, state: state)
    }
  }

  /// A trace that receives consecutive records of a batch. Its counted bytes and its place in the orders are updated when another trace, or
  /// anything else, has its turn.
  struct Visit {
    var slot: Int
    /// The values before the visit.
    var truncatedValues, redactedValues: Int
    var records = 0
  }

  /// Records of the trace's producer were lost while the trace was running: some of them may belong to the trace.
  struct TraceLoss: Sendable {
    var producer: Int
    /// The producer reported that it dropped them. Otherwise they are a gap, which a journal may still fill.
    var isTold: Bool
  }

  /// When a producer's latest loss was noticed, as a number of records.
  struct LossStamps: Sendable {
    var told: UInt64 = 0
    var hole: UInt64 = 0
  }

  /// What is known about one trace id.
  struct KnownID: Sendable {
    /// The live traces with that id, the oldest first.
    var slots: [Int] = []
    var generations = 0
    /// Incremented by evictions, so that outdated entries in the queue of evicted ids are recognised.
    var evictionStamp = 0
  }

  var slots = SlotTable()
  var freeSlots: [Int] = []
  var links: [SlotList.Links] = []
  /// The values by which lists sort and filter, for the trace in each slot.
  var ranks: [TraceRank] = []
  /// The search signatures of ended traces.
  var signatures = SignatureTable()
  var running = SlotList()
  var settling = SlotList()
  /// Of the settling ones the last that was packed, and how many were; -1 for none.
  var lastPacked = -1
  var packedCount = 0
  var completed = SlotList()
  var abandoned = SlotList()
  /// All of them, as they began.
  var ages = AgeOrder()
  /// Which completed traces are evicted before others.
  var fairShare = FairShare()

  var idTable = ByteTable()
  var knownIDs: [KnownID] = []
  var evictedIDs: [EvictedID] = []
  var evictedHead = 0
  var rememberedBytes = 0
  /// Running traces that have grown enough to be worth a collapse.
  var collapsible: Set<Int> = []

  /// Module logs, separate from the traces.
  package internal(set) var logs: ModuleLogs
  var runs: RunTable
  /// The sets of runs that traces have.
  var runSets: RunSets
  private var producers = ByteTable()
  private var sequences: [SequenceSet] = []
  /// When each producer was last seen, as a number of records.
  private var producerSeen: [UInt64] = []
  private var producerLosses: [LossStamps] = []
  private var forgottenMissing: UInt64 = 0
  /// The memory of the sets of sequence numbers and of their producers' names.
  private var sequenceBytes = 0
  var producerBytes: Int { sequenceBytes + producers.allocatedBytes }
  /// Bytes of traces.
  package internal(set) var allocatedBytes = 0
  /// Bytes of ids, runs and producers, after the latest batch.
  package internal(set) var tableBytes = 0
  /// Bytes of unfinished lines: the total, and the part that counts against the bound.
  var heldBytes = 0
  var intakeBytes = 0
  /// Bytes of cached analyses, after the latest sweep.
  var analysisBytes = 0
  package internal(set) var nextHandle: Int
  /// The first number that this store gives to traces, and to completions: earlier ones belong to an earlier process.
  package let firstNumber: Int
  private var numbers: SerialNumbers
  /// Incremented by every change of any trace.
  package private(set) var revision = 0
  var latest = Latest()
  /// The source locations of spans.
  var codeIndex = CodeIndex()
  /// The changes of traces, for observers.
  var changeLog = ChangeLog()
  /// Completions are numbered from 1.
  package internal(set) var latestCompletion: Int
  /// The highest completion number of a removed trace.
  var latestLostCompletion: Int

  package init(limits: StoreLimits = StoreLimits(), numbers: SerialNumbers = SerialNumbers()) {
    self.limits = limits
    self.numbers = numbers
    (firstNumber, nextHandle, latestCompletion, latestLostCompletion) = (numbers.first, numbers.first, numbers.first - 1, numbers.first - 1)
    runs = RunTable(maxRuns: limits.maxRuns, maxBytes: limits.maxBytes / 16, redacts: limits.redacts)
    runSets = RunSets(maxBytes: limits.maxBytes / 16)
    logs = ModuleLogs(maxBytes: min(limits.maxLogBytes, limits.maxBytes / 4), maxValueBytes: limits.maxValueBytes, redacts: limits.redacts)
  }

  package var liveCount: Int { running.count + settling.count + completed.count + abandoned.count }
  package var runningCount: Int { running.count + settling.count }
  package var completedCount: Int { completed.count }
  package var abandonedCount: Int { abandoned.count }
  package var producerCount: Int { producers.count }
  package var runCount: Int { runs.count }

  /// Sequence numbers that never arrived and that no gap record reports: records lost between producers and the server.
  package var missingRecords: UInt64 { sequences.reduce(forgottenMissing) { $0.addingSaturated($1.missing) } }

  /// The losses before the store.
  package var losses: LossReport {
    let records = missingRecords.addingSaturated(statistics.producerDropped).addingSaturated(statistics.invalidRecords)
    return LossReport(lines: statistics.lostLines, records: records)
  }

  /// Counts lines that a source could not accept.
  package mutating func count(lostLines: UInt64) { statistics.lostLines += lostLines }

  /// The number for the next trace.
  mutating func takeHandle() -> Int {
    numbers.use(nextHandle)
    defer { nextHandle += 1 }
    return nextHandle
  }

  /// The number of the next completion.
  mutating func takeCompletion() -> Int {
    numbers.use(latestCompletion + 1)
    latestCompletion += 1
    return latestCompletion
  }

  /// Where a run works; nil if it is not known.
  package mutating func directory(ofRun name: UnsafeRawBufferPointer) -> String? { runs.directory(runs.run(named: name)) }

  package mutating func note(directory: String, ofRun name: UnsafeRawBufferPointer) {
    Array(directory.utf8).withUnsafeBytes { runs.note(directory: $0, of: name) }
  }

  /// The runs that a batch names work in that directory, where nothing was said of theirs.
  package mutating func note(directory: String, ofRunsIn batch: RecordBatch, _ texts: BatchTexts) {
    var latest: UnsafeRawBufferPointer?
    for record in batch.records where !record.run.isEmpty {
      let name = texts[record.run]
      // Records of one run stand together.
      if let latest, latest.elementsEqual(name) { continue }
      latest = name
      if self.directory(ofRun: name) == nil { note(directory: directory, ofRun: name) }
    }
  }

  // MARK: Records

  /// Applies the records of one read, in order.
  /// - Complexity: O(1) per record on average, plus its bytes.
  package mutating func apply(_ batch: RecordBatch, _ texts: BatchTexts, source: SourceID, now: Int64) {
    // Buffers instead of slices, which would be retained and released for every record.
    batch.records.withUnsafeBufferPointer { records in
      batch.attributes.withUnsafeBufferPointer { attributes in
        var visit: Visit?
        // Consecutive records for the visited trace that were not applied yet.
        var run = 0..<0
        for index in records.indices {
          statistics.records += 1
          if let slot = visit?.slot, continuesVisit(records[index], texts, source) {
            if records[index].sequence == 0 || isNews(records[index], texts, slot) {
              run = run.lowerBound..<index + 1
              continue
            }
            apply(records, run, attributes, texts, &visit)
          } else {
            apply(records, run, attributes, texts, &visit)
            if begins(records[index], attributes, texts, source, now, &visit) {
              run = index..<index + 1
              continue
            }
          }
          run = index + 1..<index + 1
        }
        apply(records, run, attributes, texts, &visit)
        end(&visit, now)
      }
    }
    advance(to: now)
    accountTables()
  }

  /// Applies records to the visited trace.
  @inline(__always)
  private mutating func apply(
    _ records: UnsafeBufferPointer<Record>, _ run: Range<Int>, _ attributes: UnsafeBufferPointer<Attribute>, _ texts: BatchTexts,
    _ visit: inout Visit?
  ) {
    guard !run.isEmpty, let slot = visit?.slot else { return }
    slots[slot]!.storage.apply(UnsafeBufferPointer(rebasing: records[run]), attributes, texts)
    visit!.records += run.count
  }

  /// Whether a record belongs to the visited trace like the one before it: the usual case.
  @inline(__always)
  private mutating func continuesVisit(_ record: Record, _ texts: BatchTexts, _ source: SourceID) -> Bool {
    isOfSpan(record) && isWithinLimits(record) && !changeLog.interest.contains(.endedSpans) && continuesLatest(record, texts, source)
  }

  /// Whether a numbered record arrived for the first time.
  private mutating func isNews(_ record: Record, _ texts: BatchTexts, _ slot: Int) -> Bool {
    guard let producer = newSequence(record, texts) else {
      statistics.redeliveredRecords += 1
      return false
    }
    noteLoss(slot, of: producer)
    return true
  }

  @inline(__always)
  private func isOfSpan(_ record: Record) -> Bool {
    switch record.kind {
    case .spanStart, .spanEnd, .span, .log: true
    case .moduleLog, .session, .gap, .process: false
    }
  }

  /// Handles a record that needs a full lookup. Returns whether it belongs to the trace that is visited afterwards.
  private mutating func begins(
    _ record: Record, _ attributes: UnsafeBufferPointer<Attribute>, _ texts: BatchTexts, _ source: SourceID, _ now: Int64,
    _ visit: inout Visit?
  ) -> Bool {
    guard isWithinLimits(record) else {
      statistics.invalidRecords += 1
      return false
    }
    var producer: Int?
    if record.sequence > 0 {
      producer = newSequence(record, texts)
      guard producer != nil else {
        statistics.redeliveredRecords += 1
        return false
      }
    }
    switch record.kind {
    case .session:
      end(&visit, now)
      statistics.sessions += 1
      runs.begin(texts[record.run.isEmpty ? record.session : record.run], on: source)
      runs.note(directory: texts[record.message], of: texts[record.run.isEmpty ? record.session : record.run])
      statistics.forgottenRuns = runs.forgotten
      if record.gapFirst > 0, !record.producer.isEmpty { takeUnread(record, texts) }
    case .gap: takeGap(record, texts)
    case .process:
      statistics.records -= 1
      runs.note(directory: texts[record.message], of: texts[record.run])
      statistics.forgottenRuns = runs.forgotten
    case .moduleLog:
      end(&visit, now)
      let (start, count) = (Int(record.attributeStart), Int(record.attributeCount))
      precondition(start + count <= attributes.count, "a record of \(count) attributes from \(start) on has \(attributes.count)")
      takeLog(record, UnsafeBufferPointer(rebasing: attributes[start..<start + count]), texts, source)
    case .spanStart, .spanEnd, .span, .log:
      if visit == nil || !continuesLatest(record, texts, source) {
        end(&visit, now)
        guard let slot = slot(for: record, texts, source, now) else { return false }
        visit = Visit(
          slot: slot, truncatedValues: slots[slot]!.storage.truncatedValues, redactedValues: slots[slot]!.storage.redactedValues)
      }
      guard let slot = visit?.slot else { return false }
      if let producer { noteLoss(slot, of: producer) }
      if changeLog.interest.contains(.endedSpans), endsSpan(record, texts, in: slot) {
        changeLog.noteEnd(ofSpan: texts[record.spanID])
      }
      return true
    }
    return false
  }

  private mutating func takeLog(_ record: Record, _ attributes: UnsafeBufferPointer<Attribute>, _ texts: BatchTexts, _ source: SourceID) {
    statistics.moduleLogs += 1
    let run = record.run.isEmpty ? runs.name(runs.latestRun(of: source)) : nil
    logs.append(record, attributes, texts, markedRun: run)
    statistics.evictedLogs = logs.evicted
    let counts = logs.takeCounts()
    statistics.truncatedValues += UInt64(counts.truncated)
    statistics.redactedValues += UInt64(counts.redacted)
    if countedBytes > limits.maxBytes { enforceByteBound(grown: -1) }
  }

  /// A trace that was running when records of its producer were lost is not known to be complete.
  private mutating func noteLoss(_ slot: Int, of producer: Int) {
    let losses = producerLosses[producer]
    guard max(losses.told, losses.hole) > 0 else { return }
    guard max(losses.told, losses.hole) > slots[slot]!.beganAt, slots[slot]!.loss?.isTold != true else { return }
    slots[slot]!.loss = TraceLoss(producer: producer, isTold: losses.told > slots[slot]!.beganAt)
  }

  /// Whether a trace may lack some of its records.
  func mayLackRecords(_ slot: Int) -> Bool {
    guard let loss = slots.withSlot(slot, { $0.pointee.loss }) else { return false }
    return loss.isTold || sequences[loss.producer].missing > 0
  }

  private mutating func end(_ visit: inout Visit?, _ now: Int64) {
    guard let ended = visit else { return }
    visit = nil
    let slot = ended.slot
    let change = slots[slot]!.finish(ended, now)
    statistics.truncatedValues += UInt64(change.truncatedValues)
    statistics.redactedValues += UInt64(change.redactedValues)
    revision += ended.records
    allocatedBytes += change.bytes
    if change.isCollapsible { collapsible.insert(slot) }
    let state = change.isStructurallyComplete ? TraceState.settling : .running
    if change.state != state || list(state).last != slot { move(slot, to: state) }
    if settling.count - packedCount > Self.mostUnpacked { packSettled() }
    if change.hasNewPlaces { indexPlaces(of: slot) }
    note(.changed, slot)
    if countedBytes > limits.maxBytes { enforceByteBound(grown: slot) }
  }

  /// Ids are kept for long, some longer than their trace, so they must not be large.
  private func isWithinLimits(_ record: Record) -> Bool {
    let longest = max(
      record.traceID.count, record.spanID.count, record.parentID.count, record.run.count, record.session.count, record.producer.count)
    return Int(longest) <= limits.maxIDBytes
  }

  /// The producer of a record with a new sequence number; nil for a re-delivered record.
  private mutating func newSequence(_ record: Record, _ texts: BatchTexts) -> Int? {
    let producer = producer(texts[record.producer])
    let highest = sequences[producer].highest
    let before = sequences[producer].allocatedBytes
    guard sequences[producer].insert(record.sequence) else { return nil }
    sequenceBytes += sequences[producer].allocatedBytes - before
    if producerBytes > tableShare { forgetOldestProducer(but: producer) }
    if highest > 0, record.sequence > highest, record.sequence - highest > 1 { producerLosses[producer].hole = statistics.records }
    return producer
  }

  /// Makes room for a producer by removing the one that was silent longest. Its gaps stay counted.
  /// - Parameter current: this producer is not removed, even if it is the only one.
  private mutating func forgetOldestProducer(but current: Int = -1) {
    let others = producerSeen.indices.filter { $0 != current && producerSeen[$0] > 0 }
    guard let oldest = others.min(by: { producerSeen[$0] < producerSeen[$1] }) else { return }
    forgottenMissing = forgottenMissing.addingSaturated(sequences[oldest].missing)
    producers.remove(row: oldest)
    sequenceBytes -= sequences[oldest].allocatedBytes
    producerSeen[oldest] = 0
    sequences[oldest] = SequenceSet()
    sequenceBytes += sequences[oldest].allocatedBytes
    producerLosses[oldest] = LossStamps()
    statistics.forgottenProducers += 1
  }

  /// The row of the producer.
  private mutating func producer(_ name: UnsafeRawBufferPointer) -> Int {
    if let known = producers.find(name) {
      producerSeen[known] = statistics.records
      return known
    }
    if producers.count >= limits.maxProducers { forgetOldestProducer() }
    let row = producers.insert(name).row
    if row == sequences.count {
      sequences.append(SequenceSet())
      sequenceBytes += sequences[row].allocatedBytes
      producerSeen.append(0)
      producerLosses.append(LossStamps())
    }
    producerSeen[row] = statistics.records
    return row
  }

  /// A gap record may arrive twice, through the pipe and from a journal. Numbers that are already accounted for are not counted again.
  private mutating func takeGap(_ record: Record, _ texts: BatchTexts) {
    let producer = producer(texts[record.producer])
    let before = sequences[producer].allocatedBytes
    let lost = sequences[producer].account(for: record.gapFirst...record.gapLast)
    sequenceBytes += sequences[producer].allocatedBytes - before
    if lost == 0 { statistics.redeliveredRecords += 1 } else { producerLosses[producer].told = statistics.records }
    statistics.producerDropped = statistics.producerDropped.addingSaturated(lost)
  }

  /// A producer found that its reader was gone, and reports which records may be unread in the pipe. Those that did not arrive here are
  /// missing.
  private mutating func takeUnread(_ record: Record, _ texts: BatchTexts) {
    announce(unread: record.gapFirst...record.gapLast, ofProducer: texts[record.producer])
  }

  /// Numbers that an earlier server had or left unread, and that nobody can bring any more unless they came already.
  package mutating func announce(unread range: ClosedRange<UInt64>, ofProducer name: UnsafeRawBufferPointer) {
    let producer = producer(name)
    let (bytes, missing) = (sequences[producer].allocatedBytes, sequences[producer].missing)
    sequences[producer].announce(unread: range)
    sequenceBytes += sequences[producer].allocatedBytes - bytes
    if sequences[producer].missing > missing { producerLosses[producer].hole = statistics.records }
  }

  /// The sequence numbers that arrived from a producer; nil if none did.
  package func sequences(ofProducer name: UnsafeRawBufferPointer) -> SequenceSet? { producers.find(name).map { sequences[$0] } }
}
